/**
 * What one channel knows of one alert: whether its filter takes it, what it was told and when, and what it was not
 * told yet. Earlier lives of the alert leave two things behind: when the channel was last told, and untold records.
 */
import type { Reason } from '../model.ts'
import type { ChannelPlan } from './channel-timing.ts'
import type { LiveAlert } from './live-alert.ts'

/** That a channel was told: when, epoch ms, and how bad it was then. */
export interface LastNotified {
  readonly at: number
  readonly rank: number
}

/** One channel's side of one alert. */
export interface ChannelState {
  /** The channel's filter takes the alert. */
  admitted: boolean
  /** When the alert began for this channel, epoch ms; absent until it occurs again for a channel that came later. */
  since?: number
  /** The alert's count when the channel was last told, or when it began to listen. */
  notifiedCount: number
  /** When it was last told that the alert fires, since the alert began. */
  notified?: LastNotified
  /** The same, from before the alert's last end. */
  past?: LastNotified
  /** Records from before the alert's last end that it was not told of. */
  carried: number
  /** Reminders sent since the alert began or became worse. */
  repeats: number
  /** When the next reminder may come, epoch ms; absent when there are none. */
  nextAt?: number
  endNotified?: true
  /** It was told that a former life of the alert fires, and did not hear of its end before the next life began. */
  endPending?: true
  /** Why the channel is quiet about it, and until when at least, epoch ms. */
  mute?: { readonly reason: 'silenced' | 'inhibited' | 'schedule'; readonly untilMs?: number }
}

/** A view of an alert that has just begun to fire. */
export function openChannelState(since: number, past?: LastNotified): ChannelState {
  return {
    admitted: false,
    since,
    notifiedCount: 0,
    carried: 0,
    repeats: 0,
    ...(past === undefined ? {} : { past }),
  }
}

/** A view for a channel that came when others had been told already: for it, the alert begins with its next record. */
export function joinChannelState(alert: LiveAlert): ChannelState {
  return { admitted: false, notifiedCount: alert.count, carried: 0, repeats: 0 }
}

/** The view of the same channel on the next life of an alert that ended. */
export function renewChannelState(alert: LiveAlert, channelState: ChannelState, now: number): ChannelState {
  const next = openChannelState(now, channelState.notified ?? channelState.past)
  next.carried = unnotified(alert, channelState)
  if (
    channelState.endPending === true ||
    (channelState.notified !== undefined && channelState.endNotified === undefined)
  )
    next.endPending = true
  // What was due to be told for the first time stays so: an alert that flaps must not push it ahead for ever.
  if (channelState.notified === undefined && next.carried > 0 && channelState.since !== undefined)
    next.since = channelState.since
  return next
}

/** Records the channel is to be told of and was not. */
export function unnotified(alert: LiveAlert, channelState: ChannelState): number {
  return channelState.carried + (channelState.admitted ? alert.count - channelState.notifiedCount : 0)
}

/** Gives up what is untold. */
export function suppressUnnotified(alert: LiveAlert, channelState: ChannelState): void {
  channelState.notifiedCount = alert.count
  channelState.carried = 0
}

/** Notes that the channel is told now. */
export function markNotified(
  alert: LiveAlert,
  channelState: ChannelState,
  reason: Reason,
  plan: ChannelPlan,
  now: number,
): void {
  if (channelState.admitted) channelState.notifiedCount = alert.count
  channelState.carried = 0
  delete channelState.endPending
  if (reason === 'resolved') {
    channelState.endNotified = true
    return
  }
  if (reason !== 'repeat') channelState.repeats = 0
  channelState.notified = { at: now, rank: alert.rank }
  if (plan.repeatMs === false) delete channelState.nextAt
  else channelState.nextAt = now + repeatDelay(plan.repeatMs, plan.repeatMaxMs, channelState.repeats)
  channelState.repeats++
}

/** The n-th pause between reminders, ms: doubling up to the longest, and never shorter than the first. */
function repeatDelay(repeatMs: number, repeatMaxMs: number, repeats: number): number {
  // 2^60 ms is past the end of time; further doubling would end in Infinity × 0.
  return Math.max(repeatMs, Math.min(repeatMs * 2 ** Math.min(repeats, 60), repeatMaxMs))
}
