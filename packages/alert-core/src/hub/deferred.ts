/**
 * What was handed to channels whose quota is used up, and that nobody takes over from: it waits for the quota, and is then told in one message
 * a channel.
 */
import { joinedIds, merge, withItems } from '../alerts/merge-notifications.ts'
import { alertNamesOf, type Notification } from '../model.ts'
import type { Clock, Timer } from '../time/clock.ts'
import type { Events } from './stats.ts'

/** What the waiting depends on. */
export interface DeferredOptions {
  readonly clock: Clock
  readonly events: Events
  /** Charges one message to the channel's quota; 0, or when it has room again, epoch ms. */
  readonly charge: (channel: string) => number
  readonly offer: (notification: Notification) => void
  /** Alerts that may wait for one channel. */
  readonly maxWaiting: () => number
}

/** Those that wait. */
export interface Deferred {
  /** True where nothing had waited for the channel. */
  add(notification: Notification, untilMs: number): boolean
  /** Looks at once whether the quotas have room by now. */
  retry(): void
  /** Lets all go, whatever the quotas say. */
  release(): void
  /** Waits for nothing any more; what is held stays where it is kept. */
  stop(): void
}

interface Entry {
  notification: Notification
  timer?: Timer
}

/** The longest that a timer of Node's takes. */
const longestMs = 2 ** 31 - 1

/** Holds nothing yet. */
export function createDeferred({ clock, events, charge, offer, maxWaiting }: DeferredOptions): Deferred {
  const deferred = new Map<string, Entry>()

  function arm(channel: string, entry: Entry, untilMs: number): void {
    entry.timer?.cancel()
    if (untilMs === Number.POSITIVE_INFINITY) return
    const ms = Math.min(longestMs, Math.max(1, untilMs - clock.now()))
    entry.timer = clock.after(ms, () => look(channel, entry))
  }

  function look(channel: string, entry: Entry): void {
    const untilMs = charge(channel)
    if (untilMs > 0) arm(channel, entry, untilMs)
    else letGo(channel, entry)
  }

  function letGo(channel: string, entry: Entry): void {
    entry.timer?.cancel()
    deferred.delete(channel)
    offer(entry.notification)
  }

  /** The least severe have to go where there are too many. */
  function bounded(notification: Notification): Notification {
    const most = maxWaiting()
    const { channel, items } = notification
    if (items.length <= most) return notification
    const gone = withItems(notification, items.slice(most))
    const why = 'too many alerts wait for this channel'
    const about = alertNamesOf(gone)
    const at = clock.now()
    events.emit({
      type: 'failed',
      channel,
      notification: gone.id,
      why,
      reason: 'queue-limit',
      about,
      at,
    })
    return { ...withItems(notification, items.slice(0, most)), joined: joinedIds(notification) }
  }

  return {
    add(notification, untilMs) {
      const { channel } = notification
      const entry = deferred.get(channel)
      if (entry !== undefined) {
        entry.notification = bounded(merge(entry.notification, notification))
        return false
      }
      const begun: Entry = { notification: bounded(notification) }
      deferred.set(channel, begun)
      arm(channel, begun, untilMs)
      return true
    },
    retry() {
      for (const [channel, entry] of [...deferred]) look(channel, entry)
    },
    release() {
      for (const [channel, entry] of [...deferred]) letGo(channel, entry)
    },
    stop() {
      for (const { timer } of deferred.values()) timer?.cancel()
    },
  }
}
