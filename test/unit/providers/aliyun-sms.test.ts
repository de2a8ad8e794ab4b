import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { sha256, signAcs3 } from '#core/provider/request-signature.ts'
import aliyunSms from '#core/providers/aliyun-sms.ts'
import { aCard, aMessage, createReceiver, problems, type Receiver, send } from './support.ts'

const accessKeySecret = 'secret-of-the-unit-tests'
const to = ['+8613900000000']
let api: Receiver

beforeAll(async () => {
  api = await createReceiver()
})
beforeEach(() => {
  api.answer = { body: '{"Code":"OK","Message":"OK","BizId":"1"}' }
  api.arrived.length = 0
})
afterAll(() => api.close())

const at = () => ({
  accessKeyId: 'test-id',
  accessKeySecret,
  signName: '阿里云',
  templateCode: 'SMS_153050000',
  params: { service: 'service', what: '{headline} ({code})' },
  endpoint: api.url,
})
const query = () => new URL(api.arrived.at(-1)!.path, api.url).searchParams
const variables = () => JSON.parse(query().get('TemplateParam') ?? '{}') as Record<string, string>

describe('a text message', () => {
  it('is the template with its variables filled from the alert', async () => {
    expect(await send(aliyunSms, at(), aMessage({ to }))).toEqual({ status: 'delivered' })
    expect(Object.fromEntries(query())).toEqual({
      PhoneNumbers: '13900000000',
      SignName: '阿里云',
      TemplateCode: 'SMS_153050000',
      TemplateParam: '{"service":"payments","what":"card gateway timeout ×37 (PAY_TIME…"}',
    })
  })

  it('is signed over exactly what is sent, anew for each attempt', async () => {
    await send(aliyunSms, at(), aMessage({ to }))
    await send(aliyunSms, at(), aMessage({ to }))
    const [first, second] = api.arrived
    const headers = first!.headers as Record<string, string>
    expect(headers).toMatchObject({
      'x-acs-action': 'SendSms',
      'x-acs-version': '2017-05-25',
      'x-acs-date': '2026-11-23T12:00:00Z',
      'x-acs-content-sha256': sha256(''),
    })
    const names = /SignedHeaders=([^,]+)/.exec(headers['authorization']!)![1]!.split(';')
    expect(names).toEqual(expect.arrayContaining(['host', 'content-type', 'x-acs-signature-nonce']))
    const signed = Object.fromEntries(names.map((name) => [name, headers[name]!]))
    const request = { query: first!.path.split('?')[1]!, headers: signed, body: '' }
    expect(headers['authorization']).toBe(signAcs3(request, { id: 'test-id', secret: accessKeySecret }))
    expect(second!.headers['x-acs-signature-nonce']).not.toBe(headers['x-acs-signature-nonce'])
  })

  it('goes abroad without the plus', async () => {
    await send(aliyunSms, at(), aMessage({ to: ['+852 6000 0000'] }))
    expect(query().get('PhoneNumbers')).toBe('85260000000')
  })

  it('holds no link, address, emoji or line break, no more than 35 characters and nothing empty', async () => {
    const params = { a: 'text', b: 'requestId', c: 'latestMessage', d: 'labels.host' }
    const text = 'see https://trace.example.com/a?b=c now\n10.0.0.1 db1.example.com:5432 is 😀 down'
    const labels = { host: '磁'.repeat(80) }
    const card = aCard({ text, data: { labels } })
    await send(aliyunSms, { ...at(), params, maxVariable: 60 }, aMessage({ to, cards: [card] }))
    expect(variables()).toEqual({
      a: 'see now 10-0-0-1 db1-example-com:5432 is down',
      b: '-',
      c: '-',
      d: `${'磁'.repeat(59)}…`,
    })
    await send(aliyunSms, { ...at(), params }, aMessage({ to, cards: [card] }))
    for (const value of Object.values(variables())) expect(value.length).toBeLessThanOrEqual(35)
  })

  it('says how many other alerts there are, and takes the user’s own body', async () => {
    const params = { n: 'others', text: 'text', subject: '{subject}' }
    await send(aliyunSms, { ...at(), params }, aMessage({ to, brief: ['a', 'b'], more: 7, body: 'my own' }))
    expect(variables()).toMatchObject({ n: '9', text: 'my own' })
  })
})

describe('reply', () => {
  const answered = async (code: string, said = '', status = 200) => {
    api.answer = { status, body: JSON.stringify({ Code: code, Message: said }) }
    return send(aliyunSms, at(), aMessage({ to }))
  }

  it('is read from its code, whatever its status', async () => {
    expect(await answered('isv.BUSINESS_LIMIT_CONTROL', '触发分钟级流控Permits:1')).toMatchObject({
      status: 'retry',
      delayMs: 60_000,
    })
    expect(await answered('isv.BUSINESS_LIMIT_CONTROL', '触发小时级流控Permits:5')).toMatchObject({
      delayMs: 3_600_000,
    })
    expect(await answered('isv.DAY_LIMIT_CONTROL')).toMatchObject({ status: 'retry', delayMs: 3_600_000 })
    expect(await answered('isp.SYSTEM_ERROR')).toMatchObject({ status: 'retry' })
    expect(await answered('Throttling.User', '', 400)).toMatchObject({ status: 'retry' })
    expect(await answered('isv.MOBILE_NUMBER_ILLEGAL')).toEqual({
      status: 'failed',
      why: '…0000: Aliyun answered isv.MOBILE_NUMBER_ILLEGAL: ',
    })
    for (const code of ['SignatureDoesNotMatch', 'InvalidAccessKeyId.NotFound', 'isv.AMOUNT_NOT_ENOUGH'])
      expect(await answered(code, '', code.startsWith('isv') ? 200 : 400)).toMatchObject({
        status: 'failed',
        lasting: true,
      })
  })

  it('that is something else is a refusal', async () => {
    api.answer = { body: '<html>' }
    expect(await send(aliyunSms, at(), aMessage({ to }))).toMatchObject({ status: 'failed' })
  })

  it('never shows the secret', async () => {
    expect(JSON.stringify(await answered('Odd', accessKeySecret))).not.toContain(accessKeySecret)
  })
})

it('names a template, or a variable without a field, with the cure', () => {
  const odd = {
    ...at(),
    templateCode: '153050000',
    params: { a: 'titel', b: '{service} {nope}', c: 'labels.team' },
  }
  expect(problems(aliyunSms, odd)).toEqual([
    "templateCode: must be the code of an approved template, such as 'SMS_153050000'",
    expect.stringMatching(
      /^params\.a: must be a field of the alert or a text with \{field\}; fields are subject, /,
    ),
    expect.stringMatching(/^params\.b: must be a field/),
  ])
})
