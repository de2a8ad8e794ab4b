/**
 * The rows of the chats.
 */

import type { FakeSettings } from '#cli/inbox/fake-table.ts'
import { providers } from '#core/options/provider-table.ts'
import {
  httpPassing,
  inOwnWords,
  overHttp,
  retryAfter,
  saysNo,
  withOther,
  withOtherIn,
} from './behaviours.ts'
import type { Row } from './rows.ts'

export const secrets = {
  slackBot: 'xoxb-token-of-the-slack-suite',
  feishu: 'token-of-the-feishu-suite',
  feishuSign: 'secret-of-the-feishu-suite',
  discord: 'token-of-the-discord-suite',
  telegram: '1000001:token-of-the-telegram-suite',
  teams: 'signature-of-the-teams-suite',
  googlechat: 'token-of-the-googlechat-suite',
  mattermost: 'hookofthemattermostsuitexx',
  rocketchat: 'token-of-the-rocketchat-suite',
} as const

export const settings: FakeSettings = {
  feishu: { token: secrets.feishu, secret: secrets.feishuSign, keywords: ['alert-keyword'] },
  discord: { token: secrets.discord },
  telegram: { token: secrets.telegram },
  teams: { sig: secrets.teams },
  googlechat: { token: secrets.googlechat },
  mattermost: { hook: secrets.mattermost },
  rocketchat: { token: secrets.rocketchat },
}

export const rows = {
  'slack by token': {
    provider: providers.slack,
    options: ({ url }) => ({ token: secrets.slackBot, channel: 'C0INBOX', endpoint: `${url}/slack/api` }),
    remote: {
      ...overHttp,
      fake: 'slack',
      throttled: retryAfter(30),
      passing: [...httpPassing, 'rate-limited', { status: 200, body: '{"ok":false,"error":"fatal_error"}' }],
      no: saysNo('ok', '{"ok":true}'),
      badCredentials: withOther({ token: 'xoxb-another' }),
      mentions: {
        given: ['U012AB3CD', 'here', 'S012AB3CD'],
        pinged: ['@U012AB3CD', '!here', '!subteam^S012AB3CD'],
      },
    },
  },
  feishu: {
    provider: providers.feishu,
    options: ({ channels }) => channels.feishu,
    remote: {
      ...overHttp,
      fake: 'feishu',
      throttled: inOwnWords(1_000),
      passing: [...httpPassing, { status: 200, body: '{"code":9499,"msg":"too many request"}' }],
      no: saysNo('{"code":19999,"msg":"no"}'),
      badCredentials: withOther({ secret: 'another-secret' }),
      mentions: { given: ['ou_18eac85d35', 'all'], pinged: ['all', 'ou_18eac85d35'] },
    },
  },
  discord: {
    provider: providers.discord,
    options: ({ channels }) => channels.discord,
    remote: {
      ...overHttp,
      fake: 'discord',
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
  },
  telegram: {
    provider: providers.telegram,
    options: ({ channels }) => channels.telegram,
    remote: {
      ...overHttp,
      fake: 'telegram',
      throttled: inOwnWords(35_000),
      passing: [
        ...httpPassing,
        { status: 400, body: '{"ok":false,"parameters":{"migrate_to_chat_id":-1009007199254}}' },
      ],
      no: saysNo('{"ok":true}', '{"ok":false,"error_code":400,"description":"x"}'),
      tooLong: { status: 400, body: `{"ok":false,"description":"Bad Request: can't parse entities: x"}` },
      badCredentials: withOther({ token: '1000001:another-token' }),
      mentions: { given: ['@oncall_bob', '1234567'], pinged: ['@oncall_bob', '1234567'] },
    },
  },
  teams: {
    provider: providers.teams,
    options: ({ channels }) => channels.teams,
    remote: {
      ...overHttp,
      fake: 'teams',
      throttled: retryAfter(12),
      passing: [...httpPassing, 'rate-limited'],
      no: ['refuse', { status: 200, body: '<html>sign in</html>' }, 'html'],
      badCredentials: withOtherIn(secrets.teams),
      mentions: {
        given: ['Jane Doe <jane@example.com>', '87d349ed-44d7-43e1-9a83-5f2406dee5bd'],
        pinged: ['jane@example.com', '87d349ed-44d7-43e1-9a83-5f2406dee5bd'],
      },
    },
  },
  googlechat: {
    provider: providers.googlechat,
    options: ({ channels }) => channels.googlechat,
    remote: {
      ...overHttp,
      fake: 'googlechat',
      throttled: retryAfter(20),
      passing: [...httpPassing, 'rate-limited'],
      no: saysNo('{"name":1}'),
      badCredentials: withOtherIn(secrets.googlechat),
      mentions: { given: ['users/1234567', 'all'], pinged: ['1234567', 'all'] },
    },
  },
  mattermost: {
    provider: providers.mattermost,
    options: ({ channels }) => channels.mattermost,
    remote: {
      ...overHttp,
      fake: 'mattermost',
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
  },
  rocketchat: {
    provider: providers.rocketchat,
    options: ({ channels }) => channels.rocketchat,
    remote: {
      ...overHttp,
      fake: 'rocketchat',
      throttled: inOwnWords(42_000),
      no: saysNo('{"success":false,"error":"no"}'),
      badCredentials: withOtherIn(secrets.rocketchat),
      mentions: { given: ['@oncall', 'here'], pinged: ['@oncall', '@here'] },
    },
  },
} as const satisfies Readonly<Record<string, Row>>

/** What a backslash stands before is shown without it. */
function withoutBackslashes(text: string): string {
  return text.replace(/\\(?=[^\w\s])/g, '')
}
