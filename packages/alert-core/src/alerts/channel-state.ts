/**
 * What one channel was sent of one alert: whether its filter takes it, when it was notified, and how many
 * records it was not notified of yet. Of earlier lives it keeps when the channel was last notified, and the
 * unsent records.
 */
import type { Reason } from '../model.ts'
import type { ChannelPlan } from './channel-timing.ts'
import type { LiveAlert } from './live-alert.ts'

/** When a channel was last notified, epoch ms, and how severe the alert was. */
export interface LastNotified {
  readonly at: number
  readonly rank: number
}

/** The state of one alert on one channel. */
export interface ChannelState {
  /** The channel's filter takes the alert. */
  admitted: boolean
  /**
   * When the alert began for this channel, epoch ms; for a channel that was added later, missing until it
   * occurs again.
   */
  since?: number
  /** The alert's count when the channel was last notified or was added. */
  notifiedCount: number
  /** When it was last notified that the alert fires, since the alert began. */
  notified?: LastNotified
  /** The same, from before the alert's last end. */
  past?: LastNotified
  /** Records from before the alert's last end that it was not notified of. */
  carried: number
  /** Reminders sent since the alert began or became worse. */
  repeats: number
  /** When the next reminder may come, epoch ms; missing if there is none. */
  nextAt?: number
  endNotified?: true
  /** It was notified of a former life of the alert, and not of its end before the next life began. */
  endPending?: true
  /** Why the channel is not notified of it, and until when at least, epoch ms. */
  mute?: { readonly reason: 'silenced' | 'inhibited' | 'schedule'; readonly untilMs?: number }
}

/** The state of an alert that has just begun to fire. */
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

/**
 * The state for a channel that is added after others were notified: for it, the alert begins with its next
 * record.
 */
export function joinChannelState(alert: LiveAlert): ChannelState {
  return { admitted: false, notifiedCount: alert.count, carried: 0, repeats: 0 }
}

/** The state of the same channel in the next life of an alert that ended. */
export function renewChannelState(alert: LiveAlert, channelState: ChannelState, now: number): ChannelState {
  const next = openChannelState(now, channelState.notified ?? channelState.past)
  next.carried = unnotified(alert, channelState)
  if (
    channelState.endPending === true ||
    (channelState.notified !== undefined && channelState.endNotified === undefined)
  )
    next.endPending = true
  // The first message stays due when it was: a flapping alert must not put it off for ever.
  if (channelState.notified === undefined && next.carried > 0 && channelState.since !== undefined)
    next.since = channelState.since
  return next
}

/** How many records the channel was not notified of yet. */
export function unnotified(alert: LiveAlert, channelState: ChannelState): number {
  return channelState.carried + (channelState.admitted ? alert.count - channelState.notifiedCount : 0)
}

/** Drops what is unsent. */
export function suppressUnnotified(alert: LiveAlert, channelState: ChannelState): void {
  channelState.notifiedCount = alert.count
  channelState.carried = 0
}

/** The channel is notified now. */
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
