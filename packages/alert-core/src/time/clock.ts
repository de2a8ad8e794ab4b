/**
 * Time as a port: the library reads the clock and waits only through it, so that tests and replay can use a
 * virtual one.
 */

export interface Timer {
  /** Prevents the call; does nothing if the call has been made. */
  cancel(): void
}

export interface Clock {
  /** Epoch milliseconds. */
  now(): number
  /** Milliseconds of a monotonic clock; absent: `now` is monotonic. */
  steady?(): number
  /** Calls `fn` once, in `ms` milliseconds; below 0 counts as 0, `Infinity` is never. */
  after(ms: number, fn: () => void): Timer
}

/** Node fires a longer timer at once: https://nodejs.org/api/timers.html#settimeoutcallback-delay-args */
const longestDelayMs = 2 ** 31 - 1

/** The machine's clock. Its timers never keep a process alive, and may be of any length. */
export const systemClock: Clock = {
  now: () => Date.now(),
  steady: performance.now.bind(performance),
  after(ms, fn) {
    let handle: NodeJS.Timeout
    const wait = (leftMs: number) => {
      const delayMs = Math.min(leftMs, longestDelayMs)
      handle = setTimeout(() => (leftMs > delayMs ? wait(leftMs - delayMs) : fn()), delayMs)
      handle.unref()
    }
    wait(Math.max(ms || 0, 0))
    return { cancel: () => clearTimeout(handle) }
  },
}

/** A {@link Clock} that starts at the time of the wall clock and then runs on its own. */
export interface SteadyClock extends Clock {
  /**
   * By how many ms the wall clock, now at `wall`, was set since the last call; 0 for a difference of some
   * seconds.
   */
  takeStep(wall: number): number
}

/** Smaller differences come from slewing and slow reads, and do no harm. */
const leastStepMs = 5000

export function createSteadyClock(clock: Clock): SteadyClock {
  const steady = clock.steady ?? clock.now
  const origin = clock.now() - steady()
  let ahead = 0
  const now = () => origin + steady()
  return {
    now,
    steady: now,
    after: clock.after,
    takeStep(wall) {
      const stepMs = wall - now() - ahead
      if (Math.abs(stepMs) < leastStepMs) return 0
      ahead += stepMs
      return stepMs
    },
  }
}
