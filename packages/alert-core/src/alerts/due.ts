/**
 * When a channel is notified of an alert, and why. Only `dueOf` decides it: a pure function of the alert, the
 * state of the channel for it, and the channel's plan. From it follow when the channel is due, and what is
 * expected of an alert that fires.
 */
import { type ChannelPreview, type Reason, severityRank } from '../model.ts'
import type { ChannelPlan, Urgency } from './channel.ts'
import { asDelivered, rankFor, recentCount, unnotified, worstOf } from './channel-state.ts'
import { flappingPauseMs } from './flapping.ts'
import { type ChannelState, copyAlert, type LiveAlert } from './live-alert.ts'
import { firingOf, mutesOf, type TrackerState } from './tracker-state.ts'

/** A notification that is due. */
export interface Due {
  readonly reason: Reason
  /** From then on the channel sends a message for it, epoch ms. */
  readonly at: number
  /**
   * From then on it joins a message that is sent anyway, epoch ms; earlier than `at` only by the rest of
   * `wait`.
   */
  readonly joinAt: number
  /** It is about something critical, or an end: those have a share of the quota, or need none. */
  readonly urgency: Urgency
}

const critical = severityRank('critical')

/** The least time between two lives if there are no reminders: the default `repeat`. */
const calmMs = 300_000

/** With a `repeat` of 0 a renewal would be due again as soon as it was sent. */
const leastRenewMs = 60_000

/** What is due on the channel for the alert, and when; undefined if nothing is. */
export function dueOf(alert: LiveAlert, channelState: ChannelState, plan: ChannelPlan): Due | undefined {
  const { notified, sending } = channelState
  // An end is sent after the provider has accepted what it ends.
  const end = sending === undefined ? endDue(alert, channelState, plan) : undefined
  if (notified === undefined) {
    const first = firstDue(alert, channelState, plan)
    // A life whose start fell back to the channel is known there.
    const isEnd = first === undefined || isOpen(alert, channelState) || isLeftOver(alert, channelState)
    return end !== undefined && isEnd ? end : first
  }
  return escalationDue(alert, channelState) ?? end ?? repeatDue(alert, channelState, plan)
}

function isOpen({ startedAt }: LiveAlert, { opened }: ChannelState): boolean {
  return opened !== undefined && opened >= startedAt
}

/** What is unsent of a former life says nothing that its end does not say. */
function isLeftOver(alert: LiveAlert, channelState: ChannelState): boolean {
  const { admitted, past } = channelState
  return !admitted && past !== undefined && rankFor(alert, channelState) <= past.rank
}

function firstDue(alert: LiveAlert, channelState: ChannelState, plan: ChannelPlan): Due | undefined {
  const { since, mute, past } = channelState
  if (since === undefined || mute !== undefined || unnotified(alert, channelState) === 0) return undefined
  const rank = rankFor(alert, channelState)
  const joinAt = Math.max(since + plan.afterMs, calmUntil(alert, channelState, plan))
  const waitMs = rank >= critical ? 0 : plan.waitMs
  const reason = past === undefined ? 'first' : 'regression'
  return { reason, joinAt, at: Math.max(joinAt, since + waitMs), urgency: urgencyOf(rank) }
}

/** An alert that fires again is not sent before its `repeat` is over, unless it is worse than before. */
function calmUntil(alert: LiveAlert, channelState: ChannelState, plan: ChannelPlan): number {
  const { past } = channelState
  if (past === undefined || rankFor(alert, channelState) > worstOf(past)) return Number.NEGATIVE_INFINITY
  const pauseMs = plan.repeatMs === false ? calmMs : plan.repeatMs
  return past.at + Math.max(pauseMs, flappingPause(alert, channelState, plan))
}

function escalationDue(alert: LiveAlert, channelState: ChannelState): Due | undefined {
  const { admitted, mute, notified } = channelState
  if (!admitted || mute !== undefined || notified === undefined) return undefined
  // An alert that became worse while it was muted is sent when it occurs again.
  if (unnotified(alert, channelState) === 0 || alert.rank <= worstOf(notified)) return undefined
  return dueAt('escalated', alert.escalatedAt ?? alert.startedAt, urgencyOf(alert.rank))
}

function endDue(alert: LiveAlert, channelState: ChannelState, plan: ChannelPlan): Due | undefined {
  const { opened, admitted, notified, past } = channelState
  if (opened === undefined) return undefined
  // What is counted with others from now on is not over: only what knows each alert by its id is closed.
  if (alert.endedBy === 'merged' && plan.closesMerged !== true) return undefined
  // A life that the channel does not take is not what was opened.
  const isOver = alert.endedAt !== undefined || (!admitted && opened < alert.startedAt)
  if (!isOver || !sendsEnd(alert, (notified ?? past)?.rank ?? alert.rank, plan)) return undefined
  const overAt = alert.endedAt ?? alert.startedAt
  return dueAt('resolved', overAt + flappingPause(alert, channelState, plan), 'end')
}

function flappingPause(alert: LiveAlert, channelState: ChannelState, plan: ChannelPlan): number {
  return alert.isFlapping ? flappingPauseMs(alert, plan, recentCount(channelState)) : 0
}

