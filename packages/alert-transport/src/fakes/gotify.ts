/**
 * Gotify: JSON to /message with an application's token. Checks token, message and priority.
 * https://gotify.net/api-docs
 */
import type { Answer, FakeRequest, View } from '../fake/exchange.ts'
import { isJsonRequest, jsonAnswer } from '../fake/exchange.ts'
import type { FakeContext, Saying } from '../fake/fake.ts'
import { defineHttpFake } from '../fake/fake.ts'
import { asObject, asText, isFilled } from '../fake/json.ts'

/** The token of the application. */
export interface GotifySettings {
  readonly token: string
}

const no = (errorCode: number, error: string, errorDescription: string): Answer =>
  jsonAnswer(errorCode, { error, errorCode, errorDescription })

const says: Record<Saying, Answer> = {
  refuse: no(400, 'Bad Request', "Field 'message' is required"),
  'rate-limited': jsonAnswer(429, { error: 'Too Many Requests' }, { 'retry-after': '1' }),
  'too-long': no(413, 'Request Entity Too Large', 'too large'),
}

/** The fake Gotify. */
export const gotify = defineHttpFake<GotifySettings>({
  title: 'Gotify',
  settings: { token: 'Ainbox.inbox1' },
  say: (what) => says[what],
  channel: (base, { token }) => ({ url: base, token }),
  refusal,
  accept: ({ json }, { sequence }) => jsonAnswer(200, { id: sequence, appid: 1, ...asObject(json) }),
  view,
})

function refusal(request: FakeRequest, { settings }: FakeContext<GotifySettings>): Answer | undefined {
  if (request.path !== '/message' || request.method !== 'POST') return no(404, 'Not Found', 'page not found')
  if (request.headers['x-gotify-key'] !== settings.token)
    return no(
      401,
      'Unauthorized',
      'you need to provide a valid access token or user credentials to access this api',
    )
  const { message, priority } = asObject(request.json)
  if (!isJsonRequest(request) || !isFilled(message)) return says.refuse
  return priority === undefined || Number.isInteger(priority) ? undefined : no(400, 'Bad Request', 'priority')
}

function view(request: FakeRequest): View {
  const { title, message, priority } = asObject(request.json)
  return {
    subject: asText(title),
    text: asText(message),
    mentions: [],
    bytes: request.raw.length,
    size: request.raw.length,
    unit: 'bytes',
    notes: [`priority ${String(priority)}`],
  }
}
