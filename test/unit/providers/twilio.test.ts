import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { checkOptions } from '#core/options.ts'
import twilio from '#core/providers/twilio.ts'
import { aCard, aMessage, createReceiver, noon, problems, type Receiver, send } from './support.ts'

const accountSid = `AC${'0a'.repeat(16)}`
const authToken = 'token-of-the-unit-tests'
let api: Receiver

beforeAll(async () => {
  api = await createReceiver()
})
beforeEach(() => {
  api.answer = { status: 201, body: '{"sid":"SM1","status":"queued"}' }
  api.arrived.length = 0
})
afterAll(() => api.close())

const at = () => ({ accountSid, authToken, from: '+15005550006', endpoint: api.url })
const to = ['+15005550001']
const forms = () => api.arrived.map(({ body }) => new URLSearchParams(body))
const text = () => forms().at(-1)?.get('Body') ?? ''
const gsm = /^[@£$¥èéùìòÇ\nØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&'()*+,\-./0-9:;<=>?¡A-ZÄÖÑÜ§¿a-zäöñüà^{}\\[~\]|€]*$/

describe('a text message', () => {
  it('is a form to the account, one for each number', async () => {
    const numbers = ['+1 500 555-0001', '+49 30 123456', '+15005550001', 'ops@example.com']
    expect(await send(twilio, at(), aMessage({ to: numbers }))).toEqual({ status: 'delivered' })
    expect(forms().map((form) => form.get('To'))).toEqual(['+15005550001', '+4930123456'])
    expect(api.arrived[0]).toMatchObject({
      method: 'POST',
      path: `/2010-04-01/Accounts/${accountSid}/Messages.json`,
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        authorization: `Basic ${btoa(`${accountSid}:${authToken}`)}`,
      },
    })
    expect(forms()[0]?.get('From')).toBe('+15005550006')
    expect(text()).toContain('[ERROR] payments prod: card gateway timeout x37')
  })

  it('comes from a messaging service or by an API key where one is given', async () => {
    const service = `MG${'0a'.repeat(16)}`
    const keySid = `SK${'0b'.repeat(16)}`
    await send(twilio, { ...at(), from: service, keySid }, aMessage({ to }))
    expect(forms()[0]?.get('MessagingServiceSid')).toBe(service)
    expect(forms()[0]?.get('From')).toBeNull()
    expect(api.arrived[0]?.headers.authorization).toBe(`Basic ${btoa(`${keySid}:${authToken}`)}`)
  })

  it('stays in the cheaper alphabet where nothing but typography leaves it', async () => {
    await send(twilio, at(), aMessage({ to, subject: '[ERROR] disk “full” – at 99 %…' }))
    expect(text()).toContain('disk "full" - at 99 %...')
    expect(text()).toMatch(gsm)
    await send(twilio, at(), aMessage({ to, subject: '[ERROR] 磁盘已满 “full”' }))
    expect(text()).toContain('磁盘已满 “full”')
  })

  it.each([1, 2, 4, 10])('takes at most %i segments, brackets counted twice', async (maxSegments) => {
    const options = { ...at(), maxSegments }
    const subject = '[ERROR] payments prod: card gateway timeout'
    await send(twilio, options, aMessage({ to, subject, cards: [aCard({ text: '[{}] '.repeat(900) })] }))
    const septets = text().length + text().replace(/[^[\]{}^\\~|€]/g, '').length
    expect(text()).toMatch(gsm)
    expect(septets).toBeLessThanOrEqual(maxSegments === 1 ? 160 : 153 * maxSegments)
    await send(twilio, options, aMessage({ to, subject, cards: [aCard({ text: '磁盘😀'.repeat(900) })] }))
    expect(text().length).toBeLessThanOrEqual(
      gsm.test(text()) ? 1600 : maxSegments === 1 ? 70 : 67 * maxSegments,
    )
  })
})

