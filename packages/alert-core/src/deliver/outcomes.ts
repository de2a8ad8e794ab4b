/**
 * What a queue reports: an event for each outcome, and the calls by which the hub acts on it. A listener that
 * throws does not stop an alert. What the provider knows of each alert is remembered: an end whose start it
 * never accepted is not sent to it.
 */
import { createLru } from '../cache/lru.ts'
import { type AlertEvent, alertNamesOf, type Notification, type SuppressedReason } from '../model.ts'

/** Why a notification will not be delivered by this channel. */
export interface Failure {
  readonly reason: SuppressedReason
  readonly why: string
  readonly httpStatus?: number
  /** It is an end whose start failed for this reason: that says nothing new of the channel. */
  readonly isFollowUp?: true
}

/** Who is called, and what the events say of the channel. */
export interface OutcomesOptions {
  readonly channel: string
  /** Name of the fallback channel, for events. */
  readonly fallback?: string
  /** Epoch ms. */
  readonly now?: () => number
  readonly onEvent: (event: AlertEvent) => void
  /** The provider did not accept an attempt, whatever becomes of it; also while the queue closes. */
  readonly onAttemptFailed?: (why: string) => void
  /** The fallback's turn. */
  readonly onFailed: (notification: Notification, failure: Failure) => void
  /** The provider asked not to be called before then, epoch ms. */
  readonly onPaused: (untilMs: number) => void
  /** A notification has to wait for the quota until then, epoch ms, and none did before. */
  readonly onDeferred?: (notification: Notification, untilMs: number) => void
  /** Called for each notification that was delivered or failed, but not for what a close leaves unsent. */
  readonly onDone?: (notification: Notification, isDelivered: boolean) => void
}

/** Reports outcomes; none of it throws. */
export interface Outcomes {
  delivered(notification: Notification, attempts: number, note?: string): void
  attemptFailed(why: string): void
  retrying(notification: Notification, attempts: number, why: string, delayMs: number): void
  failed(notification: Notification, failure: Failure): void
  paused(untilMs: number): void
  deferred(notification: Notification, untilMs: number): void
}

export function createOutcomes(options: OutcomesOptions & { readonly now: () => number }): Outcomes {
  const { channel, fallback, now, onEvent, onFailed, onPaused } = options
  const { onAttemptFailed = () => {}, onDeferred = () => {}, onDone = () => {} } = options

  return {
    delivered(notification, attempts, note) {
      const event = {
        type: 'delivered',
        channel,
        notification: notification.id,
        reason: notification.reason,
        alerts: notification.items.map((item) => item.alert.id),
        about: alertNamesOf(notification),
        attempts,
        at: now(),
      } as const
      safely(() => onDone(notification, true))
      safely(() => onEvent(note === undefined ? event : { ...event, note }))
    },
    attemptFailed: (why) => safely(() => onAttemptFailed(why)),
    retrying({ id }, attempts, why, delayMs) {
      safely(() =>
        onEvent({ type: 'retrying', channel, notification: id, why, delayMs, attempts, at: now() }),
      )
    },
    failed(notification, failure) {
      const { reason, why } = failure
      const event = {
        type: 'failed',
        channel,
        notification: notification.id,
        why,
        reason,
        about: alertNamesOf(notification),
        at: now(),
      } as const
      safely(() => onEvent(fallback === undefined ? event : { ...event, fallback }))
      safely(() => onFailed(notification, failure))
      if (reason !== 'closed') safely(() => onDone(notification, false))
    },
    paused: (untilMs) => safely(() => onPaused(untilMs)),
    deferred: (notification, untilMs) => safely(() => onDeferred(notification, untilMs)),
  }
}

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

/** An end that fell back and one of the channel's own are one. */
const endedBefore: Failure = { reason: 'already-notified', why: 'the channel was sent this end before' }

/** Remembers the outcomes that pass on their way to `outcomes`. */
export function rememberStarts(outcomes: Outcomes): Starts {
  const known = createLru<string, Known>(mostAlerts)

  return {
    ...outcomes,
    delivered(notification, attempts, note) {
      for (const { alert, reason } of notification.items) {
        const { failure } = known.get(alert.id) ?? {}
        if (reason === 'resolved') known.set(alert.id, { fires: false, failure: failure ?? endedBefore })
        else known.set(alert.id, { fires: true, ...(failure && { failure }) })
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

function safely(call: () => void): void {
  try {
    call()
  } catch {
    // Reported nowhere: the listener is the application's, and so is its error.
  }
}
