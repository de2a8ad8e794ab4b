/**
 * Whether alerts could be told now, and the sign of life that depends on it.
 */
import type { Tracker } from '../alerts/tracker.ts'
import type { Plan } from '../options.ts'
import type { Clock } from '../time/clock.ts'
import type { Channels } from './channels.ts'
import { startHeartbeat } from './heartbeat.ts'
import type { InternalErrors } from './internal-errors.ts'
import type { MetaAlerts } from './meta-alerts.ts'

/** What is looked at. */
export interface HealthOptions {
  readonly plan: Plan
  readonly tracker: Tracker
  readonly channels: Channels
  readonly metaAlerts: MetaAlerts
  readonly internalErrors: InternalErrors
  readonly clock: Clock
  readonly steady: Clock
  readonly fetch: typeof fetch
}

/** Later than this the state machine is not being asked; and a channel that keeps something for so long does not work. */
const overdueMs = 60_000
const stuckMs = 120_000

/** Starts the heartbeat, where one is wanted; returns the way to stop. */
export function startSignOfLife(options: HealthOptions): () => void {
  const { plan, tracker, channels, metaAlerts, internalErrors, clock, steady, fetch } = options
  if (plan.heartbeat === undefined || plan.dryRun) return () => {}

  /** Why alerts could not be told now: nothing moves, or no channel works. */
  function trouble(): string | undefined {
    if (clock.now() - tracker.nextDeadline() > overdueMs) return 'alerts are overdue'
    const waiting = [...channels.waiting()]
    const isStuck = ([name, { oldestWaitingMs }]: (typeof waiting)[number]) =>
      metaAlerts.isFailing(name) || oldestWaitingMs > stuckMs
    return waiting.length > 0 && waiting.every(isStuck) ? 'no channel takes alerts' : undefined
  }

  return startHeartbeat({
    ...plan.heartbeat,
    clock: steady,
    fetch,
    trouble,
    onError: internalErrors.reportLater,
  })
}
