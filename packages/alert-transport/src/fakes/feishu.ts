/**
 * Feishu and Lark custom bot: refusals have HTTP 200 too, with the outcome in `code`. Checks address,
 * signature (in the body, within an hour), keyword, type, the shape of cards, size (20 KB of the whole body)
 * and rate (5 a second). https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot
 */
import { createHmac } from 'node:crypto'
import type { Answer, FakeRequest, View } from '../fake/exchange.ts'
import { isJsonRequest, jsonAnswer } from '../fake/exchange.ts'
import type { FakeContext, Saying } from '../fake/fake.ts'
import { defineHttpFake } from '../fake/fake.ts'
import { asList, asObject, asText, isFilled, isObject, type JsonObject } from '../fake/json.ts'

/** The bot's settings; an empty secret or no keywords switch that check off. */
export interface FeishuSettings {
  readonly token: string
  readonly secret: string
  readonly keywords: readonly string[]
}

const maxBytes = 20_000
const hourSeconds = 3_600

const no = (code: number, msg: string): Answer => jsonAnswer(200, { code, data: {}, msg })
const bad = no(9499, 'Bad Request')

const says: Record<Saying, Answer> = {
  refuse: no(19024, 'Key Words Not Found'),
  'rate-limited': no(11232, 'frequency limited psm[lark.oapi.app_platform_runtime]appID[1500]'),
  'too-long': bad,
}

/** The fake Feishu bot. */
export const feishu = defineHttpFake<FeishuSettings>({
  title: 'Feishu',
  settings: { token: 'inbox-bot', secret: 'inbox-secret', keywords: [] },
  rate: { count: 5, perMs: 1_000 },
  say: (what) => says[what],
  channel: (base, { token, secret, keywords }) => ({
    url: `${base}/open-apis/bot/v2/hook/${encodeURIComponent(token)}`,
    ...(secret !== '' && { secret }),
    ...(keywords[0] !== undefined && { keyword: keywords[0] }),
  }),
  refusal,
  accept: () =>
    jsonAnswer(200, { StatusCode: 0, StatusMessage: 'success', code: 0, data: {}, msg: 'success' }),
  view,
})

function refusal(
  request: FakeRequest,
  { settings, now, isTooFast }: FakeContext<FeishuSettings>,
): Answer | undefined {
  if (!request.path.startsWith('/open-apis/bot/v2/hook/')) return { status: 404, body: '404 page not found' }
  if (request.method !== 'POST') return { status: 405, body: '' }
  if (request.path !== `/open-apis/bot/v2/hook/${settings.token}`)
    return no(19001, 'param invalid: incoming webhook access token invalid')
  if (isTooFast(settings.token)) return says['rate-limited']
  if (request.raw.length > maxBytes || !isJsonRequest(request) || !isObject(request.json)) return bad
  const { timestamp, sign, msg_type: type } = request.json
  if (settings.secret !== '' && !isSigned(timestamp, sign, settings.secret, now()))
    return no(19021, 'sign match fail or timestamp is not within one hour from current time')
  if (type === 'text' ? !isFilled(asObject(request.json['content'])['text']) : type !== 'interactive')
    return bad
  if (type === 'interactive') {
    const problem = cardProblem(request.json['card'])
    if (problem !== undefined)
      return no(200621, `parse card json err, please check whether the card json is correct: ${problem}`)
  }
  const { subject = '', text } = view(request)
  const isMissing =
    settings.keywords.length > 0 && !settings.keywords.some((word) => `${subject}\n${text}`.includes(word))
  return isMissing ? says.refuse : undefined
}

/** The timestamp is a string of seconds; milliseconds are out of the window. */
function isSigned(timestamp: unknown, sign: unknown, secret: string, nowMs: number): boolean {
  if (typeof timestamp !== 'string' || !/^\d{1,16}$/.test(timestamp)) return false
  if (Math.abs(nowMs / 1000 - Number(timestamp)) > hourSeconds) return false
  return sign === createHmac('sha256', `${timestamp}\n${secret}`).digest('base64')
}

function cardProblem(card: unknown): string | undefined {
  if (!isObject(card)) return 'card is missing'
  const { header, elements } = card
  if (header !== undefined && !isText(asObject(header)['title'], ['plain_text'])) return 'header.title'
  if (asList(elements).length === 0) return 'elements is empty'
  const index = asList(elements).findIndex((element) => !isElement(asObject(element)))
  return index < 0 ? undefined : `elements.${index}`
}

function isElement(element: JsonObject): boolean {
  switch (element['tag']) {
    case 'hr':
      return true
    case 'markdown':
      return isFilled(element['content'])
    case 'div':
      return element['text'] === undefined
        ? asList(element['fields']).length > 0 &&
            asList(element['fields']).every((field) => isText(asObject(field)['text']))
        : isText(element['text'])
    case 'note':
      return (
        asList(element['elements']).length > 0 && asList(element['elements']).every((part) => isText(part))
      )
    case 'action':
      return asList(element['actions']).length > 0 && asList(element['actions']).every(isButton)
    default:
      return false
  }
}

function isText(part: unknown, tags: readonly unknown[] = ['plain_text', 'lark_md']): boolean {
  const { tag, content } = asObject(part)
  return tags.includes(tag) && isFilled(content)
}

/** A custom bot's buttons can only open addresses; a bad one fails the whole message. */
function isButton(button: unknown): boolean {
  const { tag, text, url } = asObject(button)
  return tag === 'button' && isText(text) && isFilled(url) && /^https?:\/\/[^\s]+$/.test(url)
}

function view(request: FakeRequest): View {
  const body = asObject(request.json)
  const isCard = body['msg_type'] === 'interactive'
  const card = asObject(body['card'])
  const parts = asList(card['elements']).map(asObject).flatMap(textsOf)
  const sent = asText(asObject(body['content'])['text'])
  const marked = isCard
    ? parts.filter(({ tag }) => tag !== 'plain_text').map(({ content }) => asText(content))
    : [sent]
  const at = isCard ? /<at id="?(all|ou_[\w-]+)"?>/g : /<at user_id="(all|ou_[\w-]+)">/g
  return {
    ...(isCard && { subject: asText(asObject(asObject(card['header'])['title'])['content']) }),
    text: isCard ? parts.map(({ content }) => asText(content)).join('\n') : sent,
    mentions: [...new Set(marked.flatMap((text) => [...text.matchAll(at)].map(([, id]) => id ?? '')))],
    bytes: request.raw.length,
    size: request.raw.length,
    limit: maxBytes,
    unit: 'bytes',
    notes: [],
  }
}

function textsOf(element: JsonObject): readonly JsonObject[] {
  if (element['tag'] === 'markdown') return [element]
  const fields = asList(element['fields']).map((field) => asObject(field)['text'])
  const buttons = asList(element['actions']).map((button) => asObject(button)['text'])
  return [element['text'], ...fields, ...asList(element['elements']), ...buttons].filter(isObject)
}
