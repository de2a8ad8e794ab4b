/**
 * ServerChan: a title and Markdown to an address that holds the key, answered with its own `code`. Checks the
 * key, the title's 32 characters and the text's 32 KB. https://sct.ftqq.com
 */
import type { Answer, FakeRequest, View } from '../fake/exchange.ts'
import { isJsonRequest, jsonAnswer } from '../fake/exchange.ts'
import type { FakeContext, Saying } from '../fake/fake.ts'
import { defineHttpFake } from '../fake/fake.ts'
import { asObject, asText, isFilled } from '../fake/json.ts'

/** The SendKey. */
export interface ServerChanSettings {
  readonly key: string
}

const maxBytes = 32 * 1024
const no = (status: number, code: number, message: string): Answer =>
  jsonAnswer(status, { code, message, info: message, args: [null], scode: 461 })

const says: Record<Saying, Answer> = {
  refuse: no(200, 40001, '[INPUT]标题不能为空'),
  'rate-limited': no(200, 40001, '[AUTH]超过当天的发送次数限制'),
  'too-long': no(200, 40001, '[INPUT]内容过长'),
}

/** The fake ServerChan. */
export const serverchan = defineHttpFake<ServerChanSettings>({
  title: 'ServerChan',
  settings: { key: 'SCTinboxinbox' },
  say: (what) => says[what],
  channel: (base, { key }) => ({ key, endpoint: base }),
  refusal,
  accept: (_request, { sequence }) =>
    jsonAnswer(200, {
      code: 0,
      message: '',
      data: { pushid: String(sequence), readkey: 'inbox', error: 'SUCCESS', errno: 0 },
    }),
  view,
})

function refusal(request: FakeRequest, { settings }: FakeContext<ServerChanSettings>): Answer | undefined {
  if (!request.path.endsWith('.send') || request.method !== 'POST')
    return { status: 404, body: '404 Not Found' }
  const isThird = settings.key.startsWith('sctp')
  if (request.path !== `${isThird ? '/send' : ''}/${settings.key}.send`)
    return no(400, 40001, '[AUTH]错误的Key')
  const { title, desp } = asObject(request.json)
  if (!isJsonRequest(request) || !isFilled(title)) return says.refuse
  if (Array.from(title).length > 32) return no(200, 40001, '[INPUT]标题过长')
  return Buffer.byteLength(asText(desp)) > maxBytes ? says['too-long'] : undefined
}

function view(request: FakeRequest): View {
  const { title, desp } = asObject(request.json)
  const text = asText(desp)
  return {
    subject: asText(title),
    text,
    mentions: [],
    bytes: request.raw.length,
    size: Buffer.byteLength(text),
    limit: maxBytes,
    unit: 'bytes',
    notes: [],
  }
}
