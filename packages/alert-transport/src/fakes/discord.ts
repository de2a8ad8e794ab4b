/**
 * Discord webhook: checks id and token, the lengths of every part, 6 000 characters over all embeds, and the
 * rate. Answers 204, or with the message itself when asked to wait; what is too long is refused, never cut.
 * https://discord.com/developers/docs/resources/webhook#execute-webhook
 */
import type { Answer, FakeRequest, View } from '../fake/exchange.ts'
import { isJsonRequest, jsonAnswer } from '../fake/exchange.ts'
import type { FakeContext, Saying } from '../fake/fake.ts'
import { defineHttpFake } from '../fake/fake.ts'
import { asList, asObject, asText, isFilled, isObject, type JsonObject } from '../fake/json.ts'

/** The webhook `/api/webhooks/<id>/<token>`. */
export interface DiscordSettings {
  readonly id: string
  readonly token: string
}

const maxEmbedChars = 6_000

const formError = (field: string, code: string, message: string): Answer =>
  jsonAnswer(400, {
    message: 'Invalid Form Body',
    code: 50035,
    errors: { [field]: { _errors: [{ code, message }] } },
  })
const tooLong = (field: string, max: number): Answer =>
  formError(field, 'BASE_TYPE_MAX_LENGTH', `Must be ${max} or fewer in length.`)

const tooFast = jsonAnswer(
  429,
  { message: 'You are being rate limited.', retry_after: 0.65, global: false },
  { 'retry-after': '1', 'x-ratelimit-scope': 'user', 'x-ratelimit-reset-after': '0.65' },
)
const says: Record<Saying, Answer> = {
  refuse: jsonAnswer(400, { message: 'Cannot send an empty message', code: 50006 }),
  'rate-limited': tooFast,
  'too-long': formError(
    'embeds',
    'MAX_EMBED_SIZE_EXCEEDED',
    `Embed size exceeds maximum size of ${maxEmbedChars}`,
  ),
}

/** The fake Discord webhook. */
export const discord = defineHttpFake<DiscordSettings>({
  title: 'Discord',
  settings: { id: '100000000000000001', token: 'inbox-webhook' },
  rate: { count: 5, perMs: 2_000 },
  say: (what) => says[what],
  channel: (base, { id, token }) => ({ url: `${base}/api/webhooks/${id}/${token}` }),
  refusal,
  accept: ({ query, json }, { sequence, settings }) =>
    query.get('wait') === 'true'
      ? jsonAnswer(200, { id: String(sequence), type: 0, webhook_id: settings.id, ...asObject(json) })
      : { status: 204, body: '' },
  view,
})

function refusal(
  request: FakeRequest,
  { settings, isTooFast }: FakeContext<DiscordSettings>,
): Answer | undefined {
  const [, id, token] = /^\/api\/(?:v\d+\/)?webhooks\/([^/]+)\/([^/]+)$/.exec(request.path) ?? []
  if (id === undefined) return jsonAnswer(404, { message: '404: Not Found', code: 0 })
  if (id !== settings.id) return jsonAnswer(404, { message: 'Unknown Webhook', code: 10015 })
  if (token !== settings.token) return jsonAnswer(401, { message: 'Invalid Webhook Token', code: 50027 })
  if (request.method !== 'POST') return jsonAnswer(405, { message: '405: Method Not Allowed', code: 0 })
  if (isTooFast(id)) return tooFast
  if (!isJsonRequest(request) || !isObject(request.json))
    return jsonAnswer(400, { message: 'The request body contains invalid JSON.', code: 50109 })
  return contentProblem(request.json) ?? mentionProblem(request.json['allowed_mentions'])
}

function contentProblem(body: JsonObject): Answer | undefined {
  const { content, embeds, username } = body
  if (content !== undefined && typeof content !== 'string')
    return formError('content', 'BASE_TYPE_BAD_STRING', 'Could not interpret as string.')
  if (!isFilled(content) && asList(embeds).length === 0) return says.refuse
  if (asText(content).length > 2_000) return tooLong('content', 2_000)
  if (embeds !== undefined && !Array.isArray(embeds))
    return formError('embeds', 'BASE_TYPE_BAD_LIST', 'Could not interpret as list.')
  if (asList(embeds).length > 10) return tooLong('embeds', 10)
  if (
    username !== undefined &&
    (!isFilled(username) || username.length > 80 || /discord|clyde/i.test(username))
  )
    return formError('username', 'USERNAME_INVALID_CONTAINS', 'Username cannot contain "discord"')
  const parts = asList(embeds).map((embed) => lengthsOf(asObject(embed)))
  const wrong = parts.find((part) => 'status' in part)
  if (wrong !== undefined && 'status' in wrong) return wrong
  const total = parts.reduce((sum, part) => sum + ('chars' in part ? part.chars : 0), 0)
  return total > maxEmbedChars ? says['too-long'] : undefined
}

