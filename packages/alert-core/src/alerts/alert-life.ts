/**
 * The life of an alert: it begins with a record, recurs with further ones, becomes worse, ends by a resolve record or
 * by quiet, and leaves when everybody has been told what there was to tell.
 */
import type { Occurrence } from '../model.ts'
import { openChannelState, renewChannelState, suppressUnnotified, unnotified } from './channel-state.ts'
import { endedTooSoon, isSettled } from './due.ts'
import { type Effect, suppressed } from './effect.ts'
import { ownEntries, rememberMs } from './history.ts'
import { beginAlert, copyAlert, countRecord, type LiveAlert, quietAt, raiseSeverity } from './live-alert.ts'
import { endMutes, expectLift, relook } from './mute.ts'
import type { Held } from './pending.ts'
import { previewsOf } from './preview.ts'
import { expectEnd, plansOf, schedule, type TrackerState } from './tracker-state.ts'

const nothing: readonly Effect[] = []

/** A record begins an alert, or a new life of one that ended. */
export function begin(tracked: TrackerState, occurrence: Occurrence, now: number, held?: Held): Effect[] {
  const alert = enter(tracked, occurrence, now, held?.lastAt)
  countRecord(alert, occurrence, now, held)
  const refusing = admit(tracked, alert)
  schedule(tracked, alert)
  const { id, rule, key, severity } = alert
  const channels = previewsOf(tracked, alert, now)
  return [
    { type: 'fired', alert: id, rule, key, severity, channels },
    ...refusing.map((channel) => suppressed(alert, channel, 'filtered')),
  ]
}

/** Puts an alert into the table with what every channel remembers of it. No record is counted, no filter asked yet. */
export function enter(tracked: TrackerState, occurrence: Occurrence, now: number, seenAt = now): LiveAlert {
  const alert = beginAlert(occurrence, now, seenAt)
  const former = tracked.alerts.get(alert.id)
  const past = tracked.history.recall(alert.id, now)
  for (const { name } of plansOf(tracked)) {
    const channelState = former?.channelStates.get(name)
    const notified =
      past !== undefined && Object.hasOwn(past.notified, name) ? past.notified[name] : undefined
    alert.channelStates.set(
      name,
      former && channelState ? renewChannelState(former, channelState, now) : openChannelState(now, notified),
    )
  }
  tracked.alerts.set(alert.id, alert)
  tracked.ended.delete(alert.id)
  tracked.firing = undefined
  expectEnd(tracked, nextTurn(alert))
  return alert
}

/** One more record of a firing alert: constant time, and next to nothing when no channel cares. */
export function recur(
  tracked: TrackerState,
  alert: LiveAlert,
  occurrence: Occurrence,
  now: number,
  held?: Held,
): readonly Effect[] {
  const before = alert.resolveAfterMs
  countRecord(alert, occurrence, now, held)
  if (before !== alert.resolveAfterMs) expectEnd(tracked, quietAt(alert))
  const isWorse = raiseSeverity(alert, occurrence, now)
  if (isWorse) {
    admit(tracked, alert)
    expectLift(tracked, now)
  }
  const effects = alert.hasMuted ? relook(tracked, alert, now) : nothing
  if (!isWorse && alert.scheduled) return effects
  alert.scheduled = true
  schedule(tracked, alert)
  return effects
}

/** Asks the filters of the channels that do not take the alert yet; returns the names of those that still do not. */
export function admit(tracked: TrackerState, alert: LiveAlert): string[] {
  const copy = copyAlert(alert)
  const refusing: string[] = []
  for (const plan of plansOf(tracked)) {
    const channelState = alert.channelStates.get(plan.name)
    if (channelState === undefined || channelState.admitted) continue
    channelState.admitted = plan.admits(copy)
    if (!channelState.admitted) refusing.push(plan.name)
  }
  return refusing
}

/** The alert ends at this moment, epoch ms. */
export function finish(tracked: TrackerState, alert: LiveAlert, at: number): Effect[] {
  const effects: Effect[] = []
  alert.endedAt = at
  tracked.ended.add(alert.id)
  effects.push(...endMutes(alert))
  expectLift(tracked, at)
  for (const plan of plansOf(tracked)) {
    const channelState = alert.channelStates.get(plan.name)
    if (channelState === undefined || !endedTooSoon(alert, channelState, plan)) continue
    const count = unnotified(alert, channelState)
    if (count > 0) effects.push(suppressed(alert, plan.name, 'ended', count))
    suppressUnnotified(alert, channelState)
    channelState.admitted = false
  }
  schedule(tracked, alert)
  expectEnd(tracked, nextTurn(alert))
  leaveIfSettled(tracked, alert)
  return effects
}

/** When the alert ends by quiet or, once it ended, is to be forgotten; epoch ms. */
export function nextTurn(alert: LiveAlert): number {
  return alert.endedAt === undefined ? quietAt(alert) : alert.endedAt + rememberMs
}

/** Ends what has been quiet for long enough. */
export function endQuiet(tracked: TrackerState, now: number): Effect[] {
  const quiet: LiveAlert[] = []
  tracked.endsAt = Number.POSITIVE_INFINITY
  for (const alert of tracked.alerts.values()) {
    if (alert.endedAt === undefined && quietAt(alert) <= now) quiet.push(alert)
    else expectEnd(tracked, nextTurn(alert))
  }
  quiet.sort((a, b) => quietAt(a) - quietAt(b))
  return quiet.flatMap((alert) => finish(tracked, alert, quietAt(alert)))
}

/** Gives up what could not be told within a day of the alert's end. */
export function forgetEnded(tracked: TrackerState, now: number): Effect[] {
  const effects: Effect[] = []
  tracked.endsAt = Number.POSITIVE_INFINITY
  for (const alert of tracked.alerts.values()) {
    if (alert.endedAt !== undefined && nextTurn(alert) <= now) effects.push(...giveUp(tracked, alert))
    else expectEnd(tracked, nextTurn(alert))
  }
  return effects
}

function giveUp(tracked: TrackerState, alert: LiveAlert): Effect[] {
  const effects: Effect[] = []
  for (const [channel, channelState] of alert.channelStates) {
    const count = unnotified(alert, channelState)
    const reason = channelState.notified === undefined ? 'expired' : 'ended'
    if (count > 0) effects.push(suppressed(alert, channel, reason, count))
  }
  leave(tracked, alert)
  return effects
}

/** Takes an ended alert out of the table when nothing of it is left to tell. */
export function leaveIfSettled(tracked: TrackerState, alert: LiveAlert): void {
  if (alert.endedAt !== undefined && isSettled(alert, plansOf(tracked))) leave(tracked, alert)
}

/** Takes an ended alert out of the table; that its channels were told stays known. */
export function leave(tracked: TrackerState, alert: LiveAlert): void {
  if (!tracked.alerts.delete(alert.id)) return
  tracked.ended.delete(alert.id)
  const notified = [...alert.channelStates].flatMap(([name, channelState]) => {
    const last = channelState.notified ?? channelState.past
    return last === undefined ? [] : [[name, last] as const]
  })
  if (notified.length === 0) return
  tracked.history.remember({
    id: alert.id,
    endedAt: alert.endedAt ?? alert.lastAt,
    notified: ownEntries(notified),
  })
}
