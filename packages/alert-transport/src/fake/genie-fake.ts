/**
 * The alert API of Opsgenie and Jira Service Management: creates alerts and closes them by alias; 202 means
 * that the request will be processed. Checks key, lengths, types and priorities.
 */
import { type Answer, type FakeRequest, isJsonRequest, jsonAnswer, type View } from './exchange.ts'
import { defineHttpFake, type FakeContext, type HttpFake, type Saying } from './fake.ts'
import { asList, asObject, asText, isFilled, isObject, isTextList, type JsonObject, lines } from './json.ts'

/** The key of an API integration. */
export interface GenieSettings {
  readonly apiKey: string
}

const maxDescription = 15_000
/** The client of Opsgenie's own writes a slash at the end. */
const opening = /^\/v2\/alerts\/?$/
const closing = /^\/v2\/alerts\/([^/]+)\/(?:close|acknowledge)\/?$/

const no = (status: number, message: string, headers?: Record<string, string>): Answer =>
  jsonAnswer(status, { message, took: 0.001, requestId: 'inbox-request' }, headers)

const says: Record<Saying, Answer> = {
  refuse: no(422, 'Request body is not processable. Please check the errors.'),
  'rate-limited': no(429, 'You are making too many requests!', {
    'x-ratelimit-state': 'THROTTLED',
    'x-ratelimit-reason': 'INTEGRATION',
    'x-ratelimit-period-in-sec': '60',
  }),
  'too-long': no(422, 'Request body is not processable: message exceeds 130 characters'),
}

/** A fake of the API under another name. */
export function defineGenieFake(title: string, apiKey: string): HttpFake<GenieSettings> {
  return defineHttpFake<GenieSettings>({
    title,
    settings: { apiKey },
    rate: { count: 600, perMs: 60_000 },
    say: (what) => says[what],
    channel: (base, { apiKey }) => ({ apiKey, endpoint: base }),
    refusal,
    accept: () =>
      jsonAnswer(202, { result: 'Request will be processed', took: 0.302, requestId: 'inbox-request' }),
    view,
  })
}

function refusal(
  request: FakeRequest,
  { settings, isTooFast }: FakeContext<GenieSettings>,
): Answer | undefined {
  const close = closing.exec(request.path)
  if (request.method !== 'POST' || !(opening.test(request.path) || close)) return no(404, 'Not found')
  const authorization = request.headers['authorization'] ?? ''
  if (!authorization.startsWith('GenieKey ')) return no(401, 'Could not authenticate')
  if (authorization !== `GenieKey ${settings.apiKey}`) return no(403, 'Key format is not valid!')
  if (isTooFast(settings.apiKey)) return says['rate-limited']
  if (!isJsonRequest(request) || !isObject(request.json)) return no(400, 'Request body is not processable')
  if (close)
    return request.query.get('identifierType') === 'alias' ? undefined : no(404, 'Alert does not exist')
  const wrong = alertProblem(request.json)
  return wrong === undefined ? undefined : no(422, `Request body is not processable: ${wrong}`)
}

function alertProblem(body: JsonObject): string | undefined {
  const { message, alias, description, priority, tags, details, responders } = body
  if (!isFilled(message)) return 'message can not be empty'
  if (message.length > 130) return 'message exceeds 130 characters'
  if (alias !== undefined && (!isFilled(alias) || alias.length > 512)) return 'alias exceeds 512 characters'
  if (asText(description).length > maxDescription) return 'description exceeds 15000 characters'
  if (priority !== undefined && !/^P[1-5]$/.test(asText(priority))) return 'priority is not one of P1 to P5'
  if (tags !== undefined && (!isTextList(tags) || tags.length > 20 || tags.some((tag) => tag.length > 50)))
    return 'tags are more than 20 or longer than 50'
  if (
    details !== undefined &&
    !(isObject(details) && Object.values(details).every((one) => typeof one === 'string'))
  )
    return 'details are not texts by name'
  const types = asList(responders).map((one) => asText(asObject(one)['type']))
  return types.every((type) => ['team', 'user', 'escalation', 'schedule'].includes(type))
    ? undefined
    : 'responders have no type'
}

function view(request: FakeRequest): View {
  const body = asObject(request.json)
  const alias = closing.exec(request.path)?.[1]
  const description = asText(body['description'])
  const text = [description, `priority: ${asText(body['priority'])}`, ...lines(body['details'])].join('\n')
  return {
    subject: alias === undefined ? asText(body['message']) : `[RESOLVED] ${alias}`,
    text: alias === undefined ? text : asText(body['note']),
    mentions: [],
    bytes: request.raw.length,
    size: description.length,
    limit: maxDescription,
    unit: 'characters',
    notes: [],
  }
}
