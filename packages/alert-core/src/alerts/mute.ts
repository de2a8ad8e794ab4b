/**
 * Silences, inhibitions, schedules and acknowledgements: a muted alert is recorded with its reason, not
 * notified. After the mute an event is sent only if it occurs again; a lasting state (`for`, `absent`,
 * `consecutive`, or ended by a record only) is sent if it still fires. Ends are never muted.
 */
import { once } from '../cache/lazy.ts'
import type { Channel } from './channel.ts'
import { alertFor, suppressUnnotified, unnotified } from './channel-state.ts'
import { dueOf, finalReason, schedule } from './due.ts'
import { type Effect, suppressed } from './effect.ts'
import { type ChannelState, copyAlert, isLasting, type LiveAlert } from './live-alert.ts'
import { firingOf, type Mute, type Mutes, mutesOf, type TrackerState } from './tracker-state.ts'

/** One alert on one channel. */
interface OnChannel {
  readonly alert: LiveAlert
  /** Its name. */
  readonly channel: string
  readonly channelState: ChannelState
}

function eachChannel(alert: LiveAlert): readonly OnChannel[] {
  return [...alert.channelStates].map(([channel, channelState]) => ({ alert, channel, channelState }))
}

/**
 * Mutes what is due on the channel and must not be sent; with `all`, for the end of the stream, all that is
 * unsent.
 */
export function muteDue(
  state: TrackerState,
  channel: Channel,
  mutes: Mutes,
  now: number,
  all = false,
): Effect[] {
  const { plan } = channel
  if (!all && now < Math.min(channel.due.critical, channel.due.other)) return []
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
    const mute = mutes(alertFor(alert, channelState), plan.name, now, firing)
    if (mute !== undefined) effects.push(startMute(state, { alert, channel: plan.name, channelState }, mute))
  }
  return effects
}

/** Checks all mutes again and ends those that do not hold any more. */
export function updateMutes(state: TrackerState, now: number): Effect[] {
  const effects: Effect[] = []
  state.mutesEndAt = Number.POSITIVE_INFINITY
  state.hasInhibited = false
  for (const alert of state.alerts.values()) {
    effects.push(...recheckMutes(state, alert, { now, fresh: 0, withSchedules: true }))
    if (!alert.scheduled) schedule(state, alert)
  }
  return effects
}

/**
 * Checks the mutes of one alert, after a record by default: a silence may not match the latest one. The
 * `fresh` latest records are not muted any more.
 */
export function updateMutesOf(state: TrackerState, alert: LiveAlert, now: number, fresh = 1): Effect[] {
  return recheckMutes(state, alert, { now, fresh, withSchedules: false })
}

function recheckMutes(
  state: TrackerState,
  alert: LiveAlert,
  {
    now,
    fresh,
    withSchedules,
  }: { readonly now: number; readonly fresh: number; readonly withSchedules: boolean },
): Effect[] {
  const effects: Effect[] = []
  const mutes = mutesOf(state)
  const copy = once(() => copyAlert(alert))
  for (const [channel, channelState] of alert.channelStates) {
    if (channelState.mute === undefined) continue
    if (channelState.mute.reason === 'schedule' && !withSchedules) continue
    const mute = mutes?.(copy(), channel, now, firingOf(state, now))
    if (mute === undefined) effects.push(...endMute({ alert, channel, channelState }, { fresh, now }))
    else setMute(state, channelState, mute)
  }
  return effects
}

/** The alert ended: records its muted counts. */
export function endMutes(alert: LiveAlert): Effect[] {
  return eachChannel(alert).flatMap((one) => suppressMuted(one, 0))
}

/** Records what is muted so far; an alert that lasts is notified later, so nothing of it is lost. */
export function suppressMutedSoFar(alert: LiveAlert): Effect[] {
  if (isLasting(alert)) return []
  return eachChannel(alert).flatMap(({ channel, channelState }) => {
    const { mute } = channelState
    const count = mute === undefined ? 0 : unnotified(alert, channelState)
    if (mute === undefined || count <= 0) return []
    suppressUnnotified(alert, channelState)
    return [suppressed(alert, channel, mute.reason, count)]
  })
}

/** An alert that may inhibit others has changed. */
export function expectMuteChange(state: TrackerState, at: number): void {
  state.firing = undefined
  if (state.hasInhibited) state.mutesEndAt = Math.min(state.mutesEndAt, at)
}

function startMute(state: TrackerState, { alert, channel, channelState }: OnChannel, mute: Mute): Effect {
  const count = unnotified(alert, channelState)
  setMute(state, channelState, { ...mute, countBefore: alert.count - count })
  alert.hasMuted = true
  if (isLasting(alert)) return suppressed(alert, channel, mute.reason)
  suppressUnnotified(alert, channelState)
  delete channelState.isUnknown
  return suppressed(alert, channel, mute.reason, count)
}

function setMute(
  state: TrackerState,
  channelState: ChannelState,
  { reason, untilMs, by, countBefore = channelState.mute?.countBefore }: NonNullable<ChannelState['mute']>,
): void {
  channelState.mute = {
    reason,
    ...(untilMs === undefined ? {} : { untilMs }),
    ...(by === undefined ? {} : { by }),
    ...(countBefore === undefined ? {} : { countBefore }),
  }
  if (reason === 'inhibited') state.hasInhibited = true
  state.mutesEndAt = Math.min(state.mutesEndAt, untilMs ?? Number.POSITIVE_INFINITY)
}

interface MuteEnd {
  /** The latest records, which came after the mute. */
  readonly fresh: number
  readonly now: number
}

function endMute(one: OnChannel, end: MuteEnd): Effect[] {
  const { alert, channelState } = one
  if (channelState.mute?.reason === 'silenced') noteSilenceEnd(one, channelState.mute, end)
  if (!isLasting(alert)) return suppressMuted(one, end.fresh)
  unmute(one)
  return []
}

/** For the next message, which says how much the silence kept back. */
function noteSilenceEnd(
  { alert: { count }, channelState }: OnChannel,
  { by, countBefore = count, untilMs }: NonNullable<ChannelState['mute']>,
  { fresh, now }: MuteEnd,
): void {
  const silenced = count - countBefore - fresh
  if (silenced <= 0) return
  // Of a clock that was set, the moment is not known.
  const at = untilMs !== undefined && untilMs > 0 ? Math.min(untilMs, now) : now
  channelState.silenceEnded = { ...(by === undefined ? {} : { by }), at, count: silenced }
}

/** Ends the mute, if there is one, and records what it kept back, but for the `fresh` latest records. */
function suppressMuted(one: OnChannel, fresh: number): Effect[] {
  const { alert, channel, channelState } = one
  const { mute } = channelState
  if (mute === undefined) return []
  const count = unnotified(alert, channelState) - fresh
  unmute(one)
  if (count <= 0) return []
  suppressUnnotified(alert, channelState)
  channelState.notifiedCount -= fresh
  return [suppressed(alert, channel, mute.reason, count)]
}

function unmute({ alert, channelState }: OnChannel): void {
  delete channelState.mute
  alert.scheduled = false
  alert.hasMuted = [...alert.channelStates.values()].some((other) => other.mute !== undefined)
}
