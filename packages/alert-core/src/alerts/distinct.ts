/**
 * Records with so many different values of a field within so long. Kept are the latest time of each of the
 * last `count` values, and the times of the records in the window.
 */
import { inOrder } from './window.ts'

/** The values of one key. */
export interface Distinct {
  /** The last values with their latest time, epoch ms; the oldest first. */
  readonly values: Map<string, number>
  /** The times of the records in the window, oldest first, from index `from` on. */
  times: number[]
  from: number
}

/** The same as plain JSON. */
export interface SavedDistinct {
  readonly values: readonly (readonly [value: string, at: number])[]
  readonly times: readonly number[]
}

/** Of more records in one window only the latest are counted. */
export const mostRecords = 1_000

export function openDistinct(): Distinct {
  return { values: new Map(), times: [], from: 0 }
}

/** Adds a record with this value. */
export function addDistinct(
  seen: Distinct,
  value: string,
  count: number,
  withinMs: number,
  at: number,
): void {
  const now = seen.times.at(-1) ?? at
  if (at < now) insertDistinct(seen, value, at)
  else appendDistinct(seen, value, at)
  for (const oldest of seen.values.keys()) {
    if (seen.values.size <= count) break
    seen.values.delete(oldest)
  }
  dropOld(seen, withinMs, Math.max(at, now))
}

/** A record that came before others is put in its place. */
function insertDistinct(seen: Distinct, value: string, at: number): void {
  const times = inOrder(seen.times.slice(seen.from), at)
  seen.times = times
  seen.from = 0
  if ((seen.values.get(value) ?? Number.NEGATIVE_INFINITY) >= at) return
  seen.values.set(value, at)
  const sorted = [...seen.values].sort((a, b) => a[1] - b[1])
  seen.values.clear()
  for (const [known, time] of sorted) seen.values.set(known, time)
}

function appendDistinct(seen: Distinct, value: string, now: number): void {
  seen.values.delete(value)
  seen.values.set(value, now)
  seen.times.push(now)
}

function dropOld(seen: Distinct, withinMs: number, now: number): void {
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

/** How many different values came within so long before `now`. */
export function countDistinct({ values }: Distinct, withinMs: number, now: number): number {
  return [...values.values()].filter((at) => at > now - withinMs).length
}

export function saveDistinct(seen: Distinct): SavedDistinct {
  return { values: [...seen.values], times: distinctTimes(seen) }
}

export function loadDistinct({ values, times }: SavedDistinct): Distinct {
  return { values: new Map(values), times: [...times], from: 0 }
}
