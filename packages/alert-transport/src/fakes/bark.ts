/**
 * Bark: JSON to /push, answered with its own `code`. Checks the device key, the level and the 4096 bytes that
 * Apple takes. https://github.com/Finb/bark-server/blob/master/docs/API_V2.md
 */
import type { Answer, FakeRequest, View } from '../fake/exchange.ts'
import { isJsonRequest, jsonAnswer } from '../fake/exchange.ts'
import type { FakeContext, Saying } from '../fake/fake.ts'
import { defineHttpFake } from '../fake/fake.ts'
import { asObject, asText, isFilled, isObject } from '../fake/json.ts'

/** The keys of the devices that are registered. */
export interface BarkSettings {
  readonly keys: readonly string[]
}

const maxBytes = 4096
/** What the server adds around the texts. */
const frameBytes = 200
const answer = (code: number, message: string): Answer =>
  jsonAnswer(code, { code, message, timestamp: 1_700_000_000 })

const says: Record<Saying, Answer> = {
  refuse: answer(400, 'failed to get device token: failed to get [inbox] device token from database'),
  'rate-limited': answer(500, 'push failed: 429 TooManyRequests'),
  'too-long': answer(500, 'push failed: APNS push failed: PayloadTooLarge'),
}

/** The fake Bark. */
export const bark = defineHttpFake<BarkSettings>({
  title: 'Bark',
  settings: { keys: ['inbox-device'] },
  say: (what) => says[what],
  channel: (base, { keys }) => ({ key: keys.length === 1 ? keys[0] : keys, endpoint: base }),
  refusal,
  accept: () => answer(200, 'success'),
  view,
})

function refusal(request: FakeRequest, { settings }: FakeContext<BarkSettings>): Answer | undefined {
  if (request.path !== '/push' || request.method !== 'POST') return answer(404, 'Cannot POST')
  if (!isJsonRequest(request) || !isObject(request.json)) return answer(400, 'request bind failed')
  const { device_key: key, level, body, title } = request.json
  if (!isFilled(key)) return answer(400, 'device key is empty')
  if (!settings.keys.includes(key)) return says.refuse
  if (level !== undefined && !['critical', 'active', 'timeSensitive', 'passive'].includes(asText(level)))
    return answer(400, 'level is invalid')
  if (!isFilled(body) && !isFilled(title)) return answer(400, 'body is empty')
  return request.raw.length + frameBytes > maxBytes ? says['too-long'] : undefined
}

function view(request: FakeRequest): View {
  const { title, body, level, group, id } = asObject(request.json)
  return {
    subject: asText(title),
    text: asText(body),
    mentions: [],
    bytes: request.raw.length,
    size: request.raw.length + frameBytes,
    limit: maxBytes,
    unit: 'bytes',
    notes: [`level ${asText(level)}, group ${asText(group)}${id === undefined ? '' : `, id ${asText(id)}`}`],
  }
}
