/**
 * The rows of the systems that keep incidents.
 */
import { providers } from '#core/providers/index.ts'
import type { Behaviour } from '#kit/behaviour.ts'
import type { FakeSettings } from '#kit/fakes/index.ts'
import { httpOdd, httpPassing } from './behaviours.ts'
import type { Row } from './rows.ts'

export const secrets = {
  pagerduty: 'routing0key0of0the0pagerduty0set',
  opsgenie: 'key-of-the-opsgenie-suite',
  alertmanager: 'bearer-of-the-alertmanager-suite',
} as const

export const settings: FakeSettings = {
  pagerduty: { routingKey: secrets.pagerduty },
  opsgenie: { apiKey: secrets.opsgenie },
  alertmanager: { bearer: secrets.alertmanager },
}

const common = {
  passing: httpPassing,
  silent: ['hang', 'drip'] as const,
  odd: [...httpOdd, 'endless', { status: 413 }] as const satisfies readonly Behaviour[],
}

export const rows = {
  pagerduty: {
    provider: providers.pagerduty,
    options: ({ channels }) => channels.pagerduty,
    remote: {
      ...common,
      fake: 'pagerduty',
      throttled: { behaviour: 'rate-limited', leastDelayMs: 60_000 },
      no: ['refuse', 'too-long', { status: 200 }, { status: 200, body: '{"status":"success"}' }, 'html'],
      badCredentials: (options) => ({ ...options, routingKey: 'another0another0another0another0' }),
    },
  },
  opsgenie: {
    provider: providers.opsgenie,
    options: ({ channels }) => channels.opsgenie,
    remote: {
      ...common,
      fake: 'opsgenie',
      throttled: { behaviour: 'rate-limited', leastDelayMs: 60_000 },
      no: ['refuse', 'too-long', { status: 501 }, { status: 200 }, 'html'],
      badCredentials: (options) => ({ ...options, apiKey: 'another-key' }),
    },
  },
  alertmanager: {
    provider: providers.alertmanager,
    options: ({ channels }) => channels.alertmanager,
    remote: {
      ...common,
      fake: 'alertmanager',
      throttled: { behaviour: { status: 429, headers: { 'retry-after': '30' } }, leastDelayMs: 30_000 },
      no: ['refuse', 'too-long', { status: 200, body: 'OK' }, 'html'],
      badCredentials: (options) => ({ ...options, auth: { bearer: 'another' } }),
    },
  },
} as const satisfies Readonly<Record<string, Row>>
