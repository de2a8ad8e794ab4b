import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { signTc3 } from '#core/provider/request-signature.ts'
import tencentSms from '#core/providers/tencent-sms.ts'
import { aMessage, createReceiver, noon, problems, type Receiver, send } from './support.ts'

const secretKey = 'key-of-the-unit-tests'
const to = ['+8613900000000']
let api: Receiver

beforeAll(async () => {
  api = await createReceiver()
})
beforeEach(() => {
  api.answer = { body: respond([{ Code: 'Ok' }]) }
  api.arrived.length = 0
})
afterAll(() => api.close())

const respond = (SendStatusSet: object[]) => JSON.stringify({ Response: { SendStatusSet, RequestId: 'x' } })
const at = () => ({
  secretId: 'test-id',
  secretKey,
  sdkAppId: '1400006666',
  signName: '腾讯云',
  templateId: '1234',
  params: ['service', 'count'],
  endpoint: api.url,
})

it('sends the template with its variables in order, signed over exactly what is sent', async () => {
  expect(await send(tencentSms, at(), aMessage({ to }))).toEqual({ status: 'delivered' })
  const { body, headers, path } = api.arrived[0]!
  expect(path).toBe('/')
  expect(JSON.parse(body)).toEqual({
    PhoneNumberSet: ['+8613900000000'],
    SmsSdkAppId: '1400006666',
    SignName: '腾讯云',
    TemplateId: '1234',
    TemplateParamSet: ['payments', '37'],
  })
  expect(headers).toMatchObject({
    'content-type': 'application/json; charset=utf-8',
    'x-tc-action': 'SendSms',
    'x-tc-version': '2021-01-11',
    'x-tc-timestamp': String(noon / 1000),
    'x-tc-region': 'ap-guangzhou',
  })
  const signed = { 'content-type': headers['content-type']!, host: headers.host!, 'x-tc-action': 'SendSms' }
  const scope = { service: 'sms', timestampMs: noon }
  const keys = { id: 'test-id', secret: secretKey }
  expect(headers.authorization).toBe(signTc3({ headers: signed, body }, keys, scope))
})

describe('reply', () => {
  const answered = async (body: string) => {
    api.answer = { body }
    return send(tencentSms, at(), aMessage({ to }))
  }
  const failed = (Code: string) => JSON.stringify({ Response: { Error: { Code, Message: 'no' } } })

  it('is success only with a code Ok for the number', async () => {
    for (const body of ['{}', '{"Response":{}}', respond([]), respond([{ Code: 'ok' }]), 'null', '[]'])
      expect(await answered(body), body).toMatchObject({ status: 'failed' })
  })

  it('waits where a number has had enough', async () => {
    expect(await answered(respond([{ Code: 'LimitExceeded.PhoneNumberThirtySecondLimit' }]))).toMatchObject({
      status: 'retry',
      delayMs: 30_000,
    })
    expect(await answered(respond([{ Code: 'LimitExceeded.PhoneNumberDailyLimit' }]))).toMatchObject({
      status: 'retry',
      delayMs: 3_600_000,
    })
  })

  it('distinguishes temporary from permanent', async () => {
    expect(await answered(failed('InternalError.Timeout'))).toMatchObject({ status: 'retry' })
    expect(await answered(failed('RequestLimitExceeded'))).toMatchObject({ status: 'retry' })
    expect(await answered(failed('AuthFailure.SignatureExpire'))).toMatchObject({
      status: 'failed',
      lasting: true,
    })
    const black = await answered(
      respond([{ Code: 'FailedOperation.PhoneNumberInBlacklist', Message: 'black' }]),
    )
    expect(black).toEqual({
      status: 'failed',
      why: '…0000: Tencent Cloud answered FailedOperation.PhoneNumberInBlacklist: black',
    })
  })

  it('of one number among several is a note', async () => {
    const fetcher = (async (url: string, init: RequestInit) => {
      const isBad = String(init.body).includes('+8613900000001')
      api.answer = { body: respond([{ Code: isBad ? 'InvalidParameterValue.IncorrectPhoneNumber' : 'Ok' }]) }
      return fetch(url, init)
    }) as typeof fetch
    const several = aMessage({ to: [...to, '+8613900000001', '+85260000000'] })
    expect(await send(tencentSms, at(), several, { fetch: fetcher })).toMatchObject({
      status: 'delivered',
      note: expect.stringMatching(/^1 of 3 failed: …0001: /),
    })
  })
})

it('names what is malformed, with the cure', () => {
  expect(
    problems(tencentSms, { ...at(), sdkAppId: 'x', templateId: 'SMS_1', params: ['service', 'titel'] }),
  ).toEqual([
    "sdkAppId: must be the SdkAppId, digits such as '1400006666'",
    'templateId: must be the id of an approved template, digits',
    expect.stringMatching(/^params\.1: must be a field of the alert/),
  ])
})
