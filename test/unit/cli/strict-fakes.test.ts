/**
 * The fakes of incident systems, carriers, pushes and messengers: each takes what its provider writes, and
 * refuses, in the words of the real one, the same request with one thing wrong.
 */
import { describe, expect, it } from 'vitest'
import { type FakeName, type FakeSettings, fakes } from '#cli/inbox/fake-table.ts'
import type { Inbox, InboxOptions } from '#cli/inbox/inbox.ts'
import { providers } from '#core/options/provider-table.ts'
import type { ProviderDefinition } from '#core/provider/provider.ts'
import type { Refusals } from '../../contract/row.ts'
import { providerRows } from '../../contract/rows.ts'
import { changeJson, setHeader, setUrl, type Wire } from '../../contract/wire.ts'
import { aMessage, send } from '../providers/support.ts'
import { startInbox } from './inbox.ts'

type Name = Exclude<FakeName, 'email'>
const refusalsOf = (name: string): Refusals | undefined => providerRows[name]?.refuses
const names = (Object.keys(fakes) as FakeName[]).filter(
  (name): name is Name => refusalsOf(name) !== undefined,
)

/** The request that a provider makes of the usual message, for a fake that has not seen it yet. */
async function wireOf(inbox: Inbox, name: Name, over: object = {}): Promise<Wire> {
  const { to, options } = refusalsOf(name) ?? {}
  const { to: _, ...channel } = inbox.channels[name]
  const provider: ProviderDefinition = providers[name]
  let wire: Wire | undefined
  const spy: typeof fetch = async (url, init) => {
    const headers = Object.fromEntries(new Headers(init?.headers))
    wire = { url: String(url), method: init?.method ?? 'POST', headers, body: String(init?.body ?? '') }
    return new Response(null, { status: 500 })
  }
  const message = aMessage({ at: Date.now(), to: to ?? [] })
  await send(provider, { ...channel, ...options, ...over }, message, {
    fetch: spy,
    now: Date.now,
  })
  if (!wire) throw new Error('nothing was asked')
  return wire
}

async function ask({ url, method, headers, body }: Wire) {
  const response = await fetch(url, { method, headers, ...(body !== '' && { body }) })
  return { status: response.status, text: await response.text() }
}

const start = (options: InboxOptions = {}) => startInbox({ rateLimits: false, ...options })

describe.each(names)('the fake %s', (name) => {
  it('takes what its provider writes, and no other method or path', async () => {
    const inbox = await start()
    const wire = await wireOf(inbox, name)
    const { pathname } = new URL(wire.url)
    const elsewhere = await ask(setUrl(pathname, `${pathname}x/y`)(wire))
    expect(elsewhere.status).not.toBe(200)
    expect((await ask({ ...wire, method: 'GET', body: '' })).status).not.toBe(200)
    expect((await ask(wire)).status).toBeLessThan(300)
    expect(inbox.received({ ok: true })).toHaveLength(1)
  })

  it.each(refusalsOf(name)!.requests)('refuses %s', async (_what, change, status, words) => {
    const inbox = await start()
    const changed = change(await wireOf(inbox, name))
    const answer = await ask(changed)
    expect(answer.status).toBe(status)
    expect(answer.text).toContain(words)
    expect(inbox.received({ ok: true })).toEqual([])
  })
})

describe('templates', () => {
  const notified = async (name: 'aliyun-sms' | 'tencent-sms', settings: FakeSettings, over: object) => {
    const inbox = await start({ settings })
    return (await ask(await wireOf(inbox, name, over))).text
  }

  it.each([
    ['another signature', { signName: '别人' }, 'isv.SMS_SIGNATURE_ILLEGAL'],
    ['another template', { templateCode: 'SMS_1' }, 'isv.SMS_TEMPLATE_ILLEGAL'],
    ['a variable that is missing', { params: { service: 'subject' } }, 'isv.TEMPLATE_MISSING_PARAMETERS'],
    [
      'a variable that is too long',
      { params: { service: 'subject', what: '{text} {text} {text}' }, maxVariable: 100 },
      'isv.PARAM_LENGTH_LIMIT',
    ],
  ])('of Alibaba Cloud refuse %s', async (_what, over, code) => {
    expect(await notified('aliyun-sms', {}, over)).toContain(`"${code}"`)
  })

  it.each([
    ['another application', { sdkAppId: '1400009999' }, 'UnauthorizedOperation.SmsSdkAppIdVerifyFail'],
    ['another signature', { signName: '别人' }, 'FailedOperation.SignatureIncorrectOrUnapproved'],
    ['another template', { templateId: '9' }, 'FailedOperation.TemplateIncorrectOrUnapproved'],
    ['variables too few', { params: ['subject'] }, 'InvalidParameterValue.TemplateParameterFormatError'],
  ])('of Tencent Cloud refuse %s', async (_what, over, code) => {
    expect(await notified('tencent-sms', {}, over)).toContain(code)
  })

  it('refuse a number that has had enough, in the words of the carrier', async () => {
    const aliyun = { 'aliyun-sms': { blocked: ['13900000000'] } }
    expect(await notified('aliyun-sms', aliyun, {})).toContain('isv.BUSINESS_LIMIT_CONTROL')
    const tencent = { 'tencent-sms': { blocked: ['+8613900000000'] } }
    expect(await notified('tencent-sms', tencent, {})).toContain('PhoneNumberInBlacklist')
  })
})

