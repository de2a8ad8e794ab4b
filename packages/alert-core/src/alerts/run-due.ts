/**
 * What is due now: alerts end by quiet, mutes end, and each channel that is free sends what is due on it. A
 * channel whose quota is exhausted is reported with how many alerts wait, once an hour at most; they are sent
 * when the quota allows it, or by the channel that takes over.
 */
import { endQuiet, expireEnded, removeIfDone } from './alert-life.ts'
import type { Channel } from './channel.ts'
import { dueOf } from './due.ts'
import type { Effect } from './effect.ts'
import type { LiveAlert } from './live-alert.ts'
import { muteDue, updateMutes } from './mute.ts'
import { notifyAll, suppressRest } from './notify.ts'
import { digestDueAt, sendDigest } from './send-digest.ts'
import { catchUp, noEffects } from './take-record.ts'
import { mutesOf, type TrackerState } from './tracker-state.ts'

/** The news of one quota are that far apart at least. */
export const leastReportMs = 3_600_000

/** When something is due next, epoch ms. It may be too early, never too late. */
export function nextDeadline(state: TrackerState): number {
  let deadline = Math.min(state.endsAt, state.mutesEndAt)
  if (state.conditions !== undefined) deadline = Math.min(deadline, state.conditions.nextAt())
  // Asked after each record, of which hardly any changes it.
  state.channelsDueAt ??= channelsDueAt(state)
  return Math.min(deadline, state.channelsDueAt)
}

function channelsDueAt(state: TrackerState): number {
  let at = Number.POSITIVE_INFINITY
  for (const channel of state.channels) at = Math.min(at, deadlineOf(state, channel))
  return at
}

/** When something is due on the channel and it may send it, or has to report about its quota. */
function deadlineOf(state: TrackerState, channel: Channel): number {
  const { due, freeAt, quotaExhausted, quotaAt } = channel
  let deadline = Math.min(urgentAt(channel, 'critical'), urgentAt(channel, 'other'))
  const endAt = Math.max(due.end, freeAt.end)
  if (endAt < deadline) deadline = endAt
  if (quotaExhausted !== undefined && quotaAt.other < deadline) deadline = quotaAt.other
  return state.digests.size === 0 ? deadline : Math.min(deadline, digestDueAt(state, channel))
}

function urgentAt(
  { due, freeAt, unreportedUntil, reportedUntil }: Channel,
  urgency: 'critical' | 'other',
): number {
  const dueAt = due[urgency]
  const at = Math.max(dueAt, freeAt[urgency])
  return unreportedUntil[urgency] > 0 ? Math.min(at, Math.max(dueAt, reportedUntil)) : at
}

/** Does what is due by now. */
export function runDue(state: TrackerState, now: number): readonly Effect[] {
  if (now < nextDeadline(state)) return noEffects
  const effects = endWhatIsOver(state, now)
  for (const channel of state.channels) {
    if (now < deadlineOf(state, channel)) continue
    const mutes = mutesOf(state)
    if (mutes !== undefined) {
      effects.push(...muteDue(state, channel, mutes, now))
      removeDone(state)
    }
    effects.push(...reportQuota(state, channel, now))
    effects.push(...notifyAll(state, channel, 'due', now))
    if (state.digests.size > 0) effects.push(...sendDigest(state, channel, now))
    effects.push(...reportQuota(state, channel, now))
  }
  if (now >= state.endsAt) effects.push(...expireEnded(state, now))
  reportDropped(state, effects)
  return effects
}

/** Of an alert that ended, a mute may have left nothing to send. */
function removeDone(state: TrackerState): void {
  for (const id of [...state.ended]) {
    const alert = state.alerts.get(id)
    if (alert !== undefined) removeIfDone(state, alert)
  }
}

/**
 * Sends at once what is unsent; with `isLast`, for the end of the stream, also what would be sent much later.
 */
export function drain(state: TrackerState, now: number, isLast: boolean): readonly Effect[] {
  const effects = endWhatIsOver(state, now)
  const mutes = mutesOf(state)
  for (const channel of state.channels) {
    if (mutes !== undefined) effects.push(...muteDue(state, channel, mutes, now, isLast))
    effects.push(...notifyAll(state, channel, isLast ? 'end' : 'flush', now))
    if (isLast) effects.push(...suppressRest(state, channel))
  }
  reportDropped(state, effects)
  return effects
}

function endWhatIsOver(state: TrackerState, now: number): Effect[] {
  const effects: Effect[] = [...catchUp(state, now), ...(now >= state.endsAt ? endQuiet(state, now) : [])]
  // The end of one alert may end the inhibition of another.
  if (now >= state.mutesEndAt) effects.push(...updateMutes(state, now))
  return effects
}

function reportDropped(state: TrackerState, effects: Effect[]): void {
  if (state.dropped > 0) effects.push({ type: 'dropped', reason: 'alert-limit', count: state.dropped })
  state.dropped = 0
}

/**
 * Reports that the channel's quota is exhausted, if alerts wait for it: once, then each hour in which their
 * number changed; and that it has room again.
 */
function reportQuota(state: TrackerState, channel: Channel, now: number): readonly Effect[] {
  const { plan, reportedUntil, quotaExhausted, quotaAt } = channel
  if (quotaExhausted !== undefined && now >= quotaAt.other) {
    channel.markRenewed()
    return [{ type: 'quota-renewed', channel: plan.name }]
  }
  // The quota for critical alerts lasts the longest.
  const until = channel.unreportedUntil.other
  if (until < 0 || now < Math.min(channel.due.critical, channel.due.other)) return []
  if (now >= until) {
    channel.markReported(until)
    return []
  }
  if (now < reportedUntil) return []
  const waiting = waitingFor(state, channel, now)
  if (waiting.length === 0) return []
  // Where another channel takes over, nothing waits: there is no further news.
  channel.markReported(Math.max(now + leastReportMs, plan.fallsBack ? until : 0), waiting.length)
  if (waiting.length === quotaExhausted) return []
  const severity = waiting.reduce((worst, alert) => (alert.rank > worst.rank ? alert : worst)).severity
  return [{ type: 'quota-exhausted', channel: plan.name, alerts: waiting.length, severity, until }]
}

/** The alerts that are due and wait for the quota; if there are none, sets when the next one is due. */
function waitingFor(state: TrackerState, channel: Channel, now: number): LiveAlert[] {
  const waiting: LiveAlert[] = []
  const next = { critical: Number.POSITIVE_INFINITY, other: Number.POSITIVE_INFINITY }
  for (const alert of state.alerts.values()) {
    const channelState = alert.channelStates.get(channel.plan.name)
    const due = channelState === undefined ? undefined : dueOf(alert, channelState, channel.plan)
    if (due === undefined || due.urgency === 'end') continue
    if (due.at <= now && now < channel.quotaAt[due.urgency]) waiting.push(alert)
    next[due.urgency] = Math.min(next[due.urgency], due.at)
  }
  if (waiting.length === 0) Object.assign(channel.due, next)
  return waiting
}