function repeatDue(alert: LiveAlert, channelState: ChannelState, plan: ChannelPlan): Due | undefined {
  const { admitted, mute, notified, opened, sending } = channelState
  if (!admitted || mute !== undefined || notified === undefined || sending !== undefined) return undefined
  const isFiring = alert.endedAt === undefined
  const isNews = unnotified(alert, channelState) > 0 || (isFiring && channelState.isUnknown === true)
  if (plan.repeatMs === false)
    return isFiring && channelState.isUnknown ? dueAt('first', notified.at, urgencyOf(alert.rank)) : undefined
  const renews = plan.renews === true && isFiring
  if (!renews && !isNews) return undefined
  const nextAt = channelState.nextAt ?? notified.at + plan.repeatMs
  const at = isNews ? nextAt : Math.max(nextAt, notified.at + leastRenewMs)
  // To a channel whose provider accepted nothing so far it is still the first.
  return dueAt(opened === undefined ? 'first' : 'repeat', at, urgencyOf(alert.rank))
}

function dueAt(reason: Reason, at: number, urgency: Urgency): Due {
  return { reason, at, joinAt: at, urgency }
}

function urgencyOf(rank: number): Urgency {
  return rank >= critical ? 'critical' : 'other'
}

/** Whether the channel gets the end of an alert that it was sent at this rank. */
export function sendsEnd(alert: LiveAlert, rank: number, plan: ChannelPlan): boolean {
  switch (plan.sendResolved) {
    case 'always':
      return true
    case 'critical':
      return rank >= critical || alert.lasts === true
    case 'never':
      return false
  }
}

/** What the channel is sent at the end of the stream: all that is unsent, except before `after` is over. */
export function finalReason(
  alert: LiveAlert,
  channelState: ChannelState,
  plan: ChannelPlan,
  now: number,
): Reason | undefined {
  // At the end of the stream nothing waits for a delivery: the queue keeps the order.
  const assumed = asDelivered(channelState)
  const due = dueOf(alert, assumed, plan)
  const isEarly = channelState.notified === undefined && now < (channelState.since ?? now) + plan.afterMs
  if (isEarly && due?.reason !== 'resolved') return undefined
  const isNews = unnotified(alert, channelState) > 0
  // A renewal has no news that could be lost: it is sent at its time only.
  if (due?.reason === 'repeat' && !isNews && now < due.at) return undefined
  return due?.reason ?? (isNews ? 'repeat' : undefined)
}

/** Whether the alert ended before the channel's `after` was over: then it is never sent. */
export function endedTooSoon(alert: LiveAlert, channelState: ChannelState, plan: ChannelPlan): boolean {
  if (plan.afterMs === 0 || alert.endedAt === undefined || channelState.notified !== undefined) return false
  return channelState.since !== undefined && alert.endedAt <= channelState.since + plan.afterMs
}

/** Whether nothing of an ended alert is left to send. */
export function isDone({ channels }: TrackerState, alert: LiveAlert): boolean {
  return channels.every(({ plan }) => {
    const channelState = alert.channelStates.get(plan.name)
    if (channelState === undefined) return true
    const assumed = asDelivered(channelState)
    return unnotified(alert, assumed) === 0 && dueOf(alert, assumed, plan) === undefined
  })
}

/** Sets for each channel when the alert is due. */
export function schedule(state: TrackerState, alert: LiveAlert): void {
  for (const channel of state.channels) {
    const channelState = alert.channelStates.get(channel.plan.name)
    if (channelState === undefined) continue
    if (channelState.since === undefined && unnotified(alert, channelState) > 0)
      channelState.since = alert.lastAt
    const due = dueOf(alert, channelState, channel.plan)
    if (due === undefined || due.at >= channel.due[due.urgency]) continue
    channel.due[due.urgency] = due.at
    state.channelsDueAt = undefined
  }
}

/** What each channel would do now with an alert that fires; nothing changes. */
export function previewsOf(state: TrackerState, alert: LiveAlert, now: number): readonly ChannelPreview[] {
  const mutes = mutesOf(state)
  return state.channels.map((channel): ChannelPreview => {
    const { plan } = channel
    const { name } = plan
    const known = alert.channelStates.get(name)
    if (known?.admitted !== true) return { channel: name, takes: false, why: 'filtered' }
    const mute = mutes?.(copyAlert(alert), name, now, firingOf(state, now))
    // A record that makes it worse ends the acknowledgement.
    const isMuted = mute !== undefined && (mute.reason !== 'acknowledged' || alert.acknowledged !== undefined)
    if (isMuted) return { channel: name, takes: true, why: mute.reason, ...atKnown(mute.endsAt) }

    const { mute: _, ...unmuted } = known
    const channelState = { ...unmuted, since: known.since ?? now }
    const due = dueOf(alert, channelState, plan)
    if (due === undefined) return { channel: name, takes: true, why: 'repeat' }
    if (due.at > now)
      return { channel: name, takes: true, why: whyLater(alert, channelState, plan, due.at), at: due.at }
    const freeAt = channel.freeAt[due.urgency]
    return { channel: name, takes: true, ...(freeAt > now ? { why: 'busy', ...atKnown(freeAt) } : {}) }
  })
}

/** Which time the alert waits for until `at`. */
function whyLater(
  alert: LiveAlert,
  { notified, since = 0 }: ChannelState,
  { afterMs, waitMs }: ChannelPlan,
  at: number,
): 'after' | 'wait' | 'repeat' {
  if (notified !== undefined) return 'repeat'
  if (afterMs > 0 && at === since + afterMs) return 'after'
  return alert.rank < critical && at === since + waitMs ? 'wait' : 'repeat'
}

function atKnown(at: number | undefined): { readonly at?: number } {
  return at !== undefined && Number.isFinite(at) ? { at } : {}
}
