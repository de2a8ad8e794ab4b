import { httpPassing, neverTooLong, retryAfter, withOther, withoutOption } from '../behaviours.ts'
import type { ProviderRow, Reply } from '../row.ts'
import { each, form } from '../said.ts'
import { changeForm, setHeader, setUrl } from '../wire.ts'

const secrets = {
  twilio: 'token-of-the-twilio-suite',
} as const

const twilioReply = (status: number, code: number): Reply => [status, JSON.stringify({ code, message: 'x' })]

export const twilio: ProviderRow = {
  // One segment.
  sees: ['payments prod', 'card gateway timeout'],
  secrets,
  settings: { authToken: secrets.twilio },
  options: ({ channels }) => withoutOption(channels.twilio, 'to'),
  to: ['+1 500 555-0001'],
  remote: {
    ...neverTooLong,
    throttled: retryAfter(30),
    passing: [
      ...httpPassing,
      'rate-limited',
      { status: 400, body: '{"code":30001,"message":"Queue overflow"}' },
    ],
    no: ['refuse', { status: 201, body: '{"sid":"SM1","status":"failed"}' }, { status: 200 }, 'html'],
    tooLong: 'too-long',
    badCredentials: withOther({ authToken: 'another' }),
  },
  check: {
    right: { accountSid: `AC${'0'.repeat(32)}`, authToken: 't', from: '+15005550006', to: ['+15005550001'] },
    missing: [/^accountSid: is missing/, /^authToken: is missing/, /^from: is missing/],
    wrong: [
      [{ accountSid: 'mine' }, /^accountSid: must be the Account SID, AC and 32 hex digits/],
      [{ from: '5005550006' }, /^from: must be a number such as '\+15005550006'/],
      [{ to: ['13800000000'] }, /^to.*: .*\+.*country/],
    ],
  },
  replies: [
    {
      options: { accountSid: `AC${'0'.repeat(32)}`, authToken: 't', from: '+15005550006' },
      to: ['+15005550001'],
      replies: [
        [[201, '{"sid":"SM1","status":"queued"}'], 'delivered'],
        [[201, '{"sid":"SM1","status":"accepted"}'], 'delivered'],
        [twilioReply(401, 20003), 'failed'],
        ...[21211, 21614, 21608, 21610].map((code) => [twilioReply(400, code), 'failed'] as const),
        [twilioReply(429, 20429), 'retry'],
        [twilioReply(400, 30001), 'retry'],
        [twilioReply(400, 21617), 'too long'],
        ...each([500, 503], 'retry'),
      ],
    },
  ],
  refuses: {
    to: ['+15005550001'],
    requests: [
      ['another account', setUrl(/AC0+1/, `AC${'2'.repeat(32)}`), 401, '20003'],
      ['another token', setHeader('authorization', 'Basic eA=='), 401, '20003'],
      ['JSON', setHeader('content-type', 'application/json'), 400, '21604'],
      ['a number without its country', changeForm({ To: '5005550001' }), 400, '21211'],
      ['another sender', changeForm({ From: '+15005550009' }), 400, '21606'],
      ['no text', changeForm({ Body: '' }), 400, '21602'],
      ['1601 characters', changeForm({ Body: 'x'.repeat(1601) }), 400, '21617'],
    ],
  },
  pictures: [
    [
      form({ To: '+15005550001', From: '+15005550006', Body: `${'a'.repeat(159)}^` }),
      { '.segments': '2 segments · GSM-7 · 161 characters' },
    ],
  ],
}
