/**
 * The rows of the messengers that have no robots but users and bots.
 */

import type { FakeSettings } from '#cli/inbox/fake-table.ts'
import { providers } from '#core/options/provider-table.ts'
import { httpPassing, inOwnWords, overHttp, saysNo, withOther } from './behaviours.ts'
import type { Row } from './rows.ts'

export const secrets = {
  zulip: 'keyofthezulipsuite',
  matrix: 'token-of-the-matrix-suite',
  line: 'token-of-the-line-suite',
  webex: 'token-of-the-webex-suite',
} as const

export const settings: FakeSettings = {
  zulip: { apiKey: secrets.zulip },
  matrix: { token: secrets.matrix },
  line: { token: secrets.line },
  webex: { token: secrets.webex },
}

export const rows = {
  zulip: {
    provider: providers.zulip,
    options: ({ channels }) => channels.zulip,
    remote: {
      ...overHttp,
      fake: 'zulip',
      throttled: inOwnWords(28_500),
      no: saysNo('{"result":"error","code":"X"}'),
      badCredentials: withOther({ apiKey: 'anotherkey' }),
      mentions: { given: ['Ann Smith', '*oncall*', 'all'], pinged: ['Ann Smith', '*oncall*', 'all'] },
    },
  },
  matrix: {
    provider: providers.matrix,
    options: ({ channels }) => channels.matrix,
    remote: {
      ...overHttp,
      fake: 'matrix',
      throttled: inOwnWords(2_000),
      no: saysNo('{"errcode":"M_UNKNOWN"}'),
      badCredentials: withOther({ token: 'another' }),
      mentions: { given: ['@ann:example.org', 'room'], pinged: ['@ann:example.org', '@room'] },
    },
  },
  line: {
    provider: providers.line,
    options: ({ channels }) => channels.line,
    remote: {
      ...overHttp,
      fake: 'line',
      throttled: inOwnWords(60_000),
      no: saysNo('{"message":"no"}'),
      badCredentials: withOther({ token: 'another' }),
    },
  },
  webex: {
    provider: providers.webex,
    options: ({ channels }) => channels.webex,
    remote: {
      ...overHttp,
      fake: 'webex',
      throttled: inOwnWords(3_000),
      passing: [...httpPassing, { status: 423 }],
      no: saysNo('{"message":"no"}'),
      badCredentials: withOther({ token: 'another' }),
      mentions: { given: ['ann@example.com', 'all'], pinged: ['ann@example.com', 'all'] },
    },
  },
} as const satisfies Readonly<Record<string, Row>>
