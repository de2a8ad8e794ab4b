/**
 * Who waits for a channel: a few parts, each with its own deadline, that are told together as soon as the channel is
 * free. Bounded by the number of alerts; what there is no room for comes back, so that it can be counted.
 */

import { byWeight, joinedIds, merge, withItems } from '../alerts/merge-notifications.ts'
import type { Notification, NotificationItem } from '../model.ts'

/** Notifications offered at nearly the same time. */
export interface Part {
  readonly notification: Notification
  /** Of the oldest notification in it, epoch ms. */
  readonly offeredAt: number
  /** No attempt is made after this moment, but for the first. */
  readonly deadline: number
  /** Alerts of the largest notification in it: a single one is always taken whole. */
  readonly largest: number
}

/** What may wait, and how long. */
export interface WaitingLimits {
  readonly retryForMs: number
  /** Alerts that wait at most. */
  readonly maxWaiting: number
}

/** Notifications offered within this share of `retryForMs` share a deadline, so that parts stay few. */
const together = 0.1

/** The parts with one more notification; the newest part takes it in, unless that is much older. */
export function addPart(
  parts: readonly Part[],
  notification: Notification,
  now: number,
  { retryForMs }: WaitingLimits,
): readonly Part[] {
  const size = notification.items.length
  const newest = parts.at(-1)
  if (newest && now - newest.offeredAt < retryForMs * together) {
    const whole = merge(newest.notification, notification)
    return [
      ...parts.slice(0, -1),
      { ...newest, notification: whole, largest: Math.max(newest.largest, size) },
    ]
  }
  return [...parts, { notification, offeredAt: now, deadline: now + retryForMs, largest: size }]
}

/** All parts as one notification; `parts` is never empty. */
export function foldParts(parts: readonly Part[]): Notification {
  return parts.map((part) => part.notification).reduce(merge)
}

/**
 * Makes room when too many alerts wait: the least severe go first, then the least frequent. `shed` holds what
 * was put out, and needs an id of its own.
 */
export function makeRoom(
  parts: readonly Part[],
  { maxWaiting }: WaitingLimits,
): { readonly kept: readonly Part[]; readonly shed?: Notification } {
  const most = Math.max(maxWaiting, ...parts.map((part) => part.largest))
  const size = parts.reduce((sum, part) => sum + part.notification.items.length, 0)
  const last = parts.at(-1)
  if (size <= most || !last) return { kept: parts }

  const ranked = parts.flatMap((part) => part.notification.items).sort(byWeight)
  const out = new Set<NotificationItem>(ranked.slice(most))
  // A notification of which something stays is not done with.
  const joined: string[] = []
  const kept = parts.flatMap((part) => {
    const { items } = part.notification
    const staying = items.filter((item) => !out.has(item))
    if (staying.length === items.length) return [part]
    if (staying.length > 0) return [{ ...part, notification: withItems(part.notification, staying) }]
    joined.push(...joinedIds(part.notification))
    return []
  })
  return { kept, shed: { ...withItems(last.notification, [...out]), joined } }
}
