/**
 * The rows of the systems that keep incidents.
 */

import type { FakeSettings } from '#cli/inbox/fake-table.ts'
import { providers } from '#core/options/provider-table.ts'
import { inOwnWords, neverTooLong, retryAfter, withOther } from './behaviours.ts'
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

export const rows = {
  pagerduty: {
    provider: providers.pagerduty,
    options: ({ channels }) => channels.pagerduty,
    remote: {
      ...neverTooLong,
      fake: 'pagerduty',
      throttled: inOwnWords(60_000),
      no: ['refuse', 'too-long', { status: 200 }, { status: 200, body: '{"status":"success"}' }, 'html'],
      badCredentials: withOther({ routingKey: 'another0another0another0another0' }),
    },
  },
  opsgenie: {
    provider: providers.opsgenie,
    options: ({ channels }) => channels.opsgenie,
    remote: {
      ...neverTooLong,
      fake: 'opsgenie',
      throttled: inOwnWords(60_000),
      no: ['refuse', 'too-long', { status: 501 }, { status: 200 }, 'html'],
      badCredentials: withOther({ apiKey: 'another-key' }),
    },
  },
  alertmanager: {
    provider: providers.alertmanager,
    options: ({ channels }) => channels.alertmanager,
    remote: {
      ...neverTooLong,
      fake: 'alertmanager',
      throttled: retryAfter(30),
      no: ['refuse', 'too-long', { status: 200, body: 'OK' }, 'html'],
      badCredentials: withOther({ auth: { bearer: 'another' } }),
    },
  },
} as const satisfies Readonly<Record<string, Row>>
