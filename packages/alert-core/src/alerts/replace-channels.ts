/**
 * New channels over living alerts: who stays knows what it knew, who goes is forgotten, and who comes is told of what
 * nobody was told of yet; the rest is old news until it occurs again.
 */

import {
  type ChannelState,
  joinChannelState,
  openChannelState,
  suppressUnnotified,
  unnotified,
} from './channel-state.ts'
import type { ChannelPlan } from './channel-timing.ts'
import { endedTooSoon } from './due.ts'
import { type Effect, suppressed } from './effect.ts'
import { copyAlert, type LiveAlert } from './live-alert.ts'

/** Brings the alert's views in line with these channels; what is given up is returned with its reason. */
export function reviseChannelStates(alert: LiveAlert, plans: readonly ChannelPlan[]): Effect[] {
  const effects: Effect[] = []
  const isNews = [...alert.channelStates.values()].every(
    (channelState) => channelState.notified === undefined,
  )
  const copy = copyAlert(alert)

  const giveUp = (channel: string, channelState: ChannelState, reason: 'closed' | 'filtered' | 'ended') => {
    const count = unnotified(alert, channelState)
    if (count > 0) effects.push(suppressed(alert, channel, reason, count))
    suppressUnnotified(alert, channelState)
    channelState.admitted = false
  }

  const names = new Set(plans.map((plan) => plan.name))
  for (const [name, channelState] of alert.channelStates) {
    if (names.has(name)) continue
    giveUp(name, channelState, 'closed')
    alert.channelStates.delete(name)
  }

  for (const plan of plans) {
    const admits = plan.admits(copy)
    const channelState = alert.channelStates.get(plan.name)
    if (channelState === undefined) {
      const fresh = isNews ? openChannelState(alert.startedAt) : joinChannelState(alert)
      fresh.admitted = admits
      alert.channelStates.set(plan.name, fresh)
      if (endedTooSoon(alert, fresh, plan)) giveUp(plan.name, fresh, 'ended')
    } else if (channelState.admitted && !admits) {
      giveUp(plan.name, channelState, 'filtered')
    } else if (!channelState.admitted && admits && alert.endedAt === undefined) {
      channelState.admitted = true
      if (!isNews) listenFromNow(alert, channelState)
    }
  }
  return effects
}

function listenFromNow(alert: LiveAlert, channelState: ChannelState): void {
  channelState.notifiedCount = alert.count
  if (channelState.notified === undefined && channelState.carried === 0) delete channelState.since
}
