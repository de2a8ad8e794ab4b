/**
 * The fakes of incident systems, carriers, pushes and messengers: each takes what its provider writes, and refuses, in
 * the words of the real one, the same request with one thing wrong.
 */
import { describe, expect, it } from 'vitest'
import { type FakeName, type FakeSettings, fakes } from '#cli/inbox/fake-table.ts'
import type { Inbox, InboxOptions } from '#cli/inbox/inbox.ts'
import { providers } from '#core/options/provider-table.ts'
import type { ProviderDefinition } from '#core/provider/provider.ts'
import { aMessage, send } from '../providers/support.ts'
import { startInbox } from './inbox.ts'

/** A request as its provider wrote it. */
interface Wire {
  readonly url: string
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

type Change = (wire: Wire) => Wire

const json =
  (parts: object): Change =>
  (wire) => ({ ...wire, body: JSON.stringify({ ...(JSON.parse(wire.body) as object), ...parts }) })

const form =
  (parts: Readonly<Record<string, string>>): Change =>
  (wire) => {
    const fields = new URLSearchParams(wire.body)
    for (const [name, value] of Object.entries(parts)) fields.set(name, value)
    return { ...wire, body: fields.toString() }
  }

const header =
  (name: string, value: string): Change =>
  (wire) => ({ ...wire, headers: { ...wire.headers, [name]: value } })

const body =
  (text: string): Change =>
  (wire) => ({ ...wire, body: text })

const at =
  (from: string | RegExp, to: string): Change =>
  (wire) => ({ ...wire, url: wire.url.replace(from, to) })

const without =
  (name: string): Change =>
  (wire) => ({
    ...wire,
    headers: Object.fromEntries(Object.entries(wire.headers).filter(([key]) => key !== name)),
  })

/** What is wrong, what makes it so, and the status and words of the answer. */
type Fault = readonly [what: string, change: Change, status: number, words: string]

interface Row {
  readonly to?: readonly string[]
  /** Options in place of those that the inbox shows. */
  readonly options?: Readonly<Record<string, unknown>>
  readonly faults: readonly Fault[]
}

const phone = { to: ['+8613900000000'] }
const alert = (labels: object, more: object = {}) => JSON.stringify([{ labels, ...more }])

const rows = {
  pagerduty: {
    faults: [
      ['a key of another length', json({ routing_key: 'short' }), 400, 'Length of'],
      ['a key of nobody', json({ routing_key: 'x'.repeat(32) }), 400, 'not known'],
      ['an action that is none', json({ event_action: 'open' }), 400, "'event_action' is invalid"],
      ['a key of an incident above 255', json({ dedup_key: 'k'.repeat(256) }), 400, 'dedup_key'],
      [
        'an end without the key of its incident',
        json({ event_action: 'resolve', dedup_key: undefined }),
        400,
        'dedup_key',
      ],
      ['no payload', json({ payload: undefined }), 400, "'payload' is missing"],
      ['no summary', json({ payload: { source: 'a', severity: 'error' } }), 400, 'payload.summary'],
      [
        'a summary above 1024 characters',
        json({ payload: { summary: 's'.repeat(1025), source: 'a', severity: 'error' } }),
        400,
        "summary' is too long",
      ],
      [
        'a severity of its own',
        json({ payload: { summary: 's', source: 'a', severity: 'fatal' } }),
        400,
        'payload.severity',
      ],
      ['a link that is none', json({ links: [{ href: 'javascript:x' }] }), 400, 'links.href'],
      ['512 kB', json({ more: 'x'.repeat(512 * 1024) }), 413, 'too large'],
      ['a body that is no JSON', body('{"routing_key":'), 400, 'JSON is invalid'],
    ],
  },
  opsgenie: {
    faults: [
      ['no key', without('authorization'), 401, 'Could not authenticate'],
      ['another key', header('authorization', 'GenieKey other'), 403, 'Key format'],
      ['a message above 130 characters', json({ message: 'm'.repeat(131) }), 422, '130'],
      ['an empty message', json({ message: '' }), 422, 'can not be empty'],
      ['a description above 15 000', json({ description: 'd'.repeat(15_001) }), 422, '15000'],
      ['an alias above 512', json({ alias: 'a'.repeat(513) }), 422, '512'],
      ['a priority of its own', json({ priority: 'P9' }), 422, 'priority'],
      ['21 tags', json({ tags: Array.from({ length: 21 }, String) }), 422, 'tags'],
      ['a number among the details', json({ details: { count: 1 } }), 422, 'details'],
      ['responders without a type', json({ responders: [{ name: 'ops' }] }), 422, 'responders'],
      ['an end by something else than the alias', at('/v2/alerts', '/v2/alerts/a/close'), 404, 'not exist'],
    ],
  },
  alertmanager: {
    faults: [
      ['no token', without('authorization'), 401, 'Unauthorized'],
      ['the old API', at('/api/v2/', '/api/v1/'), 404, ''],
      ['another media type', header('content-type', 'text/plain'), 415, 'media type'],
      ['an object in place of a list', body('{}'), 400, 'parsing alerts body failed'],
      ['no label', body(alert({ a: '' })), 400, 'at least one label'],
      ['a label that is no text', body(alert({ a: 1 })), 400, 'labels in body'],
      ['a label of an impossible name', body(alert({ 'a-b': 'x' })), 400, 'invalid name'],
      [
        'an end before the beginning',
        body(alert({ a: 'b' }, { startsAt: '2026-01-02T00:00:00Z', endsAt: '2026-01-01T00:00:00Z' })),
        400,
        'start time must be before',
      ],
      ['a time that is none', body(alert({ a: 'b' }, { startsAt: 'now' })), 400, 'date-time'],
      ['a link that is none', body(alert({ a: 'b' }, { generatorURL: 'here' })), 400, 'uri'],
    ],
  },
  twilio: {
    to: ['+15005550001'],
    faults: [
      ['another account', at(/AC0+1/, `AC${'2'.repeat(32)}`), 401, '20003'],
      ['another token', header('authorization', 'Basic eA=='), 401, '20003'],
      ['JSON', header('content-type', 'application/json'), 400, '21604'],
      ['a number without its country', form({ To: '5005550001' }), 400, '21211'],
      ['another sender', form({ From: '+15005550009' }), 400, '21606'],
      ['no text', form({ Body: '' }), 400, '21602'],
      ['1601 characters', form({ Body: 'x'.repeat(1601) }), 400, '21617'],
    ],
  },
  'aliyun-sms': {
    ...phone,
    faults: [
      ['another action', header('x-acs-action', 'QuerySms'), 404, 'InvalidAction.NotFound'],
      ['a body that was not signed', body('x=1'), 400, 'SignatureDoesNotMatch'],
      ['a query that was not signed', at(/139\d{8}/, '13800000000'), 400, 'SignatureDoesNotMatch'],
      [
        'a header that was not signed',
        header('x-acs-security-token', 'another'),
        400,
        'SignatureDoesNotMatch',
      ],
      ['no nonce', without('x-acs-signature-nonce'), 400, 'MissingSignatureNonce'],
      ['another key', edited('authorization', 'inbox-key', 'other'), 404, 'InvalidAccessKeyId.NotFound'],
      ['the old scheme', header('authorization', 'HMAC-SHA1 x'), 400, 'IncompleteSignature'],
      ['a time of another shape', header('x-acs-date', '1700000000'), 400, 'InvalidTimeStamp.Format'],
    ],
  },
  'tencent-sms': {
    ...phone,
    faults: [
      ['another action', header('x-tc-action', 'PullSms'), 200, 'InvalidAction'],
      ['another version', header('x-tc-version', '2019-07-11'), 200, 'NoSuchVersion'],
      ['a body that was not signed', json({ SmsSdkAppId: '1' }), 200, 'AuthFailure.SignatureFailure'],
      ['another key', edited('authorization', 'inbox-id', 'other'), 200, 'AuthFailure.SecretIdNotFound'],
      ['no signature', without('authorization'), 200, 'AuthFailure.InvalidAuthorization'],
    ],
  },
  sns: {
    faults: [
      ['no signature', without('authorization'), 403, 'MissingAuthenticationToken'],
      ['another key', edited('authorization', 'inbox-key', 'other'), 403, 'InvalidClientTokenId'],
      [
        'a scope of another region',
        edited('authorization', 'eu-central-1', 'us-east-1'),
        403,
        'SignatureDoesNotMatch',
      ],
      ['a body that was not signed', form({ Message: 'another' }), 403, 'SignatureDoesNotMatch'],
    ],
  },
  ntfy: {
    faults: [
      ['no token', without('authorization'), 403, '40301'],
      ['another token', header('authorization', 'Bearer tk_other'), 401, '40101'],
      ['JSON sent to a topic', at(/\/ntfy\/$/, '/ntfy/inbox-topic'), 404, '40401'],
      ['another topic', json({ topic: 'other' }), 403, '40301'],
      ['a topic that is no name', json({ topic: 'a b' }), 400, '40009'],
      ['a priority above 5', json({ priority: 6 }), 400, '40007'],
      ['4097 bytes in 1366 characters', json({ message: `${'长'.repeat(1365)}xx` }), 413, '41301'],
      ['a link that is none', json({ click: 'there' }), 400, '40018'],
      ['a body that is no JSON', body('{"topic":'), 400, '40024'],
    ],
  },
  pushover: {
    faults: [
      ['another application', form({ token: 'other' }), 400, 'application token is invalid'],
      ['another user', form({ user: 'other' }), 400, 'user identifier is invalid'],
      ['no message', form({ message: ' ' }), 400, 'cannot be blank'],
      ['1025 characters', form({ message: '😀'.repeat(1025) }), 400, 'too long'],
      ['a title above 250', form({ title: 't'.repeat(251) }), 400, 'title is too long'],
      ['an address above 512', form({ url: `https://x.example/${'u'.repeat(500)}` }), 400, 'url is too long'],
      ['a priority of its own', form({ priority: '3' }), 400, 'priority is invalid'],
      ['an emergency without its times', form({ priority: '2' }), 400, 'retry and expire'],
      [
        'an emergency that sounds too often',
        form({ priority: '2', retry: '29', expire: '60' }),
        400,
        'retry and expire',
      ],
    ],
  },
  bark: {
    faults: [
      ['the key of nobody', json({ device_key: 'other' }), 400, 'failed to get device token'],
      ['no key', json({ device_key: '' }), 400, 'device key is empty'],
      ['a level of its own', json({ level: 'loud' }), 400, 'level is invalid'],
      ['nothing to say', json({ title: '', body: '' }), 400, 'body is empty'],
      ['more than Apple takes', json({ body: 'x'.repeat(4000) }), 500, 'PayloadTooLarge'],
    ],
  },
  serverchan: {
    faults: [
      ['another key', at('SCTinboxinbox', 'SCTother'), 400, '错误的Key'],
      ['no title', json({ title: '' }), 200, '标题不能为空'],
      ['a title above 32 characters', json({ title: '题'.repeat(33) }), 200, '标题过长'],
      ['more than 32 kB', json({ desp: '长'.repeat(11_000) }), 200, '内容过长'],
    ],
  },
  gotify: {
    faults: [
      ['another token', header('x-gotify-key', 'other'), 401, 'valid access token'],
      ['no message', json({ message: '' }), 400, "'message' is required"],
      ['a priority that is no number', json({ priority: 'high' }), 400, 'priority'],
    ],
  },
  zulip: {
    faults: [
      ['another key', header('authorization', 'Basic eA=='), 401, 'UNAUTHORIZED'],
      ['another channel', form({ to: 'other' }), 400, 'STREAM_DOES_NOT_EXIST'],
      ['a topic above 60 characters', form({ topic: '题'.repeat(61) }), 400, 'Invalid topic'],
      ['no topic', form({ topic: '' }), 400, 'Invalid topic'],
      ['10 001 characters', form({ content: 'x'.repeat(10_001) }), 400, 'too long'],
      ['no content', form({ content: ' ' }), 400, 'must not be empty'],
      ['a type of its own', form({ type: 'shout' }), 400, 'Invalid type'],
      ['a person who is no address', form({ type: 'direct', to: '["ann"]' }), 400, 'Invalid email'],
    ],
  },
  matrix: {
    faults: [
      ['no token', without('authorization'), 401, 'M_MISSING_TOKEN'],
      ['another token', header('authorization', 'Bearer other'), 401, 'M_UNKNOWN_TOKEN'],
      ['another room', at('inbox%3Aexample', 'other%3Aexample'), 403, 'M_FORBIDDEN'],
      ['POST', (wire) => ({ ...wire, method: 'POST' }), 404, 'M_UNRECOGNIZED'],
      ['no body', json({ body: '' }), 400, 'M_BAD_JSON'],
      ['a kind of its own', json({ msgtype: 'm.shout' }), 400, 'M_BAD_JSON'],
      ['html without its format', json({ formatted_body: '' }), 400, 'Bad formatted_body'],
      ['mentions that are no list', json({ 'm.mentions': { user_ids: 'all' } }), 400, 'Bad m.mentions'],
      ['more than an event holds', json({ body: 'x'.repeat(65_000) }), 413, 'M_TOO_LARGE'],
      ['a body that is no JSON', body('{'), 400, 'M_NOT_JSON'],
    ],
  },
  line: {
    faults: [
      ['another token', header('authorization', 'Bearer other'), 401, 'Authentication failed'],
      ['a target that is not there', json({ to: `U${'9'.repeat(32)}` }), 400, "'to'"],
      ['six messages', json({ messages: Array(6).fill({ type: 'text', text: 'x' }) }), 400, '1 to 5'],
      ['an empty text', json({ messages: [{ type: 'text', text: '' }] }), 400, 'May not be empty'],
      [
        '5001 characters',
        json({ messages: [{ type: 'text', text: 'x'.repeat(5001) }] }),
        400,
        'between 0 and 5000',
      ],
      ['a retry key that is no uuid', header('x-line-retry-key', 'again'), 400, 'X-Line-Retry-Key'],
    ],
  },
  webex: {
    faults: [
      ['another token', header('authorization', 'Bearer other'), 401, 'valid access token'],
      ['another space', json({ roomId: 'other' }), 404, 'Could not find a room'],
      ['no text', json({ markdown: '' }), 400, 'required'],
      ['7440 bytes in 2480 characters', json({ markdown: '长'.repeat(2480) }), 400, '7439'],
      ['a form', header('content-type', 'application/x-www-form-urlencoded'), 400, 'JSON'],
    ],
  },
} as const satisfies Partial<Record<FakeName, Row>>

type Name = keyof typeof rows
const names = Object.keys(rows) as Name[]

function edited(name: string, from: string, to: string): Change {
  return (wire) => header(name, (wire.headers[name] ?? '').replace(from, to))(wire)
}

/** The request that a provider makes of the usual message, for a fake that has not seen it yet. */
async function wireOf(inbox: Inbox, name: Name, over: object = {}): Promise<Wire> {
  const { to, options }: Row = rows[name]
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
    const elsewhere = await ask(at(pathname, `${pathname}x/y`)(wire))
    expect(elsewhere.status).not.toBe(200)
    expect((await ask({ ...wire, method: 'GET', body: '' })).status).not.toBe(200)
    expect((await ask(wire)).status).toBeLessThan(300)
    expect(inbox.received({ ok: true })).toHaveLength(1)
  })

  it.each((rows[name] as Row).faults)('refuses %s', async (_what, change, status, words) => {
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
    ['another number', at(/139\d{8}/, '13800000000'), 'SignatureDoesNotMatch'],
    ['another key', at('AccessKeyId=inbox-key', 'AccessKeyId=other'), 'InvalidAccessKeyId.NotFound'],
    ['another action', at('Action=SendSms', 'Action=QuerySms'), 'InvalidAction.NotFound'],
    ['no nonce', at(/SignatureNonce=[^&]+/, 'SignatureNonce='), 'MissingSignatureNonce'],
    ['an old time', at(/Timestamp=[^&]+/, 'Timestamp=2017-07-12T02%3A42%3A19Z'), 'InvalidTimeStamp.Expired'],
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
    expect((await ask(json({ to: 'nobody' })(wire))).status).toBe(400)
    expect((await ask(wire)).status).toBe(200)
    expect((await ask(wire)).status).toBe(409)
    expect((await ask(header('x-line-retry-key', '00000000-0000-4000-8000-000000000001')(wire))).status).toBe(
      200,
    )
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
