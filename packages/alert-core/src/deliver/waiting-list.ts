/**
 * What waits for one channel, in two states: ready for the next attempt, or deferred until the channel's quota has
 * room. Notifications offered together share a part, and with it a deadline. Bounded by the number of alerts.
 * An end waits behind the start of its alert, and fails with it.
 */
import {
  byWeight,
  joinedIds,
  merge,
  mustFollow,
  splitNotification,
  withItems,
} from '../alerts/merge-notifications.ts'
import { type Notification, type NotificationItem, severityRank } from '../model.ts'
import type { Failure, Outcomes } from './outcomes.ts'
import type { Starts } from './starts.ts'

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
  /** Removes and returns what one message can say: all but what must follow it. */
  take(): readonly Part[]
  /** Removes and returns all parts. */
  takeAll(): readonly Part[]
  /** Fails the ends whose start failed. */
  failFollowUps(): void
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

/** Makes the waiting list of one channel; what it drops is reported to `starts`. */
export function createWaitingList(limits: WaitingLimits, starts: Starts): WaitingList {
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
    starts.failed(notification, { reason: 'queue-limit', why: 'too many alerts wait for this channel' })
  }

  function add(notification: Notification, now: number): void {
    const { retryForMs } = limits
    const part = partOf(notification, now, now + retryForMs)
    const newest = ready().at(-1)
    const isTogether = newest !== undefined && now - newest.offeredAt < retryForMs * together
    setBounded(isTogether ? joinPart(parts, newest, part) : [...parts, part])
  }

  function takeAll(): readonly Part[] {
    const taken = ready()
    parts = deferred()
    return taken
  }

  function takeDeferred(): readonly Part[] {
    const taken = deferred()
    parts = ready()
    return taken
  }

  function failFollowUps(): void {
    const followUps: { readonly notification: Notification; readonly failure: Failure }[] = []
    const waiting = new Set<string>()
    parts = parts.flatMap((part) => {
      let failure: Failure | undefined
      const [failed, rest] = splitPart(part, ({ alert, reason }) => {
        if (reason !== 'resolved') waiting.add(alert.id)
        const own = waiting.has(alert.id) ? undefined : starts.failureOf(alert.id)
        failure ??= own
        return own === undefined
      })
      if (failed && failure) followUps.push({ notification: failed.notification, failure })
      return rest ?? []
    })
    for (const { notification, failure } of followUps)
      starts.failed(notification, { ...failure, isFollowUp: true })
  }

  return {
    defer(notification, now) {
      const part: Part = { ...partOf(notification, now, Number.POSITIVE_INFINITY), isDeferred: true }
      const newest = deferred().at(-1)
      setBounded(newest ? joinPart(parts, newest, part) : [...parts, part])
    },
    hasDeferred: () => parts.some((part) => part.isDeferred),
    release(now) {
      for (const { notification } of takeDeferred()) add(notification, now)
    },
    add,
    take() {
      failFollowUps()
      const { first, rest } = firstMessage(ready())
      parts = [...rest, ...deferred()]
      return first
    },
    takeAll,
    failFollowUps,
    putBack: (back) => setBounded([...back, ...parts]),
    expire(isOver, why) {
      const expired = ready().filter((part) => isOver(part.deadline))
      parts = parts.filter((part) => !expired.includes(part))
      failAll(expired, { reason: 'expired', why }, starts)
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

function splitPart(
  part: Part,
  isSecond: (item: NotificationItem) => boolean,
): readonly [first: Part | undefined, second: Part | undefined] {
  const [first, second] = splitNotification(part.notification, isSecond)
  return [first && { ...part, notification: first }, second && { ...part, notification: second }]
}

/** The parts with `part` merged into `newest`, except what must follow something there: that is a part of its own. */
function joinPart(parts: readonly Part[], newest: Part, part: Part): readonly Part[] {
  const earlier = parts.filter((other) => other !== newest && other.isDeferred === newest.isDeferred)
  const [joins, follows] = splitPart(part, (item) => {
    const older = itemOf(newest, item.alert.id)
    return older !== undefined && mustFollow(older, item) && !isCovered(older, earlier)
  })
  const whole = joins ? mergeParts(newest, joins) : newest
  return [...parts.with(parts.indexOf(newest), whole), ...(follows ? [follows] : [])]
}

/** An alert that comes and goes again and again waits as one start and one end. */
function isCovered({ alert: { id, severity } }: NotificationItem, earlier: readonly Part[]): boolean {
  return earlier.some((part) => {
    const item = itemOf(part, id)
    const isStart = item !== undefined && item.reason !== 'repeat' && item.reason !== 'resolved'
    return isStart && severityRank(item.alert.severity) >= severityRank(severity)
  })
}

function mergeParts(older: Part, newer: Part): Part {
  return {
    ...older,
    notification: merge(older.notification, newer.notification),
    largest: Math.max(older.largest, newer.largest),
  }
}

function itemOf({ notification }: Part, alert: string): NotificationItem | undefined {
  return notification.items.find((item) => item.alert.id === alert)
}

/** What the next message can say; of an alert that must be two messages, the rest has the second. */
function firstMessage(parts: readonly Part[]): {
  readonly first: readonly Part[]
  readonly rest: readonly Part[]
} {
  const said = new Map<string, NotificationItem>()
  const later = new Set<string>()

  function isLater(item: NotificationItem): boolean {
    const { id } = item.alert
    const older = said.get(id)
    if (older !== undefined && mustFollow(older, item)) later.add(id)
    if (later.has(id)) return true
    if (older === undefined || item.reason !== 'repeat') said.set(id, item)
    return false
  }

  const halves = parts.map((part) => splitPart(part, isLater))
  return { first: halves.flatMap(([first]) => first ?? []), rest: halves.flatMap(([, rest]) => rest ?? []) }
}

/**
 * Too many alerts: the least severe are dropped first, then the least frequent. `dropped` still has the id of a
 * notification of which something may be kept. An end that follows a start is neither counted nor dropped by itself.
 */
function dropOverflow(
  parts: readonly Part[],
  { maxWaiting }: WaitingLimits,
): { readonly kept: readonly Part[]; readonly dropped?: Notification } {
  const started = new Set<string>()
  const counted = parts
    .flatMap((part) => part.notification.items)
    .filter(({ alert, reason }) => (reason !== 'resolved' ? started.add(alert.id) : !started.has(alert.id)))
  const most = Math.max(maxWaiting, ...parts.map((part) => part.largest))
  const last = parts.at(-1)
  if (counted.length <= most || !last) return { kept: parts }

  const out = new Set<NotificationItem>(counted.sort(byWeight).slice(most))
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
