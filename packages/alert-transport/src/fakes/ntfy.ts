/**
 * ntfy: JSON to the root of the server, or a text with headers to a topic. Checks authentication, topic,
 * priority, links and the 4096 bytes above which the real server would make an attachment of the message.
 * https://docs.ntfy.sh/publish/
 */
import type { Answer, FakeRequest, View } from '../fake/exchange.ts'
import { jsonAnswer } from '../fake/exchange.ts'
import type { FakeContext, Saying } from '../fake/fake.ts'
import { defineHttpFake } from '../fake/fake.ts'
import { asList, asObject, asText, isFilled, isObject, isTextList, type JsonObject } from '../fake/json.ts'

/** A protected topic, and the token that may write to it. */
export interface NtfySettings {
  readonly topic: string
  readonly token: string
}

const maxBytes = 4096
const no = (http: number, code: number, error: string): Answer =>
  jsonAnswer(http, { code, http, error, link: 'https://ntfy.sh/docs/publish/' })

const says: Record<Saying, Answer> = {
  refuse: no(403, 40301, 'forbidden'),
  'rate-limited': no(429, 42901, 'limit reached: too many requests'),
  'too-long': no(413, 41301, 'attachment too large, or bandwidth limit reached'),
}

/** The fake ntfy. */
export const ntfy = defineHttpFake<NtfySettings>({
  title: 'ntfy',
  settings: { topic: 'inbox-topic', token: 'tk_inbox' },
  rate: { burst: 60, everyMs: 5_000 },
  say: (what) => says[what],
  channel: (base, { topic, token }) => ({ topic, token, endpoint: base }),
  refusal,
  accept: (request, { sequence, now }) => {
    const { topic, title, message } = asObject(noteOf(request))
    return jsonAnswer(200, {
      id: `inbox${sequence}`,
      time: Math.floor(now() / 1000),
      event: 'message',
      topic,
      title,
      message,
    })
  },
  view,
})

function refusal(
  request: FakeRequest,
  { settings, isTooFast }: FakeContext<NtfySettings>,
): Answer | undefined {
  if (!/^\/[^/]*$/.test(request.path) || !['POST', 'PUT'].includes(request.method))
    return no(404, 40401, 'page not found')
  if (isTooFast('visitor')) return says['rate-limited']
  const body = noteOf(request)
  if (body === undefined) return no(400, 40024, 'invalid request: request body must be valid JSON')
  if (!isFilled(body['topic']) || !/^[-\w]{1,64}$/.test(body['topic']))
    return no(400, 40009, 'invalid request: topic invalid')
  const authorization = request.headers['authorization'] ?? ''
  if (authorization !== '' && authorization !== `Bearer ${settings.token}`)
    return no(401, 40101, 'unauthorized')
  if (body['topic'] !== settings.topic || authorization === '') return says.refuse
  const { priority, tags, click } = body
  if (priority !== undefined && ![1, 2, 3, 4, 5].includes(Number(priority)))
    return no(400, 40007, 'invalid request: priority invalid')
  if (tags !== undefined && !isTextList(tags)) return no(400, 40024, 'invalid request: tags must be texts')
  const urls = [click, ...asList(body['actions']).map((action) => asObject(action)['url'])]
  if (urls.some((url) => url !== undefined && !URL.canParse(asText(url))))
    return no(400, 40018, 'invalid request: actions invalid')
  return Buffer.byteLength(asText(body['message'])) > maxBytes ? says['too-long'] : undefined
}

/** The message as JSON has it; undefined if it should be JSON and is not. */
function noteOf(request: FakeRequest): JsonObject | undefined {
  const { path, json, body } = request
  if (path === '/') return isObject(json) ? json : undefined
  const [title, priority, tags, click] = aliases.map((names) => saidBy(request, names))
  return {
    topic: path.slice(1),
    message: body,
    ...(title !== undefined && { title }),
    ...(priority !== undefined && { priority: levels.get(priority.toLowerCase()) ?? Number(priority) }),
    ...(tags !== undefined && { tags: tags.split(',').map((tag) => tag.trim()) }),
    ...(click !== undefined && { click }),
  }
}

/** https://docs.ntfy.sh/publish/#list-of-all-parameters */
const aliases = [['title', 'ti', 't'], ['priority', 'prio', 'p'], ['tags', 'tag', 'ta'], ['click']] as const
const levels = new Map([
  ['min', 1],
  ['low', 2],
  ['default', 3],
  ['high', 4],
  ['max', 5],
  ['urgent', 5],
])

/** What a header says, or a parameter of the address: UTF-8, as it is or as mails write it. */
function saidBy({ headers, query }: FakeRequest, names: readonly string[]): string | undefined {
  const found = names.map((name) => headers[`x-${name}`] ?? headers[name]).find((text) => text !== undefined)
  if (found === undefined)
    return names.map((name) => query.get(name)).find((text) => text !== null) ?? undefined
  return Buffer.from(found, 'latin1')
    .toString('utf8')
    .replace(/=\?utf-8\?b\?([\w+/=]*)\?=/gi, (_, text: string) =>
      Buffer.from(text, 'base64').toString('utf8'),
    )
}

function view(request: FakeRequest): View {
  const { title, message, priority, tags, actions } = asObject(noteOf(request))
  const labels = asList(actions).map((action) => `[${asText(asObject(action)['label'])}]`)
  // What the real server shows in place of nothing.
  const text = asText(message) || 'triggered'
  return {
    subject: asText(title),
    text: [text, ...labels].join('\n'),
    mentions: [],
    bytes: request.raw.length,
    size: Buffer.byteLength(asText(message)),
    limit: maxBytes,
    unit: 'bytes',
    notes: [`priority ${String(priority)}, tags ${asList(tags).map(asText).join(' ')}`],
  }
}
