/**
 * Other channels for live alerts: a channel that stays keeps its state, a removed one is sent the end of what
 * it was notified of and dropped, and a new one is notified of what no channel was notified of yet; of other
 * alerts it is notified when they occur again.
 */

import {
  type ChannelState,
  joinChannelState,
  openChannelState,
  suppressUnnotified,
  unnotified,
} from './channel-state.ts'
import type { ChannelPlan } from './channel-timing.ts'
import { composeNotification, notifyOf } from './compose-notification.ts'
import { endedTooSoon, sendsEnd } from './due.ts'
import { type Effect, suppressed } from './effect.ts'
import { copyAlert, type LiveAlert } from './live-alert.ts'
import type { TrackerState } from './tracker-state.ts'

/**
 * Sends to each channel that is not among these the end of all it was notified of, whatever the alerts do.
 */
export function closeRemoved(state: TrackerState, kept: ReadonlySet<string>, now: number): Effect[] {
  return state.channels.flatMap(({ plan }): Effect[] => {
    if (kept.has(plan.name)) return []
    const open = [...state.alerts.values()].filter((alert) => isOpenOn(alert, plan))
    if (open.length === 0) return []
    const items = open.map((alert) => {
      const channelState = alert.channelStates.get(plan.name)!
      const item = notifyOf(alert, channelState, 'resolved', plan, now)
      const endedBy = item.alert.endedBy ?? 'channel-removed'
      return { ...item, alert: { ...item.alert, state: 'resolved' as const, endedBy } }
    })
    return [{ type: 'notify', notification: composeNotification(state.newId(), plan.name, items, now) }]
  })
}

function isOpenOn(alert: LiveAlert, plan: ChannelPlan): boolean {
  const channelState = alert.channelStates.get(plan.name)
  if (channelState === undefined) return false
  const { opened, sending, notified, past } = channelState
  const isOpen = opened !== undefined || (sending !== undefined && !sending.isOver)
  return isOpen && sendsEnd(alert, (notified ?? past)?.rank ?? alert.rank, plan)
}

/**
 * Gives the alert a state for each of these channels; returns what is suppressed by that, with its reason.
 */
export function reviseChannelStates(alert: LiveAlert, plans: readonly ChannelPlan[]): Effect[] {
  const effects: Effect[] = []
  const isUnsent = [...alert.channelStates.values()].every(
    (channelState) => channelState.notified === undefined,
  )
  const copy = copyAlert(alert)

  const suppress = (channel: string, channelState: ChannelState, reason: 'closed' | 'filtered' | 'ended') => {
    const count = unnotified(alert, channelState)
    if (count > 0) effects.push(suppressed(alert, channel, reason, count))
    suppressUnnotified(alert, channelState)
    channelState.admitted = false
  }

  const names = new Set(plans.map((plan) => plan.name))
  for (const [name, channelState] of alert.channelStates) {
    if (names.has(name)) continue
    suppress(name, channelState, 'closed')
    alert.channelStates.delete(name)
  }

  for (const plan of plans) {
    const admits = plan.admits(copy)
    const channelState = alert.channelStates.get(plan.name)
    if (channelState === undefined) {
      const fresh = isUnsent ? openChannelState(alert.startedAt) : joinChannelState(alert)
      fresh.admitted = admits
      alert.channelStates.set(plan.name, fresh)
      if (endedTooSoon(alert, fresh, plan)) suppress(plan.name, fresh, 'ended')
    } else if (channelState.admitted && !admits) {
      suppress(plan.name, channelState, 'filtered')
    } else if (!channelState.admitted && admits && alert.endedAt === undefined) {
      channelState.admitted = true
      if (!isUnsent) listenFromNow(alert, channelState)
    }
  }
  return effects
}

function listenFromNow(alert: LiveAlert, channelState: ChannelState): void {
  channelState.notifiedCount = alert.count
  if (channelState.notified === undefined && channelState.former === undefined) delete channelState.since
}
