/**
 * Gotify: JSON or a form to /message with an application's token, in its own header, as a bearer or in the
 * address. Checks token, message and priority.
 * https://gotify.net/api-docs
 */
import type { Answer, FakeRequest, View } from '../fake/exchange.ts'
import { isJsonRequest, jsonAnswer } from '../fake/exchange.ts'
import type { FakeContext, Saying } from '../fake/fake.ts'
import { defineHttpFake } from '../fake/fake.ts'
import { readForm } from '../fake/form.ts'
import { asObject, asText, isFilled, type JsonObject } from '../fake/json.ts'

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
  accept: (request, { sequence }) => jsonAnswer(200, { id: sequence, appid: 1, ...messageOf(request) }),
  view,
})

function refusal(request: FakeRequest, { settings }: FakeContext<GotifySettings>): Answer | undefined {
  if (request.path !== '/message' || request.method !== 'POST') return no(404, 'Not Found', 'page not found')
  if (tokenOf(request) !== settings.token)
    return no(
      401,
      'Unauthorized',
      'you need to provide a valid access token or user credentials to access this api',
    )
  const { message, priority } = messageOf(request)
  if (!isFilled(message)) return says.refuse
  return priority === undefined || Number.isInteger(priority) ? undefined : no(400, 'Bad Request', 'priority')
}

function tokenOf({ query, headers }: FakeRequest): string | undefined {
  const [, bearer] = /^Bearer (.+)$/.exec(headers['authorization'] ?? '') ?? []
  return query.get('token') ?? headers['x-gotify-key'] ?? bearer
}

/** Of a form every field is a text, and the priority a number all the same. */
function messageOf(request: FakeRequest): JsonObject {
  if (isJsonRequest(request)) return asObject(request.json)
  const { priority, ...texts } = Object.fromEntries(readForm(request))
  return { ...texts, ...(priority === undefined ? {} : { priority: Number(priority) }) }
}

function view(request: FakeRequest): View {
  const { title, message, priority } = messageOf(request)
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
