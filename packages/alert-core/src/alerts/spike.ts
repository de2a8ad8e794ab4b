/**
 * `{ spike, within }`: many more records than usual. Kept are the times of a key's records in the current
 * window and in those before it; what is usual is the median of the latter. Exact up to two thousand
 * different moments; a busier key counts by slots, each a part in a thousand of all windows together.
 */
import type { SpikeValue, When } from '../model.ts'

export type SpikeWhen = Extract<When, { kind: 'spike' }>

/** The records of one key by their moments, epoch ms. */
export interface Spike {
  /** Ascending; with slots longer than 1 ms, the starts of slots. */
  times: number[]
  /** The number of records up to the end of each moment, counted from the first ever. */
  totals: number[]
  /** The number of records before the first moment. */
  base: number
  slotMs: number
  /** So many records, from the first ever, do not count for the current window: a resolve record came. */
  restart: number
}

/** The same as plain JSON. */
export interface SavedSpike {
  readonly times: readonly number[]
  readonly counts: readonly number[]
  readonly slotMs: number
  /** Of these records, so many do not count for the current window. */
  readonly restart: number
}

const mostMoments = 2_000

export function openSpike(): Spike {
  return { times: [], totals: [], base: 0, slotMs: 1, restart: 0 }
}

/** Adds a record that came at `at`, epoch ms; it may be older than others. */
export function addToSpike(spike: Spike, { withinMs, windows }: SpikeWhen, at: number): void {
  const spanMs = withinMs * (windows + 1)
  const latest = Math.max(at, spike.times.at(-1) ?? at)
  prune(spike, latest - spanMs)
  if (spike.times.length === 0) spike.slotMs = 1
  insert(spike, slotOf(at, spike.slotMs))
  if (spike.times.length > mostMoments) coarsen(spike, Math.ceil((2 * spanMs) / mostMoments))
}

/**
 * How many records the current window has, what is usual, and how many would be a spike; infinitely many if
 * no whole window before it was watched. `since` is when its rule began to watch, epoch ms.
 */
export function measureSpike(spike: Spike, when: SpikeWhen, since: number, now: number): SpikeValue {
  const { factor, withinMs, windows, atLeast } = when
  const count = countWithin(spike, withinMs, now)
  const watched = Math.min(windows, Math.floor((now - since) / withinMs) - 1)
  if (watched < 1) return { withinMs, count, usual: 0, threshold: Number.POSITIVE_INFINITY }
  const counts = Array.from({ length: watched }, (_, index) => {
    const end = now - (index + 1) * withinMs
    return totalUntil(spike, end) - totalUntil(spike, end - withinMs)
  })
  const usual = median(counts)
  // What is a whole number but for rounding is that number: 1.1 × 10 is 11.
  const threshold = Math.max(atLeast, Math.ceil(factor * usual - 1e-9))
  return { withinMs, count, usual, threshold }
}

export function spikeOf(spike: Spike, when: SpikeWhen, since: number, now: number): SpikeValue | undefined {
  // Most records are not even enough of them.
  if (countWithin(spike, when.withinMs, now) < when.atLeast) return undefined
  const value = measureSpike(spike, when, since, now)
  return value.count >= value.threshold && value.usual >= when.referenceAtLeast ? value : undefined
}

/** The number of records in the window that ends now. A record that is `withinMs` old is outside. */
export function countWithin(spike: Spike, withinMs: number, now: number): number {
  const before = Math.max(totalUntil(spike, now - withinMs), spike.restart)
  return Math.max(0, totalUntil(spike, now) - before)
}

/** When the window has fewer than `threshold` records if no more come, epoch ms; it has as many now. */
export function spikeHoldsUntil(spike: Spike, threshold: number, withinMs: number): number {
  const { times, totals, base } = spike
  const last = (totals.at(-1) ?? base) - threshold
  // The record after `last` is the oldest that is needed.
  return times[firstIndex(totals, (total) => total > last)]! + withinMs
}

/** When the first record of the current window came, epoch ms. */
export function firstWithin(spike: Spike, withinMs: number, now: number): number {
  const before = Math.max(totalUntil(spike, now - withinMs), spike.restart)
  return spike.times[firstIndex(spike.totals, (total) => total > before)] ?? now
}

/** The records so far do not count for the current window any more, but for what is usual. */
export function restartSpike(spike: Spike): void {
  spike.restart = spike.totals.at(-1) ?? spike.base
}

export function saveSpike({ times, totals, base, slotMs, restart }: Spike): SavedSpike {
  const counts = totals.map((total, index) => total - (totals[index - 1] ?? base))
  return { times: [...times], counts, slotMs, restart: Math.max(0, restart - base) }
}

export function loadSpike({ times, counts, slotMs, restart }: SavedSpike): Spike {
  let total = 0
  const totals = counts.map((count) => {
    total += count
    return total
  })
  return { times: [...times], totals, base: 0, slotMs, restart }
}

/** The records of both. */
export function mergeSpikes(a: SavedSpike, b: SavedSpike): SavedSpike {
  const counts = new Map<number, number>()
  for (const { times, counts: its } of [a, b])
    times.forEach((at, index) => {
      counts.set(at, (counts.get(at) ?? 0) + its[index]!)
    })
  const merged = [...counts].sort(([one], [other]) => one - other)
  return {
    times: merged.map(([at]) => at),
    counts: merged.map(([, count]) => count),
    slotMs: Math.max(a.slotMs, b.slotMs),
    restart: a.restart + b.restart,
  }
}

/** The number of records up to this moment, from the first ever. */
function totalUntil({ times, totals, base }: Spike, at: number): number {
  const index = firstIndex(times, (time) => time > at)
  return index === 0 ? base : totals[index - 1]!
}

/** The first index for which it is true: it stays true from there on. */
function firstIndex(sorted: readonly number[], isTrue: (value: number) => boolean): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (isTrue(sorted[middle]!)) high = middle
    else low = middle + 1
  }
  return low
}

function insert(spike: Spike, at: number): void {
  const { times, totals, base } = spike
  const index = firstIndex(times, (time) => time >= at)
  if (times[index] !== at) {
    times.splice(index, 0, at)
    totals.splice(index, 0, index === 0 ? base : totals[index - 1]!)
  }
  for (let later = index; later < totals.length; later++) totals[later]!++
}

/** Removes what no window needs, some of it at a time. */
function prune(spike: Spike, untilMs: number): void {
  const { times, totals } = spike
  const gone = firstIndex(times, (time) => time > untilMs)
  if (gone === 0 || (gone < times.length && gone * 2 < times.length)) return
  spike.base = totals[gone - 1]!
  spike.times = times.slice(gone)
  spike.totals = totals.slice(gone)
}

function coarsen(spike: Spike, slotMs: number): void {
  const times: number[] = []
  const totals: number[] = []
  spike.times.forEach((time, index) => {
    const at = slotOf(time, slotMs)
    if (times.at(-1) === at) totals.pop()
    else times.push(at)
    totals.push(spike.totals[index]!)
  })
  Object.assign(spike, { times, totals, slotMs })
}

function slotOf(at: number, slotMs: number): number {
  return Math.floor(at / slotMs) * slotMs
}

/** The middle one, or the mean of the two in the middle. */
function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
