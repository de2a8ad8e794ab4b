/** What a hub says of its own work: counts, events for subscribers, and its problems in three forms. */
import type { Clock } from '../time/clock.ts'
import type { OptionsInForce } from './compiled-options.ts'
import { createEvents, type Events } from './events.ts'
import { createInternalErrors, type InternalErrors } from './internal-errors.ts'
import { createMetaAlerts, type MetaAlerts } from './meta-alerts.ts'
import { createNoChannelReports, type NoChannelReports } from './no-channel.ts'
import type { Signals } from './signals.ts'
import { type Counters, createCounters } from './stats.ts'

export interface Reporting {
  readonly counters: Counters
  readonly events: Events
  readonly internalErrors: InternalErrors
  readonly metaAlerts: MetaAlerts
  readonly noChannel: NoChannelReports
}

export interface ReportingOptions {
  readonly inForce: OptionsInForce
  readonly clock: Clock
  readonly signals: Signals
  readonly warn: ((message: string, code: string) => void) | undefined
}

export function createReporting({ inForce, clock, signals, warn }: ReportingOptions): Reporting {
  const counters = createCounters()
  const events = createEvents({ counters, inForce })
  const internalErrors = createInternalErrors({ events, clock, inForce, warn })
  const metaAlerts = createMetaAlerts({ inForce, internalErrors, clock, signals })
  const noChannel = createNoChannelReports(inForce, internalErrors)
  return { counters, events, internalErrors, metaAlerts, noChannel }
}
