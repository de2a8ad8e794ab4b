import { httpPassing, saysNo, withOtherIn, withoutBackslashes } from '../behaviours.ts'
import type { ProviderRow } from '../row.ts'
import { each, https, trace } from '../said.ts'

const secrets = {
  discord: 'token-of-the-discord-suite',
} as const

export const discord: ProviderRow = {
  secrets,
  settings: { token: secrets.discord },
  remote: {
    throttled: {
      behaviour: { status: 429, body: '{"message":"…","retry_after":64.57,"global":false}' },
      leastDelayMs: 64_570,
    },
    passing: [...httpPassing, 'rate-limited', { status: 429, body: '<html>1015</html>' }],
    no: saysNo('{"message":"x","code":0}'),
    badCredentials: withOtherIn(secrets.discord),
    mentions: {
      given: ['80351110224678912', 'role:165511591545143296', 'here'],
      pinged: ['80351110224678912', '&165511591545143296', '@here'],
    },
    shown: withoutBackslashes,
  },
  check: {
    right: { url: 'https://discord.com/api/webhooks/1/abc' },
    missing: [/^url: needs `url`, the address of a webhook/],
    wrong: [
      [{ url: 'https://discord.com/channels/1/2' }, /^url: is not a webhook address: .*Copy Webhook URL/],
      [{ url: 'http://discord.com/api/webhooks/1/abc' }, `url: ${https}`],
      [{ threadId: 'general' }, /^threadId: must be the id of a thread.*Copy Thread ID/],
      [{ username: 'discord' }, /^username: must not contain 'discord'/],
    ],
  },
  replies: [
    {
      options: { url: 'https://discord.com/api/webhooks/1/a' },
      replies: [
        ['{"id":"1"}', 'delivered'],
        [[204], 'delivered'],
        [[429, '{"retry_after":1.5,"global":false}', { 'retry-after': '2' }], 'retry 2'],
        [[429, '<html>1015</html>', { 'retry-after': '60' }], 'retry 60'],
        [[404, '{"message":"Unknown Webhook","code":10015}'], 'failed'],
        ...each([400, 401, 403], 'failed'),
        ...each([500, 502, 503], 'retry'),
        [[400, '{"code":50035,"errors":{"x":{"code":"BASE_TYPE_MAX_LENGTH"}}}'], 'too long'],
      ],
    },
  ],
  pictures: [
    [
      {
        content: '<@123> **hey** \\*plain\\*',
        embeds: [
          {
            title: 'down',
            url: trace,
            color: 0xd93025,
            description: '-# small\n`code`',
            fields: [{ name: 'k', value: 'v', inline: true }],
          },
        ],
      },
      {
        '.bubble > p': '@123 hey *plain*',
        '.embed-title a': 'down',
        '.embed small': 'small',
        '.embed .inline': 'kv',
      },
    ],
  ],
}
