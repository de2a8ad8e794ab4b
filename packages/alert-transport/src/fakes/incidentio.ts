/**
 * incident.io, an HTTP alert source: 202 for every event that is well formed. Checks source, token, the two
 * required fields and the size. https://docs.incident.io/alerts/custom-http-sources; the words of its
 * refusals are ours, their shape is its API's.
 */
import type { Answer, FakeRequest, View } from '../fake/exchange.ts'
import { isJsonRequest, jsonAnswer } from '../fake/exchange.ts'
import { defineHttpFake, type FakeContext, type Saying } from '../fake/fake.ts'
import { asObject, asText, isFilled, isObject, lines } from '../fake/json.ts'

/** The alert source and its token. */
export interface IncidentioSettings {
  readonly sourceId: string
  readonly token: string
}

const maxBytes = 512 * 1024

const no = (status: number, type: string, code: string, message: string, headers?: Record<string, string>) =>
  jsonAnswer(status, { type, status, request_id: 'inbox-request', errors: [{ code, message }] }, headers)

const invalid = (message: string) => no(422, 'validation_error', 'invalid_value', message)

const says: Record<Saying, Answer> = {
  refuse: invalid('title must not be empty'),
  'rate-limited': no(429, 'too_many_requests', 'too_many_requests', 'You have hit the rate limit', {
    'retry-after': '20',
  }),
  'too-long': no(413, 'request_too_large', 'request_too_large', 'The request is larger than 512 KB'),
}

/** The fake incident.io. */
export const incidentio = defineHttpFake<IncidentioSettings>({
  title: 'incident.io',
  settings: { sourceId: '01INBOX0ALERT0SOURCE0INBOX', token: 'inbox-alert-source-token' },
  rate: { count: 600, perMs: 60_000 },
  say: (what) => says[what],
  channel: (base, { sourceId, token }) => ({
    sourceId,
    token,
    endpoint: `${base}/v2/alert_events/http`,
  }),
  refusal,
  accept: ({ json }) =>
    jsonAnswer(202, {
      deduplication_key: asText(asObject(json)['deduplication_key']),
      message: 'Event accepted for processing',
      status: 'success',
    }),
  view,
})

function refusal(
  request: FakeRequest,
  { settings, isTooFast }: FakeContext<IncidentioSettings>,
): Answer | undefined {
  if (request.method !== 'POST' || !request.path.startsWith('/v2/alert_events/http/'))
    return no(404, 'not_found', 'not_found', 'No such endpoint')
  if (request.headers['authorization'] !== `Bearer ${settings.token}`)
    return no(401, 'authentication_error', 'invalid_token', 'The token is not valid')
  if (request.path !== `/v2/alert_events/http/${settings.sourceId}`)
    return no(404, 'not_found', 'not_found', 'No such alert source')
  if (request.raw.length > maxBytes) return says['too-long']
  if (isTooFast(settings.sourceId)) return says['rate-limited']
  if (!isJsonRequest(request) || !isObject(request.json))
    return no(400, 'bad_request', 'invalid_json', 'The body is not a JSON object')
  const { title, status, deduplication_key: key, description, metadata, source_url: url } = request.json
  if (!isFilled(title)) return says.refuse
  if (status !== 'firing' && status !== 'resolved') return invalid("status must be 'firing' or 'resolved'")
  if (key !== undefined && !isFilled(key)) return invalid('deduplication_key must be a text')
  if (description !== undefined && typeof description !== 'string')
    return invalid('description must be a text')
  if (metadata !== undefined && !isObject(metadata)) return invalid('metadata must be an object')
  if (url !== undefined && !/^https?:\/\//.test(asText(url))) return invalid('source_url must be an address')
  return undefined
}

function view(request: FakeRequest): View {
  const body = asObject(request.json)
  const description = asText(body['description'])
  const link = asText(body['source_url'])
  return {
    subject: asText(body['title']),
    text: [description, ...lines(body['metadata']), link].join('\n'),
    mentions: [],
    bytes: request.raw.length,
    size: request.raw.length,
    limit: maxBytes,
    unit: 'bytes',
    notes: [],
  }
}
