/**
 * Being quiet: what would be told while somebody or something has muted it is recorded with its reason instead. When the mute ends, the
 * alert is told only if it occurs again then; what stays away (`absent`) occurs as long as it fires. Ends are never muted.
 */
import type { Alert } from '../model.ts'
import type { Channel } from './channel.ts'
import { dueOf, lastWords } from './due.ts'
import { type Effect, notTold } from './effect.ts'
import { copyAlert, type LiveAlert } from './live.ts'
import { type Memory, schedule } from './memory.ts'
import { forgo, untold, type View } from './view.ts'

/** Each record of a muted alert asks who fires: gathering them each time would cost as much as there are alerts. */
const freshMs = 1000

/** Why an alert is not to be told on a channel now, and until when at least to ask again, epoch ms. */
export interface Mute {
  readonly reason: 'silenced' | 'inhibited' | 'schedule'
  /** Absent: until another alert ends, or until told to look again. */
  readonly untilMs?: number
  /** When it is over, epoch ms, where that is known already. */
  readonly endsAt?: number
}

/** Asks whether a channel is to be quiet about an alert; `firing` are all alerts that fire, for those that inhibit others. */
export type Mutes = (alert: Alert, channel: string, now: number, firing: Firing) => Mute | undefined

/** The alerts that fire: gathered when first asked for, the same list each time. */
export type Firing = () => readonly Alert[]

/** The alerts that fire now; the fields of their latest records may be as they were up to a second ago. */
export function firingOf(memory: Memory, now: number): Firing {
  return () => {
    const known = memory.firing
    if (known !== undefined && now >= known.at && now < known.at + freshMs) return known.alerts
    const alerts = [...memory.alerts.values()].filter((alert) => alert.endedAt === undefined).map(copyAlert)
    memory.firing = { at: now, alerts }
    return alerts
  }
}

/** Mutes what the channel would tell now and must not; with `all`, for the end of the stream, whatever is untold. */
export function hush(memory: Memory, channel: Channel, now: number, all = false): Effect[] {
  const { plan } = channel
  if (memory.mutes === undefined || (!all && now < channel.dueAt)) return []
  const effects: Effect[] = []
  const firing = firingOf(memory, now)
  for (const alert of memory.alerts.values()) {
    const view = alert.views.get(plan.name)
    if (view === undefined || view.mute !== undefined) continue
    const due = dueOf(alert, view, plan)
    const reason = all ? lastWords(alert, view, plan, now) : due && due.at <= now ? due.reason : undefined
    if (reason === undefined || reason === 'resolved') continue
    const mute = memory.mutes(copyAlert(alert), plan.name, now, firing)
    if (mute !== undefined) effects.push(...begin(memory, alert, plan.name, view, mute))
  }
  return effects
}

/** True when the channel is not to tell of the alert in a message that leaves for another reason. */
export function isMuted(
  memory: Memory,
  channel: Channel,
  alert: LiveAlert,
  now: number,
  firing: Firing,
): boolean {
  return memory.mutes?.(copyAlert(alert), channel.plan.name, now, firing) !== undefined
}

/** Looks again at all that is muted: what is free by now starts anew. */
export function lookAgainAtMuted(memory: Memory, now: number): Effect[] {
  const effects: Effect[] = []
  memory.mutesEndAt = Number.POSITIVE_INFINITY
  memory.hasInhibited = false
  const firing = firingOf(memory, now)
  for (const alert of memory.alerts.values()) {
    for (const [channel, view] of alert.views) {
      if (view.mute === undefined) continue
      const mute = memory.mutes?.(copyAlert(alert), channel, now, firing)
      if (mute === undefined) effects.push(...lift(alert, channel, view, 0))
      else note(memory, view, mute)
    }
    if (!alert.scheduled) schedule(memory, alert)
  }
  return effects
}

/** One more record of an alert that is muted somewhere: silences look at the latest record, which may not be what they are about. */
export function relook(memory: Memory, alert: LiveAlert, now: number): Effect[] {
  const effects: Effect[] = []
  const copy = copyAlert(alert)
  for (const [channel, view] of alert.views) {
    if (view.mute === undefined || view.mute.reason === 'schedule') continue
    if (memory.mutes?.(copy, channel, now, firingOf(memory, now)) !== undefined) continue
    effects.push(...lift(alert, channel, view, 1))
  }
  return effects
}

/** The alert is over: what was kept quiet of it is recorded. */
export function endMutes(alert: LiveAlert): Effect[] {
  return [...alert.views].flatMap(([channel, view]) =>
    view.mute === undefined ? [] : recordRest(alert, channel, view, view.mute, 0),
  )
}

/** What inhibits others has changed. */
export function expectLift(memory: Memory, at: number): void {
  memory.firing = undefined
  if (memory.hasInhibited) memory.mutesEndAt = Math.min(memory.mutesEndAt, at)
}

function begin(memory: Memory, alert: LiveAlert, channel: string, view: View, mute: Mute): Effect[] {
  note(memory, view, mute)
  alert.hasMuted = true
  const { reason } = mute
  if (alert.isAbsence) return [notTold(alert, channel, reason)]
  const count = untold(alert, view)
  forgo(alert, view)
  return [notTold(alert, channel, reason, count)]
}

function note(memory: Memory, view: View, mute: Mute): void {
  view.mute = mute
  if (mute.reason === 'inhibited') memory.hasInhibited = true
  memory.mutesEndAt = Math.min(memory.mutesEndAt, mute.untilMs ?? Number.POSITIVE_INFINITY)
}

/** The mute is over; the `fresh` latest records came after it. */
function lift(alert: LiveAlert, channel: string, view: View, fresh: number): Effect[] {
  const { mute } = view
  if (mute === undefined) return []
  if (alert.isAbsence) {
    free(alert, view)
    return []
  }
  return recordRest(alert, channel, view, mute, fresh)
}

function recordRest(alert: LiveAlert, channel: string, view: View, mute: Mute, fresh: number): Effect[] {
  const count = untold(alert, view) - fresh
  free(alert, view)
  if (count <= 0) return []
  forgo(alert, view)
  view.toldCount -= fresh
  return [notTold(alert, channel, mute.reason, count)]
}

function free(alert: LiveAlert, view: View): void {
  delete view.mute
  alert.scheduled = false
  alert.hasMuted = [...alert.views.values()].some((other) => other.mute !== undefined)
}
