/**
 * Notifications that fall back from one channel to another: they say which channel failed, leave out what the
 * other one was notified of by itself just as it stands, and keep to its quota.
 */
import { randomUUID } from 'node:crypto'
import { withItems } from '../alerts/notification.ts'
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
import type { OptionsInForce } from './compiled-options.ts'
import type { Events } from './events.ts'

/** What a fallback depends on. */
export interface FallbackOptions {
  readonly inForce: OptionsInForce
  readonly events: Events
  readonly state: State | undefined
  readonly clock: Clock
  /** To the queue of its channel. */
  readonly offer: (notification: Notification) => void
  /** The same, to wait there until the channel's quota has room. */
  readonly offerWithinQuota: (notification: Notification) => void
  readonly recheckQuotas: () => void
}

/** The ways from channel to channel. */
export interface Fallbacks {
  /** A channel is notified of this by itself. */
  remember(notification: Notification): void
  /** To the fallback channel, unless that was notified of the same by itself; its quota applies. */
  fallBack(notification: Notification, reason: SuppressedReason): void
  /** The same for what the quota of its own channel has no room for; that is counted. */
  beyondQuota(notification: Notification): void
  /** Offers what a former process left: if it had fallen back, the quota is asked again. */
  resume(notification: Notification): void
  /** Quotas may have changed: looks at what waits for them. */
  retry(): void
  /** The hub closes: what no next start would find waits for no quota any more. */
  end(): void
  /** True once nothing is to wait for a quota. */
  ignoresQuotas(): boolean
}

const mostRemembered = 2_000

/** Makes the fallbacks of a hub. */
export function createFallbacks(options: FallbackOptions): Fallbacks {
  const { inForce, events, state, clock, offer, offerWithinQuota, recheckQuotas } = options
  const notified = createLru<string, Alert>(mostRemembered)
  let isLastChance = false

  function isNews(channel: string, { alert }: NotificationItem): boolean {
    const known = notified.get(keyOf(channel, alert))
    if (known === undefined || known.firstSeen !== alert.firstSeen || known.state !== alert.state) return true
    return known.count < alert.count || severityRank(known.severity) < severityRank(alert.severity)
  }

  function fallBack({ joined: _, ...notification }: Notification, reason: SuppressedReason): void {
    const { channel } = notification
    const fallback = inForce.compiled.fallbackOf(channel)
    if (fallback === undefined) return
    const news = notification.items.filter((item) => isNews(fallback, item))
    for (const item of notification.items) if (!news.includes(item)) suppress(item, fallback)
    if (news.length === 0) return
    const items = news.map((item) => ({ ...item, fallbackFrom: item.fallbackFrom ?? { channel, reason } }))
    const next = { ...withItems(notification, items), id: randomUUID(), channel: fallback }
    state?.saveUnsent([next])
    offerFallback(next)
  }

  function offerFallback(notification: Notification): void {
    // The end of what the fallback channel was notified of needs no quota.
    if (notification.items.every(({ reason }) => reason === 'resolved')) offer(notification)
    else offerWithinQuota(notification)
  }

  function suppress({ alert: { id, rule, key } }: NotificationItem, channel: string): void {
    const reason = 'already-notified'
    events.emit({ type: 'suppressed', channel, reason, alert: id, rule, key, at: clock.now() })
  }

  function beyondQuota(notification: Notification): void {
    const { channel, id } = notification
    const why = 'its quota is exhausted'
    const about = alertNamesOf(notification)
    const fallback = inForce.compiled.fallbackOf(channel)
    const event = { type: 'failed', channel, notification: id, why, reason: 'quota', about } as const
    events.emit({ ...event, ...(fallback === undefined ? {} : { fallback }), at: clock.now() })
    fallBack(notification, 'quota')
  }

  return {
    remember({ channel, items }) {
      for (const { alert, fallbackFrom } of items) {
        if (fallbackFrom === undefined) notified.set(keyOf(channel, alert), alert)
      }
    },
    fallBack,
    beyondQuota,
    resume(notification) {
      const hasFallenBack = notification.items.every(({ fallbackFrom }) => fallbackFrom !== undefined)
      if (hasFallenBack) offerFallback(notification)
      else offer(notification)
    },
    retry: recheckQuotas,
    end() {
      isLastChance = state?.stats().place !== 'disk'
      recheckQuotas()
    },
    ignoresQuotas: () => isLastChance,
  }
}

function keyOf(channel: string, { id }: Alert): string {
  return `${id} ${channel}`
}
