/**
 * What a queue tells the hub: events for whoever listens, and the two calls that change what happens next. A listener
 * that throws is never the channel's trouble.
 */
import { type AlertEvent, alertNamesOf, type Notification, type SuppressedReason } from '../model.ts'

/** Why a notification will not be told on this channel. */
export interface Failure {
  readonly reason: SuppressedReason
  readonly why: string
  readonly httpStatus?: number
}

/** Whom to tell. */
export interface AnnounceOptions {
  readonly channel: string
  /** The channel that takes over, for the event. */
  readonly fallback?: string
  readonly now: () => number
  readonly onEvent: (event: AlertEvent) => void
  readonly onFailed: (notification: Notification, failure: Failure) => void
  readonly onHold: (untilMs: number) => void
  /** Hears of each notification that is done with on this channel, told or given up; not of what a close leaves. */
  readonly onDone?: (notification: Notification) => void
}

/** The outcomes of a queue, none of which throws. */
export interface Announce {
  delivered(notification: Notification, attempts: number, note?: string): void
  retrying(notification: Notification, attempts: number, why: string, delayMs: number): void
  failed(notification: Notification, failure: Failure): void
  held(untilMs: number): void
}

/** Makes the announcer of one channel. */
export function createAnnounce(options: AnnounceOptions): Announce {
  const { channel, fallback, now, onEvent, onFailed, onHold, onDone = () => {} } = options
  return {
    delivered(notification, attempts, note) {
      const { id, reason, items } = notification
      const alerts = items.map((item) => item.alert.id)
      const event = {
        type: 'delivered',
        channel,
        notification: id,
        reason,
        alerts,
        about: alertNamesOf(notification),
        attempts,
        at: now(),
      } as const
      safely(() => onDone(notification))
      safely(() => onEvent(note === undefined ? event : { ...event, note }))
    },
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
      if (reason !== 'closed') safely(() => onDone(notification))
    },
    held: (untilMs) => safely(() => onHold(untilMs)),
  }
}

function safely(notify: () => void): void {
  try {
    notify()
  } catch {
    // The listener's own trouble: ours would be to let it stop an alert.
  }
}
