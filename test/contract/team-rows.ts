/**
 * The rows of the messengers that have no robots but users and bots.
 */
import { providers } from '#core/providers/index.ts'
import type { Behaviour } from '#kit/behaviour.ts'
import type { FakeSettings } from '#kit/fakes/index.ts'
import { httpOdd, httpPassing } from './behaviours.ts'
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

const common = {
  passing: httpPassing,
  silent: ['hang', 'drip'],
  odd: [...httpOdd, 'endless'],
  tooLong: 'too-long',
} as const satisfies Readonly<Record<string, Behaviour | readonly Behaviour[]>>

export const rows = {
  zulip: {
    provider: providers.zulip,
    options: ({ channels }) => channels.zulip,
    remote: {
      ...common,
      fake: 'zulip',
      throttled: { behaviour: 'rate-limited', leastDelayMs: 28_500 },
      no: ['refuse', { status: 200 }, { status: 200, body: '{"result":"error","code":"X"}' }, 'html'],
      badCredentials: (options) => ({ ...options, apiKey: 'anotherkey' }),
      mentions: { given: ['Ann Smith', '*oncall*', 'all'], pinged: ['Ann Smith', '*oncall*', 'all'] },
    },
  },
  matrix: {
    provider: providers.matrix,
    options: ({ channels }) => channels.matrix,
    remote: {
      ...common,
      fake: 'matrix',
      throttled: { behaviour: 'rate-limited', leastDelayMs: 2_000 },
      no: ['refuse', { status: 200 }, { status: 200, body: '{"errcode":"M_UNKNOWN"}' }, 'html'],
      badCredentials: (options) => ({ ...options, token: 'another' }),
      mentions: { given: ['@ann:example.org', 'room'], pinged: ['@ann:example.org', '@room'] },
    },
  },
  line: {
    provider: providers.line,
    options: ({ channels }) => channels.line,
    remote: {
      ...common,
      fake: 'line',
      throttled: { behaviour: 'rate-limited', leastDelayMs: 60_000 },
      no: ['refuse', { status: 200 }, { status: 200, body: '{"message":"no"}' }, 'html'],
      badCredentials: (options) => ({ ...options, token: 'another' }),
    },
  },
  webex: {
    provider: providers.webex,
    options: ({ channels }) => channels.webex,
    remote: {
      ...common,
      fake: 'webex',
      throttled: { behaviour: 'rate-limited', leastDelayMs: 3_000 },
      passing: [...httpPassing, { status: 423 }],
      no: ['refuse', { status: 200 }, { status: 200, body: '{"message":"no"}' }, 'html'],
      badCredentials: (options) => ({ ...options, token: 'another' }),
      mentions: { given: ['ann@example.com', 'all'], pinged: ['ann@example.com', 'all'] },
    },
  },
} as const satisfies Readonly<Record<string, Row>>
