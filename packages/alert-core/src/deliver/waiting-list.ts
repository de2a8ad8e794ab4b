/**
 * What waits for one channel, in two states: ready for the next attempt, or deferred until the channel's quota has
 * room. Notifications offered together share a part, and with it a deadline. Bounded by the number of alerts.
 */
import { byWeight, joinedIds, merge, withItems } from '../alerts/merge-notifications.ts'
import type { Notification, NotificationItem } from '../model.ts'
import type { Failure, Outcomes } from './outcomes.ts'

/** Notifications offered at nearly the same time, merged. */
export interface Part {
  readonly notification: Notification
  /** Of the oldest notification in it, ms. */
  readonly offeredAt: number
  /** No attempt is made after this moment, except the first; ms. */
  readonly deadline: number
  /** Alerts of the largest notification in it: a single one is always taken whole. */
  readonly largest: number
  /** It waits for the channel's quota. */
  readonly isDeferred?: true
}

/** What may wait, and how long. */
export interface WaitingLimits {
  /** How long a notification is tried before it expires; it is tried at least once. */
  readonly retryForMs: number
  /** Alerts that may wait; beyond, the least severe fail by 'queue-limit'. */
  readonly maxWaiting: number
}

/** Parts in the order of their arrival. All but the first three methods are about those that are ready. */
export interface WaitingList {
  defer(notification: Notification, now: number): void
  hasDeferred(): boolean
  /** Makes ready what was deferred. */
  release(now: number): void
  add(notification: Notification, now: number): void
  /** Removes and returns all parts. */
  take(): readonly Part[]
  /** Returns parts of a failed attempt, in front of those that came meanwhile. */
  putBack(parts: readonly Part[]): void
  /** Fails the parts whose deadline is over. */
  expire(isOver: (deadline: number) => boolean, why: string): void
  size(): number
  /** Of the part that expires first; `Infinity` if nothing waits. */
  nextDeadline(): number
  /** When the part that waits longest was offered; `Infinity` if nothing waits. */
  oldestAt(): number
  /** Removes and returns what is deferred. */
  takeDeferred(): readonly Part[]
}

/** Notifications offered within this share of `retryForMs` share a deadline, so that parts stay few. */
const together = 0.1

/** Makes the waiting list of one channel; what it drops is reported to `outcomes`. */
export function createWaitingList(limits: WaitingLimits, outcomes: Outcomes): WaitingList {
  let parts: readonly Part[] = []
  let timesDropped = 0
  const ready = () => parts.filter((part) => !part.isDeferred)
  const deferred = () => parts.filter((part) => part.isDeferred)

  function setBounded(next: readonly Part[]): void {
    const { kept, dropped } = dropOverflow(next, limits)
    parts = kept
    if (!dropped) return
    timesDropped += 1
    const notification = { ...dropped, id: `${dropped.id}-dropped-${timesDropped}` }
    outcomes.failed(notification, { reason: 'queue-limit', why: 'too many alerts wait for this channel' })
  }

  function add(notification: Notification, now: number): void {
    const { retryForMs } = limits
    const newest = ready().at(-1)
    const isTogether = newest !== undefined && now - newest.offeredAt < retryForMs * together
    const part = partOf(notification, now, now + retryForMs)
    setBounded(isTogether ? parts.with(parts.indexOf(newest), mergeParts(newest, part)) : [...parts, part])
  }

  function takeDeferred(): readonly Part[] {
    const taken = deferred()
    parts = ready()
    return taken
  }

  return {
    defer(notification, now) {
      const part: Part = { ...partOf(notification, now, Number.POSITIVE_INFINITY), isDeferred: true }
      const [before] = deferred()
      setBounded(before ? parts.with(parts.indexOf(before), mergeParts(before, part)) : [...parts, part])
    },
    hasDeferred: () => parts.some((part) => part.isDeferred),
    release(now) {
      for (const { notification } of takeDeferred()) add(notification, now)
    },
    add,
    take() {
      const taken = ready()
      parts = deferred()
      return taken
    },
    putBack: (back) => setBounded([...back, ...parts]),
    expire(isOver, why) {
      const expired = ready().filter((part) => isOver(part.deadline))
      parts = parts.filter((part) => !expired.includes(part))
      failAll(expired, { reason: 'expired', why }, outcomes)
    },
    size: () => ready().length,
    nextDeadline: () => Math.min(...ready().map((part) => part.deadline)),
    oldestAt: () => Math.min(...ready().map((part) => part.offeredAt)),
    takeDeferred,
  }
}

/** Reports each part as failed. */
export function failAll(parts: readonly Part[], failure: Failure, outcomes: Outcomes): void {
  for (const { notification } of parts) outcomes.failed(notification, failure)
}

function partOf(notification: Notification, offeredAt: number, deadline: number): Part {
  return { notification, offeredAt, deadline, largest: notification.items.length }
}

function mergeParts(older: Part, newer: Part): Part {
  return {
    ...older,
    notification: merge(older.notification, newer.notification),
    largest: Math.max(older.largest, newer.largest),
  }
}

/**
 * Too many alerts: the least severe are dropped first, then the least frequent. `dropped` still has the id of a
 * notification of which something may be kept.
 */
function dropOverflow(
  parts: readonly Part[],
  { maxWaiting }: WaitingLimits,
): { readonly kept: readonly Part[]; readonly dropped?: Notification } {
  const most = Math.max(maxWaiting, ...parts.map((part) => part.largest))
  const size = parts.reduce((sum, part) => sum + part.notification.items.length, 0)
  const last = parts.at(-1)
  if (size <= most || !last) return { kept: parts }

  const ranked = parts.flatMap((part) => part.notification.items).sort(byWeight)
  const out = new Set<NotificationItem>(ranked.slice(most))
  // A notification of which something is kept is not done: it is not among the joined ones.
  const joined: string[] = []
  const kept = parts.flatMap((part) => {
    const { items } = part.notification
    const staying = items.filter((item) => !out.has(item))
    if (staying.length === items.length) return [part]
    if (staying.length > 0) return [{ ...part, notification: withItems(part.notification, staying) }]
    joined.push(...joinedIds(part.notification))
    return []
  })
  return { kept, dropped: { ...withItems(last.notification, [...out]), joined } }
}
