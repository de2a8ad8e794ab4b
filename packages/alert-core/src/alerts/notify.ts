/**
 * Composes what is due on one channel into one notification, and sets when the channel is due next.
 */
import type { Notification, Reason } from '../model.ts'
import { removeIfDone } from './alert-life.ts'
import { type ChannelState, suppressUnnotified, unnotified } from './channel-state.ts'
import type { Channel } from './channel-timing.ts'
import { composeNotification, notifyOf } from './compose-notification.ts'
import { dueOf, finalReason } from './due.ts'
import { type Effect, suppressed } from './effect.ts'
import type { LiveAlert } from './live-alert.ts'
import { firingOf, isMuted } from './mute.ts'
import type { TrackerState } from './tracker-state.ts'

/**
 * How much is sent: `due`, what is due on a free channel; `flush`, all that may be sent by now, without
 * waiting for more or for the channel's turn; `end`, all that is unsent.
 */
export type Occasion = 'due' | 'flush' | 'end'

interface DueAlert {
  readonly alert: LiveAlert
  readonly channelState: ChannelState
  readonly reason: Reason
  /** When it became due, epoch ms. */
  readonly at: number
}

/** The channel's notification now, if something is due. */
export function composeDue(
  state: TrackerState,
  channel: Channel,
  occasion: Occasion,
  now: number,
): Notification | undefined {
  const { plan } = channel
  const chosen: DueAlert[] = []
  const firing = firingOf(state, now)
  channel.dueAt = Number.POSITIVE_INFINITY
  for (const alert of state.alerts.values()) {
    const channelState = alert.channelStates.get(plan.name)
    if (channelState === undefined) continue
    const due = dueOf(alert, channelState, plan)
    const at = due?.at ?? Number.POSITIVE_INFINITY
    const joins = due !== undefined && due.joinAt <= now ? due.reason : undefined
    const reason = occasion === 'end' ? finalReason(alert, channelState, plan, now) : joins
    // What is due was checked by `muteDue`; what only joins was not.
    const isQuiet = reason !== undefined && reason !== 'resolved' && at > now
    if (reason === undefined || (isQuiet && isMuted(state, channel, alert, now, firing)))
      dueNoLaterThan(channel, at)
    else chosen.push({ alert, channelState, reason, at })
  }
  if (!chosen.some(({ at }) => occasion !== 'due' || at <= now)) {
    for (const { at } of chosen) dueNoLaterThan(channel, at)
    return undefined
  }

  const items = chosen.map(({ alert, channelState, reason }) =>
    notifyOf(alert, channelState, reason, plan, now),
  )
  channel.markSent(now, items.length)
  scheduleNext(state, channel, chosen)
  return composeNotification(state.newId(), plan.name, items, now)
}

function dueNoLaterThan(channel: Channel, at: number): void {
  if (at < channel.dueAt) channel.dueAt = at
}

// The end of an alert that ended before it was sent is due at once.
function scheduleNext(state: TrackerState, channel: Channel, chosen: readonly DueAlert[]): void {
  for (const { alert, channelState } of chosen) {
    alert.scheduled = false
    const due = dueOf(alert, channelState, channel.plan)
    if (due !== undefined) dueNoLaterThan(channel, due.at)
    removeIfDone(state, alert)
  }
}

/** Suppresses what was not sent before the end of the stream because its `after` was not over. */
export function suppressRest(state: TrackerState, channel: Channel): Effect[] {
  const effects: Effect[] = []
  const { name } = channel.plan
  for (const alert of state.alerts.values()) {
    const channelState = alert.channelStates.get(name)
    const count = channelState === undefined ? 0 : unnotified(alert, channelState)
    if (channelState === undefined || count === 0) continue
    effects.push(suppressed(alert, name, 'closed', count))
    suppressUnnotified(alert, channelState)
    channelState.admitted = false
    removeIfDone(state, alert)
  }
  return effects
}
