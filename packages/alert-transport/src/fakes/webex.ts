/**
 * Webex: a message by a bot's token, or to an incoming webhook. Checks token, target and the 7439 bytes of
 * the text. https://developer.webex.com/docs/api/v1/messages/create-a-message
 */
import type { Answer, FakeRequest, View } from '../fake/exchange.ts'
import { isJsonRequest, jsonAnswer } from '../fake/exchange.ts'
import type { FakeContext, Saying } from '../fake/fake.ts'
import { defineHttpFake } from '../fake/fake.ts'
import { asObject, asText, isFilled, isObject } from '../fake/json.ts'

/** The bot's token and space, and the id of the incoming webhook. */
export interface WebexSettings {
  readonly token: string
  readonly roomId: string
  readonly webhook: string
}

const maxBytes = 7_439
const no = (status: number, message: string, headers?: Record<string, string>): Answer =>
  jsonAnswer(status, { message, errors: [{ description: message }], trackingId: 'inbox' }, headers)

const says: Record<Saying, Answer> = {
  refuse: no(404, 'Could not find a room with provided ID.'),
  'rate-limited': no(429, 'Too many requests', { 'retry-after': '3' }),
  'too-long': no(400, 'Message length limited to 7439 before encryption and 10000 after encryption'),
}

/** The fake Webex. */
export const webex = defineHttpFake<WebexSettings>({
  title: 'Webex',
  settings: { token: 'inbox-webex', roomId: 'inbox-space', webhook: 'inbox-webhook' },
  say: (what) => says[what],
  channel: (base, { token, roomId }) => ({ token, roomId, endpoint: `${base}/v1/messages` }),
  refusal,
  accept: ({ path }, { settings, sequence }) =>
    path === '/v1/messages'
      ? jsonAnswer(200, { id: `inbox-${sequence}`, roomId: settings.roomId, roomType: 'group' })
      : { status: 204, body: '' },
  view,
})

function refusal(request: FakeRequest, { settings }: FakeContext<WebexSettings>): Answer | undefined {
  const isWebhook = request.path === `/v1/webhooks/incoming/${settings.webhook}`
  if ((request.path !== '/v1/messages' && !isWebhook) || request.method !== 'POST')
    return no(404, 'Not found')
  if (!isWebhook && request.headers['authorization'] !== `Bearer ${settings.token}`)
    return no(401, 'The request requires a valid access token set in the Authorization request header.')
  if (!isJsonRequest(request) || !isObject(request.json)) return no(400, 'POST expected body to be JSON')
  const { roomId, toPersonEmail, markdown, text } = request.json
  if (!isWebhook && roomId !== settings.roomId && !isFilled(toPersonEmail)) return says.refuse
  if (!isFilled(markdown) && !isFilled(text)) return no(400, 'text or markdown is required')
  return Buffer.byteLength(asText(markdown) || asText(text)) > maxBytes ? says['too-long'] : undefined
}

function view(request: FakeRequest): View {
  const { markdown, text } = asObject(request.json)
  const shown = asText(markdown) || asText(text)
  const mentions = [...shown.matchAll(/<@(?:personEmail:|personId:)?([^<>\u200b|]{1,200})(?:\|[^<>]*)?>/g)]
  return {
    text: shown,
    mentions: isFilled(markdown) ? mentions.map(([, id]) => id!) : [],
    bytes: request.raw.length,
    size: Buffer.byteLength(shown),
    limit: maxBytes,
    unit: 'bytes',
    notes: [],
  }
}
