import { retryAfter, saysNo, withOther } from '../behaviours.ts'
import type { ProviderRow } from '../row.ts'
import { each, whole } from '../said.ts'
import { changeJson, setHeader } from '../wire.ts'

const secrets = {
  gotify: 'token-of-the-gotify-suite',
} as const

export const gotify: ProviderRow = {
  // A lock screen shows two lines.
  sees: ['payments prod', 'card gateway timeout after 3000 ms'],
  secrets,
  settings: { token: secrets.gotify },
  remote: {
    throttled: retryAfter(30),
    no: saysNo('{"ok":true}'),
    badCredentials: withOther({ token: 'another-token' }),
  },
  check: {
    right: { url: 'https://push.example', token: 'Aabcdefg1' },
    missing: [/^url: needs `url`, the address of your server/, /^token: is missing/],
    wrong: [
      [{ token: 'a b' }, /^token: must be the token of an application/],
      [{ url: 'push.example' }, `url: ${whole}`],
    ],
  },
  replies: [
    {
      options: { url: 'https://push.example', token: 'Aabcdefg1' },
      replies: [
        ['{"id":1}', 'delivered'],
        ...each([400, 401, 403, 404], 'failed'),
        ...each([500, 503], 'retry'),
      ],
    },
  ],
  refuses: {
    requests: [
      ['another token', setHeader('x-gotify-key', 'other'), 401, 'valid access token'],
      ['no message', changeJson({ message: '' }), 400, "'message' is required"],
      ['a priority that is not a number', changeJson({ priority: 'high' }), 400, 'priority'],
    ],
  },
  pictures: [
    [
      {
        title: 'down',
        message: '*x*',
        priority: 8,
        extras: { 'client::display': { contentType: 'text/markdown' } },
      },
      { '.urgent .notice-title': 'down', em: 'x' },
    ],
  ],
}
