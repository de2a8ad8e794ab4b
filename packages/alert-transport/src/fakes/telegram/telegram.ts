/**
 * Telegram Bot API, sendMessage: checks token, chat, topic, the HTML as strictly as the server does, the
 * length after parsing (4 096 characters) and the rate (one a second).
 * https://core.telegram.org/bots/api#sendmessage
 */
import type { Answer, FakeRequest, View } from '../../fake/exchange.ts'
import { isJsonRequest, jsonAnswer } from '../../fake/exchange.ts'
import type { FakeContext, Saying } from '../../fake/fake.ts'
import { defineHttpFake } from '../../fake/fake.ts'
import { asList, asObject, asText, isFilled, isObject, type JsonObject } from '../../fake/json.ts'
import { parseHtml } from './telegram-html.ts'

/** The bot and the only chat it is in; a `movedTo` says that this group has become a supergroup. */
export interface TelegramSettings {
  readonly token: string
  readonly chatId: string
  readonly threadId: string
  readonly movedTo: number
}

const maxChars = 4_096

const no = (status: number, description: string, parameters?: object): Answer =>
  jsonAnswer(
    status,
    { ok: false, error_code: status, description, ...(parameters && { parameters }) },
    parameters && 'retry_after' in parameters ? { 'retry-after': String(parameters.retry_after) } : {},
  )
const bad = (description: string, parameters?: object): Answer =>
  no(400, `Bad Request: ${description}`, parameters)

const says: Record<Saying, Answer> = {
  refuse: no(403, 'Forbidden: bot was kicked from the supergroup chat'),
  'rate-limited': no(429, 'Too Many Requests: retry after 35', { retry_after: 35 }),
  'too-long': bad('message is too long'),
}

/** The fake Bot API. */
export const telegram = defineHttpFake<TelegramSettings>({
  title: 'Telegram',
  settings: { token: '1000001:inbox-bot', chatId: '-1001000000001', threadId: '', movedTo: 0 },
  rate: { burst: 3, everyMs: 1_000 },
  say: (what) => says[what],
  channel: (base, { token, chatId, threadId }) => ({
    endpoint: base,
    token,
    chatId,
    ...(threadId !== '' && { threadId }),
  }),
  refusal,
  accept: ({ json }, { sequence, now }) =>
    jsonAnswer(200, {
      ok: true,
      result: {
        message_id: sequence,
        date: Math.floor(now() / 1000),
        chat: { id: Number(asObject(json)['chat_id']), type: 'supergroup' },
        text: readText(asObject(json)).text,
      },
    }),
  view,
})

function refusal(
  request: FakeRequest,
  { settings, isTooFast }: FakeContext<TelegramSettings>,
): Answer | undefined {
  const [, token, method] = /^\/bot([^/]*)\/(\w+)$/.exec(request.path) ?? []
  if (token === undefined || !/^\d+:[\w-]+$/.test(token)) return no(404, 'Not Found')
  if (token !== settings.token) return no(401, 'Unauthorized')
  if (method?.toLowerCase() !== 'sendmessage') return no(404, 'Not Found')
  if (!isJsonRequest(request) || !isObject(request.json)) return bad('message text is empty')
  const body = request.json
  const chat = String(body['chat_id'] ?? '')
  if (chat === settings.chatId && settings.movedTo !== 0)
    return bad('group chat was upgraded to a supergroup chat', { migrate_to_chat_id: settings.movedTo })
  if (chat !== settings.chatId && chat !== String(settings.movedTo)) return bad('chat not found')
  const thread = body['message_thread_id']
  if (thread !== undefined && String(thread) !== settings.threadId) return bad('message thread not found')
  if (isTooFast(chat)) return no(429, 'Too Many Requests: retry after 1', { retry_after: 1 })
  return contentProblem(body)
}

function contentProblem(body: JsonObject): Answer | undefined {
  const mode = body['parse_mode']
  if (mode !== undefined && mode !== 'HTML') return bad('unsupported parse_mode')
  const { text, problem } = readText(body)
  if (problem !== undefined) return bad(`can't parse entities: ${problem}`)
  if (text.trim() === '') return bad('message text is empty')
  // Code points, not UTF-16 units.
  if (Array.from(text).length > maxChars) return says['too-long']
  const rows = asObject(body['reply_markup'])['inline_keyboard']
  const buttons = asList(rows).flatMap(asList).map(asObject)
  const wrong = buttons.find(({ text: label, url }) => !isFilled(label) || !isWebAddress(url))
  return wrong === undefined
    ? undefined
    : bad(`inline keyboard button URL '${asText(wrong['url'])}' is invalid: Wrong HTTP URL`)
}

function isWebAddress(url: unknown): boolean {
  return isFilled(url) && /^https?:\/\/[^/\s]+\.[a-z]{2,}(?::\d+)?(?:[/?#]\S*)?$/i.test(url)
}

function readText(body: JsonObject) {
  const text = asText(body['text'])
  return body['parse_mode'] === 'HTML'
    ? parseHtml(text)
    : { text, outside: text, users: [], problem: undefined }
}

function view(request: FakeRequest): View {
  const body = asObject(request.json)
  const { text, outside, users } = readText(body)
  // The server finds @names by itself, in any parse mode, but not in code.
  const names = [...outside.matchAll(/(?<![\w@])@\w{2,32}/g)].map(([name]) => name)
  const buttons = asList(asObject(body['reply_markup'])['inline_keyboard']).flatMap(asList).map(asObject)
  return {
    text: [text, ...buttons.map(({ text: label }) => asText(label))].join('\n'),
    mentions: [...new Set([...names, ...users])],
    bytes: request.raw.length,
    size: Array.from(text).length,
    limit: maxChars,
    unit: 'characters',
    notes: [],
  }
}
