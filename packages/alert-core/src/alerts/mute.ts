/**
 * Silences, inhibitions, schedules and acknowledgements: a muted alert is recorded with its reason, not
 * notified. After the mute an event is sent only if it occurs again; a lasting state (`for`, `absent`,
 * `consecutive`, or ended by a record only) is sent if it still fires. Ends are never muted.
 */
import type { Channel } from './channel.ts'
import { alertFor, suppressUnnotified, unnotified } from './channel-state.ts'
import { dueOf, finalReason, schedule } from './due.ts'
import { type Effect, suppressed } from './effect.ts'
import { type ChannelState, copyAlert, isLasting, type LiveAlert } from './live-alert.ts'
import { firingOf, type Mute, type Mutes, mutesOf, type TrackerState } from './tracker-state.ts'

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
    if (mute !== undefined) effects.push(...beginMute(state, alert, plan.name, channelState, mute))
  }
  return effects
}

/** Checks all mutes again and ends those that do not hold any more. */
export function updateMutes(state: TrackerState, now: number): Effect[] {
  const effects: Effect[] = []
  state.mutesEndAt = Number.POSITIVE_INFINITY
  state.hasInhibited = false
  const mutes = mutesOf(state)
  const firing = firingOf(state, now)
  for (const alert of state.alerts.values()) {
    for (const [channel, channelState] of alert.channelStates) {
      if (channelState.mute === undefined) continue
      const mute = mutes?.(copyAlert(alert), channel, now, firing)
      if (mute === undefined) effects.push(...endMute(alert, channel, channelState, 0, now))
      else setMute(state, channelState, mute)
    }
    if (!alert.scheduled) schedule(state, alert)
  }
  return effects
}

/**
 * Checks the mutes of one alert, after a record by default: a silence may not match the latest one. The
 * `fresh` latest records are not muted any more.
 */
export function updateMutesOf(state: TrackerState, alert: LiveAlert, now: number, fresh = 1): Effect[] {
  const effects: Effect[] = []
  const copy = copyAlert(alert)
  const mutes = mutesOf(state)
  for (const [channel, channelState] of alert.channelStates) {
    if (channelState.mute === undefined || channelState.mute.reason === 'schedule') continue
    const mute = mutes?.(copy, channel, now, firingOf(state, now))
    if (mute === undefined) effects.push(...endMute(alert, channel, channelState, fresh, now))
    else setMute(state, channelState, mute)
  }
  return effects
}

/** The alert ended: records its muted counts. */
export function endMutes(alert: LiveAlert): Effect[] {
  return [...alert.channelStates].flatMap(([channel, channelState]) =>
    channelState.mute === undefined ? [] : suppressMuted(alert, channel, channelState, channelState.mute, 0),
  )
}

/** An alert that may inhibit others has changed. */
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
  setMute(state, channelState, mute, alert.count - unnotified(alert, channelState))
  alert.hasMuted = true
  const { reason } = mute
  if (isLasting(alert)) return [suppressed(alert, channel, reason)]
  const count = unnotified(alert, channelState)
  suppressUnnotified(alert, channelState)
  return [suppressed(alert, channel, reason, count)]
}

function setMute(
  state: TrackerState,
  channelState: ChannelState,
  { reason, untilMs, by }: Mute,
  countBefore = channelState.mute?.countBefore,
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

function noteSilenceEnd(
  { count }: LiveAlert,
  channelState: ChannelState,
  { by, countBefore = count, untilMs }: NonNullable<ChannelState['mute']>,
  fresh: number,
  now: number,
): void {
  const silenced = count - countBefore - fresh
  if (silenced <= 0) return
  // Of a clock that was set, the moment is not known.
  const at = untilMs !== undefined && untilMs > 0 ? Math.min(untilMs, now) : now
  channelState.silenceEnded = { ...(by === undefined ? {} : { by }), at, count: silenced }
}

/** Ends the mute; the `fresh` latest records came after it. */
function endMute(
  alert: LiveAlert,
  channel: string,
  channelState: ChannelState,
  fresh: number,
  now: number,
): Effect[] {
  const { mute } = channelState
  if (mute === undefined) return []
  if (mute.reason === 'silenced') noteSilenceEnd(alert, channelState, mute, fresh, now)
  if (isLasting(alert)) {
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

/** Records what is muted so far; an alert that lasts is notified later, so nothing of it is lost. */
export function suppressMutedSoFar(alert: LiveAlert): Effect[] {
  if (isLasting(alert)) return []
  return [...alert.channelStates].flatMap(([channel, channelState]) => {
    const count = channelState.mute === undefined ? 0 : unnotified(alert, channelState)
    if (channelState.mute === undefined || count <= 0) return []
    suppressUnnotified(alert, channelState)
    return [suppressed(alert, channel, channelState.mute.reason, count)]
  })
}

function unmute(alert: LiveAlert, channelState: ChannelState): void {
  delete channelState.mute
  alert.scheduled = false
  alert.hasMuted = [...alert.channelStates.values()].some((other) => other.mute !== undefined)
}
