/**
 * Composes what is due on one channel into one notification, and sets when the channel is due next.
 */
import type { Reason } from '../model.ts'
import { removeIfDone } from './alert-life.ts'
import { type ChannelState, suppressUnnotified, unnotified } from './channel-state.ts'
import { type Channel, nothingDue, type Urgency } from './channel-timing.ts'
import { composeNotification, notifyOf } from './compose-notification.ts'
import { type Due, dueOf, finalReason } from './due.ts'
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
  readonly urgency: Urgency
}

const urgencies: readonly Urgency[] = ['critical', 'other', 'end']

/** Whether something is due and the channel is free for it. */
export function isTurnOf(channel: Channel, now: number): boolean {
  return urgencies.some((urgency) => now >= channel.due[urgency] && now >= channel.freeAt(urgency))
}

/** The channel's notification now, if something is due. */
export function notifyDue(
  state: TrackerState,
  channel: Channel,
  occasion: Occasion,
  now: number,
): Extract<Effect, { type: 'notify' }> | undefined {
  const { plan } = channel
  const candidates = candidatesOf(state, channel, occasion, now)
  const urgency = triggerOf(channel, candidates, occasion, now)
  if (urgency === undefined) {
    for (const { at, urgency } of candidates) dueNoLaterThan(channel, urgency, at)
    return undefined
  }
  const isFallingBack = channel.isFallingBack(now, urgency)
  const chosen = candidates.filter((one) => {
    // An end costs nothing, so it never falls back.
    const isIncluded = urgency === 'end' ? one.urgency === 'end' : !isFallingBack || one.urgency !== 'end'
    if (!isIncluded) dueNoLaterThan(channel, one.urgency, one.at)
    return isIncluded
  })
  const items = chosen.map(({ alert, channelState, reason }) =>
    notifyOf(alert, channelState, reason, plan, now),
  )
  const newKinds = chosen.filter(({ reason }) => reason === 'first' || reason === 'regression').length
  channel.markSent(now, { alerts: items.length, newKinds, urgency })
  for (const { channelState } of isFallingBack ? chosen : []) delete channelState.sending
  scheduleNext(state, channel, chosen)
  const notification = composeNotification(state.newId(), plan.name, items, now)
  return { type: 'notify', notification, ...(isFallingBack ? { fallBack: true } : {}) }
}

/** What may be in a message now; for the rest of the alerts, sets when the channel is due. */
function candidatesOf(state: TrackerState, channel: Channel, occasion: Occasion, now: number): DueAlert[] {
  const { plan } = channel
  const candidates: DueAlert[] = []
  const firing = firingOf(state, now)
  channel.due = nothingDue()
  for (const alert of state.alerts.values()) {
    const channelState = alert.channelStates.get(plan.name)
    if (channelState === undefined) continue
    const due = dueOf(alert, channelState, plan)
    const at = due?.at ?? Number.POSITIVE_INFINITY
    const joins = due !== undefined && due.joinAt <= now ? due.reason : undefined
    const reason = occasion === 'end' ? finalReason(alert, channelState, plan, now) : joins
    // What is due was checked by `muteDue`; what only joins was not.
    const isUnchecked = reason !== undefined && reason !== 'resolved' && at > now
    if (reason === undefined || (isUnchecked && isMuted(state, channel, alert, channelState, now, firing)))
      dueNoLaterThan(channel, due?.urgency ?? 'other', at)
    else candidates.push({ alert, channelState, reason, at, urgency: urgencyOf(reason, due) })
  }
  return candidates
}

function urgencyOf(reason: Reason, due: Due | undefined): Urgency {
  return reason === 'resolved' ? 'end' : (due?.urgency ?? 'other')
}

/** The most urgent kind that may be sent now; undefined if nothing may. */
function triggerOf(
  channel: Channel,
  candidates: readonly DueAlert[],
  occasion: Occasion,
  now: number,
): Urgency | undefined {
  const mayTrigger = (one: DueAlert) => {
    if (occasion === 'end') return true
    if (occasion === 'flush') return now >= channel.quotaFreeAt(one.urgency)
    return one.at <= now && now >= channel.freeAt(one.urgency)
  }
  const triggers = candidates.filter(mayTrigger)
  if (triggers.length === 0) return undefined
  const has = (urgency: Urgency) => triggers.some((one) => one.urgency === urgency)
  if (has('critical')) return 'critical'
  // What only joins an end makes it cost as much as any other message.
  const joinsEnd = candidates.some(({ urgency }) => urgency !== 'end') && now >= channel.quotaAt('other')
  return has('other') || (joinsEnd && now >= channel.freeAt('other')) ? 'other' : 'end'
}

function dueNoLaterThan(channel: Channel, urgency: Urgency, at: number): void {
  if (at < channel.due[urgency]) channel.due[urgency] = at
}

// The end of an alert that ended before it was sent is due at once.
function scheduleNext(state: TrackerState, channel: Channel, chosen: readonly DueAlert[]): void {
  for (const { alert, channelState } of chosen) {
    alert.scheduled = false
    const due = dueOf(alert, channelState, channel.plan)
    if (due !== undefined) dueNoLaterThan(channel, due.urgency, due.at)
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
