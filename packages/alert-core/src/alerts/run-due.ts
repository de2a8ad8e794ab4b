/**
 * What is due now: alerts end by quiet, mutes end, and each channel that is free sends what is due on it.
 */
import { endQuiet, expireEnded } from './alert-life.ts'
import type { Channel } from './channel-timing.ts'
import type { Effect } from './effect.ts'
import { muteDue, updateMutes } from './mute.ts'
import { isTurnOf, notifyDue, type Occasion, suppressRest } from './notify.ts'
import { reportQuotaExhausted } from './quota-exhausted.ts'
import { catchUp, noEffects } from './take-record.ts'
import type { TrackerState } from './tracker-state.ts'

/** When something is due next, epoch ms. It may be too early, never too late. */
export function nextDeadline(state: TrackerState): number {
  let deadline = Math.min(state.endsAt, state.mutesEndAt, state.conditions.nextAt())
  for (const channel of state.channels) {
    const { end, critical, other } = channel.due
    const isReported = channel.unreportedUntil() === undefined
    deadline = Math.min(
      deadline,
      Math.max(end, channel.freeAt('end')),
      isReported ? Math.max(critical, channel.freeAt('critical')) : critical,
      isReported ? Math.max(other, channel.freeAt('other')) : other,
    )
  }
  return deadline
}

/** Does what is due by now. */
export function runDue(state: TrackerState, now: number): readonly Effect[] {
  if (now < nextDeadline(state)) return noEffects
  const effects = endDue(state, now)
  for (const channel of state.channels) {
    if (isTurnOf(channel, now) || channel.unreportedUntil() !== undefined)
      effects.push(...muteDue(state, channel, now))
    effects.push(...reportQuotaExhausted(state, channel, now))
    while (isTurnOf(channel, now) && notify(state, channel, 'due', now, effects));
    effects.push(...reportQuotaExhausted(state, channel, now))
  }
  if (now >= state.endsAt) effects.push(...expireEnded(state, now))
  reportDropped(state, effects)
  return effects
}

/**
 * Sends at once what is unsent; with `isLast`, for the end of the stream, also what would be sent much later.
 */
export function drain(state: TrackerState, now: number, isLast: boolean): readonly Effect[] {
  const effects = endDue(state, now)
  for (const channel of state.channels) {
    effects.push(...muteDue(state, channel, now, isLast))
    while (notify(state, channel, isLast ? 'end' : 'flush', now, effects));
    if (isLast) effects.push(...suppressRest(state, channel))
  }
  reportDropped(state, effects)
  return effects
}

function endDue(state: TrackerState, now: number): Effect[] {
  const effects: Effect[] = [...catchUp(state, now), ...(now >= state.endsAt ? endQuiet(state, now) : [])]
  // The end of one alert may end the inhibition of another.
  if (now >= state.mutesEndAt) effects.push(...updateMutes(state, now))
  return effects
}

/** Adds one notification; false if the channel has nothing to send. */
function notify(
  state: TrackerState,
  channel: Channel,
  occasion: Occasion,
  now: number,
  effects: Effect[],
): boolean {
  const effect = notifyDue(state, channel, occasion, now)
  if (effect !== undefined) effects.push(effect)
  return effect !== undefined
}

function reportDropped(state: TrackerState, effects: Effect[]): void {
  if (state.dropped > 0) effects.push({ type: 'dropped', reason: 'alert-limit', count: state.dropped })
  state.dropped = 0
}
