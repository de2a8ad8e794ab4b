/**
 * WeCom group robot: always HTTP 200, with the outcome in `errcode`. Checks key, type, required fields,
 * the content's size in bytes (text 2048, markdown 4096) and rate (20 a minute).
 * https://developer.work.weixin.qq.com/document/path/91770
 */
import type { Answer, FakeRequest, View } from '../fake/exchange.ts'
import { isJsonRequest, jsonAnswer } from '../fake/exchange.ts'
import type { FakeContext, Saying } from '../fake/fake.ts'
import { defineHttpFake } from '../fake/fake.ts'
import { asList, asObject, asText, isFilled, isObject, isTextList, type JsonObject } from '../fake/json.ts'

/** The robot's settings. */
export interface WeComSettings {
  readonly key: string
}

const maxContentBytes = new Map([
  ['text', 2048],
  ['markdown', 4096],
  ['markdown_v2', 4096],
])

// Real refusals carry a trace id and the caller's address in the text.
const no = (errcode: number, errmsg: string): Answer =>
  jsonAnswer(200, {
    errcode,
    errmsg: `${errmsg}, hint: [1700000000000000000000001], from ip: 127.0.0.1, more info at https://open.work.weixin.qq.com/devtool/query?e=${errcode}`,
  })

const says: Record<Saying, Answer> = {
  refuse: no(93000, 'invalid webhook url'),
  'rate-limited': no(45009, 'api freq out of limit'),
  'too-long': no(40058, 'markdown.content exceed max length 4096. invalid Request Parameter'),
}

/** The fake WeCom robot. */
export const wecom = defineHttpFake<WeComSettings>({
  title: 'WeCom',
  settings: { key: 'inbox-robot' },
  rate: { count: 20, perMs: 60_000 },
  say: (what) => says[what],
  channel: (base, { key }) => ({ url: `${base}/cgi-bin/webhook/send?key=${encodeURIComponent(key)}` }),
  refusal,
  accept: () => jsonAnswer(200, { errcode: 0, errmsg: 'ok' }),
  view,
})

function refusal(
  request: FakeRequest,
  { settings, isTooFast }: FakeContext<WeComSettings>,
): Answer | undefined {
  if (request.path !== '/cgi-bin/webhook/send') return { status: 404, body: '' }
  if (request.method !== 'POST') return no(43002, 'require POST method')
  if (request.query.get('key') !== settings.key) return says.refuse
  if (isTooFast(settings.key)) return says['rate-limited']
  if (!isJsonRequest(request) || !isObject(request.json)) return no(47001, 'data format error')
  const type = asText(request.json['msgtype'])
  const check = checksByType.get(type)
  if (check === undefined) return no(40008, 'invalid message type')
  const part = request.json[type]
  if (!isObject(part)) return no(40058, `${type} is missing. invalid Request Parameter`)
  const limit = maxContentBytes.get(type)
  if (limit !== undefined && Buffer.byteLength(asText(part['content'])) > limit)
    return no(40058, `${type}.content exceed max length ${limit}. invalid Request Parameter`)
  const wrong = check(part)
  return wrong === undefined ? undefined : no(40058, `${type}.${wrong}. invalid Request Parameter`)
}

const missing = (part: JsonObject, ...fields: string[]): string | undefined => {
  const field = fields.find((name) => !isFilled(part[name]))
  return field === undefined ? undefined : `${field} is missing or empty`
}

const checksByType = new Map<string, (part: JsonObject) => string | undefined>([
  ['text', (part) => missing(part, 'content') ?? wrongMentions(part)],
  ['markdown', (part) => missing(part, 'content')],
  ['markdown_v2', (part) => missing(part, 'content')],
  ['image', (part) => missing(part, 'base64', 'md5')],
  ['file', (part) => missing(part, 'media_id')],
  ['voice', (part) => missing(part, 'media_id')],
  ['news', wrongNews],
  ['template_card', wrongCard],
])

function wrongMentions(part: JsonObject): string | undefined {
  return ['mentioned_list', 'mentioned_mobile_list']
    .filter((list) => part[list] !== undefined && !isTextList(part[list]))
    .map((list) => `${list} is not a list of strings`)[0]
}

function wrongNews(part: JsonObject): string | undefined {
  const articles = asList(part['articles'])
  if (articles.length < 1 || articles.length > 8) return 'articles must hold 1 to 8'
  return articles.map((article) => missing(asObject(article), 'title', 'url')).find(Boolean)
}

function wrongCard(part: JsonObject): string | undefined {
  const kind = part['card_type']
  if (kind !== 'text_notice' && kind !== 'news_notice') return 'card_type is not text_notice or news_notice'
  if (!isFilled(asObject(part['main_title'])['title']) && !isFilled(part['sub_title_text']))
    return 'main_title.title or sub_title_text is missing'
  const action = asObject(part['card_action'])
  if (action['type'] !== 1 && action['type'] !== 2) return 'card_action.type is missing'
  if (action['type'] === 1 && !isFilled(action['url'])) return 'card_action.url is missing'
  if (asList(part['horizontal_content_list']).length > 6) return 'horizontal_content_list is longer than 6'
  if (asList(part['jump_list']).length > 3) return 'jump_list is longer than 3'
  return undefined
}

function view(request: FakeRequest): View {
  const body = asObject(request.json)
  const type = asText(body['msgtype'])
  const part = asObject(body[type])
  const shown = type === 'template_card' ? cardText(part) : type === 'news' ? newsText(part) : undefined
  const text = shown?.text ?? asText(part['content'])
  const limit = maxContentBytes.get(type)
  return {
    ...(shown !== undefined && { subject: shown.subject }),
    text,
    mentions: mentions(type, part, text),
    bytes: request.raw.length,
    size: Buffer.byteLength(text),
    ...(limit !== undefined && { limit }),
    unit: 'bytes',
    notes: type === 'markdown_v2' && /<@[\w.@-]+>/.test(text) ? ['markdown_v2 has no mentions'] : [],
  }
}

function mentions(type: string, part: JsonObject, text: string): readonly string[] {
  if (type !== 'text' && type !== 'markdown') return []
  const lists =
    type === 'text' ? [...asList(part['mentioned_list']), ...asList(part['mentioned_mobile_list'])] : []
  // A user id is made of these characters only, so a zero-width space inside makes it invalid.
  const inText = [...text.matchAll(/<@([\w.@-]{1,64})>/g)].map((match) => match[1])
  return [...new Set([...lists, ...inText].filter(isFilled))]
}

function cardText(part: JsonObject): { subject: string; text: string } {
  const title = asObject(part['main_title'])
  const rows = asList(part['horizontal_content_list']).map((row) => {
    const { keyname, value } = asObject(row)
    return `${asText(keyname)} ${asText(value)}`
  })
  const emphasis = asObject(part['emphasis_content'])
  const quote = asObject(part['quote_area'])
  const lines = [
    title['title'],
    title['desc'],
    emphasis['title'],
    part['sub_title_text'],
    quote['quote_text'],
  ]
  return {
    subject: asText(title['title']) || asText(part['sub_title_text']),
    text: [...lines, ...rows].filter(isFilled).join('\n'),
  }
}

function newsText(part: JsonObject): { subject: string; text: string } {
  const articles = asList(part['articles']).map(asObject)
  return {
    subject: asText(articles[0]?.['title']),
    text: articles
      .flatMap((article) => [article['title'], article['description']])
      .filter(isFilled)
      .join('\n'),
  }
}
