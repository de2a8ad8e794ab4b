/**
 * Google Chat webhook: checks space, key and token, the text, the size (32 000 bytes), that a thread is
 * requested in both places, and the rate (one a second). The same request id is answered with the same
 * message. https://developers.google.com/workspace/chat/api/reference/rest/v1/spaces.messages/create
 */
import type { Answer, FakeRequest, View } from '../fake/exchange.ts'
import { isJsonRequest, jsonAnswer } from '../fake/exchange.ts'
import type { FakeContext, Saying } from '../fake/fake.ts'
import { defineHttpFake } from '../fake/fake.ts'
import { asList, asObject, asText, isFilled, isObject } from '../fake/json.ts'

/** The space, and the two secrets of its webhook. */
export interface GoogleChatSettings {
  readonly space: string
  readonly key: string
  readonly token: string
}

const maxBytes = 32_000
/** Not documented; senders in use cut here. */
const maxChars = 4_096

const no = (code: number, status: string, message: string): Answer =>
  jsonAnswer(code, { error: { code, message, status } })

const says: Record<Saying, Answer> = {
  refuse: no(403, 'PERMISSION_DENIED', 'The caller does not have permission'),
  'rate-limited': no(429, 'RESOURCE_EXHAUSTED', 'Resource has been exhausted (e.g. check quota).'),
  'too-long': no(400, 'INVALID_ARGUMENT', 'Message text exceeds the maximum length.'),
}

/** The fake Google Chat webhook. */
export const googlechat = defineHttpFake<GoogleChatSettings>({
  title: 'Google Chat',
  settings: { space: 'AAAAINBOX', key: 'inbox-key', token: 'inbox-token' },
  rate: { burst: 3, everyMs: 1_000 },
  say: (what) => says[what],
  channel: (base, { space, key, token }) => ({
    url: `${base}/v1/spaces/${space}/messages?key=${encodeURIComponent(key)}&token=${encodeURIComponent(token)}`,
  }),
  refusal,
  accept: ({ json, query }, { settings: { space }, sequence }) => {
    const id = query.get('requestId') ?? String(sequence)
    const thread = asText(asObject(asObject(json)['thread'])['threadKey']) || id
    return jsonAnswer(200, {
      name: `spaces/${space}/messages/${id}`,
      thread: { name: `spaces/${space}/threads/${thread}` },
      text: asText(asObject(json)['text']),
    })
  },
  view,
})

function refusal(
  request: FakeRequest,
  { settings, isTooFast }: FakeContext<GoogleChatSettings>,
): Answer | undefined {
  const { query } = request
  const [, space] = /^\/v1\/spaces\/([^/]+)\/messages$/.exec(request.path) ?? []
  if (space === undefined || request.method !== 'POST')
    return { status: 404, body: '<title>Error 404 (Not Found)!!1</title>' }
  if (query.get('key') !== settings.key)
    return no(400, 'INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.')
  if (query.get('token') !== settings.token) return no(401, 'UNAUTHENTICATED', 'Invalid webhook token.')
  if (space !== settings.space) return no(404, 'NOT_FOUND', 'Space not found.')
  if (isTooFast(space)) return says['rate-limited']
  if (!isJsonRequest(request) || !isObject(request.json))
    return no(400, 'INVALID_ARGUMENT', 'Invalid JSON payload received.')
  const { text, cardsV2 } = request.json
  if (!isFilled(text) && asList(cardsV2).length === 0)
    return no(400, 'INVALID_ARGUMENT', 'Message cannot be empty.')
  return request.raw.length > maxBytes || asText(text).length > maxChars ? says['too-long'] : undefined
}

function view(request: FakeRequest): View {
  const body = asObject(request.json)
  const sent = asText(body['text'])
  const thread = asText(asObject(body['thread'])['threadKey'])
  const isThreaded = (request.query.get('messageReplyOption') ?? '').startsWith('REPLY_MESSAGE')
  const text = sent.replace(/<(https?:[^|<>]*)\|([^<>]*)>/g, '$2 ($1)')
  return {
    text: text || JSON.stringify(body['cardsV2'] ?? ''),
    mentions: [...new Set([...sent.matchAll(/<users\/(\d+|all)>/g)].map(([, id]) => id ?? ''))],
    bytes: request.raw.length,
    size: sent.length,
    limit: maxChars,
    unit: 'characters',
    notes: thread !== '' && !isThreaded ? ['without messageReplyOption the thread is ignored'] : [],
  }
}
