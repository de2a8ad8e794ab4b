import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { checkOptions } from '#core/options.ts'
import { signSigV4 } from '#core/provider/request-signature.ts'
import sns from '#core/providers/sns.ts'
import { aMessage, createReceiver, noon, problems, type Receiver, send } from './support.ts'

const secretAccessKey = 'secret-of-the-unit-tests'
const topicArn = 'arn:aws:sns:eu-central-1:000000000000:alerts'
let api: Receiver

beforeAll(async () => {
  api = await createReceiver()
})
beforeEach(() => {
  api.answer = {
    body: '<PublishResponse><PublishResult><MessageId>m-1</MessageId></PublishResult></PublishResponse>',
  }
  api.arrived.length = 0
})
afterAll(() => api.close())

const keys = () => ({ region: 'eu-central-1', accessKeyId: 'test-id', secretAccessKey, endpoint: api.url })
const form = () => new URLSearchParams(api.arrived.at(-1)!.body)

describe('to a topic', () => {
  it('is the whole message, with a subject in ASCII and attributes to filter by', async () => {
    expect(await send(sns, { ...keys(), topicArn }, aMessage({ severity: 'critical' }))).toEqual({
      status: 'delivered',
    })
    expect(Object.fromEntries(form())).toMatchObject({
      Action: 'Publish',
      Version: '2010-03-31',
      TopicArn: topicArn,
      Subject: '[ERROR] payments prod: card gateway timeout x37',
      Message: expect.stringContaining('14:04:59 warn slow'),
      'MessageAttributes.entry.1.Name': 'severity',
      'MessageAttributes.entry.1.Value.StringValue': 'critical',
    })
    await send(sns, { ...keys(), topicArn }, aMessage({ subject: `磁盘已满\n${'x'.repeat(190)}` }))
    expect(form().get('Subject')).toMatch(/^[\x20-\x7e]{1,100}$/)
  })

  it('is signed over exactly what is sent', async () => {
    await send(sns, { ...keys(), topicArn, sessionToken: 'a-session' })
    const { headers, body } = api.arrived[0]!
    const names = ['content-type', 'host', 'x-amz-date', 'x-amz-security-token']
    const signed = Object.fromEntries(names.map((name) => [name, String(headers[name])]))
    const scope = { service: 'sns', region: 'eu-central-1', timestampMs: noon }
    expect(headers['x-amz-date']).toBe('20261123T120000Z')
    expect(headers.authorization).toBe(
      signSigV4({ headers: signed, body }, { id: 'test-id', secret: secretAccessKey }, scope),
    )
  })

  it('that is first in, first out has a group, and an id that a second attempt repeats', async () => {
    const options = { ...keys(), topicArn: `${topicArn}.fifo` }
    await send(sns, options)
    await send(sns, options, aMessage(), { attempt: 2 })
    const ids = api.arrived.map(({ body }) => new URLSearchParams(body).get('MessageDeduplicationId'))
    expect(ids).toEqual(['n-0001', 'n-0001'])
    expect(form().get('MessageGroupId')).toBe('alerts')
  })
})

it('writes to each number where no topic is given', async () => {
  await send(sns, keys(), aMessage({ to: ['+15005550001', '+15005550002'] }))
  expect(api.arrived.map(({ body }) => new URLSearchParams(body).get('PhoneNumber'))).toEqual([
    '+15005550001',
    '+15005550002',
  ])
  expect(form().get('MessageAttributes.entry.1.Value.StringValue')).toBe('Transactional')
  expect(form().get('Subject')).toBeNull()
})

