/**
 * One message of a channel as a value: composed of the alerts that are due, merged with others that wait, and
 * split. No count is lost, and each alert is shown as it is now.
 */

import { moreUrgent, type Notification, type NotificationItem, type Reason, severityRank } from '../model.ts'
import { hash64 } from '../text/text.ts'
import { stormSize } from './channel.ts'

/**
 * A notification of these items, at least one; a storm shows the most severe and then the most frequent,
 * all else the most severe first. It is named after the most urgent reason among them.
 */
export function composeNotification(
  id: string,
  channel: string,
  items: readonly NotificationItem[],
  now: number,
): Notification {
  const storm = isStorm(items)
  const sorted = storm ? inStorm(items) : [...items].sort(bySeverity)
  const worst = items.reduce((a, b) => (rankOf(b) > rankOf(a) ? b : a))
  const reason = storm ? 'storm' : itemsReason(items)
  return { id, channel, reason, severity: worst.alert.severity, at: now, items: sorted }
}

/** Whether these items are a storm: too many of them are new to the channel. */
function isStorm(items: readonly NotificationItem[]): boolean {
  let fresh = 0
  for (const { reason } of items) if (reason === 'first' || reason === 'regression') fresh++
  return fresh > stormSize
}

function bySeverity(a: NotificationItem, b: NotificationItem): number {
  return byWeight(a, b) || byAge(a, b)
}

/** The most severe, then the most frequent: the severity is never that of an alert that is not shown. */
export function inStorm(items: readonly NotificationItem[]): readonly NotificationItem[] {
  const [worst, ...rest] = [...items].sort((a, b) => rankOf(b) - rankOf(a) || byCount(a, b))
  return worst === undefined ? [] : [worst, ...rest.sort(byCount)]
}

function byCount(a: NotificationItem, b: NotificationItem): number {
  return b.alert.count - a.alert.count || rankOf(b) - rankOf(a) || byAge(a, b)
}

// The id decides last, so that replicas agree on the order.
function byAge(a: NotificationItem, b: NotificationItem): number {
  return a.alert.firstSeen - b.alert.firstSeen || (a.alert.id < b.alert.id ? -1 : 1)
}

/** Most severe first, then most frequent. */
export function byWeight(a: NotificationItem, b: NotificationItem): number {
  return rankOf(b) - rankOf(a) || b.alert.count - a.alert.count
}

function rankOf(item: NotificationItem): number {
  return severityRank(item.alert.severity)
}

/**
 * Both notifications as one; `newer` was decided later. The same alert becomes one item: what was added is
 * summed, the newest state is shown, and `notifiedAt` is that of the older one, which was never sent. Its id
 * follows from those of the two: an idempotency key never stands for two contents, not even in the next
 * process.
 */
export function merge(older: Notification, newer: Notification): Notification {
  const items = new Map<string, NotificationItem>()
  for (const item of withLaterReminders(older, newer.at).items) items.set(item.alert.id, item)
  for (const item of newer.items) {
    const before = items.get(item.alert.id)
    items.set(item.alert.id, before ? mergeItems(before, item) : item)
  }
  const { late } = older.late ? older : newer
  const deferred = older.deferred ?? newer.deferred
  const joined = [...joinedIds(older), ...joinedIds(newer)]
  const whole = withItems(older, [...items.values()], newer.reason)
  return {
    ...whole,
    id: idOf(joined),
    at: newer.at,
    ...(late && { late }),
    ...(deferred && { deferred }),
    joined,
  }
}

/** As it is if it is delivered at `now`, epoch ms, later than it was decided: reminders count from that. */
export function withLaterReminders(notification: Notification, now: number): Notification {
  const laterMs = now - notification.at
  if (laterMs <= 0) return notification
  const items = notification.items.map((item) => {
    // Those of what fell back are reminders of the channel that could not send it.
    const isOwn = item.nextAt !== undefined && item.fallbackFrom === undefined
    return isOwn ? { ...item, nextAt: item.nextAt + laterMs } : item
  })
  return { ...notification, items }
}

