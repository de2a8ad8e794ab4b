/**
 * The rows of the services that push to telephones.
 */
import { providers } from '#core/providers/index.ts'
import type { Behaviour } from '#kit/behaviour.ts'
import type { FakeSettings } from '#kit/fakes/index.ts'
import { httpOdd, httpPassing } from './behaviours.ts'
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

const common = {
  passing: httpPassing,
  silent: ['hang', 'drip'],
  odd: [...httpOdd, 'endless'],
  tooLong: 'too-long',
} as const satisfies Readonly<Record<string, Behaviour | readonly Behaviour[]>>

const retryAfter = {
  behaviour: { status: 429, headers: { 'retry-after': '30' } },
  leastDelayMs: 30_000,
} as const

export const rows = {
  ntfy: {
    provider: providers.ntfy,
    options: ({ channels }) => channels.ntfy,
    remote: {
      ...common,
      fake: 'ntfy',
      throttled: { behaviour: 'rate-limited', leastDelayMs: 5_000 },
      no: [
        'refuse',
        { status: 200 },
        { status: 200, body: '{"ok":true}' },
        'html',
        { status: 507, body: '{"code":50701}' },
      ],
      badCredentials: (options) => ({ ...options, token: 'tk_another' }),
    },
  },
  pushover: {
    provider: providers.pushover,
    options: ({ channels }) => channels.pushover,
    remote: {
      ...common,
      fake: 'pushover',
      throttled: { behaviour: 'rate-limited', leastDelayMs: 3_600_000 },
      no: ['refuse', { status: 200 }, { status: 200, body: '{"status":0,"errors":["no"]}' }, 'html'],
      badCredentials: (options) => ({ ...options, token: 'another0another0another0anothe' }),
    },
  },
  bark: {
    provider: providers.bark,
    options: ({ channels }) => channels.bark,
    remote: {
      ...common,
      fake: 'bark',
      throttled: retryAfter,
      passing: [...httpPassing, 'rate-limited'],
      no: ['refuse', { status: 200 }, { status: 200, body: '{"code":400,"message":"no"}' }, 'html'],
      badCredentials: (options) => ({ ...options, key: 'another-device' }),
    },
  },
  serverchan: {
    provider: providers.serverchan,
    options: ({ channels }) => channels.serverchan,
    remote: {
      ...common,
      fake: 'serverchan',
      throttled: { behaviour: 'rate-limited', leastDelayMs: 3_600_000 },
      no: ['refuse', { status: 200 }, { status: 200, body: '{"code":40001,"message":"no"}' }, 'html'],
      badCredentials: (options) => ({ ...options, key: 'SCTanotheranother' }),
    },
  },
  gotify: {
    provider: providers.gotify,
    options: ({ channels }) => channels.gotify,
    remote: {
      ...common,
      fake: 'gotify',
      throttled: retryAfter,
      no: ['refuse', { status: 200 }, { status: 200, body: '{"ok":true}' }, 'html'],
      badCredentials: (options) => ({ ...options, token: 'another-token' }),
    },
  },
} as const satisfies Readonly<Record<string, Row>>
