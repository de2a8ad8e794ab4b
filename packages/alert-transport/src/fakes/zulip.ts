/**
 * Zulip's messages: a form, Basic authentication, `result` in the answer. Checks bot, channel, topic, lengths
 * and rate (200 a minute). https://zulip.com/api/send-message
 */
import type { Answer, FakeRequest, View } from '../fake/exchange.ts'
import { jsonAnswer } from '../fake/exchange.ts'
import type { FakeContext, Saying } from '../fake/fake.ts'
import { defineHttpFake } from '../fake/fake.ts'
import { readForm } from '../fake/form.ts'

/** The bot, and the only channel. */
export interface ZulipSettings {
  readonly email: string
  readonly apiKey: string
  readonly stream: string
}

const maxChars = 10_000
const maxTopic = 60
const no = (status: number, code: string, msg: string, more: object = {}): Answer =>
  jsonAnswer(status, { result: 'error', code, msg, ...more })

const says: Record<Saying, Answer> = {
  refuse: no(400, 'STREAM_DOES_NOT_EXIST', "Channel 'inbox' does not exist"),
  'rate-limited': jsonAnswer(
    429,
    { result: 'error', code: 'RATE_LIMIT_HIT', msg: 'API usage exceeded rate limit', 'retry-after': 28.5 },
    { 'x-ratelimit-remaining': '0', 'x-ratelimit-limit': '200' },
  ),
  'too-long': no(400, 'BAD_REQUEST', 'Message is too long'),
}

/** The fake Zulip. */
export const zulip = defineHttpFake<ZulipSettings>({
  title: 'Zulip',
  settings: { email: 'alert-bot@inbox.example', apiKey: 'inboxzulip', stream: 'alerts' },
  rate: { count: 200, perMs: 60_000 },
  say: (what) => says[what],
  channel: (base, { email, apiKey, stream }) => ({ url: base, email, apiKey, stream }),
  refusal,
  accept: (_request, { sequence }) => jsonAnswer(200, { result: 'success', msg: '', id: sequence }),
  view,
})

function refusal(
  request: FakeRequest,
  { settings, isTooFast }: FakeContext<ZulipSettings>,
): Answer | undefined {
  if (request.path !== '/api/v1/messages' || request.method !== 'POST')
    return no(404, 'BAD_REQUEST', 'not found')
  const pair = Buffer.from(`${settings.email}:${settings.apiKey}`).toString('base64')
  if (request.headers['authorization'] !== `Basic ${pair}`) return no(401, 'UNAUTHORIZED', 'Invalid API key')
  if (isTooFast(settings.email)) return says['rate-limited']
  const form = readForm(request)
  const content = form.get('content') ?? ''
  if (content.trim() === '') return no(400, 'BAD_REQUEST', 'Message must not be empty')
  if (Array.from(content).length > maxChars) return says['too-long']
  switch (form.get('type')) {
    case 'direct':
    case 'private':
      return /^\[".+@.+"\]$/.test(form.get('to') ?? '') ? undefined : no(400, 'BAD_REQUEST', 'Invalid email')
    case 'stream':
    case 'channel': {
      if (form.get('to') !== settings.stream) return says.refuse
      const topic = form.get('topic') ?? ''
      return topic === '' || Array.from(topic).length > maxTopic
        ? no(400, 'BAD_REQUEST', 'Invalid topic')
        : undefined
    }
    default:
      return no(400, 'BAD_REQUEST', 'Invalid type')
  }
}

function view(request: FakeRequest): View {
  const form = readForm(request)
  const text = form.get('content') ?? ''
  const people = [...text.matchAll(/@\*\*([^*\u200b]{1,100})\*\*/g)].map(([, name]) => name!)
  const groups = [...text.matchAll(/@\*(?!\*)([^*\u200b]{1,100})\*/g)].map(([, name]) => `*${name}*`)
  return {
    subject: [form.get('to'), form.get('topic')].filter(Boolean).join(' > '),
    text,
    mentions: [...people, ...groups],
    bytes: request.raw.length,
    size: Array.from(text).length,
    limit: maxChars,
    unit: 'characters',
    notes: [],
  }
}
