/**
 * Notifications that fall back from one channel to another: they say which channel failed, leave out what the
 * other one was notified of by itself just as it stands, and keep to its quota.
 */
import { randomUUID } from 'node:crypto'
import { recordsOf, withItems } from '../alerts/notification.ts'
import { createLru } from '../cache/lru.ts'
import { briefFailure } from '../http/failure-brief.ts'
import {
  type Alert,
  alertNamesOf,
  type Digest,
  isSameLife,
  lifeOf,
  type Notification,
  type NotificationItem,
  type Reason,
  type SuppressedReason,
  severityRank,
} from '../model.ts'
import type { State } from '../state/state.ts'
import type { Clock } from '../time/clock.ts'
import type { OptionsInForce } from './compiled-options.ts'
import type { Events } from './events.ts'
import type { Counters } from './stats.ts'

export interface FallbackOptions {
  readonly inForce: OptionsInForce
  readonly events: Events
  readonly counters: Counters
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
  /**
   * To the fallback channel, unless that was notified of the same by itself, or is not to be sent the end of
   * what it was not sent the start of; its quota applies. `why` is what the receipt says.
   */
  fallBack(notification: Notification, reason: SuppressedReason, why?: string): void
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

export function createFallbacks(options: FallbackOptions): Fallbacks {
  const { inForce, events, counters, state, clock, offer, offerWithinQuota, recheckQuotas } = options
  const notified = createLru<string, Alert>(mostRemembered)
  /** Whose start fell back to a channel, and no end since: which life of the alert. */
  const started = createLru<string, number>(mostRemembered)
  let isLastChance = false

  function isNews(channel: string, { alert }: NotificationItem): boolean {
    const known = notified.get(keyOf(channel, alert))
    if (known === undefined || !isSameLife(known, alert)) return true
    // That the alert fires is old once the channel was sent its end.
    if (known.state !== alert.state) return known.state === 'firing' || known.count < alert.count
    return known.count < alert.count || severityRank(known.severity) < severityRank(alert.severity)
  }

  /** Only what fell back ends so: of all else the channel is sent the end by itself, if it takes it. */
  function isStarted(channel: string, { alert }: NotificationItem): boolean {
    return started.get(keyOf(channel, alert)) === lifeOf(alert)
  }

  /** A reminder of what the channel was not notified of is the first that it hears. */
  function reasonFor(channel: string, item: NotificationItem): Reason {
    const own = notified.get(keyOf(channel, item.alert))
    const isKnown = isStarted(channel, item) || (own !== undefined && isSameLife(own, item.alert))
    return item.reason === 'repeat' && !isKnown ? 'first' : item.reason
  }

  function fallBack(
    { joined: _, ...notification }: Notification,
    reason: SuppressedReason,
    why?: string,
  ): void {
    const { channel, digest } = notification
    const fallback = inForce.compiled.fallbackOf(channel)
    if (fallback === undefined) return
    const fallbackFrom = originOf(notification, { reason, why, now: clock.now() }, inForce)
    if (digest !== undefined) {
      fallBackDigest({ ...notification, channel: fallback }, { fallbackFrom, ...digest })
      return
    }
    const news = notification.items.filter((item) => {
      if (item.reason === 'resolved' && !isStarted(fallback, item)) suppress(item, fallback, 'ended')
      else if (isNews(fallback, item)) return true
      else suppress(item, fallback, 'already-notified')
      return false
    })
    if (news.length === 0) return
    const items = news.map((item) => ({
      ...item,
      reason: reasonFor(fallback, item),
      fallbackFrom: item.fallbackFrom ?? fallbackFrom,
      ...(item.added > 0 && { fellBack: item.added }),
    }))
    const next = { ...withItems(notification, items), id: randomUUID(), channel: fallback }
    state?.saveUnsent([next])
    offerFallback(next)
  }

  function fallBackDigest(notification: Notification, digest: Digest): void {
    const next = { ...notification, id: randomUUID(), digest }
    state?.saveUnsent([next])
    offerFallback(next)
  }

  function noteStarts({ channel, items }: Notification): void {
    for (const { alert, reason, fallbackFrom } of items) {
      if (reason === 'resolved') started.delete(keyOf(channel, alert))
      else if (fallbackFrom !== undefined) started.set(keyOf(channel, alert), lifeOf(alert))
    }
  }

  function offerFallback(notification: Notification): void {
    noteStarts(notification)
    // The end of what the fallback channel was notified of needs no quota.
    const { items, digest } = notification
    if (digest === undefined && items.every(({ reason }) => reason === 'resolved')) offer(notification)
    else offerWithinQuota(notification)
  }

  function suppress(
    { alert: { id, rule, key } }: NotificationItem,
    channel: string,
    reason: SuppressedReason,
  ): void {
    events.emit({ type: 'suppressed', channel, reason, alert: id, rule, key, at: clock.now() })
  }

  function beyondQuota(notification: Notification): void {
    const { channel, id } = notification
    const why = 'its quota is exhausted'
    const about = alertNamesOf(notification)
    const fallback = inForce.compiled.fallbackOf(channel)
    const event = { type: 'failed', channel, notification: id, why, reason: 'quota', about } as const
    events.emit({ ...event, ...(fallback === undefined ? {} : { fallback }), at: clock.now() })
    counters.countRecords(channel, 'failed', recordsOf(notification))
    fallBack(notification, 'quota')
  }

  return {
    remember(notification) {
      const { channel, items } = notification
      noteStarts(notification)
      for (const { alert, fallbackFrom } of items) {
        if (fallbackFrom === undefined) notified.set(keyOf(channel, alert), alert)
      }
    },
    fallBack,
    beyondQuota,
    resume(notification) {
      if (isFallen(notification)) offerFallback(notification)
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

/** Whether all of it fell back to its channel. */
function isFallen({ items, digest }: Notification): boolean {
  if (digest !== undefined) return digest.fallbackFrom !== undefined
  return items.every(({ fallbackFrom }) => fallbackFrom !== undefined)
}

/** What the other channel says of the one that did not send. */
function originOf(
  { channel, at }: Notification,
  {
    reason,
    why = '',
    now,
  }: { readonly reason: SuppressedReason; readonly why?: string; readonly now: number },
  { compiled }: OptionsInForce,
): NonNullable<NotificationItem['fallbackFrom']> {
  const provider = compiled.plan.channels.find(({ name }) => name === channel)?.definition.title
  const brief = why === '' || reason === 'quota' ? undefined : briefFailure(why)
  return {
    channel,
    reason,
    ...(provider !== undefined && { provider }),
    ...(brief?.kind === 'answer' && { answer: brief.said }),
    ...(reason === 'expired' && { waitedMs: Math.max(0, now - at) }),
  }
}
