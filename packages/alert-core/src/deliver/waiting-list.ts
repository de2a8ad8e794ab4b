/**
 * What waits for one channel, in two states: ready for the next attempt, or deferred until the channel's
 * quota has room. Notifications offered together share a part, and with it a deadline. Bounded by the number
 * of alerts. An end waits behind the start of its alert, and fails with it.
 */
import { splitNotification } from '../alerts/notification.ts'
import type { Notification, NotificationItem } from '../model.ts'
import type { Failure, Outcomes, Starts } from './outcomes.ts'
import { dropOverflow, firstMessage, isDigest, joinPart, type Part, splitPart } from './parts.ts'

/** What may wait, and how long. */
export interface WaitingLimits {
  /** How long a notification is tried before it expires; it is tried at least once. */
  readonly retryForMs: number
  /** Alerts that may wait; beyond, the least severe fail by 'queue-limit'. */
  readonly maxWaiting: number
}

/** Parts in the order of their arrival. All but the first four methods are about those that are ready. */
export interface WaitingList {
  defer(notification: Notification, now: number): void
  hasDeferred(): boolean
  firstDeferred(): Notification | undefined
  /** Makes ready what was deferred; `mark` notes how long each part of it waited. */
  release(now: number, mark: (notification: Notification, waitedMs: number) => Notification): void
  add(notification: Notification, now: number): void
  /** Removes and returns what one message can say: all but what must follow it. */
  take(): readonly Part[]
  /** Removes and returns all parts. */
  takeAll(): readonly Part[]
  /** Fails the ends whose start failed, unless a later start waits or is in flight. */
  failFollowUps(inFlight: readonly Part[]): void
  /** Returns parts of a failed attempt, in front of those that came meanwhile. */
  putBack(parts: readonly Part[]): void
  /** Fails the parts that are over; the ends in them only if those are over as well. */
  expire(isOver: (part: Part) => boolean, areEndsOver: (part: Part) => boolean, why: string): void
  size(): number
  /** With what is deferred. */
  all(): readonly Part[]
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
  const hasDeferred = () => parts.some((part) => part.isDeferred)

  function setBounded(next: readonly Part[]): void {
    if (alertsIn(next) <= limits.maxWaiting) {
      parts = next
      return
    }
    const { kept, dropped } = dropOverflow(next, limits.maxWaiting)
    parts = kept
    if (!dropped) return
    timesDropped += 1
    const notification = { ...dropped, id: `${dropped.id}-dropped-${timesDropped}` }
    starts.failed(notification, { reason: 'queue-limit', why: 'too many alerts wait for this channel' })
  }

  function defer(notification: Notification, now: number): void {
    const part: Part = { ...partOf(notification, now, Number.POSITIVE_INFINITY), isDeferred: true }
    const newest = deferred().at(-1)
    setBounded(
      newest && !isDigest(newest) && !isDigest(part) ? joinPart(parts, newest, part) : [...parts, part],
    )
  }

  function add(notification: Notification, now: number): void {
    if (!hasDeferred()) {
      addReady(partOf(notification, now, now + limits.retryForMs))
      return
    }
    const waits = alertsOf(deferred())
    const [free, ends] = splitNotification(
      notification,
      ({ alert, reason }) => reason === 'resolved' && waits.has(alert.id),
    )
    if (free) addReady(partOf(free, now, now + limits.retryForMs))
    if (ends) defer(ends, now)
  }

  function addReady(part: Part): void {
    const newest = ready().at(-1)
    const isTogether =
      newest !== undefined &&
      !isDigest(newest) &&
      !isDigest(part) &&
      part.offeredAt - newest.offeredAt < limits.retryForMs * together
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

  function failFollowUps(inFlight: readonly Part[]): void {
    if (!parts.some(hasEnd)) return
    const followUps: { readonly notification: Notification; readonly failure: Failure }[] = []
    const waiting = alertsOf(inFlight)
    parts = parts.flatMap((part) => {
      if (isDigest(part)) return part
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
    defer,
    hasDeferred,
    firstDeferred: () => deferred()[0]?.notification,
    release(now, mark) {
      for (const { notification, offeredAt } of takeDeferred())
        addReady(partOf(mark(notification, now - offeredAt), now, now + limits.retryForMs))
    },
    add,
    take() {
      failFollowUps([])
      if (parts.length === 1 && alertsIn(parts) === 1) return takeAll()
      const { first, rest } = firstMessage(ready())
      parts = [...rest, ...deferred()]
      return first
    },
    takeAll,
    failFollowUps,
    putBack: (back) => setBounded([...back, ...parts]),
    expire(isOver, areEndsOver, why) {
      const expired: Part[] = []
      parts = parts.flatMap((part) => {
        if (part.isDeferred || !isOver(part)) return part
        const [over, ends] = areEndsOver(part) ? [part] : withoutEnds(part)
        if (over) expired.push(over)
        return ends ?? []
      })
      failAll(expired, { reason: 'expired', why }, starts)
    },
    size: () => ready().length,
    all: () => parts,
    nextDeadline: () => Math.min(...ready().map((part) => part.deadline)),
    oldestAt: () => Math.min(...ready().map((part) => part.offeredAt)),
    takeDeferred,
  }
}

function partOf(notification: Notification, offeredAt: number, deadline: number): Part {
  return { notification, offeredAt, deadline, largest: notification.items.length }
}

function alertsIn(parts: readonly Part[]): number {
  return parts.reduce((sum, { notification }) => sum + notification.items.length, 0)
}

function alertsOf(parts: readonly Part[]): Set<string> {
  return new Set(parts.flatMap(({ notification }) => notification.items).map(({ alert }) => alert.id))
}

function hasEnd({ notification }: Part): boolean {
  return notification.items.some(isEnd)
}

function withoutEnds(part: Part): readonly [others: Part | undefined, ends?: Part | undefined] {
  return isDigest(part) ? [part] : splitPart(part, isEnd)
}

function isEnd({ reason }: NotificationItem): boolean {
  return reason === 'resolved'
}

export function failAll(parts: readonly Part[], failure: Failure, outcomes: Outcomes): void {
  for (const { notification } of parts) outcomes.failed(notification, failure)
}
