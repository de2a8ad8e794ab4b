/**
 * A Teams workflow: checks its path and `sig`, the envelope and the adaptive card, and the size (28 KB). The
 * real one answers 202 to any card and fails later, unseen, if the card is bad; here a bad card is refused
 * at once.
 * https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook
 */
import type { Answer, FakeRequest, View } from '../fake/exchange.ts'
import { isJsonRequest, jsonAnswer } from '../fake/exchange.ts'
import type { FakeContext, Saying } from '../fake/fake.ts'
import { defineHttpFake } from '../fake/fake.ts'
import { asList, asObject, asText, isFilled, isObject, type JsonObject } from '../fake/json.ts'

/** The workflow and its signature, the only credential. */
export interface TeamsSettings {
  readonly workflow: string
  readonly sig: string
}

const maxBytes = 28 * 1024

const no = (status: number, code: string, message: string): Answer =>
  jsonAnswer(status, { error: { code, message } })
const mismatch = (what: string): Answer =>
  no(
    400,
    'TriggerInputSchemaMismatch',
    `The input body for trigger 'manual' of type 'Request' did not match its schema definition. Error details: '${what}'.`,
  )

const says: Record<Saying, Answer> = {
  refuse: no(403, 'AuthorizationFailed', 'The workflow is disabled.'),
  'rate-limited': no(429, 'TooManyRequests', 'Rate limit is exceeded. Try again in 12 seconds.'),
  'too-long': no(413, 'RequestEntityTooLarge', 'Request Entity too large'),
}

/** The fake workflow. */
export const teams = defineHttpFake<TeamsSettings>({
  title: 'Microsoft Teams',
  settings: { workflow: '0f1e2d3c', sig: 'inbox-signature' },
  rate: { count: 4, perMs: 1_000 },
  say: (what) => says[what],
  channel: (base, { workflow, sig }) => ({
    url: `${base}/workflows/${workflow}/triggers/manual/paths/invoke?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=${encodeURIComponent(sig)}`,
  }),
  refusal,
  accept: () => ({ status: 202, body: '' }),
  view,
})

function refusal(
  request: FakeRequest,
  { settings, isTooFast }: FakeContext<TeamsSettings>,
): Answer | undefined {
  if (request.path !== `/workflows/${settings.workflow}/triggers/manual/paths/invoke`)
    return no(404, 'WorkflowNotFound', 'The workflow could not be found.')
  if (request.method !== 'POST') return no(405, 'MethodNotAllowed', 'The method is not allowed.')
  // It signs the other parameters too, as they were sent.
  if (request.query.get('sig') !== settings.sig || request.query.get('sp') !== '/triggers/manual/run')
    return no(401, 'Unauthorized', 'The signature is invalid.')
  if (isTooFast(settings.workflow)) return says['rate-limited']
  if (request.raw.length > maxBytes) return says['too-long']
  if (!isJsonRequest(request) || !isObject(request.json)) return mismatch('Invalid type. Expected Object.')
  const { type, attachments } = request.json
  if (type !== 'message') return mismatch("Value is not 'message'. Path: type")
  if (asList(attachments).length === 0) return mismatch('Expected Array. Path: attachments')
  const problem = asList(attachments).map(asObject).map(attachmentProblem).find(Boolean)
  return problem === undefined ? undefined : mismatch(problem)
}

function attachmentProblem({ contentType, content }: JsonObject): string | undefined {
  if (contentType !== 'application/vnd.microsoft.card.adaptive') return 'contentType is not an adaptive card'
  const card = asObject(content)
  if (card['type'] !== 'AdaptiveCard' || !/^1\.\d$/.test(asText(card['version'])))
    return 'no AdaptiveCard 1.x'
  const body = asList(card['body'])
  const wrong = body.findIndex((element) => !isElement(asObject(element)))
  if (body.length === 0 || wrong >= 0) return `body[${wrong}] is not an element`
  const action = asList(card['actions'])
    .map(asObject)
    .find((one) => !isAction(one))
  if (action) return `action ${asText(action['type'])} cannot be used here`
  // A mention without its text, or the other way round, makes the post fail.
  const text = textsOf(card).join('\n')
  const entities = asList(asObject(card['msteams'])['entities']).map(asObject)
  const lost = entities.find((entity) => !isFilled(entity['text']) || !text.includes(entity['text']))
  return lost && `the mention ${asText(lost['text'])} is not in the text`
}

function isElement(element: JsonObject): boolean {
  switch (element['type']) {
    case 'TextBlock':
      return isFilled(element['text'])
    case 'RichTextBlock':
      return asList(element['inlines']).length > 0 && asList(element['inlines']).every(isRun)
    case 'FactSet':
      return asList(element['facts'])
        .map(asObject)
        .every(({ title, value }) => isFilled(title) && isFilled(value))
    case 'Container':
      return asList(element['items']).length > 0 && asList(element['items']).map(asObject).every(isElement)
    default:
      return false
  }
}

function isRun(run: unknown): boolean {
  if (isFilled(run)) return true
  const { type, text, selectAction } = asObject(run)
  return (
    type === 'TextRun' && isFilled(text) && (selectAction === undefined || isAction(asObject(selectAction)))
  )
}

function isAction({ type, url }: JsonObject): boolean {
  return type === 'Action.OpenUrl' && isFilled(url) && /^https?:\/\/\S+$/.test(url)
}

function cardsOf(request: FakeRequest): readonly JsonObject[] {
  return asList(asObject(request.json)['attachments']).map((one) => asObject(asObject(one)['content']))
}

function textsOf(part: JsonObject): readonly string[] {
  const inner = [...asList(part['body']), ...asList(part['items'])].map(asObject).flatMap(textsOf)
  const runs = asList(part['inlines']).map((run) => asText(run) || asText(asObject(run)['text']))
  const facts = asList(part['facts'])
    .map(asObject)
    .map(({ title, value }) => `${asText(title)} ${asText(value)}`)
  return [asText(part['text']), runs.join(''), ...facts, ...inner].filter(Boolean)
}

function view(request: FakeRequest): View {
  const cards = cardsOf(request)
  const [subject, ...lines] = cards.flatMap(textsOf)
  const text = lines.join('\n')
  const entities = cards.flatMap((card) => asList(asObject(card['msteams'])['entities']).map(asObject))
  const pinged = entities.filter(
    ({ type, text: at }) =>
      type === 'mention' && isFilled(at) && /^<at>[^<>]+<\/at>$/.test(at) && text.includes(at),
  )
  return {
    ...(subject !== undefined && { subject }),
    text,
    mentions: pinged.map(({ mentioned }) => asText(asObject(mentioned)['id'])),
    bytes: request.raw.length,
    size: request.raw.length,
    limit: maxBytes,
    unit: 'bytes',
    notes: [],
  }
}