const maxByPart = new Map([
  ['title', 256],
  ['description', 4_096],
  ['footer', 2_048],
  ['author', 256],
])

/** The characters of an embed that count towards the total, or what is wrong with it. */
function lengthsOf(embed: JsonObject): Answer | { readonly chars: number } {
  const texts = new Map([
    ['title', asText(embed['title'])],
    ['description', asText(embed['description'])],
    ['footer', asText(asObject(embed['footer'])['text'])],
    ['author', asText(asObject(embed['author'])['name'])],
  ])
  for (const [part, max] of maxByPart) if ((texts.get(part) ?? '').length > max) return tooLong(part, max)
  const fields = asList(embed['fields']).map(asObject)
  if (fields.length > 25) return tooLong('fields', 25)
  for (const { name, value } of fields) {
    if (!isFilled(name) || !isFilled(value))
      return formError('fields', 'BASE_TYPE_REQUIRED', 'This field is required')
    if (name.length > 256 || value.length > 1_024) return tooLong('fields', 1_024)
  }
  const { color } = embed
  if (color !== undefined && !(Number.isInteger(color) && Number(color) >= 0 && Number(color) <= 0xffffff))
    return formError('color', 'NUMBER_TYPE_COERCE', 'Value is not int.')
  const own = [...texts.values(), ...fields.flatMap(({ name, value }) => [asText(name), asText(value)])].join(
    '',
  )
  return own === '' ? says.refuse : { chars: own.length }
}

function mentionProblem(allowed: unknown): Answer | undefined {
  if (allowed === undefined) return undefined
  const { parse, users, roles } = asObject(allowed)
  const isExclusive = (type: string, list: unknown) =>
    !(asList(parse).includes(type) && asList(list).length > 0)
  const isSound = isExclusive('users', users) && isExclusive('roles', roles)
  return isSound
    ? undefined
    : formError(
        'allowed_mentions',
        'MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE',
        'parse and users are mutually exclusive.',
      )
}

function view(request: FakeRequest): View {
  const body = asObject(request.json)
  const embeds = asList(body['embeds']).map(asObject)
  const shown = embeds.flatMap((embed) => [
    embed['title'],
    embed['description'],
    ...asList(embed['fields'])
      .map(asObject)
      .flatMap(({ name, value }) => [name, value]),
    asObject(embed['footer'])['text'],
  ])
  const content = asText(body['content'])
  return {
    ...(embeds.length > 0 && content !== '' && { subject: content }),
    text: embeds.length > 0 ? shown.filter(isFilled).join('\n') : content,
    mentions: mentionsOf(content, body['allowed_mentions']),
    bytes: request.raw.length,
    size: shown.filter(isFilled).join('').length,
    limit: maxEmbedChars,
    unit: 'characters',
    notes:
      request.query.get('wait') === 'true'
        ? []
        : ['without ?wait=true a message that is not saved raises no error'],
  }
}

/** Mentions in embeds do not ping. Without allowed_mentions a webhook pings users only. */
function mentionsOf(content: string, allowed: unknown): readonly string[] {
  const { parse, users, roles } = isObject(allowed) ? allowed : { parse: ['users'] }
  const isAllowed = (type: string, list: unknown, id: string) =>
    asList(parse).includes(type) || asList(list).includes(id)
  const found = [...content.matchAll(/(?<!\\)<@(&|!?)(\d+)>/g)].flatMap(([, kind, id = '']) => {
    const isRole = kind === '&'
    return (isRole ? isAllowed('roles', roles, id) : isAllowed('users', users, id))
      ? [`${isRole ? '&' : ''}${id}`]
      : []
  })
  const everybody = asList(parse).includes('everyone') ? (content.match(/@(?:everyone|here)\b/g) ?? []) : []
  return [...new Set([...found, ...everybody])]
}