/** Whether it says only how somebody answered: no record is counted by it, and nothing is due. */
export function isNotice({ answered, reason, added }: NotificationItem): boolean {
  return answered !== undefined && reason === 'repeat' && added === 0
}

/** Another channel has no messages about these alerts that it could join. */
export function hasOnlyNotices({ items }: Notification): boolean {
  return items.length > 0 && items.every(isNotice)
}

/** How many records it is about that its channel was to be notified of by itself. */
export function recordsOf({ items }: Notification): number {
  return items.reduce((sum, { added, fellBack = 0 }) => sum + added - fellBack, 0)
}

/** The ids of the notifications that became this one. */
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

/** Why these alerts are sent together: the most urgent reason among them. */
export function itemsReason(items: readonly NotificationItem[], whole?: Reason): Reason {
  if (whole === 'storm') return 'storm'
  return items.length > 0 ? items.map((item) => item.reason).reduce(moreUrgent) : (whole ?? 'first')
}

/**
 * Whether two items of one alert are two messages: the older one says that it fires, which was not sent yet,
 * and the newer one that it ended, or that it came back less severe.
 */
export function mustFollow(older: NotificationItem, newer: NotificationItem): boolean {
  if (older.reason === 'repeat' || older.reason === 'resolved') return false
  return newer.reason === 'resolved' || rankOf(newer) < rankOf(older)
}

/**
 * The notification in two, by its items. Only the second stays in the journal under the ids of the whole: the
 * first one may be done earlier.
 */
export function splitNotification(
  notification: Notification,
  isSecond: (item: NotificationItem) => boolean,
): readonly [first: Notification | undefined, second: Notification | undefined] {
  const second = notification.items.filter(isSecond)
  if (second.length === 0) return [notification, undefined]
  if (second.length === notification.items.length) return [undefined, notification]
  const first = notification.items.filter((item) => !second.includes(item))
  const { joined: _, ...whole } = notification
  return [
    { ...withItems(whole, first), id: `${whole.id}-1` },
    { ...withItems(whole, second), id: `${whole.id}-2`, joined: joinedIds(notification) },
  ]
}

function mergeItems(older: NotificationItem, newer: NotificationItem): NotificationItem {
  const { notifiedAt: _, previousSeverity: __, fallbackFrom, fellBack: ___, ...latest } = newer
  const fellBack = (older.fellBack ?? 0) + (newer.fellBack ?? 0)
  const { notifiedAt } = older
  const unacknowledgedMs = older.unacknowledgedMs ?? newer.unacknowledgedMs
  const silenceEnded = older.silenceEnded ?? newer.silenceEnded
  const previousSeverity = older.previousSeverity ?? newer.previousSeverity
  const reason = mergeReasons(older, newer)
  return {
    ...latest,
    reason,
    added: older.added + newer.added,
    ...(notifiedAt === undefined ? {} : { notifiedAt }),
    ...(previousSeverity === undefined ? {} : { previousSeverity }),
    ...(unacknowledgedMs === undefined ? {} : { unacknowledgedMs }),
    ...(silenceEnded === undefined || reason === 'resolved' ? {} : { silenceEnded }),
    ...(fellBack === 0 ? {} : { fellBack }),
    // What the channel was to be notified of itself did not fall back to it.
    ...(fallbackFrom === undefined || older.fallbackFrom === undefined ? {} : { fallbackFrom }),
  }
}

function mergeReasons(older: NotificationItem, newer: NotificationItem): Reason {
  if (newer.reason === 'resolved') return 'resolved'
  // It ended and fired again while it waited: the end is not news any more.
  if (older.reason === 'resolved') return newer.reason === 'first' ? 'regression' : newer.reason
  // A repeat of what was never sent is still the first message about it.
  if (older.reason === 'first' && newer.reason === 'repeat') return 'first'
  return moreUrgent(older.reason, newer.reason)
}
