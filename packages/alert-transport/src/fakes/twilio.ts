/**
 * Twilio's messages: a form, Basic authentication, 201 for a queued message. Checks account, sender, number
 * and length. https://www.twilio.com/docs/messaging/api/message-resource
 */
import type { Answer, FakeRequest } from '../fake/exchange.ts'
import { jsonAnswer } from '../fake/exchange.ts'
import type { FakeContext, Saying } from '../fake/fake.ts'
import { defineHttpFake } from '../fake/fake.ts'
import { readForm } from '../fake/form.ts'
import { smsView } from '../fake/sms-view.ts'

/** The account; messages to a blocked number are refused, as after its owner answered STOP. */
export interface TwilioSettings {
  readonly accountSid: string
  readonly authToken: string
  readonly from: string
  readonly blocked: readonly string[]
}

const maxChars = 1600
const no = (status: number, code: number, message: string): Answer =>
  jsonAnswer(status, { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status })

const says: Record<Saying, Answer> = {
  refuse: no(
    400,
    21608,
    'The number is unverified. Trial accounts cannot send messages to unverified numbers.',
  ),
  'rate-limited': no(429, 20429, 'Too Many Requests'),
  'too-long': no(400, 21617, 'The concatenated message body exceeds the 1600 character limit'),
}

/** The fake Twilio. */
export const twilio = defineHttpFake<TwilioSettings>({
  title: 'Twilio',
  settings: {
    accountSid: `AC${'0'.repeat(31)}1`,
    authToken: 'inbox-twilio',
    from: '+15005550006',
    blocked: [],
  },
  say: (what) => says[what],
  channel: (base, { accountSid, authToken, from }) => ({
    accountSid,
    authToken,
    from,
    to: ['+15005550001'],
    endpoint: base,
  }),
  refusal,
  accept: (request, { settings, sequence }) =>
    jsonAnswer(201, {
      sid: `SM${String(sequence).padStart(32, '0')}`,
      status: 'queued',
      account_sid: settings.accountSid,
      to: readForm(request).get('To'),
      num_segments: '1',
      error_code: null,
    }),
  view: (request) => {
    const form = readForm(request)
    return smsView(request, form.get('Body') ?? '', [form.get('To') ?? ''], maxChars)
  },
})

function refusal(request: FakeRequest, { settings }: FakeContext<TwilioSettings>): Answer | undefined {
  const { accountSid, authToken, from, blocked } = settings
  const [, account] = /^\/2010-04-01\/Accounts\/([^/]+)\/Messages\.json$/.exec(request.path) ?? []
  if (account === undefined || request.method !== 'POST')
    return no(404, 20404, `The requested resource ${request.path} was not found`)
  const pair = Buffer.from(`${accountSid}:${authToken}`).toString('base64')
  if (account !== accountSid || request.headers['authorization'] !== `Basic ${pair}`)
    return no(401, 20003, 'Authenticate')
  if (!/^application\/x-www-form-urlencoded\b/.test(request.headers['content-type'] ?? ''))
    return no(400, 21604, "A 'To' phone number is required.")
  const form = readForm(request)
  const to = form.get('To') ?? ''
  if (!/^\+[1-9]\d{6,14}$/.test(to)) return no(400, 21211, "Invalid 'To' Phone Number")
  if (form.get('From') !== from) return no(400, 21606, "The 'From' number is not a valid, SMS-capable number")
  const body = form.get('Body') ?? ''
  if (body === '') return no(400, 21602, 'Message body is required.')
  if (body.length > maxChars) return says['too-long']
  if (blocked.includes(to)) return no(400, 21610, 'Attempt to send to unsubscribed recipient')
  return undefined
}
