/**
 * Pushover: a form with token and user. Checks both keys, the lengths, the priority and what an emergency
 * needs. https://pushover.net/api
 */
import type { Answer, FakeRequest, View } from '../fake/exchange.ts'
import { jsonAnswer } from '../fake/exchange.ts'
import type { FakeContext, Saying } from '../fake/fake.ts'
import { defineHttpFake } from '../fake/fake.ts'
import { readForm } from '../fake/form.ts'

/** The application and the user. */
export interface PushoverSettings {
  readonly token: string
  readonly user: string
}

const maxChars = 1024
const no = (status: number, error: string, more: object = {}): Answer =>
  jsonAnswer(status, { ...more, errors: [error], status: 0, request: 'inbox' })

const says: Record<Saying, Answer> = {
  refuse: no(400, 'user identifier is not a valid user, group, or subscribed user key', { user: 'invalid' }),
  'rate-limited': no(429, 'application is over its quota'),
  'too-long': no(400, 'message is too long', { message: 'is too long' }),
}

/** The fake Pushover. */
export const pushover = defineHttpFake<PushoverSettings>({
  title: 'Pushover',
  settings: { token: 'inbox0application0inbox0applic', user: 'inbox0user0inbox0user0inbox0us' },
  say: (what) => says[what],
  channel: (base, { token, user }) => ({ token, user, endpoint: `${base}/1/messages.json` }),
  refusal,
  accept: (request) =>
    jsonAnswer(200, {
      status: 1,
      request: 'inbox',
      ...(readForm(request).get('priority') === '2' && { receipt: 'inbox-receipt' }),
    }),
  view,
})

const lengthOf = (text: string | null) => Array.from(text ?? '').length

function refusal(request: FakeRequest, { settings }: FakeContext<PushoverSettings>): Answer | undefined {
  if (request.path !== '/1/messages.json' || request.method !== 'POST') return no(404, 'not found')
  const form = readForm(request)
  if (form.get('token') !== settings.token)
    return no(400, 'application token is invalid', { token: 'invalid' })
  if (form.get('user') !== settings.user) return no(400, 'user identifier is invalid', { user: 'invalid' })
  if ((form.get('message') ?? '').trim() === '')
    return no(400, 'message cannot be blank', { message: 'cannot be blank' })
  if (lengthOf(form.get('message')) > maxChars) return says['too-long']
  if (lengthOf(form.get('title')) > 250) return no(400, 'title is too long')
  if (lengthOf(form.get('url')) > 512 || lengthOf(form.get('url_title')) > 100)
    return no(400, 'url is too long')
  const priority = form.get('priority') ?? '0'
  if (!/^(?:-[12]|[012])$/.test(priority)) return no(400, 'priority is invalid', { priority: 'is invalid' })
  if (priority !== '2') return undefined
  const [retry, expire] = [Number(form.get('retry') ?? 0), Number(form.get('expire') ?? 0)]
  return retry >= 30 && expire > 0 && expire <= 10_800
    ? undefined
    : no(400, 'retry and expire must be supplied with priority=2')
}

function view(request: FakeRequest): View {
  const form = readForm(request)
  const text = form.get('message') ?? ''
  const url = form.get('url_title') ?? form.get('url')
  return {
    subject: form.get('title') ?? '',
    text: url === null ? text : `${text}\n[${url}]`,
    mentions: [],
    bytes: request.raw.length,
    size: lengthOf(text),
    limit: maxChars,
    unit: 'characters',
    notes: [`priority ${form.get('priority') ?? '0'}`],
  }
}
