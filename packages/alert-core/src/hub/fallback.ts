/**
 * What one channel cannot tell, on its way to the channel that takes over: it says in whose place it is told, and what that channel was told by
 * itself just as it stands is not told it again. Its own quota holds for what it is handed.
 */
import { randomUUID } from 'node:crypto'
import { withItems } from '../alerts/merge-notifications.ts'
import type { Tracker } from '../alerts/tracker.ts'
import { createLru } from '../cache/lru.ts'
import {
  type Alert,
  alertNamesOf,
  type Notification,
  type NotificationItem,
  type SuppressedReason,
  severityRank,
} from '../model.ts'
import type { State } from '../state/state.ts'
import type { Clock } from '../time/clock.ts'
import type { CompiledOptions } from './compiled-options.ts'
import { createDeferred } from './deferred.ts'
import type { MetaAlerts } from './meta-alerts.ts'
import type { Events } from './stats.ts'

/** What handing on depends on. */
export interface FallbackOptions {
  readonly compiled: () => CompiledOptions
  readonly tracker: Tracker
  readonly events: Events
  readonly state: State
  readonly metaAlerts: MetaAlerts
  readonly clock: Clock
  /** To the queue of its channel. */
  readonly offer: (notification: Notification) => void
}

/** Hands on from channel to channel. */
export interface Fallbacks {
  /** The channel is told this by itself. */
  note(notification: Notification): void
  /** To the channel that takes over, or the one after it, whichever has something new to hear and room in its quota; else it waits for that. */
  fallBack(notification: Notification, reason: SuppressedReason): void
  /** The same for what its channel's used-up quota does not let it tell, which is counted. */
  beyondQuota(notification: Notification): void
  /** What a former process left: what was handed on there waits here too while the quota is used up. */
  resume(notification: Notification): void
  /** Other quotas may hold now. */
  retry(): void
  /** Nothing waits for a quota any more: it goes out where no next start would find it. */
  end(): void
}

const mostKnown = 2_000

/** Begins with nothing told. */
export function createFallbacks(options: FallbackOptions): Fallbacks {
  const { compiled, tracker, events, state, metaAlerts, clock, offer } = options
  const charge = (channel: string) => tracker.charge(channel, clock.now())
  const maxWaiting = () => compiled().plan.limits.queue
  const deferred = createDeferred({ clock, events, charge, offer, maxWaiting })
  let isEnding = false
  const notified = createLru<string, Alert>(mostKnown)

  function isNews(channel: string, { alert }: NotificationItem): boolean {
    const known = notified.get(keyOf(channel, alert))
    if (known === undefined || known.firstSeen !== alert.firstSeen || known.state !== alert.state) return true
    return known.count < alert.count || severityRank(known.severity) < severityRank(alert.severity)
  }

  function fallBack({ joined: _, ...notification }: Notification, reason: SuppressedReason): void {
    const { channel } = notification
    const fallback = compiled().fallbackOf(channel)
    if (fallback === undefined) return
    const news = notification.items.filter((item) => isNews(fallback, item))
    for (const { alert } of notification.items.filter((item) => !news.includes(item))) {
      const { id, rule, key } = alert
      const at = clock.now()
      events.emit({
        type: 'suppressed',
        channel: fallback,
        reason: 'already-notified',
        alert: id,
        rule,
        key,
        at,
      })
    }
    if (news.length === 0) return
    const items = news.map((item) => ({ ...item, fallbackFrom: item.fallbackFrom ?? { channel, reason } }))
    const handed = { ...withItems(notification, items), id: randomUUID(), channel: fallback }
    const untilMs = mayEndAll() ? 0 : charge(fallback)
    if (untilMs > 0 && compiled().fallbackOf(fallback) !== undefined) {
      beyondQuota(handed)
      return
    }
    state.saveUnsent([handed])
    if (untilMs === 0) offer(handed)
    else hold(handed, untilMs)
  }

  /** The end is worth one message more, where nobody goes on. */
  const mayEndAll = () => isEnding && state.stats().place !== 'disk'

  function beyondQuota(notification: Notification): void {
    const { channel, id } = notification
    const why = 'its quota is used up'
    const about = alertNamesOf(notification)
    const fallback = compiled().fallbackOf(channel)
    const event = { type: 'failed', channel, notification: id, why, reason: 'quota', about } as const
    events.emit({ ...event, ...(fallback === undefined ? {} : { fallback }), at: clock.now() })
    fallBack(notification, 'quota')
  }

  function hold(notification: Notification, untilMs: number): void {
    const { channel, items, severity } = notification
    // It stands in the journal, and the next start goes on with it.
    if (isEnding) return
    if (deferred.add(notification, untilMs))
      metaAlerts.noteQuotaExhausted(channel, items.length, severity, untilMs)
  }

  return {
    note({ channel, items }) {
      for (const { alert, fallbackFrom } of items) {
        if (fallbackFrom === undefined) notified.set(keyOf(channel, alert), alert)
      }
    },
    fallBack,
    beyondQuota,
    resume(notification) {
      const isFallback = notification.items.every(({ fallbackFrom }) => fallbackFrom !== undefined)
      const untilMs = isFallback ? charge(notification.channel) : 0
      if (untilMs === 0) offer(notification)
      else hold(notification, untilMs)
    },
    retry: deferred.retry,
    end() {
      isEnding = true
      if (mayEndAll()) deferred.release()
      else deferred.stop()
    },
  }
}

function keyOf(channel: string, { id }: Alert): string {
  return `${id} ${channel}`
}
