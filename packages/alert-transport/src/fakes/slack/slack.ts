/**
 * Slack: the incoming webhook (plain text answers, `ok` or the reason) and chat.postMessage / chat.update of
 * the Web API (HTTP 200 with `ok` in the body; JSON, or a form whose blocks are JSON). Both check the
 * address, the body, the block limits and the rate: one message a second, short bursts allowed.
 * https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
 */
import type { Answer, FakeRequest } from '../../fake/exchange.ts'
import { isJsonRequest, jsonAnswer, textAnswer } from '../../fake/exchange.ts'
import type { FakeContext } from '../../fake/fake.ts'
import { defineHttpFake } from '../../fake/fake.ts'
import { asText, isFilled, isObject, type JsonObject } from '../../fake/json.ts'
import { contentProblem } from './slack-content.ts'
import { isSlackForm, slackBody } from './slack-form.ts'
import { slackView } from './slack-view.ts'

/** The webhook `/services/<team>/<service>/<token>`, and the bot token and channel of the Web API. */
export interface SlackSettings {
  readonly team: string
  readonly service: string
  readonly token: string
  readonly botToken: string
  readonly channel: string
}

const apiMethods = ['/api/chat.postMessage', '/api/chat.update']
const retryAfter = { 'retry-after': '1' }

/** The fake Slack. */
export const slack = defineHttpFake<SlackSettings>({
  title: 'Slack',
  settings: {
    team: 'T0INBOX',
    service: 'B0INBOX',
    token: 'inbox',
    botToken: 'xoxb-inbox',
    channel: 'C0INBOX',
  },
  rate: { burst: 3, everyMs: 1_000 },
  say: (what, { path }) => {
    if (apiMethods.includes(path)) {
      if (what === 'rate-limited') return jsonAnswer(429, { ok: false, error: 'ratelimited' }, retryAfter)
      return apiNo(what === 'too-long' ? 'msg_blocks_too_long' : 'restricted_action')
    }
    if (what === 'rate-limited') return tooFast
    return textAnswer(400, what === 'too-long' ? 'msg_blocks_too_long' : 'invalid_payload')
  },
  channel: (base, { team, service, token }) => ({ url: `${base}/services/${team}/${service}/${token}` }),
  refusal: (request, context) =>
    apiMethods.includes(request.path) ? refusedCall(request, context) : refusedPost(request, context),
  accept: (request, { settings, now, sequence }) => {
    const { path } = request
    if (!apiMethods.includes(path)) return textAnswer(200, 'ok')
    const sent = asText(slackBody(request)['ts'])
    const ts = sent || `${Math.floor(now() / 1000)}.${String(sequence).padStart(6, '0')}`
    return jsonAnswer(200, { ok: true, channel: settings.channel, ts, message: { type: 'message', ts } })
  },
  view: slackView,
})

const apiNo = (error: string): Answer => jsonAnswer(200, { ok: false, error })
const tooFast = jsonAnswer(429, { retry_after: 1, ok: false, error: 'rate_limited' }, retryAfter)

function refusedPost(
  request: FakeRequest,
  { settings, isTooFast }: FakeContext<SlackSettings>,
): Answer | undefined {
  const [, root, team, service, token, rest] = request.path.split('/')
  if (root !== 'services' || team !== settings.team || rest !== undefined) return textAnswer(404, 'no_team')
  if (service !== settings.service) return textAnswer(404, 'no_service')
  if (token !== settings.token) return textAnswer(403, 'invalid_token')
  if (isTooFast(service)) return tooFast
  if (request.method !== 'POST' || !isJsonRequest(request) || !isObject(request.json))
    return textAnswer(400, 'invalid_payload')
  const problem = contentProblem(request.json)
  return problem === undefined ? undefined : textAnswer(400, problem)
}

function refusedCall(request: FakeRequest, context: FakeContext<SlackSettings>): Answer | undefined {
  const { settings, isTooFast } = context
  const body = slackBody(request)
  const token = isFilled(body['token']) ? `Bearer ${body['token']}` : undefined
  const authorization = request.headers['authorization'] ?? token
  if (request.method !== 'POST') return apiNo('invalid_post_type')
  if (authorization === undefined) return apiNo('not_authed')
  if (authorization !== `Bearer ${settings.botToken}`) return apiNo('invalid_auth')
  if (!isJsonRequest(request) && !isSlackForm(request)) return apiNo('invalid_post_type')
  if (isJsonRequest(request) && !isObject(request.json)) return apiNo('invalid_json')
  const { channel } = body
  if (channel !== settings.channel) return apiNo('channel_not_found')
  if (isTooFast(`${channel}${request.path}`))
    return jsonAnswer(429, { ok: false, error: 'ratelimited' }, retryAfter)
  const problem = timestampProblem(request.path, body) ?? contentProblem(body)
  return problem === undefined ? undefined : apiNo(problem)
}

/** A `ts` is a string such as '1700000000.000100'; sent as a number it loses digits and points nowhere. */
function timestampProblem(path: string, body: JsonObject): string | undefined {
  const isTimestamp = (value: unknown) => isFilled(value) && /^\d{1,12}\.\d{6}$/.test(value)
  if (path === '/api/chat.update' && !isTimestamp(body['ts'])) return 'message_not_found'
  if (body['thread_ts'] !== undefined && !isTimestamp(body['thread_ts'])) return 'invalid_thread_ts'
  return undefined
}
