/**
 * One record: it ends its alert, counts towards a condition, continues its alert or starts a new one.
 * Notifications follow from the next tick, so that the records of one burst share a message.
 */
import type { Occurrence } from '../model.ts'
import { continueAlert, endAlert, endQuiet, firingAlert, startAlert } from './alert-life.ts'
import { hasRoom, makeRoom, toOverflow } from './capacity.ts'
import type { Effect } from './effect.ts'
import type { LiveAlert } from './live-alert.ts'
import { countVariant, mergeSimilar } from './merge-similar.ts'
import { updateMutes } from './mute.ts'
import type { Collected } from './pending.ts'
import { asMerged, mergedIdOf, noteSimilar } from './similar.ts'
import { conditionsOf, type TrackerState } from './tracker-state.ts'

export const noEffects: readonly Effect[] = Object.freeze([])

/**
 * Records that another process counted, of which the occurrence has the latest: how many, and when they came,
 * epoch ms. Under a condition each record comes on its own, with its moment.
 */
export type Aggregate = Required<Pick<Collected, 'count' | 'firstAt' | 'lastAt'>>

/** Takes one record, or so many. */
export function takeRecord(
  state: TrackerState,
  occurrence: Occurrence,
  now: number,
  aggregate?: Aggregate,
): readonly Effect[] {
  const before = catchUp(state, now)
  const effects =
    occurrence.action === 'resolve'
      ? resolve(state, occurrence, now)
      : fireIfMet(state, occurrence, now, aggregate)
  return before.length === 0 ? effects : [...before, ...effects]
}

/** What happened by `now` without a record: mutes that ended, conditions that were met. */
export function catchUp(state: TrackerState, now: number): readonly Effect[] {
  const { conditions, mutesEndAt } = state
  if (now < mutesEndAt && (conditions === undefined || now < conditions.nextAt())) return noEffects
  const effects = now >= mutesEndAt ? updateMutes(state, now) : []
  for (const { occurrence, at, collected } of conditions?.takeMet(now) ?? []) {
    if (occurrence.condition?.when?.kind === 'absence') state.missing++
    effects.push(...count(state, occurrence, at, collected))
  }
  return effects
}

function resolve(state: TrackerState, occurrence: Occurrence, now: number): readonly Effect[] {
  // The next row wants to know when the last one ended.
  const conditions = occurrence.condition === undefined ? state.conditions : conditionsOf(state)
  conditions?.clear(occurrence, now)
  const alert = firingAlert(state, mergedIdOf(state.similar, occurrence.id), now)
  return alert === undefined ? noEffects : endAlert(state, alert, now, 'record', occurrence.record)
}

function fireIfMet(
  state: TrackerState,
  occurrence: Occurrence,
  now: number,
  aggregate?: Aggregate,
): readonly Effect[] {
  const { condition, id } = occurrence
  if (condition === undefined) return count(state, occurrence, now, aggregate)
  const alert = firingAlert(state, id, now)
  if (condition.when?.kind === 'absence') {
    conditionsOf(state).markSeen(occurrence, Math.min(aggregate?.lastAt ?? now, now))
    return alert === undefined ? noEffects : endAlert(state, alert, now, 'record', occurrence.record)
  }
  const at = Math.min(aggregate?.lastAt ?? now, now)
  if (alert !== undefined) {
    const isCounted = isPartOf(state, alert, occurrence, at)
    return isCounted ? continueAlert(state, alert, occurrence, now, aggregate) : noEffects
  }
  const collected = conditionsOf(state).add(occurrence, at)
  return collected === undefined ? noEffects : count(state, occurrence, now, collected)
}

/** Whether the firing alert counts the record: if it is a spike, only while it lasts. */
function isPartOf(state: TrackerState, alert: LiveAlert, occurrence: Occurrence, now: number): boolean {
  const when = occurrence.condition?.when
  if (when?.kind !== 'spike') return true
  const count = conditionsOf(state).followSpike(occurrence, when, now)
  const { spike } = alert
  // What made it fire was a record's own `alert` field.
  if (spike === undefined) return true
  if (count < spike.threshold) return false
  alert.spike = { ...spike, count }
  return true
}

function count(
  state: TrackerState,
  occurrence: Occurrence,
  now: number,
  collected?: Collected,
): readonly Effect[] {
  const counted = asCounted(state, occurrence)
  const alert = firingAlert(state, counted.id, now)
  const effects =
    alert === undefined
      ? fire(state, occurrence, now, collected)
      : continueAlert(state, alert, counted, now, collected)
  if (state.similar.hasMerged) countVariant(state, occurrence, collected?.count ?? 1)
  return effects
}

/** Under the merged alert if it belongs to one. */
function asCounted({ similar }: TrackerState, occurrence: Occurrence): Occurrence {
  return similar.hasMerged ? asMerged(similar, occurrence) : occurrence
}

/** Starts an alert, unless this is the one too many of similar ones that become one. */
function fire(
  state: TrackerState,
  occurrence: Occurrence,
  now: number,
  collected?: Collected,
): readonly Effect[] {
  const { template, full } = noteSimilar(state.similar, occurrence)
  const merging = full.length === 0 ? noEffects : mergeSimilar(state, full, now)
  const counted = asCounted(state, occurrence)
  const merged = counted === occurrence ? undefined : firingAlert(state, counted.id, now)
  if (merged !== undefined) return [...merging, ...continueAlert(state, merged, counted, now, collected)]
  const effects = start(state, counted, now, collected)
  const alert = state.alerts.get(occurrence.id)
  if (alert !== undefined && template !== undefined) alert.template = template
  return effects
}

function start(
  state: TrackerState,
  occurrence: Occurrence,
  now: number,
  collected?: Collected,
): readonly Effect[] {
  const ends = now >= state.endsAt ? endQuiet(state, now) : noEffects
  const { alerts, maxAlerts, overflowId } = state
  const isKnown = alerts.has(occurrence.id) || occurrence.id === overflowId
  if (isKnown || alerts.size < maxAlerts || hasRoom(state))
    return [...ends, ...startAlert(state, occurrence, now, collected)]
  const evicted = makeRoom(state, now)
  if (evicted !== undefined) return [...ends, ...evicted, ...startAlert(state, occurrence, now, collected)]
  state.dropped += collected?.count ?? 1
  return [...ends, ...count(state, toOverflow(state, occurrence), now, collected)]
}
