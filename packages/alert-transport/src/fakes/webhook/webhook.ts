/**
 * Generic webhook or internal IM gateway: any path, a JSON body, and the proof of origin that it was set up
 * with: bearer token, user and password, or an HMAC over the body. Answers plain HTTP statuses.
 */
import { isObjectOrList } from 'alert-core/adapter'
import type { Answer, FakeRequest, View } from '../../fake/exchange.ts'
import { isJsonRequest, jsonAnswer } from '../../fake/exchange.ts'
import type { FakeContext, Saying } from '../../fake/fake.ts'
import { defineHttpFake } from '../../fake/fake.ts'
import { asObject, isFilled } from '../../fake/json.ts'
import { signatureProblem, type WebhookSignature } from './webhook-signature.ts'

/** How the gateway was set up; what is absent is not asked for. */
export interface WebhookSettings {
  readonly methods: readonly string[]
  readonly bearer?: string
  readonly basic?: { readonly user: string; readonly pass: string }
  readonly hmac?: WebhookSignature
  /** The JSON text it answers to what it takes. */
  readonly reply: string
}

const maxIndented = 20

const says: Record<Saying, Answer> = {
  refuse: jsonAnswer(422, { ok: false, error: 'this message is not wanted' }),
  'rate-limited': jsonAnswer(429, { ok: false, error: 'too many requests' }, { 'retry-after': '1' }),
  'too-long': jsonAnswer(413, { ok: false, error: 'too large' }),
}

/** The fake gateway. */
export const webhook = defineHttpFake<WebhookSettings>({
  title: 'Webhook',
  settings: { methods: ['POST', 'PUT', 'PATCH'], reply: '{"ok":true}' },
  say: (what) => says[what],
  channel: (base, { bearer, basic, hmac }) => {
    const auth = { ...(bearer && { bearer }), ...(basic && { basic }), ...(hmac && { hmac }) }
    return { url: `${base}/alerts`, ...(Object.keys(auth).length > 0 && { auth }) }
  },
  refusal,
  accept: (_request, { settings }) => ({ ...jsonAnswer(200, {}), body: settings.reply }),
  view,
})

function refusal(request: FakeRequest, { settings, now }: FakeContext<WebhookSettings>): Answer | undefined {
  const { methods, bearer, basic, hmac } = settings
  const authorization = request.headers['authorization'] ?? ''
  const no = (status: number, error: string, headers?: Record<string, string>) =>
    jsonAnswer(status, { ok: false, error }, headers)
  if (!methods.includes(request.method)) return no(405, 'method not allowed', { allow: methods.join(', ') })
  if (bearer !== undefined && authorization !== `Bearer ${bearer}`)
    return no(401, 'wrong bearer token', { 'www-authenticate': 'Bearer' })
  if (basic !== undefined && authorization !== `Basic ${base64(`${basic.user}:${basic.pass}`)}`)
    return no(401, 'wrong user or password', { 'www-authenticate': 'Basic realm="inbox"' })
  const unsigned = hmac && signatureProblem(request, hmac, now())
  if (unsigned !== undefined) return no(403, unsigned)
  if (!isJsonRequest(request)) return no(415, 'application/json is required')
  return request.json === undefined ? no(400, 'the body is not JSON') : undefined
}

function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64')
}

function view(request: FakeRequest): View {
  const body = asObject(request.json)
  const subject = [body['subject'], body['title'], body['summary']].find(isFilled)
  return {
    ...(subject !== undefined && { subject }),
    text: isShallow(request.json, maxIndented) ? JSON.stringify(request.json, null, 2) : request.body,
    mentions: [],
    bytes: request.raw.length,
    size: request.raw.length,
    unit: 'bytes',
    notes: [],
  }
}

/** Indented lines grow with the square of the depth; what is deeper, or no JSON, is shown as it came. */
function isShallow(value: unknown, levels: number): boolean {
  if (!isObjectOrList(value)) return value !== undefined
  return levels > 0 && Object.values(value).every((inner) => isShallow(inner, levels - 1))
}
