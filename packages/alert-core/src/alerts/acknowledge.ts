/**
 * Acknowledgement: somebody has taken an alert on. It mutes the alert on every channel until it becomes worse
 * or ends, or until it is undone.
 */
import type { Acknowledgement } from '../model.ts'
import { firingAlert } from './alert-life.ts'
import { schedule } from './due.ts'
import { acknowledgedEffect, type Effect } from './effect.ts'
import { updateMutesOf } from './mute.ts'
import { mergedIdOf } from './similar.ts'
import type { TrackerState } from './tracker-state.ts'

/** Undefined if no such alert fires. */
export function acknowledge(
  state: TrackerState,
  id: string,
  acknowledgement: Acknowledgement,
  now: number,
): readonly Effect[] | undefined {
  const alert = firingAlert(state, mergedIdOf(state.similar, id), now)
  if (alert === undefined) return undefined
  alert.acknowledged = acknowledgement
  state.hasAcknowledged = true
  return [acknowledgedEffect(alert, acknowledgement)]
}

/** Undefined if no such alert fires, or it is not acknowledged. */
export function unacknowledge(state: TrackerState, id: string, now: number): readonly Effect[] | undefined {
  const alert = firingAlert(state, mergedIdOf(state.similar, id), now)
  const acknowledged = alert?.acknowledged
  if (alert === undefined || acknowledged === undefined) return undefined
  delete alert.acknowledged
  const effects = updateMutesOf(state, alert, now, 0)
  schedule(state, alert)
  return [acknowledgedEffect(alert, acknowledged, 'undone'), ...effects]
}
