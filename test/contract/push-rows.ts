/**
 * The rows of the services that push to telephones.
 */

import type { FakeSettings } from '#cli/inbox/fake-table.ts'
import { providers } from '#core/options/provider-table.ts'
import { httpPassing, inOwnWords, overHttp, retryAfter, saysNo, withOther } from './behaviours.ts'
import type { Row } from './rows.ts'

export const secrets = {
  ntfy: 'tk_of-the-ntfy-suite',
  ntfyTopic: 'topic-of-the-ntfy-suite',
  pushover: 'token0of0the0pushover0suite012',
  pushoverUser: 'user0of0the0pushover0suite0123',
  bark: 'device-of-the-bark-suite',
  serverchan: 'SCTkeyoftheserverchansuite',
  gotify: 'token-of-the-gotify-suite',
} as const

export const settings: FakeSettings = {
  ntfy: { topic: secrets.ntfyTopic, token: secrets.ntfy },
  pushover: { token: secrets.pushover, user: secrets.pushoverUser },
  bark: { keys: [secrets.bark] },
  serverchan: { key: secrets.serverchan },
  gotify: { token: secrets.gotify },
}

export const rows = {
  ntfy: {
    provider: providers.ntfy,
    options: ({ channels }) => channels.ntfy,
    remote: {
      ...overHttp,
      fake: 'ntfy',
      throttled: inOwnWords(5_000),
      no: [
        'refuse',
        { status: 200 },
        { status: 200, body: '{"ok":true}' },
        'html',
        { status: 507, body: '{"code":50701}' },
      ],
      badCredentials: withOther({ token: 'tk_another' }),
    },
  },
  pushover: {
    provider: providers.pushover,
    options: ({ channels }) => channels.pushover,
    remote: {
      ...overHttp,
      fake: 'pushover',
      throttled: inOwnWords(3_600_000),
      no: saysNo('{"status":0,"errors":["no"]}'),
      badCredentials: withOther({ token: 'another0another0another0anothe' }),
    },
  },
  bark: {
    provider: providers.bark,
    options: ({ channels }) => channels.bark,
    remote: {
      ...overHttp,
      fake: 'bark',
      throttled: retryAfter(30),
      passing: [...httpPassing, 'rate-limited'],
      no: saysNo('{"code":400,"message":"no"}'),
      badCredentials: withOther({ key: 'another-device' }),
    },
  },
  serverchan: {
    provider: providers.serverchan,
    options: ({ channels }) => channels.serverchan,
    remote: {
      ...overHttp,
      fake: 'serverchan',
      throttled: inOwnWords(3_600_000),
      no: saysNo('{"code":40001,"message":"no"}'),
      badCredentials: withOther({ key: 'SCTanotheranother' }),
    },
  },
  gotify: {
    provider: providers.gotify,
    options: ({ channels }) => channels.gotify,
    remote: {
      ...overHttp,
      fake: 'gotify',
      throttled: retryAfter(30),
      no: saysNo('{"ok":true}'),
      badCredentials: withOther({ token: 'another-token' }),
    },
  },
} as const satisfies Readonly<Record<string, Row>>
