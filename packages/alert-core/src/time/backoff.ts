/**
 * The delay before the next attempt: exponential, with full jitter, so that processes that failed at the same
 * time do not retry at the same time.
 */

/** The maximum delay after the nth failure is `firstMs · factor^(n-1)`, and at most `maxMs`. */
export interface Backoff {
  /** No delay is below `firstMs`: for servers that count an early retry as another offence. */
  readonly exactFirst?: boolean
  readonly firstMs: number
  readonly factor: number
  readonly maxMs: number
}

/**
 * Milliseconds to wait after the `attempt`-th failure (from 1): a random value between 0 (`firstMs` with
 * `exactFirst`) and the maximum.
 */
export function backoffDelay(attempt: number, backoff: Backoff, random: () => number = Math.random): number {
  const { firstMs, factor, maxMs, exactFirst = false } = backoff
  if (!(firstMs > 0) || !(maxMs > 0)) return 0
  const exponent = attempt > 1 ? Math.floor(attempt) - 1 : 0
  const longestMs = Math.min(maxMs, firstMs * factor ** exponent)
  const shortestMs = exactFirst ? Math.min(firstMs, maxMs) : 0
  return Math.round(shortestMs + (longestMs - shortestMs) * random())
}
