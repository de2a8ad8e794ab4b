import { inOwnWords, saysNo, withOther } from '../behaviours.ts'
import type { ProviderRow } from '../row.ts'
import { each, https } from '../said.ts'
import { changeJson, setHeader } from '../wire.ts'

const secrets = {
  line: 'token-of-the-line-suite',
} as const

export const line: ProviderRow = {
  secrets,
  settings: { token: secrets.line },
  remote: {
    throttled: inOwnWords(60_000),
    no: saysNo('{"message":"no"}'),
    badCredentials: withOther({ token: 'another' }),
  },
  check: {
    right: { token: 't', target: `U${'0'.repeat(32)}` },
    missing: [/^token: is missing/, /^target: is missing/],
    wrong: [
      [{ target: '@ann' }, /^target: must be the id of a user \(U…\)/],
      [{ endpoint: 'http://api.line.me' }, `endpoint: ${https}`],
    ],
  },
  replies: [
    {
      options: { token: 't', target: `U${'0'.repeat(32)}` },
      replies: [
        ['{"sentMessages":[{"id":"1"}]}', 'delivered'],
        [[409, '{"message":"The retry key is already accepted"}'], 'delivered'],
        ...each([400, 401, 403], 'failed'),
        [[429, '{"message":"The API rate limit has been exceeded. Try again later."}'], 'retry 60'],
        [[429, '{"message":"You have reached your monthly limit."}'], 'retry 3600'],
        ...each([500], 'retry'),
      ],
    },
  ],
  refuses: {
    requests: [
      ['another token', setHeader('authorization', 'Bearer other'), 401, 'Authentication failed'],
      ['a target that is not there', changeJson({ to: `U${'9'.repeat(32)}` }), 400, "'to'"],
      ['six messages', changeJson({ messages: Array(6).fill({ type: 'text', text: 'x' }) }), 400, '1 to 5'],
      ['an empty text', changeJson({ messages: [{ type: 'text', text: '' }] }), 400, 'May not be empty'],
      [
        '5001 characters',
        changeJson({ messages: [{ type: 'text', text: 'x'.repeat(5001) }] }),
        400,
        'between 0 and 5000',
      ],
      ['a retry key that is not a uuid', setHeader('x-line-retry-key', 'again'), 400, 'X-Line-Retry-Key'],
    ],
  },
  pictures: [[{ to: 'U1', messages: [{ type: 'text', text: 'down\nagain' }] }, { '.plain': 'down\nagain' }]],
  keyOf: ({ request }) => request.headers['x-line-retry-key'],
}
