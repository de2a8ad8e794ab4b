/**
 * Rate limits with exact sliding windows: no window of the given length, wherever it starts, ever contains
 * more than the allowed number.
 */

/** At most `count` in any `perMs` milliseconds. */
export interface RateLimit {
  readonly count: number
  readonly perMs: number
}

/** The limit that lets nothing through for so long: the shortest window that can. */
export function limitFor<Limit extends Pick<RateLimit, 'perMs'>>(
  limits: readonly Limit[],
  waitMs: number,
): Limit | undefined {
  const long = limits.filter(({ perMs }) => perMs >= waitMs)
  return (long.length > 0 ? long : [...limits]).sort((a, b) => a.perMs - b.perMs)[0]
}

/** The part of each of so many: at least one, unless the whole is less. */
export function partOfLimit({ count, perMs }: RateLimit, among: number): RateLimit {
  return { count: Math.min(count, Math.max(1, Math.floor(count / among))), perMs }
}

/** Limits in sliding windows; the caller passes the time, epoch ms. */
export interface Quota {
  /**
   * Milliseconds until the next one is allowed; 0 is now, `Infinity` is never (a count below 1). `reserved`
   * are not counted yet and come before it; if they fill a limit by themselves, the wait is `Infinity` too.
   */
  waitMs(now: number, reserved?: number): number
  /** Counts one at `now`, whether it was allowed or not. */
  take(now: number): void
  /** The counted times, oldest first: plain JSON. */
  snapshot(): number[]
  /** Replaces the counted times; ignores anything but a list of numbers. */
  restore(state: unknown): void
}

/** A quota that stores at most as many times as the largest count. */
export function createQuota(limits: readonly RateLimit[]): Quota {
  const windows = limits.filter((limit) => limit.perMs > 0 && limit.count !== Number.POSITIVE_INFINITY)
  const longest = windows.reduce((most, limit) => Math.max(most, Math.floor(limit.count) || 0), 0)
  let times: number[] = []

  const keepLast = () => {
    times = longest > 0 ? times.slice(-longest) : []
  }

  /** A clock that is set back would make us wait for hours: the counted times move with it. */
  const followClock = (now: number) => {
    const ahead = (times.at(-1) ?? now) - now
    if (ahead > 0) times = times.map((time) => time - ahead)
  }

  return {
    waitMs(now, reserved = 0) {
      followClock(now)
      let wait = 0
      for (const { count, perMs } of windows) {
        if (!(count >= 1) || Math.floor(count) <= reserved) return Number.POSITIVE_INFINITY
        const oldest = times[times.length + reserved - Math.floor(count)]
        if (oldest !== undefined) wait = Math.max(wait, oldest + perMs - now)
      }
      return wait
    },
    take(now) {
      followClock(now)
      times.push(now)
      if (times.length > 2 * longest) keepLast()
    },
    snapshot() {
      keepLast()
      return [...times]
    },
    restore(state) {
      if (!Array.isArray(state)) return
      times = state.filter((time): time is number => Number.isFinite(time)).sort((a, b) => a - b)
      keepLast()
    },
  }
}

/** A limit that reads its own clock. */
export interface RateLimiter {
  /** Milliseconds until the next one is allowed; 0 is now. */
  waitMs(): number
  /** Counts one, now. */
  take(): void
}

/**
 * A limit per second and per minute. A rate below 1 is one in a longer time: 0.5 per second is one in 2 s.
 */
export function createRateLimiter(
  rates: { readonly perSecond?: number; readonly perMinute?: number },
  now: () => number,
): RateLimiter {
  const { perSecond, perMinute } = rates
  const limits: RateLimit[] = []
  if (perSecond !== undefined) limits.push(windowOf(perSecond, 1000))
  if (perMinute !== undefined) limits.push(windowOf(perMinute, 60_000))
  const quota = createQuota(limits)
  return { waitMs: () => quota.waitMs(now()), take: () => quota.take(now()) }
}

function windowOf(rate: number, unitMs: number): RateLimit {
  return rate > 0 && rate < 1 ? { count: 1, perMs: unitMs / rate } : { count: rate, perMs: unitMs }
}
