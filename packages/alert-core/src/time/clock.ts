/**
 * The port for time: the only way in which the library reads a clock or waits. A virtual one stands beside it.
 */

/** A call that waits for its time. */
export interface Timer {
  /** Makes sure that the function is not called; harmless when it already was. */
  cancel(): void
}

/** What the library needs of time. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number
  /** Milliseconds since any moment, by a clock that nobody sets; where absent, `now` is such a clock. */
  steady?(): number
  /** Calls `fn` once, `ms` milliseconds from now; less than 0 counts as 0, `Infinity` never comes. */
  after(ms: number, fn: () => void): Timer
}

/** Node fires a longer timer at once: https://nodejs.org/api/timers.html#settimeoutcallback-delay-args */
const longestDelayMs = 2 ** 31 - 1

/** The machine's clock; its timers never keep a process alive, and may be of any length. */
export const systemClock: Clock = {
  now: () => Date.now(),
  steady: () => performance.now(),
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
