/**
 * LINE: a push message with a retry key. Checks token, target, the key's shape and the texts' lengths; a key
 * that was used before is answered 409, as the first attempt was taken.
 * https://developers.line.biz/en/reference/messaging-api/
 */
import type { Answer, FakeRequest, View } from '../fake/exchange.ts'
import { isJsonRequest, jsonAnswer } from '../fake/exchange.ts'
import type { FakeContext, Saying } from '../fake/fake.ts'
import { defineHttpFake } from '../fake/fake.ts'
import { asList, asObject, asText, isFilled, isObject } from '../fake/json.ts'

/** The channel's token, and the only target. */
export interface LineSettings {
  readonly token: string
  readonly target: string
}

const maxChars = 5_000
const maxMessages = 5
const no = (status: number, message: string, details: readonly object[] = []): Answer =>
  jsonAnswer(status, { message, ...(details.length > 0 && { details }) })

const says: Record<Saying, Answer> = {
  refuse: no(400, "The property, 'to', in the request body is invalid (line: -, column: -)"),
  'rate-limited': no(429, 'The API rate limit has been exceeded. Try again later.'),
  'too-long': no(400, 'The request body has 1 error(s)', [
    { message: 'Length must be between 0 and 5000', property: 'messages[0].text' },
  ]),
}

/** The fake LINE. */
export const line = defineHttpFake<LineSettings>({
  title: 'LINE',
  settings: { token: 'inbox-line', target: `U${'0'.repeat(31)}1` },
  rate: { count: 2_000, perMs: 1_000 },
  say: (what) => says[what],
  channel: (base, { token, target }) => ({ token, target, endpoint: base }),
  refusal,
  accept: (_request, { sequence }) =>
    jsonAnswer(200, { sentMessages: [{ id: String(sequence), quoteToken: 'inbox' }] }),
  view,
})

function refusal(
  request: FakeRequest,
  { settings, isTooFast, isRepeat }: FakeContext<LineSettings>,
): Answer | undefined {
  if (request.path !== '/v2/bot/message/push' || request.method !== 'POST') return no(404, 'Not found')
  if (request.headers['authorization'] !== `Bearer ${settings.token}`)
    return no(
      401,
      'Authentication failed. Confirm that the access token in the authorization header is valid.',
    )
  if (isTooFast('channel')) return says['rate-limited']
  const key = request.headers['x-line-retry-key']
  if (key !== undefined && !/^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(key))
    return no(400, "The value for the 'X-Line-Retry-Key' header is invalid")
  if (!isJsonRequest(request) || !isObject(request.json))
    return no(400, 'The request body could not be parsed as JSON')
  const { to, messages } = request.json
  if (to !== settings.target) return says.refuse
  const texts = asList(messages).map(asObject)
  if (texts.length < 1 || texts.length > maxMessages)
    return no(400, 'The property, messages, must hold 1 to 5')
  if (!texts.every(({ type, text }) => type === 'text' && isFilled(text))) return no(400, 'May not be empty')
  if (texts.some(({ text }) => asText(text).length > maxChars)) return says['too-long']
  return key !== undefined && isRepeat(key) ? no(409, 'The retry key is already accepted') : undefined
}

function view(request: FakeRequest): View {
  const { to, messages } = asObject(request.json)
  const text = asList(messages)
    .map((message) => asText(asObject(message)['text']))
    .join('\n')
  return {
    text,
    mentions: [],
    to: [asText(to)],
    bytes: request.raw.length,
    size: text.length,
    limit: maxChars,
    unit: 'characters',
    notes:
      request.headers['x-line-retry-key'] === undefined ? ['without a retry key it may arrive twice'] : [],
  }
}
