/**
 * What records ended while it was not known what former processes left, or which process notifies, as at the
 * start or alone: the same records end that too, unless it has fired again since. Only a hub with a state has
 * it.
 */
import { createLru } from '../cache/lru.ts'
import type { Fleet } from '../fleet/fleet-types.ts'
import type { LogRecord, Occurrence } from '../model.ts'
import type { Clock } from '../time/clock.ts'
import type { OptionsInForce } from './compiled-options.ts'

export interface EarlyEnds {
  /** What former processes left is about to be known. */
  open(): void
  keep(record: LogRecord, ends: readonly Occurrence[]): void
  /** An alert fired. */
  noteFired(id: string): void
  /** Now it is known. */
  replay(): void
  /** Another process notifies: these are for that one. */
  submit(submitEnd: Fleet['submitEnd']): void
}

/** More alerts than that do not end in the moments of a start, or without the fleet. */
const mostEarly = 1_000

interface EarlyEnd {
  readonly record: LogRecord
  readonly names: readonly string[]
  readonly ends: readonly Occurrence[]
  readonly order: number
  readonly at: number
}

export interface EarlyEndsOptions {
  readonly inForce: OptionsInForce
  readonly clock: Clock
  readonly isAlone: () => boolean
  readonly track: (end: Occurrence) => void
}

/** Open from the start. */
export function createEarlyEnds({ inForce, clock, isAlone, track }: EarlyEndsOptions): EarlyEnds {
  let isOpen = true
  let order = 0
  const kept = createLru<string, EarlyEnd>(mostEarly)
  const firedAt = createLru<string, number>(mostEarly)

  /** Whether it has not fired again. */
  const isOverAt =
    (order: number) =>
    ({ id }: Pick<Occurrence, 'id'>) =>
      (firedAt.get(id) ?? 0) < order

  function replayOne({ record, names, ends, order }: EarlyEnd): void {
    const { resolveIndex } = inForce.compiled
    const isOver = isOverAt(order)
    const found = new Map(ends.filter(isOver).map((end) => [end.id, end]))
    for (const name of names) {
      for (const end of resolveIndex.ended(name, record)) {
        if (isOver(end)) found.set(end.id, end)
        else resolveIndex.raised(name, end)
      }
    }
    for (const end of found.values()) track(end)
  }

  function submitOne(submitEnd: Fleet['submitEnd'], { record, names, ends, order, at }: EarlyEnd): void {
    const { resolveIndex } = inForce.compiled
    const known = [...ends, ...names.flatMap(resolveIndex.open)]
    if (known.every(isOverAt(order))) submitEnd(names, record, at)
  }

  function finish(use: (end: EarlyEnd) => void): void {
    isOpen = false
    for (const end of [...kept.values()]) use(end)
    // They are for the process that will notify for both.
    if (isAlone()) return
    kept.clear()
    firedAt.clear()
  }

  return {
    open() {
      isOpen = true
    },
    keep(record, ends) {
      if (!isOpen && !isAlone()) return
      const names = inForce.compiled.rules.names(record).ended
      if (names.length === 0 && ends.length === 0) return
      const key = JSON.stringify([names, ends.map(({ id }) => id)])
      kept.set(key, { record, names, ends, order: ++order, at: clock.now() })
    },
    noteFired(id) {
      if (kept.size > 0) firedAt.set(id, ++order)
    },
    replay: () => finish(replayOne),
    submit: (submitEnd) => finish((end) => submitOne(submitEnd, end)),
  }
}
