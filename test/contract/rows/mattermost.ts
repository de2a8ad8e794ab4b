import { httpPassing, retryAfter, withOtherIn, withoutBackslashes } from '../behaviours.ts'
import type { ProviderRow } from '../row.ts'
import { each } from '../said.ts'

const secrets = {
  mattermost: 'hookofthemattermostsuitexx',
} as const

export const mattermost: ProviderRow = {
  secrets,
  settings: { hook: secrets.mattermost },
  remote: {
    throttled: retryAfter(9),
    passing: [...httpPassing, 'rate-limited'],
    no: [
      'refuse',
      { status: 200 },
      { status: 200, body: '{"id":"x"}' },
      { status: 501, body: '{"id":"web.incoming_webhook.disabled.app_error","message":"off"}' },
      'html',
    ],
    badCredentials: withOtherIn(secrets.mattermost),
    mentions: { given: ['@oncall', 'here'], pinged: ['@oncall', '@here'] },
    shown: withoutBackslashes,
  },
  check: {
    right: { url: 'https://chat.example/hooks/abc' },
    missing: [/^url: needs `url`, the address of an incoming webhook/],
    wrong: [
      [{ url: 'https://chat.example' }, /^url: is the address of the server: use the address of a webhook/],
      [{ channel: 'Town Square' }, /^channel: must be a channel's name as in its address/],
    ],
  },
  replies: [
    {
      options: { url: 'https://chat.example/hooks/a' },
      replies: [
        ['ok', 'delivered'],
        ...each([400, 403, 404], 'failed'),
        [[429, '', { 'retry-after': '2' }], 'retry 2'],
        ...each([500, 503], 'retry'),
      ],
    },
  ],
  pictures: [
    [
      {
        text: '#### down\n@ann',
        attachments: [{ color: '#d93025', text: '**a**', fields: [{ title: 'k', value: '`v`' }] }],
      },
      { h4: 'down', '.mention': '@ann', '.attachment code': 'v' },
    ],
  ],
}
