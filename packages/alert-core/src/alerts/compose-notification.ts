/**
 * Composes one notification: the alerts in the order in which they are shown, named after the most urgent
 * reason among them.
 */
import {
  type Alert,
  moreUrgent,
  type Notification,
  type NotificationItem,
  type Reason,
  severityRank,
} from '../model.ts'
import { alertFor, type ChannelState, markNotified, unnotified } from './channel-state.ts'
import type { ChannelPlan } from './channel-timing.ts'
import { copyAlert, type LiveAlert } from './live-alert.ts'
import { isStorm } from './storm.ts'

/** The item about one alert; marks the channel as notified of it. */
export function notifyOf(
  alert: LiveAlert,
  channelState: ChannelState,
  reason: Reason,
  plan: ChannelPlan,
  now: number,
): NotificationItem {
  const added = unnotified(alert, channelState)
  const shown = reason === 'resolved' ? endedAlert(alert, channelState) : alertFor(alert, channelState)
  const notifiedAt = (channelState.notified ?? channelState.past)?.at
  markNotified(alert, channelState, reason, plan, now)
  const nextAt = alert.endedAt === undefined && channelState.admitted ? channelState.nextAt : undefined
  return {
    alert: shown,
    reason,
    added,
    ...(notifiedAt === undefined ? {} : { notifiedAt }),
    ...(nextAt === undefined ? {} : { nextAt }),
  }
}

/** The alert as it ended for the channel: a life that the channel does not take is not what ended. */
function endedAlert(alert: LiveAlert, channelState: ChannelState): Alert {
  const { former, admitted } = channelState
  return former !== undefined && !admitted ? former.alert : copyAlert(alert)
}

/**
 * A notification of these items, at least one; a storm shows the most frequent first, all else the most
 * severe.
 */
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
