/**
 * PagerDuty Events API v2: 202 for every event that is well formed, whether its incident exists or not.
 * Checks key, action, the required fields and their lengths, links and size.
 * https://developer.pagerduty.com/docs/events-api-v2-overview
 */
import type { Answer, FakeRequest, View } from '../fake/exchange.ts'
import { isJsonRequest, jsonAnswer } from '../fake/exchange.ts'
import type { FakeContext, Saying } from '../fake/fake.ts'
import { defineHttpFake } from '../fake/fake.ts'
import { asList, asObject, asText, isFilled, isObject, type JsonObject, lines } from '../fake/json.ts'

/** The integration key of the service. */
export interface PagerDutySettings {
  readonly routingKey: string
}

const maxBytes = 512 * 1024

const invalid = (...errors: string[]): Answer =>
  jsonAnswer(400, { status: 'invalid event', message: 'Event object is invalid', errors })

const says: Record<Saying, Answer> = {
  refuse: invalid("Length of 'routing_key' is incorrect (should be 32 characters)"),
  'rate-limited': jsonAnswer(429, {
    status: 'throttle exceeded',
    message: 'Requests for this service are arriving too quickly.',
  }),
  'too-long': jsonAnswer(413, { status: 'invalid event', message: 'Event is too large' }),
}

/** The fake PagerDuty. */
export const pagerduty = defineHttpFake<PagerDutySettings>({
  title: 'PagerDuty',
  settings: { routingKey: 'inbox0routing0key0inbox0routing0' },
  rate: { count: 120, perMs: 60_000 },
  say: (what) => says[what],
  channel: (base, { routingKey }) => ({ routingKey, endpoint: `${base}/v2/enqueue` }),
  refusal,
  accept: ({ json }) =>
    jsonAnswer(202, {
      status: 'success',
      message: 'Event processed',
      dedup_key: asObject(json)['dedup_key'],
    }),
  view,
})

function refusal(
  request: FakeRequest,
  { settings, isTooFast }: FakeContext<PagerDutySettings>,
): Answer | undefined {
  if (request.path !== '/v2/enqueue' || request.method !== 'POST') return { status: 404, body: '' }
  if (request.raw.length > maxBytes) return says['too-long']
  if (!isJsonRequest(request) || !isObject(request.json)) return invalid('JSON is invalid')
  const { routing_key: key, event_action: action, dedup_key: dedup, payload, links } = request.json
  if (!isFilled(key) || key.length !== 32) return says.refuse
  if (key !== settings.routingKey) return invalid("'routing_key' is not known")
  if (isTooFast(key)) return says['rate-limited']
  if (!['trigger', 'acknowledge', 'resolve'].includes(asText(action)))
    return invalid("'event_action' is invalid")
  if (dedup !== undefined && (!isFilled(dedup) || dedup.length > 255))
    return invalid("'dedup_key' is too long")
  if (action !== 'trigger') return isFilled(dedup) ? undefined : invalid("'dedup_key' is missing or blank")
  if (!isObject(payload)) return invalid("'payload' is missing or blank")
  const wrong = payloadProblem(payload)
  if (wrong !== undefined) return invalid(wrong)
  return asList(links).every((link) => /^https?:\/\//.test(asText(asObject(link)['href'])))
    ? undefined
    : invalid("'links.href' is invalid")
}

function payloadProblem(payload: JsonObject): string | undefined {
  const { summary, source, severity, timestamp, custom_details: details } = payload
  if (!isFilled(summary)) return "'payload.summary' is missing or blank"
  if (summary.length > 1024) return "'payload.summary' is too long"
  if (!isFilled(source)) return "'payload.source' is missing or blank"
  if (!['critical', 'error', 'warning', 'info'].includes(asText(severity)))
    return "'payload.severity' is invalid"
  if (timestamp !== undefined && !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(asText(timestamp)))
    return "'payload.timestamp' is not ISO 8601"
  return details === undefined || isObject(details) ? undefined : "'payload.custom_details' must be an object"
}

function view(request: FakeRequest): View {
  const { event_action: action, dedup_key: key, payload, links } = asObject(request.json)
  const { summary, source, severity, custom_details: details } = asObject(payload)
  const hrefs = asList(links).map(
    (link) => `${asText(asObject(link)['text'])}: ${asText(asObject(link)['href'])}`,
  )
  const isOpened = action === 'trigger'
  return {
    subject: isOpened ? asText(summary) : `[${asText(action).toUpperCase()}D] ${asText(key)}`,
    text: isOpened
      ? [`${asText(severity)} on ${asText(source)}`, ...lines(details), ...hrefs].join('\n')
      : asText(key),
    mentions: [],
    bytes: request.raw.length,
    size: request.raw.length,
    limit: maxBytes,
    unit: 'bytes',
    notes: [],
  }
}
