/**
 * Being quiet: what would be told while somebody or something has muted it is recorded with its reason instead. When the mute ends, the
 * alert is told only if it occurs again then; what stays away (`absent`) occurs as long as it fires. Ends are never muted.
 */
import type { Alert } from '../model.ts'
import { type ChannelState, suppressUnnotified, unnotified } from './channel-state.ts'
import type { Channel } from './channel-timing.ts'
import { dueOf, finalReason } from './due.ts'
import { type Effect, suppressed } from './effect.ts'
import { copyAlert, type LiveAlert } from './live-alert.ts'
import { schedule, type TrackerState } from './tracker-state.ts'

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
export function firingOf(state: TrackerState, now: number): Firing {
  return () => {
    const known = state.firing
    if (known !== undefined && now >= known.at && now < known.at + freshMs) return known.alerts
    const alerts = [...state.alerts.values()].filter((alert) => alert.endedAt === undefined).map(copyAlert)
    state.firing = { at: now, alerts }
    return alerts
  }
}

/** Mutes what the channel would tell now and must not; with `all`, for the end of the stream, whatever is untold. */
export function muteDue(state: TrackerState, channel: Channel, now: number, all = false): Effect[] {
  const { plan } = channel
  if (state.mutes === undefined || (!all && now < channel.dueAt)) return []
  const effects: Effect[] = []
  const firing = firingOf(state, now)
  for (const alert of state.alerts.values()) {
    const channelState = alert.channelStates.get(plan.name)
    if (channelState === undefined || channelState.mute !== undefined) continue
    const due = dueOf(alert, channelState, plan)
    const reason = all
      ? finalReason(alert, channelState, plan, now)
      : due && due.at <= now
        ? due.reason
        : undefined
    if (reason === undefined || reason === 'resolved') continue
    const mute = state.mutes(copyAlert(alert), plan.name, now, firing)
    if (mute !== undefined) effects.push(...beginMute(state, alert, plan.name, channelState, mute))
  }
  return effects
}

/** True when the channel is not to tell of the alert in a message that leaves for another reason. */
export function isMuted(
  state: TrackerState,
  channel: Channel,
  alert: LiveAlert,
  now: number,
  firing: Firing,
): boolean {
  return state.mutes?.(copyAlert(alert), channel.plan.name, now, firing) !== undefined
}

/** Looks again at all that is muted: what is free by now starts anew. */
export function updateMutes(state: TrackerState, now: number): Effect[] {
  const effects: Effect[] = []
  state.mutesEndAt = Number.POSITIVE_INFINITY
  state.hasInhibited = false
  const firing = firingOf(state, now)
  for (const alert of state.alerts.values()) {
    for (const [channel, channelState] of alert.channelStates) {
      if (channelState.mute === undefined) continue
      const mute = state.mutes?.(copyAlert(alert), channel, now, firing)
      if (mute === undefined) effects.push(...endMute(alert, channel, channelState, 0))
      else setMute(state, channelState, mute)
    }
    if (!alert.scheduled) schedule(state, alert)
  }
  return effects
}

/** One more record of an alert that is muted somewhere: silences look at the latest record, which may not be what they are about. */
export function updateMutesOf(state: TrackerState, alert: LiveAlert, now: number): Effect[] {
  const effects: Effect[] = []
  const copy = copyAlert(alert)
  for (const [channel, channelState] of alert.channelStates) {
    if (channelState.mute === undefined || channelState.mute.reason === 'schedule') continue
    if (state.mutes?.(copy, channel, now, firingOf(state, now)) !== undefined) continue
    effects.push(...endMute(alert, channel, channelState, 1))
  }
  return effects
}

/** The alert is over: what was kept quiet of it is recorded. */
export function endMutes(alert: LiveAlert): Effect[] {
  return [...alert.channelStates].flatMap(([channel, channelState]) =>
    channelState.mute === undefined ? [] : suppressMuted(alert, channel, channelState, channelState.mute, 0),
  )
}

/** What inhibits others has changed. */
export function expectMuteChange(state: TrackerState, at: number): void {
  state.firing = undefined
  if (state.hasInhibited) state.mutesEndAt = Math.min(state.mutesEndAt, at)
}

function beginMute(
  state: TrackerState,
  alert: LiveAlert,
  channel: string,
  channelState: ChannelState,
  mute: Mute,
): Effect[] {
  setMute(state, channelState, mute)
  alert.hasMuted = true
  const { reason } = mute
  if (alert.isAbsence) return [suppressed(alert, channel, reason)]
  const count = unnotified(alert, channelState)
  suppressUnnotified(alert, channelState)
  return [suppressed(alert, channel, reason, count)]
}

function setMute(state: TrackerState, channelState: ChannelState, mute: Mute): void {
  channelState.mute = mute
  if (mute.reason === 'inhibited') state.hasInhibited = true
  state.mutesEndAt = Math.min(state.mutesEndAt, mute.untilMs ?? Number.POSITIVE_INFINITY)
}

/** The mute is over; the `fresh` latest records came after it. */
function endMute(alert: LiveAlert, channel: string, channelState: ChannelState, fresh: number): Effect[] {
  const { mute } = channelState
  if (mute === undefined) return []
  if (alert.isAbsence) {
    unmute(alert, channelState)
    return []
  }
  return suppressMuted(alert, channel, channelState, mute, fresh)
}

function suppressMuted(
  alert: LiveAlert,
  channel: string,
  channelState: ChannelState,
  mute: Mute,
  fresh: number,
): Effect[] {
  const count = unnotified(alert, channelState) - fresh
  unmute(alert, channelState)
  if (count <= 0) return []
  suppressUnnotified(alert, channelState)
  channelState.notifiedCount -= fresh
  return [suppressed(alert, channel, mute.reason, count)]
}

function unmute(alert: LiveAlert, channelState: ChannelState): void {
  delete channelState.mute
  alert.scheduled = false
  alert.hasMuted = [...alert.channelStates.values()].some((other) => other.mute !== undefined)
}
