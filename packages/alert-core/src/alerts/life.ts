/**
 * The life of an alert: it begins with a record, recurs with further ones, becomes worse, ends by a resolve record or
 * by quiet, and leaves when everybody has been told what there was to tell.
 */
import type { Occurrence } from '../model.ts'
import { endedTooSoon, isSettled } from './due.ts'
import { type Effect, notTold } from './effect.ts'
import { ownEntries, rememberMs } from './history.ts'
import { beginAlert, copyAlert, countRecord, type LiveAlert, quietAt, raiseSeverity } from './live.ts'
import { expectEnd, type Memory, plansOf, schedule } from './memory.ts'
import { endMutes, expectLift, relook } from './mute.ts'
import { outlooksOf } from './outlook.ts'
import type { Held } from './pending.ts'
import { forgo, openView, renewView, untold } from './view.ts'

const nothing: readonly Effect[] = []

/** A record begins an alert, or a new life of one that ended. */
export function begin(memory: Memory, occurrence: Occurrence, now: number, held?: Held): Effect[] {
  const alert = enter(memory, occurrence, now, held?.lastAt)
  countRecord(alert, occurrence, now, held)
  const refusing = admit(memory, alert)
  schedule(memory, alert)
  const { id, rule, key, severity } = alert
  const channels = outlooksOf(memory, alert, now)
  return [
    { type: 'fired', alert: id, rule, key, severity, channels },
    ...refusing.map((channel) => notTold(alert, channel, 'filtered')),
  ]
}

/** Puts an alert into the table with what every channel remembers of it. No record is counted, no filter asked yet. */
export function enter(memory: Memory, occurrence: Occurrence, now: number, seenAt = now): LiveAlert {
  const alert = beginAlert(occurrence, now, seenAt)
  const former = memory.alerts.get(alert.id)
  const past = memory.history.recall(alert.id, now)
  for (const { name } of plansOf(memory)) {
    const view = former?.views.get(name)
    const told = past !== undefined && Object.hasOwn(past.told, name) ? past.told[name] : undefined
    alert.views.set(name, former && view ? renewView(former, view, now) : openView(now, told))
  }
  memory.alerts.set(alert.id, alert)
  memory.ended.delete(alert.id)
  memory.firing = undefined
  expectEnd(memory, nextTurn(alert))
  return alert
}

/** One more record of a firing alert: constant time, and next to nothing when no channel cares. */
export function recur(
  memory: Memory,
  alert: LiveAlert,
  occurrence: Occurrence,
  now: number,
  held?: Held,
): readonly Effect[] {
  const before = alert.resolveAfterMs
  countRecord(alert, occurrence, now, held)
  if (before !== alert.resolveAfterMs) expectEnd(memory, quietAt(alert))
  const isWorse = raiseSeverity(alert, occurrence, now)
  if (isWorse) {
    admit(memory, alert)
    expectLift(memory, now)
  }
  const effects = alert.hasMuted ? relook(memory, alert, now) : nothing
  if (!isWorse && alert.scheduled) return effects
  alert.scheduled = true
  schedule(memory, alert)
  return effects
}

/** Asks the filters of the channels that do not take the alert yet; returns the names of those that still do not. */
export function admit(memory: Memory, alert: LiveAlert): string[] {
  const copy = copyAlert(alert)
  const refusing: string[] = []
  for (const plan of plansOf(memory)) {
    const view = alert.views.get(plan.name)
    if (view === undefined || view.admitted) continue
    view.admitted = plan.admits(copy)
    if (!view.admitted) refusing.push(plan.name)
  }
  return refusing
}

/** The alert ends at this moment, epoch ms. */
export function finish(memory: Memory, alert: LiveAlert, at: number): Effect[] {
  const effects: Effect[] = []
  alert.endedAt = at
  memory.ended.add(alert.id)
  effects.push(...endMutes(alert))
  expectLift(memory, at)
  for (const plan of plansOf(memory)) {
    const view = alert.views.get(plan.name)
    if (view === undefined || !endedTooSoon(alert, view, plan)) continue
    const count = untold(alert, view)
    if (count > 0) effects.push(notTold(alert, plan.name, 'ended', count))
    forgo(alert, view)
    view.admitted = false
  }
  schedule(memory, alert)
  expectEnd(memory, nextTurn(alert))
  leaveIfSettled(memory, alert)
  return effects
}

/** When the alert ends by quiet or, once it ended, is to be forgotten; epoch ms. */
export function nextTurn(alert: LiveAlert): number {
  return alert.endedAt === undefined ? quietAt(alert) : alert.endedAt + rememberMs
}

/** Ends what has been quiet for long enough. */
export function endQuiet(memory: Memory, now: number): Effect[] {
  const quiet: LiveAlert[] = []
  memory.endsAt = Number.POSITIVE_INFINITY
  for (const alert of memory.alerts.values()) {
    if (alert.endedAt === undefined && quietAt(alert) <= now) quiet.push(alert)
    else expectEnd(memory, nextTurn(alert))
  }
  quiet.sort((a, b) => quietAt(a) - quietAt(b))
  return quiet.flatMap((alert) => finish(memory, alert, quietAt(alert)))
}

/** Gives up what could not be told within a day of the alert's end. */
export function forgetEnded(memory: Memory, now: number): Effect[] {
  const effects: Effect[] = []
  memory.endsAt = Number.POSITIVE_INFINITY
  for (const alert of memory.alerts.values()) {
    if (alert.endedAt !== undefined && nextTurn(alert) <= now) effects.push(...giveUp(memory, alert))
    else expectEnd(memory, nextTurn(alert))
  }
  return effects
}

function giveUp(memory: Memory, alert: LiveAlert): Effect[] {
  const effects: Effect[] = []
  for (const [channel, view] of alert.views) {
    const count = untold(alert, view)
    const reason = view.told === undefined ? 'expired' : 'ended'
    if (count > 0) effects.push(notTold(alert, channel, reason, count))
  }
  leave(memory, alert)
  return effects
}

/** Takes an ended alert out of the table when nothing of it is left to tell. */
export function leaveIfSettled(memory: Memory, alert: LiveAlert): void {
  if (alert.endedAt !== undefined && isSettled(alert, plansOf(memory))) leave(memory, alert)
}

/** Takes an ended alert out of the table; that its channels were told stays known. */
export function leave(memory: Memory, alert: LiveAlert): void {
  if (!memory.alerts.delete(alert.id)) return
  memory.ended.delete(alert.id)
  const told = [...alert.views].flatMap(([name, view]) => {
    const last = view.told ?? view.past
    return last === undefined ? [] : [[name, last] as const]
  })
  if (told.length === 0) return
  memory.history.remember({ id: alert.id, endedAt: alert.endedAt ?? alert.lastAt, told: ownEntries(told) })
}