describe('several numbers', () => {
  const numbers = ['+15005550001', '+15005550002', '+15005550003']
  const answering = (answers: Readonly<Record<string, Receiver['answer']>>) => ({
    fetch: (async (url: string, init: RequestInit) => {
      const number = new URLSearchParams(String(init.body)).get('To') ?? ''
      api.answer = answers[number] ?? { status: 201, body: '{"sid":"SM1","status":"queued"}' }
      return fetch(url, init)
    }) as typeof fetch,
  })
  const optedOut = { status: 400, body: '{"code":21610,"message":"unsubscribed"}' }

  it('of which some are refused are delivered, with a note that names no whole number', async () => {
    const receipt = await send(
      twilio,
      at(),
      aMessage({ to: numbers }),
      answering({ '+15005550002': optedOut }),
    )
    expect(receipt).toEqual({
      status: 'delivered',
      note: '1 of 3 failed: …0002: Twilio answered 400, error 21610: unsubscribed',
    })
  })

  it('that are all refused are refused', async () => {
    const all = Object.fromEntries(numbers.map((number) => [number, optedOut]))
    expect(await send(twilio, at(), aMessage({ to: numbers }), answering(all))).toMatchObject({
      status: 'failed',
    })
    expect(api.arrived.length).toBe(3)
  })

  it('are not sent twice when one has to be tried again', async () => {
    const sender = await twilio.open(twilio.options.parse(at()))
    const busy = { status: 400, body: '{"code":30001,"message":"Queue overflow"}' }
    const context = { signal: AbortSignal.timeout(10_000), now: () => noon, fit: () => 'x' }
    const message = aMessage({ to: numbers })
    const first = await sender.send(message, {
      ...context,
      attempt: 1,
      address: 0,
      ...answering({ '+15005550002': busy }),
    })
    expect(first).toMatchObject({ status: 'retry', why: expect.stringContaining('…0002') })
    expect(await sender.send(message, { ...context, attempt: 2, address: 0, ...answering({}) })).toEqual({
      status: 'delivered',
    })
    expect(forms().map((form) => form.get('To')?.slice(-1))).toEqual(['1', '2', '3', '2'])
  })
})

describe('reply', () => {
  const answered = async (status: number, body: object) => {
    api.answer = { status, body: JSON.stringify(body) }
    return send(twilio, at(), aMessage({ to }))
  }

  it('is success with a sid, and not where it says failed', async () => {
    expect(await answered(201, { sid: 'SM1', status: 'accepted' })).toEqual({ status: 'delivered' })
    expect(await answered(201, { sid: 'SM1', status: 'failed' })).toMatchObject({ status: 'failed' })
    expect(await answered(200, {})).toMatchObject({ status: 'failed' })
  })

  it('is read by its code', async () => {
    expect(await answered(401, { code: 20003, message: 'Authenticate' })).toMatchObject({
      status: 'failed',
      httpStatus: 401,
    })
    expect(await answered(429, { code: 20429 })).toMatchObject({ status: 'retry' })
    expect(await answered(400, { code: 21617, message: 'too long' })).toMatchObject({
      status: 'failed',
      tooLong: true,
    })
  })

  it('never shows the token', async () => {
    expect(JSON.stringify(await answered(400, { code: 1, message: authToken }))).not.toContain(authToken)
  })
})

describe('options', () => {
  it('name what is malformed, with the cure', () => {
    expect(problems(twilio, { accountSid: 'x', authToken, from: '0815', keySid: 'y' })).toEqual([
      'accountSid: must be the Account SID, AC and 32 hex digits',
      'keySid: must be the SID of an API key, SK and 32 hex digits',
      expect.stringMatching(/^from: must be a number such as/),
    ])
  })

  it('need whole phone numbers, also inside groups', () => {
    const own = { accountSid, authToken, from: '+15005550006' }
    const check = (to: unknown, recipients = {}) => {
      const { problems, plan } = checkOptions({ recipients, channels: { twilio: { ...own, to } } }, {})
      return { messages: problems.map(({ path, message }) => `${path}: ${message}`), channels: plan.channels }
    }
    expect(check(['+1 (500) 555-0001']).messages).toEqual([])
    expect(check(undefined).messages[0]).toMatch(/^channels\.twilio\.to: is missing: the recipients/)
    expect(check(['0049 30 123456']).messages).toEqual([
      "channels.twilio.to[0]: is an incomplete phone number: start it with + and the country code (E.164), such as '+4930123456'.",
    ])
    expect(check(['ops'], { ops: ['ops@example.com', '13800000000'] }).messages[0]).toMatch(
      /^channels\.twilio\.to\[0\]: is a group with an incomplete phone number: start it with \+/,
    )
    expect(check(['ops'], { ops: ['ops@example.com', '+8613800000000'] }).channels[0]?.to).toEqual([
      '+8613800000000',
    ])
  })
})
