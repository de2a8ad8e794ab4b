import { inOwnWords, saysNo, withOther } from '../behaviours.ts'
import type { ProviderRow } from '../row.ts'
import { each, form } from '../said.ts'
import { changeForm, setHeader } from '../wire.ts'

const secrets = {
  zulip: 'keyofthezulipsuite',
} as const

export const zulip: ProviderRow = {
  secrets,
  settings: { apiKey: secrets.zulip },
  remote: {
    throttled: inOwnWords(28_500),
    no: saysNo('{"result":"error","code":"X"}'),
    badCredentials: withOther({ apiKey: 'anotherkey' }),
    mentions: { given: ['Ann Smith', '*oncall*', 'all'], pinged: ['Ann Smith', '*oncall*', 'all'] },
  },
  check: {
    right: { url: 'https://a.zulipchat.com', email: 'bot@a.example', apiKey: 'abcdefgh', stream: 'alerts' },
    missing: [/^url: needs `url`/, /^email: /, /^apiKey: /, /^stream: needs/],
    wrong: [
      [{ email: 'bot' }, /^email: must be the mail address of the bot/],
      [{ apiKey: 'a b' }, /^apiKey: must be the API key of the bot/],
      [{ stream: undefined, users: ['ann'] }, /^users.*: must be the mail address of a user/],
    ],
  },
  replies: [
    {
      options: { url: 'https://a.zulipchat.com', email: 'b@a.example', apiKey: 'abcdefgh', stream: 's' },
      replies: [
        ['{"result":"success","id":1}', 'delivered'],
        ['{"result":"error","code":"X","msg":"x"}', 'failed'],
        [[429, '{"result":"error","code":"RATE_LIMIT_HIT","msg":"x","retry-after":28.7}'], 'retry 28'],
        [[401, '{"result":"error","code":"UNAUTHORIZED","msg":"x"}'], 'failed'],
        [[400, '{"result":"error","code":"STREAM_DOES_NOT_EXIST","msg":"x"}'], 'failed'],
        ...each([500, 502], 'retry'),
      ],
    },
  ],
  refuses: {
    requests: [
      ['another key', setHeader('authorization', 'Basic eA=='), 401, 'UNAUTHORIZED'],
      ['another channel', changeForm({ to: 'other' }), 400, 'STREAM_DOES_NOT_EXIST'],
      ['a topic above 60 characters', changeForm({ topic: '题'.repeat(61) }), 400, 'Invalid topic'],
      ['no topic', changeForm({ topic: '' }), 400, 'Invalid topic'],
      ['10 001 characters', changeForm({ content: 'x'.repeat(10_001) }), 400, 'too long'],
      ['no content', changeForm({ content: ' ' }), 400, 'must not be empty'],
      ['a type of its own', changeForm({ type: 'shout' }), 400, 'Invalid type'],
      ['a person without an address', changeForm({ type: 'direct', to: '["ann"]' }), 400, 'Invalid email'],
    ],
  },
  pictures: [
    [
      form({
        type: 'stream',
        to: 'ops',
        topic: 'payments',
        content: '**down**\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n@**Ann**',
      }),
      { '.topic': '#ops › payments', 'td:last-child': '2', '.mention': '@Ann' },
    ],
  ],
}