describe('the address', () => {
  const addressOf = async (options: object) => {
    let asked = ''
    const spy: typeof fetch = async (url) => {
      asked = String(url)
      return new Response('<PublishResponse><MessageId>1</MessageId></PublishResponse>')
    }
    const { endpoint: _, ...own } = keys()
    await send(sns, { ...own, ...options }, aMessage(), { fetch: spy })
    return asked
  }

  it.each([
    ['eu-central-1', 'aws', 'amazonaws.com'],
    ['us-gov-west-1', 'aws-us-gov', 'amazonaws.com'],
    ['cn-north-1', 'aws-cn', 'amazonaws.com.cn'],
    ['cn-northwest-1', 'aws-cn', 'amazonaws.com.cn'],
    ['eusc-de-east-1', 'aws-eusc', 'amazonaws.eu'],
    ['us-iso-east-1', 'aws-iso', 'c2s.ic.gov'],
    ['us-isob-east-1', 'aws-iso-b', 'sc2s.sgov.gov'],
    ['eu-isoe-west-1', 'aws-iso-e', 'cloud.adc-e.uk'],
    ['us-isof-south-1', 'aws-iso-f', 'csp.hci.ic.gov'],
  ])('of %s has the domain of its partition, %s', async (region, partition, domain) => {
    const topicArn = `arn:${partition}:sns:${region}:000000000000:alerts`
    expect(problems(sns, { ...keys(), region, topicArn })).toEqual([])
    expect(await addressOf({ region, topicArn })).toBe(`https://sns.${region}.${domain}/`)
  })

  it('is that of a gateway where one is given, and {region} is filled in', async () => {
    const endpoint = 'https://gateway.example.com/aws/{region}/sns/'
    expect(await addressOf({ topicArn, region: 'cn-north-1', endpoint })).toBe(
      'https://gateway.example.com/aws/cn-north-1/sns/',
    )
  })

  it('is never one of Amazon in clear', () => {
    for (const host of ['sns.eu-central-1.amazonaws.com', 'sns.cn-north-1.amazonaws.com.cn'])
      expect(problems(sns, { ...keys(), topicArn, endpoint: `http://${host}` })).toEqual([
        'endpoint: must start with https://: it carries the credentials',
      ])
  })
})

describe('reply', () => {
  const answered = async (status: number, code: string, said = 'no') => {
    api.answer = {
      status,
      body: `<ErrorResponse><Error><Code>${code}</Code><Message>${said}</Message></Error></ErrorResponse>`,
    }
    return send(sns, { ...keys(), topicArn })
  }

  it('is success with a MessageId only', async () => {
    api.answer = { body: '<PublishResponse></PublishResponse>' }
    expect(await send(sns, { ...keys(), topicArn })).toMatchObject({ status: 'failed' })
  })

  it('is read by its code: throttling comes as a 400', async () => {
    expect(await answered(400, 'Throttling', 'Rate exceeded')).toMatchObject({ status: 'retry' })
    expect(await answered(500, 'InternalError')).toMatchObject({ status: 'retry' })
    expect(await answered(404, 'NotFound')).toMatchObject({ status: 'failed', httpStatus: 404 })
    expect(await answered(403, 'SignatureDoesNotMatch')).toMatchObject({ status: 'failed', httpStatus: 403 })
    expect(await answered(400, 'InvalidParameter', 'Invalid parameter: Message too long')).toMatchObject({
      tooLong: true,
    })
    expect(await answered(400, 'InvalidParameter', 'Invalid parameter: Subject')).not.toHaveProperty(
      'tooLong',
    )
  })
})

describe('options', () => {
  it('name what is malformed, with the cure', () => {
    expect(problems(sns, { ...keys(), region: 'Frankfurt', topicArn: 'alerts' })).toEqual([
      "region: must be a region such as 'eu-central-1'",
      'topicArn: must be the ARN of a topic: arn:aws:sns:…',
    ])
  })

  it('need either a topic or numbers', () => {
    const { endpoint: _, ...own } = keys()
    const check = (more: object) => checkOptions({ channels: { sns: { ...own, ...more } } }, {})
    expect(check({ topicArn }).problems).toEqual([])
    expect(check({ topicArn }).plan.channels.length).toBe(1)
    expect(check({ to: ['+15005550001'] }).problems).toEqual([])
    expect(check({}).problems.map(({ path }) => path)).toEqual(['channels.sns.to'])
  })
})
