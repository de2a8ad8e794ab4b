/**
 * When a channel is to be told of an alert, and why: the one place where that is decided. A pure function of what the
 * alert is, what the channel knows, and the channel's plan.
 */
import { type Reason, severityRank } from '../model.ts'
import { type ChannelState, unnotified } from './channel-state.ts'
import type { ChannelPlan } from './channel-timing.ts'
import type { LiveAlert } from './live-alert.ts'

/** That something is to be told. */
export interface Due {
  readonly reason: Reason
  /** From then on it makes the channel speak, epoch ms. */
  readonly at: number
  /** From then on it joins a message that leaves anyway, epoch ms; earlier than `at` only by the rest of `wait`. */
  readonly joinAt: number
}

const critical = severityRank('critical')

/** Without reminders there is no `repeat` to keep a flapping alert quiet; this is what it is by default. */
const calmMs = 300_000

/** With a `repeat` of 0 a renewal would be due again as soon as it was told. */
const leastRenewMs = 60_000

/** What the channel is to be told of the alert, and from when on; undefined when there is nothing to tell. */
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
  // What became worse while nobody was to be told is told when it occurs again.
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

/** Who was told that a former life fires hears that it is over, also where there is nothing to tell of the present one. */
function formerEnd(alert: LiveAlert, channelState: ChannelState, plan: ChannelPlan): Due | undefined {
  const { endPending, past } = channelState
  if (alert.endedAt === undefined || endPending === undefined || past === undefined) return undefined
  return sendsEnd(alert, past.rank, plan) ? dueAt('resolved', alert.endedAt) : undefined
}

/** An alert that comes back is not told again before its `repeat` is over, unless it is worse than it was. */
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

/** What the channel is to be told now when there will be no later: all that is untold, except before `after` is over. */
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
  // A renewal has no news to be lost: it is told when its time has come, and only then.
  if (due?.reason === 'repeat' && !isNews && now < due.at) return undefined
  return due?.reason ?? (isNews ? 'repeat' : undefined)
}

/** True when the alert ended before the channel's `after` was over: then it is never to be told. */
export function endedTooSoon(alert: LiveAlert, channelState: ChannelState, plan: ChannelPlan): boolean {
  if (plan.afterMs === 0 || alert.endedAt === undefined || channelState.notified !== undefined) return false
  return channelState.since !== undefined && alert.endedAt <= channelState.since + plan.afterMs
}

/** True when nobody is to be told anything more of an alert that ended. */
export function isDone(alert: LiveAlert, plans: readonly ChannelPlan[]): boolean {
  return plans.every((plan) => {
    const channelState = alert.channelStates.get(plan.name)
    return (
      channelState === undefined ||
      (unnotified(alert, channelState) === 0 && dueOf(alert, channelState, plan) === undefined)
    )
  })
}
