/**
 * Lets one channel speak: gathers what is due on it into one notification, and works out when it is next to look.
 */
import type { Notification, Reason } from '../model.ts'
import { removeIfDone } from './alert-life.ts'
import { type ChannelState, suppressUnnotified, unnotified } from './channel-state.ts'
import type { Channel } from './channel-timing.ts'
import { composeNotification, itemFor } from './compose-notification.ts'
import { dueOf, finalReason } from './due.ts'
import { type Effect, suppressed } from './effect.ts'
import type { LiveAlert } from './live-alert.ts'
import { firingOf, isMuted } from './mute.ts'
import type { TrackerState } from './tracker-state.ts'

/**
 * How much the channel is to say: `due`, when something is due and it is free to speak; `flush`, all that may be told
 * by now, without waiting for more or for its turn; `end`, all that is untold.
 */
export type Occasion = 'due' | 'flush' | 'end'

interface DueAlert {
  readonly alert: LiveAlert
  readonly channelState: ChannelState
  readonly reason: Reason
  /** When it became due, epoch ms. */
  readonly at: number
}

/** What the channel says now, if anything. */
export function composeDue(
  state: TrackerState,
  channel: Channel,
  occasion: Occasion,
  now: number,
  newId: () => string,
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
    // What is due already was muted before, where it is; this is about what would join.
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
    itemFor(alert, channelState, reason, plan, now),
  )
  channel.sent(now, items.length)
  scheduleNext(state, channel, chosen)
  return composeNotification(newId(), plan.name, items, now)
}

function dueNoLaterThan(channel: Channel, at: number): void {
  if (at < channel.dueAt) channel.dueAt = at
}

// What was told may be due again at once: the end of an alert that was over before anybody heard of it.
function scheduleNext(state: TrackerState, channel: Channel, chosen: readonly DueAlert[]): void {
  for (const { alert, channelState } of chosen) {
    alert.scheduled = false
    const due = dueOf(alert, channelState, channel.plan)
    if (due !== undefined) dueNoLaterThan(channel, due.at)
    removeIfDone(state, alert)
  }
}

/** Gives up what the channel could not be told before the end, because its `after` was not over. */
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
