/**
 * DingTalk custom robot: always HTTP 200, with the outcome in `errcode`. Checks token, signature,
 * keyword, type, required fields, size (20 000 bytes of the whole body) and rate (20 a minute, then blocked
 * for ten minutes). https://open.dingtalk.com/document/robots/custom-robot-access
 */
import { createHmac } from 'node:crypto'
import type { Answer, FakeRequest, View } from '../fake/exchange.ts'
import { isJsonRequest, jsonAnswer } from '../fake/exchange.ts'
import type { FakeContext, Saying } from '../fake/fake.ts'
import { defineHttpFake } from '../fake/fake.ts'
import { asList, asObject, asText, isFilled, isObject, isTextList, type JsonObject } from '../fake/json.ts'

/** The robot's settings; an empty secret or no keywords switch that check off. */
export interface DingTalkSettings {
  readonly token: string
  readonly secret: string
  readonly keywords: readonly string[]
}

const maxBytes = 20_000
const hourMs = 3_600_000
const more = 'more: [https://ding-doc.dingtalk.com/doc#/serverapi2/qf2nxq]'

const no = (errcode: number, errmsg: string, extra?: object): Answer =>
  jsonAnswer(200, { errcode, errmsg, ...extra })

const says: Record<Saying, Answer> = {
  refuse: no(310000, `keywords not in content, ${more}`),
  'rate-limited': no(130101, 'send too fast, exceed 20 times per minute', {
    status: 1111,
    wait: 5,
    punish: 'deny',
  }),
  'too-long': no(460101, `message too long, exceed ${maxBytes} bytes`),
}

/** The fake DingTalk robot. */
export const dingtalk = defineHttpFake<DingTalkSettings>({
  title: 'DingTalk',
  settings: { token: 'inbox-robot', secret: 'SEC-inbox', keywords: [] },
  rate: { count: 20, perMs: 60_000, blockMs: 600_000 },
  say: (what) => says[what],
  channel: (base, { token, secret, keywords }) => ({
    url: `${base}/robot/send?access_token=${encodeURIComponent(token)}`,
    ...(secret !== '' && { secret }),
    ...(keywords[0] !== undefined && { keyword: keywords[0] }),
  }),
  refusal: (request, context) =>
    rejectedBeforeFake(request, context) ?? refusedBody(request, context.settings),
  accept: () => no(0, 'ok'),
  view,
})

function rejectedBeforeFake(
  request: FakeRequest,
  { settings, now, isTooFast }: FakeContext<DingTalkSettings>,
): Answer | undefined {
  if (request.path !== '/robot/send') return jsonAnswer(404, { errcode: 404, errmsg: '请求的URI地址不存在' })
  if (request.method !== 'POST') return no(43002, 'require POST method')
  if (!isJsonRequest(request)) return no(43004, 'invalid Content-Type, application/json is required')
  if (request.query.get('access_token') !== settings.token) return no(300005, 'token is not exist')
  if (settings.secret !== '') {
    const timestamp = request.query.get('timestamp') ?? ''
    // Milliseconds; a timestamp in seconds is out of the window as well.
    if (!/^\d{1,16}$/.test(timestamp) || Math.abs(now() - Number(timestamp)) > hourMs)
      return no(310000, `invalid timestamp, ${more}`)
    if (request.query.get('sign') !== sign(timestamp, settings.secret))
      return no(310000, `sign not match, ${more}`)
  }
  return isTooFast(settings.token) ? says['rate-limited'] : undefined
}

function sign(timestamp: string, secret: string): string {
  return createHmac('sha256', secret).update(`${timestamp}\n${secret}`).digest('base64')
}

function refusedBody(request: FakeRequest, settings: DingTalkSettings): Answer | undefined {
  if (request.raw.length > maxBytes) return says['too-long']
  if (!isObject(request.json)) return no(40035, '缺少参数 json')
  const type = asText(request.json['msgtype'])
  const missing = missingByType.get(type)
  if (missing === undefined) return no(400105, 'unsupported msgtype')
  const part = request.json[type]
  if (!isObject(part)) return no(40035, `缺少参数 ${type}`)
  const field = missing(part) ?? wrongAt(request.json['at'])
  if (field !== undefined) return no(40035, `缺少参数 ${field}`)
  const shown = visibleText(part)
  if (settings.keywords.length > 0 && !settings.keywords.some((word) => shown.includes(word)))
    return says.refuse
  return undefined
}

const firstEmpty = (part: JsonObject, ...fields: string[]): string | undefined =>
  fields.find((field) => !isFilled(part[field]))

const missingByType = new Map<string, (part: JsonObject) => string | undefined>([
  ['text', (part) => firstEmpty(part, 'content')],
  ['markdown', (part) => firstEmpty(part, 'title', 'text')],
  ['link', (part) => firstEmpty(part, 'title', 'text', 'messageUrl')],
  [
    'actionCard',
    (part) =>
      firstEmpty(part, 'title', 'text') ??
      (part['btns'] === undefined
        ? firstEmpty(part, 'singleTitle', 'singleURL')
        : missingInList('btns', part['btns'], 'title', 'actionURL')),
  ],
  ['feedCard', (part) => missingInList('links', part['links'], 'title', 'messageURL', 'picURL')],
])

function missingInList(name: string, list: unknown, ...fields: string[]): string | undefined {
  if (asList(list).length === 0) return name
  return asList(list)
    .map((item) => firstEmpty(asObject(item), ...fields))
    .find((field) => field !== undefined)
}

function wrongAt(at: unknown): string | undefined {
  if (at === undefined) return undefined
  if (!isObject(at)) return 'at'
  if (at['isAtAll'] !== undefined && typeof at['isAtAll'] !== 'boolean') return 'isAtAll'
  return ['atMobiles', 'atUserIds'].find((list) => at[list] !== undefined && !isTextList(at[list]))
}

function visibleText(part: JsonObject): string {
  const items = [...asList(part['btns']), ...asList(part['links'])].map((item) =>
    asText(asObject(item)['title']),
  )
  return [part['title'], part['text'], part['content'], part['singleTitle'], ...items]
    .filter(isFilled)
    .join('\n')
}

function view(request: FakeRequest): View {
  const body = asObject(request.json)
  const type = asText(body['msgtype'])
  const part = asObject(body[type])
  const text = asText(part['text']) || asText(part['content']) || visibleText(part)
  // The app shows mentions in these two kinds only.
  const at = type === 'text' || type === 'markdown' ? asObject(body['at']) : {}
  const listed = [...asList(at['atMobiles']), ...asList(at['atUserIds'])].filter(isFilled)
  const pinged = listed.filter((id) => text.includes(`@${id}`))
  return {
    ...(isFilled(part['title']) && { subject: part['title'] }),
    text,
    mentions: at['isAtAll'] === true ? ['@all', ...pinged] : pinged,
    bytes: request.raw.length,
    size: request.raw.length,
    limit: maxBytes,
    unit: 'bytes',
    notes: listed
      .filter((id) => !pinged.includes(id))
      .map((id) => `${id} is in the at list, but the text lacks @${id}: not pinged`),
  }
}
