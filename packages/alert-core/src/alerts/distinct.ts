/**
 * `{ count, within, distinct }`: records with so many different values of a field within so long. Known are the latest moment of each of
 * the `count` values seen last, and how many records the window holds.
 */

/** What one key has seen. */
export interface Distinct {
  /** The values seen last with their latest moment, epoch ms; longest unseen first. */
  readonly values: Map<string, number>
  /** The moments of the records in the window, oldest first, from `from` on. */
  times: number[]
  from: number
}

/** Of more records than this in one window, the count tells only the latest. */
const mostRecords = 1_000

/** One that has seen nothing. */
export function openDistinct(): Distinct {
  return { values: new Map(), times: [], from: 0 }
}

/** Takes in a record that carries this value. */
export function addDistinct(
  seen: Distinct,
  value: string,
  count: number,
  withinMs: number,
  now: number,
): void {
  seen.values.delete(value)
  seen.values.set(value, now)
  for (const oldest of seen.values.keys()) {
    if (seen.values.size <= count) break
    seen.values.delete(oldest)
  }
  seen.times.push(now)
  while (seen.times[seen.from]! <= now - withinMs || seen.times.length - seen.from > mostRecords) seen.from++
  if (seen.from * 2 <= seen.times.length) return
  seen.times = seen.times.slice(seen.from)
  seen.from = 0
}

/** Until when the window holds `count` different values if no more come, epoch ms; `-Infinity` where it never did. */
export function distinctHoldsUntil({ values }: Distinct, count: number, withinMs: number): number {
  if (values.size < count) return Number.NEGATIVE_INFINITY
  let overflow = values.size - count
  for (const at of values.values()) if (overflow-- === 0) return at + withinMs
  return Number.NEGATIVE_INFINITY
}

/** The moments of the records in the window as of the latest one, oldest first. */
export function distinctTimes({ times, from }: Distinct): number[] {
  return times.slice(from)
}
