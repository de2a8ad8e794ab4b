/**
 * What the provider knows of each alert: an end whose start it never accepted is not sent to it.
 */
import { createLru } from '../cache/lru.ts'
import type { Failure, Outcomes } from './outcomes.ts'

/** Outcomes that are remembered by alert. */
export interface Starts extends Outcomes {
  /** Why the start of the alert was not delivered; undefined if it was, or if nothing is known of it. */
  failureOf(alert: string): Failure | undefined
}

interface Known {
  /** The last that the provider accepted says that the alert fires. */
  readonly fires: boolean
  /** Why a start was not delivered. It may be a later one than the one that fires. */
  readonly failure?: Failure
}

const mostAlerts = 2_000

/** Remembers the outcomes that pass on their way to `outcomes`. */
export function rememberStarts(outcomes: Outcomes): Starts {
  const known = createLru<string, Known>(mostAlerts)

  return {
    ...outcomes,
    delivered(notification, attempts, note) {
      for (const { alert, reason } of notification.items) {
        known.set(alert.id, { ...known.get(alert.id), fires: reason !== 'resolved' })
      }
      outcomes.delivered(notification, attempts, note)
    },
    failed(notification, failure) {
      for (const { alert, reason } of notification.items) {
        if (reason !== 'first' && reason !== 'regression') continue
        known.set(alert.id, { fires: known.get(alert.id)?.fires ?? false, failure })
      }
      outcomes.failed(notification, failure)
    },
    failureOf(alert) {
      const last = known.get(alert)
      return last?.fires ? undefined : last?.failure
    },
  }
}
