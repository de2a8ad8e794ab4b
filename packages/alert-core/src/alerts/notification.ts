/**
 * Composes what one channel is told at one moment: the alerts in the order in which they are shown, named after the
 * most urgent reason among them.
 */
import { moreUrgent, type Notification, type NotificationItem, type Reason, severityRank } from '../model.ts'
import type { ChannelPlan } from './channel.ts'
import { copyAlert, type LiveAlert } from './live.ts'
import { isStorm } from './storm.ts'
import { markTold, untold, type View } from './view.ts'

/** Tells the channel of one alert: what is new to it, and notes that it knows it now. */
export function tellItem(
  alert: LiveAlert,
  view: View,
  reason: Reason,
  plan: ChannelPlan,
  now: number,
): NotificationItem {
  const added = untold(alert, view)
  const toldAt = (view.told ?? view.past)?.at
  markTold(alert, view, reason, plan, now)
  const nextAt = alert.endedAt === undefined && view.admitted ? view.nextAt : undefined
  return {
    alert: copyAlert(alert),
    reason,
    added,
    ...(toldAt === undefined ? {} : { toldAt }),
    ...(nextAt === undefined ? {} : { nextAt }),
  }
}

/** A notification of these items, at least one; a storm shows the most frequent first, all else the most severe. */
export function composeNotification(
  id: string,
  channel: string,
  items: readonly NotificationItem[],
  now: number,
): Notification {
  const storm = isStorm(items)
  const sorted = [...items].sort(storm ? byCount : bySeverity)
  const worst = items.reduce((a, b) => (rankOf(b) > rankOf(a) ? b : a))
  const reason = storm ? 'storm' : items.map((item) => item.reason).reduce(moreUrgent)
  return { id, channel, reason, severity: worst.alert.severity, at: now, items: sorted }
}

function rankOf(item: NotificationItem): number {
  return severityRank(item.alert.severity)
}

function bySeverity(a: NotificationItem, b: NotificationItem): number {
  return rankOf(b) - rankOf(a) || b.alert.count - a.alert.count || byAge(a, b)
}

function byCount(a: NotificationItem, b: NotificationItem): number {
  return b.alert.count - a.alert.count || rankOf(b) - rankOf(a) || byAge(a, b)
}

// The id decides last, so that replicas agree on the order.
function byAge(a: NotificationItem, b: NotificationItem): number {
  return a.alert.firstSeen - b.alert.firstSeen || (a.alert.id < b.alert.id ? -1 : 1)
}
