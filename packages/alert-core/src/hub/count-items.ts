/**
 * Counts what other processes of the fleet submitted, as if it had been logged here: what a record of any of
 * them ends, ends. And submits what is logged here, if another process counts it.
 */
import type { Effect, Tracker } from '../alerts/tracker.ts'
import type { CountedItem, EndItem, Fleet, Item } from '../fleet/fleet-types.ts'
import type { Occurrence } from '../model.ts'
import type { RuntimeSilence } from '../mute/silences.ts'
import type { Plan } from '../options.ts'
import type { Context } from '../read/context-ring.ts'
import type { State } from '../state/state.ts'
import type { Clock } from '../time/clock.ts'
import type { Advance } from './advance.ts'
import type { OptionsInForce } from './compiled-options.ts'
import { addSilence } from './silencing.ts'

export interface ItemCounterOptions {
  readonly tracker: Tracker
  readonly state: State | undefined
  readonly inForce: OptionsInForce
  readonly advance: Advance['advance']
}

export function createItemCounter(
  options: ItemCounterOptions,
): (items: readonly Item[], process: string) => void {
  const { tracker, state, inForce, advance } = options

  function count({ occurrence: given, names = [], context, ...counted }: CountedItem, process: string): void {
    const occurrence = { process, ...given }
    const { id, severity } = occurrence
    for (const name of names) inForce.compiled.resolveIndex.raised(name, occurrence)
    advance((now) => {
      const effects = pushAll(tracker, { occurrence, ...counted }, now)
      if (context !== undefined) tracker.addContext(id, now, () => context)
      return effects
    })
    state?.saveAlert(id, severity === 'critical')
  }

  function end({ names, record, at }: EndItem): void {
    const { resolveIndex } = inForce.compiled
    const later = at === undefined ? undefined : firedAfter(tracker, at)
    for (const name of names) {
      for (const occurrence of resolveIndex.ended(name, record)) {
        if (later?.has(occurrence.id)) resolveIndex.raised(name, occurrence)
        else {
          advance((now) => tracker.push(occurrence, now))
          state?.saveAlert(occurrence.id, false)
        }
      }
    }
  }

  function silence(silence: RuntimeSilence | string): void {
    const { muting } = inForce.compiled
    if (typeof silence === 'string') {
      muting.unsilence(silence)
      state?.removeSilence(silence)
    } else {
      advance((now) => addSilence(silence, { inForce, tracker }, now))
      state?.saveSilence(silence)
    }
    advance((now) => tracker.updateMutes(now))
  }

  return (items, process) => {
    for (const item of items) {
      if ('silence' in item) silence(item.silence)
      else if ('occurrence' in item) count(item, process)
      else end(item)
    }
  }
}

function firedAfter(tracker: Tracker, at: number): ReadonlySet<string> {
  return new Set(tracker.live().flatMap(({ id, lastSeen }) => (lastSeen > at ? [id] : [])))
}

/** Each record under a condition at its own moment; else the first one, and all others together. */
function pushAll(
  tracker: Tracker,
  { occurrence, count, firstAt, lastAt, first, moments }: CountedItem,
  now: number,
): Effect[] {
  const { condition } = occurrence
  if (moments !== undefined && condition !== undefined)
    return moments.flatMap(([at, value]) => {
      const { value: _, ...rest } = condition
      const each = { ...occurrence, condition: value === undefined ? rest : { ...rest, value } }
      return tracker.push(each, now, { count: 1, firstAt: at, lastAt: at })
    })
  if (first === undefined || count < 2) return [...tracker.push(occurrence, now, { count, firstAt, lastAt })]
  return [
    ...tracker.push({ ...occurrence, record: first }, now, { count: 1, firstAt, lastAt: firstAt }),
    ...tracker.push(occurrence, now, { count: count - 1, firstAt, lastAt }),
  ]
}

export interface SubmitOptions {
  readonly fleet: Fleet
  readonly inForce: OptionsInForce
  readonly context: Context | undefined
  readonly clock: Clock
}

/** Submits an occurrence; false: count it here. Undefined where there is no other process. */
export function createSubmit({
  fleet,
  inForce,
  context,
  clock,
}: SubmitOptions): ((occurrence: Occurrence) => boolean) | undefined {
  const { submit } = fleet
  if (submit === undefined) return undefined
  return (occurrence) => {
    const { record } = occurrence
    const { plan, rules } = inForce.compiled
    return submit(fleet.decides ? occurrence : withOrigin(occurrence, plan), clock.now(), {
      context: () => context?.before(record) ?? [],
      names: () => rules.names(record).raised,
    })
  }
}

/** The same for another process to count: with the process and the release in which it came. */
function withOrigin(occurrence: Occurrence, { process, release }: Plan): Occurrence {
  return {
    ...(process === '' ? {} : { process }),
    ...(release === undefined ? {} : { release }),
    ...occurrence,
  }
}
