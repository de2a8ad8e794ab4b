/**
 * So many records within so long. Only the times of the last `count` records matter, so a window is a ring of
 * that many numbers.
 */

/** The times of the latest records of one key, epoch ms. */
export interface Window {
  /** Oldest first until it is full; then a ring that starts at index `oldest`. */
  readonly times: number[]
  oldest: number
}

/** A window of these times, oldest first. */
export function openWindow(times: readonly number[] = []): Window {
  return { times: [...times], oldest: 0 }
}

/** Adds one record and keeps the `count` latest. */
export function addToWindow(window: Window, count: number, now: number): void {
  const { times } = window
  if (times.length > count) shrink(window, count)
  if (now < latestTime(window)) {
    window.times.splice(0, times.length, ...inOrder(timesOf(window), now).slice(-count))
    window.oldest = 0
    return
  }
  if (times.length < count) {
    if (window.oldest !== 0) shrink(window, times.length)
    times.push(now)
    return
  }
  times[window.oldest] = now
  window.oldest = (window.oldest + 1) % count
}

/**
 * Until when the window has `count` records if no more come, epoch ms; `-Infinity` if it never had. A record
 * that is `withinMs` old is outside.
 */
export function windowHoldsUntil(window: Window, count: number, withinMs: number): number {
  const { times, oldest } = window
  return times.length < count ? Number.NEGATIVE_INFINITY : times[oldest]! + withinMs
}

export function latestTime({ times, oldest }: Window): number {
  return times[(oldest + times.length - 1) % times.length] ?? Number.NEGATIVE_INFINITY
}

/** The times, which are in order, with one more. */
export function inOrder(times: readonly number[], at: number): number[] {
  const after = times.findLastIndex((time) => time <= at) + 1
  return times.toSpliced(after, 0, at)
}

/** The kept times, oldest first. */
export function timesOf({ times, oldest }: Window): number[] {
  return [...times.slice(oldest), ...times.slice(0, oldest)]
}

function shrink(window: Window, count: number): void {
  const latest = timesOf(window).slice(-count)
  window.times.splice(0, window.times.length, ...latest)
  window.oldest = 0
}

/** How many records came within so long before `now`. */
export function countInWindow(window: Window, withinMs: number, now: number): number {
  return timesOf(window).filter((at) => at > now - withinMs).length
}
