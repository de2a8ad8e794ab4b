import { inOwnWords, saysNo, withOtherIn } from '../behaviours.ts'
import type { ProviderRow } from '../row.ts'
import { each, trace } from '../said.ts'

const secrets = {
  rocketchat: 'token-of-the-rocketchat-suite',
} as const

export const rocketchat: ProviderRow = {
  secrets,
  settings: { token: secrets.rocketchat },
  remote: {
    throttled: inOwnWords(42_000),
    no: saysNo('{"success":false,"error":"no"}'),
    badCredentials: withOtherIn(secrets.rocketchat),
    mentions: { given: ['@oncall', 'here'], pinged: ['@oncall', '@here'] },
  },
  check: {
    right: { url: 'https://chat.example/hooks/id/token' },
    missing: [/^url: needs `url`, the address of an incoming integration/],
    wrong: [
      [{ url: 'https://chat.example/hooks/id' }, /^url: lacks its token/],
      [{ url: 'https://chat.example' }, /^url: is the address of the server/],
      [{ channel: 'ops' }, /^channel: must be #channel or @person/],
    ],
  },
  replies: [
    {
      options: { url: 'https://chat.example/hooks/a/b' },
      replies: [
        ['{"success":true}', 'delivered'],
        ['{"success":false,"error":"x"}', 'failed'],
        [[429, '{"success":false,"error":"error-too-many-requests, must wait 42 seconds"}'], 'retry 42'],
        ...each([400, 401, 404], 'failed'),
        ...each([500, 503], 'retry'),
      ],
    },
  ],
  pictures: [
    [
      { text: '*down*', attachments: [{ title: 'trace', title_link: trace, text: 'more' }] },
      { strong: 'down', '.attachment a': 'trace' },
    ],
  ],
}
