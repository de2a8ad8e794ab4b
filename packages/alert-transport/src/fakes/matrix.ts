/**
 * Matrix: an event by PUT into a room. Checks token, room, transaction, the event's fields and its 65 536
 * bytes; only `m.mentions` notifies.
 * https://spec.matrix.org/latest/client-server-api/#sending-events-to-a-room
 */
import type { Answer, FakeRequest, View } from '../fake/exchange.ts'
import { jsonAnswer } from '../fake/exchange.ts'
import type { FakeContext, Saying } from '../fake/fake.ts'
import { defineHttpFake } from '../fake/fake.ts'
import { asObject, asText, isFilled, isObject, isTextList } from '../fake/json.ts'

/** The token of the user, and the one room that it has joined. */
export interface MatrixSettings {
  readonly token: string
  readonly room: string
}

const maxBytes = 65_536
/** Sender, hashes, signatures and the like. */
const frameBytes = 1_500
const no = (status: number, errcode: string, error: string, more: object = {}): Answer =>
  jsonAnswer(status, { errcode, error, ...more })

const says: Record<Saying, Answer> = {
  refuse: no(403, 'M_FORBIDDEN', 'User is not in the room'),
  'rate-limited': no(429, 'M_LIMIT_EXCEEDED', 'Too Many Requests', { retry_after_ms: 2_000 }),
  'too-long': no(413, 'M_TOO_LARGE', 'event too large'),
}

/** The fake homeserver. */
export const matrix = defineHttpFake<MatrixSettings>({
  title: 'Matrix',
  settings: { token: 'inbox-matrix', room: '!inbox:example.org' },
  say: (what) => says[what],
  channel: (base, { token, room }) => ({ url: base, token, room }),
  refusal,
  // The same transaction is the same event.
  accept: ({ path }) => jsonAnswer(200, { event_id: `$${path.split('/').at(-1)}` }),
  view,
})

function refusal(request: FakeRequest, { settings }: FakeContext<MatrixSettings>): Answer | undefined {
  const [, room, transaction] =
    /^\/_matrix\/client\/v3\/rooms\/([^/]+)\/send\/m\.room\.message\/([^/]+)$/.exec(request.path) ?? []
  if (room === undefined || !isFilled(transaction) || request.method !== 'PUT')
    return no(404, 'M_UNRECOGNIZED', 'Unrecognized request')
  const { authorization } = request.headers
  if (authorization === undefined) return no(401, 'M_MISSING_TOKEN', 'Missing access token')
  if (authorization !== `Bearer ${settings.token}`) return no(401, 'M_UNKNOWN_TOKEN', 'Unknown access token')
  if (decodeURIComponent(room) !== settings.room) return says.refuse
  if (!isObject(request.json)) return no(400, 'M_NOT_JSON', 'Content not JSON.')
  const { msgtype, body, format, formatted_body: html } = request.json
  if (!['m.text', 'm.notice'].includes(asText(msgtype)) || !isFilled(body))
    return no(400, 'M_BAD_JSON', 'Bad content')
  if (format !== undefined && (format !== 'org.matrix.custom.html' || !isFilled(html)))
    return no(400, 'M_BAD_JSON', 'Bad formatted_body')
  const mentions = asObject(request.json['m.mentions'])
  if (mentions['user_ids'] !== undefined && !isTextList(mentions['user_ids']))
    return no(400, 'M_BAD_JSON', 'Bad m.mentions')
  return request.raw.length + frameBytes > maxBytes ? says['too-long'] : undefined
}

function view(request: FakeRequest): View {
  const { body, formatted_body: html, 'm.mentions': given } = asObject(request.json)
  const { user_ids: users, room } = asObject(given)
  return {
    text: asText(body),
    ...(isFilled(html) && { html }),
    mentions: [...(isTextList(users) ? users : []), ...(room === true ? ['@room'] : [])],
    bytes: request.raw.length,
    size: request.raw.length + frameBytes,
    limit: maxBytes,
    unit: 'bytes',
    notes: given === undefined ? ['without m.mentions old rules look for names in the text'] : [],
  }
}
