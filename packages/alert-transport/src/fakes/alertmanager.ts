/**
 * Prometheus Alertmanager, API v2: an array of alerts, each identified by its labels. Checks labels, texts,
 * times and, if it is set, the bearer token.
 * https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml
 */
import type { Answer, FakeRequest, View } from '../fake/exchange.ts'
import { isJsonRequest, jsonAnswer } from '../fake/exchange.ts'
import type { FakeContext, Saying } from '../fake/fake.ts'
import { defineHttpFake } from '../fake/fake.ts'
import { asList, asObject, asText, isObject, lines } from '../fake/json.ts'

/** The token that the proxy before it requires; an empty one switches that off. */
export interface AlertmanagerSettings {
  readonly bearer: string
}

const says: Record<Saying, Answer> = {
  refuse: jsonAnswer(400, 'at least one label pair required'),
  'rate-limited': jsonAnswer(429, 'too many requests', { 'retry-after': '1' }),
  'too-long': jsonAnswer(413, 'request entity too large'),
}

/** The fake Alertmanager. */
export const alertmanager = defineHttpFake<AlertmanagerSettings>({
  title: 'Alertmanager',
  settings: { bearer: 'inbox-alertmanager' },
  say: (what) => says[what],
  channel: (base, { bearer }) => ({ url: base, ...(bearer !== '' && { auth: { bearer } }) }),
  refusal,
  accept: () => ({ status: 200, body: '' }),
  view,
})

function refusal(request: FakeRequest, { settings }: FakeContext<AlertmanagerSettings>): Answer | undefined {
  if (request.path !== '/api/v2/alerts' || request.method !== 'POST') return { status: 404, body: '' }
  if (settings.bearer !== '' && request.headers['authorization'] !== `Bearer ${settings.bearer}`)
    return { status: 401, body: 'Unauthorized' }
  if (!isJsonRequest(request)) return jsonAnswer(415, { code: 415, message: 'unsupported media type' })
  if (!Array.isArray(request.json))
    return jsonAnswer(400, { code: 400, message: 'parsing alerts body failed' })
  const wrong = request.json.map(alertProblem).find((problem) => problem !== undefined)
  return wrong === undefined ? undefined : jsonAnswer(400, wrong)
}

function alertProblem(alert: unknown): string | undefined {
  const { labels, annotations, startsAt, endsAt, generatorURL } = asObject(alert)
  if (!isTexts(labels)) return 'labels in body must be texts by name'
  if (Object.values(labels).every((value) => value === '')) return 'at least one label pair required'
  const odd = Object.keys(labels).find((name) => !/^[a-zA-Z_]\w*$/.test(name))
  if (odd !== undefined) return `invalid label set: invalid name "${odd}"`
  if (annotations !== undefined && !isTexts(annotations)) return 'annotations in body must be texts by name'
  const [from, to] = [startsAt, endsAt].map((time) =>
    time === undefined ? undefined : Date.parse(asText(time)),
  )
  if (Number.isNaN(from) || Number.isNaN(to)) return 'startsAt and endsAt must be of type date-time'
  if (from !== undefined && to !== undefined && to < from) return 'start time must be before end time'
  return generatorURL === undefined || URL.canParse(asText(generatorURL))
    ? undefined
    : 'generatorURL in body must be of type uri'
}

function isTexts(value: unknown): value is Readonly<Record<string, string>> {
  return isObject(value) && Object.values(value).every((one) => typeof one === 'string')
}

function view(request: FakeRequest): View {
  const alerts = asList(request.json).map(asObject)
  const summaries = alerts.map(({ annotations }) => asText(asObject(annotations)['summary']))
  const text = alerts.map(({ labels, annotations, startsAt, endsAt }) =>
    [...lines(labels), ...lines(annotations), `${asText(startsAt)} to ${asText(endsAt)}`].join('\n'),
  )
  return {
    subject: summaries[0] ?? '',
    text: text.join('\n\n'),
    mentions: [],
    bytes: request.raw.length,
    size: request.raw.length,
    unit: 'bytes',
    notes: [],
  }
}
