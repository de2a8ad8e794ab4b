/**
 * How long to wait before an attempt is repeated: exponential with full jitter, so that many processes that failed
 * together do not come back together.
 */

/** The shape of a backoff: `firstMs · factor^(n-1)`, never more than `maxMs`. */
export interface Backoff {
  /** The first delay is `firstMs` and not less: for servers that count a retry before its time as another offence. */
  readonly exactFirst?: boolean
  readonly firstMs: number
  readonly factor: number
  readonly maxMs: number
}

/**
 * Milliseconds to wait after the `attempt`-th failure (from 1): anything between 0 and the exponential ceiling, or where
 * the first delay is exact, between that and the ceiling.
 */
export function backoffDelay(attempt: number, backoff: Backoff, random: () => number = Math.random): number {
  const { firstMs, factor, maxMs, exactFirst = false } = backoff
  if (!(firstMs > 0) || !(maxMs > 0)) return 0
  const exponent = attempt > 1 ? Math.floor(attempt) - 1 : 0
  const ceilingMs = Math.min(maxMs, firstMs * factor ** exponent)
  const leastMs = exactFirst ? Math.min(firstMs, maxMs) : 0
  return Math.round(leastMs + (ceilingMs - leastMs) * random())
}
