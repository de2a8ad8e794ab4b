/**
 * What records ended before it was known what former processes left, or which process notifies: the same
 * records end that too, unless it has fired again since. Only a hub with a state has it.
 */
import { createLru } from '../cache/lru.ts'
import type { Fleet } from '../fleet/fleet-types.ts'
import type { LogRecord, Occurrence } from '../model.ts'
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

/** More alerts than that do not end in the moments of a start. */
const mostEarly = 1_000

interface EarlyEnd {
  readonly record: LogRecord
  readonly names: readonly string[]
  readonly ends: readonly Occurrence[]
  readonly order: number
}

/** Open from the start. */
export function createEarlyEnds(inForce: OptionsInForce, track: (end: Occurrence) => void): EarlyEnds {
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

  function finish(use: (end: EarlyEnd) => void): void {
    if (!isOpen) return
    isOpen = false
    for (const end of [...kept.values()]) use(end)
    kept.clear()
    firedAt.clear()
  }

  return {
    open() {
      isOpen = true
    },
    keep(record, ends) {
      if (!isOpen) return
      const names = inForce.compiled.rules.names(record).ended
      if (names.length === 0 && ends.length === 0) return
      const key = JSON.stringify([names, ends.map(({ id }) => id)])
      kept.set(key, { record, names, ends, order: ++order })
    },
    noteFired(id) {
      if (isOpen && kept.size > 0) firedAt.set(id, ++order)
    },
    replay: () => finish(replayOne),
    submit: (submitEnd) =>
      finish(({ record, names, ends, order }) => {
        if (ends.every(isOverAt(order))) submitEnd(names, record)
      }),
  }
}
