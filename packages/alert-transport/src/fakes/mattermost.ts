/**
 * Mattermost incoming webhook: a plain `ok`, or an error object with an id. Checks the hook, the JSON, the
 * length of the text (16 383 characters) and the rate (ten a second).
 * https://developers.mattermost.com/integrate/webhooks/incoming/
 */
import type { Answer, FakeRequest, View } from '../fake/exchange.ts'
import { isJsonRequest, jsonAnswer, textAnswer } from '../fake/exchange.ts'
import type { FakeContext, Saying } from '../fake/fake.ts'
import { defineHttpFake } from '../fake/fake.ts'
import { asList, asObject, asText, isFilled, isObject } from '../fake/json.ts'

/** The webhook `/hooks/<id>`, and the channel it is locked to, if it is. */
export interface MattermostSettings {
  readonly hook: string
  readonly channel: string
}

const maxChars = 16_383

const no = (status: number, id: string, message: string): Answer =>
  jsonAnswer(status, {
    id: `web.incoming_webhook.${id}.app_error`,
    message,
    detailed_error: '',
    request_id: 'inbox',
    status_code: status,
  })

const says: Record<Saying, Answer> = {
  refuse: no(403, 'channel_locked', 'This webhook is not permitted to post to the requested channel.'),
  'rate-limited': textAnswer(429, 'limit exceeded', { 'retry-after': '1', 'x-ratelimit-reset': '1' }),
  'too-long': no(400, 'text.length', `Maximum text length is ${maxChars} characters.`),
}

/** The fake Mattermost webhook. */
export const mattermost = defineHttpFake<MattermostSettings>({
  title: 'Mattermost',
  settings: { hook: 'inboxhookinboxhookinboxhoo', channel: '' },
  rate: { burst: 10, everyMs: 100 },
  say: (what) => says[what],
  channel: (base, { hook }) => ({ url: `${base}/hooks/${hook}` }),
  refusal,
  accept: () => textAnswer(200, 'ok'),
  view,
})

function refusal(
  request: FakeRequest,
  { settings, isTooFast }: FakeContext<MattermostSettings>,
): Answer | undefined {
  if (!request.path.startsWith('/hooks/') || request.method !== 'POST')
    return jsonAnswer(404, {
      id: 'api.context.404.app_error',
      message: 'Sorry, we could not find the page.',
      status_code: 404,
    })
  if (request.path !== `/hooks/${settings.hook}`) return no(404, 'invalid', 'Invalid webhook.')
  if (isTooFast(settings.hook)) return says['rate-limited']
  if (!isJsonRequest(request) || !isObject(request.json))
    return no(400, 'parse', 'Unable to parse incoming data.')
  const { text, attachments, channel } = request.json
  if (!isFilled(text) && asList(attachments).length === 0) return no(400, 'text', 'No text specified.')
  if (channel !== undefined && settings.channel !== '' && channel !== settings.channel) return says.refuse
  return Array.from(asText(text)).length > maxChars ? says['too-long'] : undefined
}

function view(request: FakeRequest): View {
  const body = asObject(request.json)
  const text = asText(body['text'])
  const attachments = asList(body['attachments']).map(asObject)
  const shown = attachments.flatMap(({ pretext, title, text: inner, fields }) => [
    pretext,
    title,
    inner,
    ...asList(fields)
      .map(asObject)
      .flatMap((field) => [field['title'], field['value']]),
  ])
  const lines = [text, ...shown].filter(isFilled)
  return {
    ...(attachments.length > 0 && { subject: text }),
    text: (attachments.length > 0 ? lines.slice(text ? 1 : 0) : lines).join('\n'),
    // Also those in attachments ping, but not those in code.
    mentions: [
      ...new Set(lines.flatMap((line) => withoutCode(line).match(/(?<![\w@])@[a-z0-9][\w.-]*/gi) ?? [])),
    ],
    bytes: request.raw.length,
    size: Array.from(text).length,
    limit: maxChars,
    unit: 'characters',
    notes: [],
  }
}

function withoutCode(text: string): string {
  return text.replace(/```[\s\S]*?```/g, '')
}
