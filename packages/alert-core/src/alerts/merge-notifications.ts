/**
 * Two notifications that wait for the same channel become one: nothing that was counted is lost, nothing that has
 * changed since is told as it was.
 */

import { moreUrgent, type Notification, type NotificationItem, type Reason, severityRank } from '../model.ts'
import { hash64 } from '../text/hash.ts'

/**
 * One notification that tells both; `newer` was decided later. The same alert becomes one item: what was added is
 * summed, the newest state is shown, and `toldAt` is that of the older one, which was never told. Its id follows from what became
 * one in it: an idempotency key never stands for two contents, not even where the next process goes on with them.
 */
export function merge(older: Notification, newer: Notification): Notification {
  const items = new Map<string, NotificationItem>()
  for (const item of older.items) items.set(item.alert.id, item)
  for (const item of newer.items) {
    const before = items.get(item.alert.id)
    items.set(item.alert.id, before ? mergeItems(before, item) : item)
  }
  const { late } = older.late ? older : newer
  const joined = [...joinedIds(older), ...joinedIds(newer)]
  const whole = withItems(older, [...items.values()], newer.reason)
  return { ...whole, id: idOf(joined), at: newer.at, ...(late && { late }), joined }
}

/** The ids of the notifications that this one tells, as they were decided. */
export function joinedIds({ id, joined }: Notification): readonly string[] {
  return joined ?? [id]
}

function idOf(joined: readonly string[]): string {
  const different = [...new Set(joined)].sort()
  return different.length === 1 ? different[0]! : hash64(different.join(' '))
}

/** The notification with other items: their order, its severity and its reason follow from them. */
export function withItems(
  notification: Notification,
  items: readonly NotificationItem[],
  otherReason: Reason = notification.reason,
): Notification {
  const sorted = [...items].sort(byWeight)
  const storm = notification.reason === 'storm' || otherReason === 'storm'
  const severity = sorted[0]?.alert.severity ?? notification.severity
  return {
    ...notification,
    items: sorted,
    severity,
    reason: itemsReason(sorted, storm ? 'storm' : undefined),
  }
}

/** Why these alerts are told together: the most urgent reason among those that still fire, 'resolved' if none does. */
export function itemsReason(items: readonly NotificationItem[], whole?: Reason): Reason {
  if (whole === 'storm') return 'storm'
  const firing = items.filter((item) => item.alert.state === 'firing')
  if (firing.length === 0) return items.length > 0 ? 'resolved' : (whole ?? 'first')
  return firing.map((item) => item.reason).reduce(moreUrgent)
}

/** Most severe first, then most frequent. */
export function byWeight(a: NotificationItem, b: NotificationItem): number {
  return severityRank(b.alert.severity) - severityRank(a.alert.severity) || b.alert.count - a.alert.count
}

function mergeItems(older: NotificationItem, newer: NotificationItem): NotificationItem {
  const { notifiedAt: _, fallbackFrom, ...latest } = newer
  const { notifiedAt } = older
  const reason = mergeReasons(older, newer)
  return {
    ...latest,
    reason,
    added: older.added + newer.added,
    ...(notifiedAt === undefined ? {} : { notifiedAt }),
    // What is its own to tell as well is told in nobody's place.
    ...(fallbackFrom === undefined || older.fallbackFrom === undefined ? {} : { fallbackFrom }),
  }
}

function mergeReasons(older: NotificationItem, newer: NotificationItem): Reason {
  if (newer.alert.state === 'resolved') return 'resolved'
  // It ended and began again while it waited: the end has nothing to say any more.
  if (older.reason === 'resolved') return newer.reason === 'first' ? 'regression' : newer.reason
  // A repeat of what was never told is still the first that the channel hears of it.
  if (older.reason === 'first' && newer.reason === 'repeat') return 'first'
  return moreUrgent(older.reason, newer.reason)
}
