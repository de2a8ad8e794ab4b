/**
 * When a channel is notified of an alert, and why: the only place that decides it. A pure function of the
 * alert, the state of the channel for it, and the channel's plan.
 */
import { type Reason, severityRank } from '../model.ts'
import { type ChannelState, unnotified } from './channel-state.ts'
import type { ChannelPlan } from './channel-timing.ts'
import type { LiveAlert } from './live-alert.ts'

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
}

const critical = severityRank('critical')

/** The least time between two lives if there are no reminders: the default `repeat`. */
const calmMs = 300_000

/** With a `repeat` of 0 a renewal would be due again as soon as it was sent. */
const leastRenewMs = 60_000

/** What is due on the channel for the alert, and when; undefined if nothing is. */
export function dueOf(alert: LiveAlert, channelState: ChannelState, plan: ChannelPlan): Due | undefined {
  if (channelState.notified === undefined)
    return firstDue(alert, channelState, plan) ?? formerEnd(alert, channelState, plan)
  if (
    alert.endedAt !== undefined &&
    channelState.endNotified === undefined &&
    sendsEnd(alert, alert.rank, plan)
  ) {
    return dueAt('resolved', alert.endedAt)
  }
  if (!channelState.admitted || channelState.mute !== undefined) return undefined
  // An alert that became worse while it was muted is sent when it occurs again.
  const isNews = unnotified(alert, channelState) > 0
  if (isNews && alert.rank > channelState.notified.rank) {
    return dueAt('escalated', alert.escalatedAt ?? alert.startedAt)
  }
  if (plan.repeatMs === false) return undefined
  const renews = plan.renews === true && alert.endedAt === undefined
  if (!renews && !isNews) return undefined
  const nextAt = channelState.nextAt ?? channelState.notified.at + plan.repeatMs
  return dueAt('repeat', isNews ? nextAt : Math.max(nextAt, channelState.notified.at + leastRenewMs))
}

function firstDue(alert: LiveAlert, channelState: ChannelState, plan: ChannelPlan): Due | undefined {
  if (
    channelState.since === undefined ||
    channelState.mute !== undefined ||
    unnotified(alert, channelState) === 0
  )
    return undefined
  const joinAt = Math.max(channelState.since + plan.afterMs, pausedUntil(alert, channelState, plan))
  const waitMs = alert.rank >= critical ? 0 : plan.waitMs
  const reason = channelState.past === undefined ? 'first' : 'regression'
  return { reason, joinAt, at: Math.max(joinAt, channelState.since + waitMs) }
}

/** A channel that was notified of a former life gets its end, also if nothing of the present life is sent. */
function formerEnd(alert: LiveAlert, channelState: ChannelState, plan: ChannelPlan): Due | undefined {
  const { endPending, past } = channelState
  if (alert.endedAt === undefined || endPending === undefined || past === undefined) return undefined
  return sendsEnd(alert, past.rank, plan) ? dueAt('resolved', alert.endedAt) : undefined
}

/** An alert that fires again is not sent before its `repeat` is over, unless it is worse than before. */
function pausedUntil(alert: LiveAlert, { past }: ChannelState, plan: ChannelPlan): number {
  if (past === undefined || alert.rank > past.rank) return Number.NEGATIVE_INFINITY
  return past.at + (plan.repeatMs === false ? calmMs : plan.repeatMs)
}

function dueAt(reason: Reason, at: number): Due {
  return { reason, at, joinAt: at }
}

function sendsEnd(alert: LiveAlert, rank: number, plan: ChannelPlan): boolean {
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
  const due = dueOf(alert, channelState, plan)
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
export function isDone(alert: LiveAlert, plans: readonly ChannelPlan[]): boolean {
  return plans.every((plan) => {
    const channelState = alert.channelStates.get(plan.name)
    return (
      channelState === undefined ||
      (unnotified(alert, channelState) === 0 && dueOf(alert, channelState, plan) === undefined)
    )
  })
}
