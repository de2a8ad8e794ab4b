/**
 * `{ count, within, distinct }`: records with so many different values of a field within so long. Kept are
 * the latest time of each of the last `count` values, and the times of the records in the window.
 */

/** The values of one key. */
export interface Distinct {
  /** The last values with their latest time, epoch ms; the oldest first. */
  readonly values: Map<string, number>
  /** The times of the records in the window, oldest first, from index `from` on. */
  times: number[]
  from: number
}

/** Of more records in one window only the latest are counted. */
const mostRecords = 1_000

export function openDistinct(): Distinct {
  return { values: new Map(), times: [], from: 0 }
}

/** Adds a record with this value. */
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

/**
 * Until when the window has `count` different values if no more come, epoch ms; `-Infinity` if it never had.
 */
export function distinctHoldsUntil({ values }: Distinct, count: number, withinMs: number): number {
  if (values.size < count) return Number.NEGATIVE_INFINITY
  let overflow = values.size - count
  for (const at of values.values()) if (overflow-- === 0) return at + withinMs
  return Number.NEGATIVE_INFINITY
}

/** The times of the records in the window as of the latest one, oldest first. */
export function distinctTimes({ times, from }: Distinct): number[] {
  return times.slice(from)
}