describe('the older signature of Alibaba Cloud', () => {
  const older = { signature: 'rpc' }

  it('is taken, once', async () => {
    const inbox = await start()
    const wire = await wireOf(inbox, 'aliyun-sms', older)
    expect((await ask(wire)).text).toContain('"OK"')
    expect((await ask(wire)).text).toContain('SignatureNonceUsed')
  })

  it.each([
    ['another number', setUrl(/139\d{8}/, '13800000000'), 'SignatureDoesNotMatch'],
    ['another key', setUrl('AccessKeyId=inbox-key', 'AccessKeyId=other'), 'InvalidAccessKeyId.NotFound'],
    ['another action', setUrl('Action=SendSms', 'Action=QuerySms'), 'InvalidAction.NotFound'],
    ['no nonce', setUrl(/SignatureNonce=[^&]+/, 'SignatureNonce='), 'MissingSignatureNonce'],
    [
      'an old time',
      setUrl(/Timestamp=[^&]+/, 'Timestamp=2017-07-12T02%3A42%3A19Z'),
      'InvalidTimeStamp.Expired',
    ],
  ])('is refused with %s', async (_what, change, code) => {
    const inbox = await start()
    const { status, text } = await ask(change(await wireOf(inbox, 'aliyun-sms', older)))
    expect(status).toBeGreaterThanOrEqual(400)
    expect(text).toContain(code)
  })
})

describe.each([
  ['aliyun-sms', 15, 'InvalidTimeStamp.Expired'],
  ['tencent-sms', 5, 'AuthFailure.SignatureExpire'],
  ['sns', 15, 'Signature expired'],
] as const)('the clock of the fake %s', (name, minutes, words) => {
  it(`may be ${minutes} minutes off, either way, and no more`, async () => {
    for (const sign of [1, -1]) {
      let off = sign * (minutes * 60_000 - 5_000)
      const inbox = await start({ now: () => Date.now() + off })
      const wire = await wireOf(inbox, name)
      expect((await ask(wire)).text).not.toContain(words)
      off = sign * (minutes * 60_000 + 5_000)
      expect((await ask(await wireOf(inbox, name))).text).toContain(words)
    }
  })
})

describe('keys that make a second attempt harmless', () => {
  it('LINE answers 409 to a retry key that it has taken, and not to one that it has refused', async () => {
    const inbox = await start()
    const wire = await wireOf(inbox, 'line')
    expect((await ask(changeJson({ to: 'someone' })(wire))).status).toBe(400)
    expect((await ask(wire)).status).toBe(200)
    expect((await ask(wire)).status).toBe(409)
    expect(
      (await ask(setHeader('x-line-retry-key', '00000000-0000-4000-8000-000000000001')(wire))).status,
    ).toBe(200)
  })

  it('Alibaba Cloud takes a nonce once', async () => {
    const inbox = await start()
    const wire = await wireOf(inbox, 'aliyun-sms')
    expect((await ask(wire)).text).toContain('"OK"')
    expect(await ask(wire)).toMatchObject({
      status: 400,
      text: expect.stringContaining('SignatureNonceUsed'),
    })
    expect((await ask(await wireOf(inbox, 'aliyun-sms'))).text).toContain('"OK"')
  })

  it('Matrix answers a transaction that it knows with the same event', async () => {
    const inbox = await start()
    const wire = await wireOf(inbox, 'matrix')
    const [first, second] = [await ask(wire), await ask(wire)]
    expect(JSON.parse(first.text)).toEqual(JSON.parse(second.text))
  })
})

const rates = names.flatMap((name) => {
  const { rate } = fakes[name]
  if (rate === undefined) return []
  const most = 'burst' in rate ? rate.burst : rate.count
  const waitMs = 'burst' in rate ? rate.everyMs : (rate.blockMs ?? rate.perMs)
  // Two thousand a second is beyond what a test should ask.
  return most <= 600 ? [{ name, most, waitMs }] : []
})

describe.each(rates)('the pace of the fake $name', ({ name, most, waitMs }) => {
  it(`is ${most}, then nothing until ${waitMs} ms later`, async () => {
    let time = Date.now()
    const inbox = await startInbox({ now: () => time })
    const wire = await wireOf(inbox, name)
    for (let count = 0; count < most; count += 1) expect((await ask(wire)).status).toBeLessThan(300)
    expect((await ask(wire)).status).toBe(429)
    time += waitMs
    expect((await ask(wire)).status).toBeLessThan(300)
  })
})
