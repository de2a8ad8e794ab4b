/**
 * Rocket.Chat incoming integration: `success` in the body. Checks id and token, the JSON, the length of a
 * message (5 000 characters, all parts together) and the rate (ten a minute).
 * https://docs.rocket.chat/docs/integrations
 */
import type { Answer, FakeRequest, View } from '../fake/exchange.ts'
import { isJsonRequest, jsonAnswer } from '../fake/exchange.ts'
import type { FakeContext, Saying } from '../fake/fake.ts'
import { defineHttpFake } from '../fake/fake.ts'
import { asList, asObject, asText, isFilled, isObject, type JsonObject } from '../fake/json.ts'

/** The integration `/hooks/<id>/<token>`. */
export interface RocketChatSettings {
  readonly id: string
  readonly token: string
}

const maxChars = 5_000

const no = (status: number, error: string, headers?: Record<string, string>): Answer =>
  jsonAnswer(status, { success: false, error }, headers)

const says: Record<Saying, Answer> = {
  refuse: no(400, 'invalid-channel'),
  'rate-limited': no(
    429,
    'Error, too many requests. Please slow down. You must wait 42 seconds before trying this endpoint again. [error-too-many-requests]',
    { 'x-ratelimit-limit': '10', 'x-ratelimit-remaining': '0' },
  ),
  'too-long': no(400, 'error-message-size-exceeded'),
}

/** The fake integration. */
export const rocketchat = defineHttpFake<RocketChatSettings>({
  title: 'Rocket.Chat',
  settings: { id: '0123456789abcdef01234567', token: 'inbox-integration' },
  rate: { count: 10, perMs: 60_000 },
  say: (what) => says[what],
  channel: (base, { id, token }) => ({ url: `${base}/hooks/${id}/${token}` }),
  refusal,
  accept: () => jsonAnswer(200, { success: true }),
  view,
})

function refusal(
  request: FakeRequest,
  { settings, isTooFast }: FakeContext<RocketChatSettings>,
): Answer | undefined {
  if (!request.path.startsWith('/hooks/') || request.method !== 'POST')
    return no(404, 'API endpoint not found')
  if (request.path !== `/hooks/${settings.id}/${settings.token}`)
    return no(404, 'Invalid integration id or token provided.')
  if (isTooFast(settings.id)) return says['rate-limited']
  if (!isJsonRequest(request) || !isObject(request.json)) return no(400, 'invalid-json')
  const texts = textsOf(request.json)
  if (texts.length === 0) return no(400, 'error-invalid-message')
  const { channel } = request.json
  if (channel !== undefined && !(isFilled(channel) && /^[#@]/.test(channel)))
    return no(400, 'invalid-channel')
  return texts.join('').length > maxChars ? says['too-long'] : undefined
}

function textsOf(body: JsonObject): readonly string[] {
  const attachments = asList(body['attachments']).map(asObject)
  return [body['text'], ...attachments.flatMap(({ title, text }) => [title, text])].filter(isFilled)
}

function view(request: FakeRequest): View {
  const body = asObject(request.json)
  const [first = '', ...rest] = textsOf(body)
  const isSplit = rest.length > 0 && isFilled(body['text'])
  const all = [first, ...rest].join('\n')
  return {
    ...(isSplit && { subject: first }),
    text: isSplit ? rest.join('\n') : all,
    // Only the message itself is searched for names; attachments are searched as well, to be safe.
    mentions: [...new Set(all.replace(/```[\s\S]*?```/g, '').match(/(?<![\w@])@[\w.-]+/g) ?? [])],
    bytes: request.raw.length,
    size: textsOf(body).join('').length,
    limit: maxChars,
    unit: 'characters',
    notes: asText(body['text']) === '' ? ['without text a phone shows an empty notification'] : [],
  }
}
