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
  // Not bound: Node loads its module with the first use, and the thread that logs needs none at its start.
  steady: () => performance.now(),
  after: (ms, fn) => startTimer(ms, fn, false),
}

/** The same with timers that keep the process alive: for an answer that is awaited. */
export const holdingClock: Clock = {
  ...systemClock,
  after: (ms, fn) => startTimer(ms, fn, true),
}

function startTimer(ms: number, fn: () => void, holdsProcess: boolean): Timer {
  let handle: NodeJS.Timeout
  const wait = (leftMs: number) => {
    const delayMs = Math.min(leftMs, longestDelayMs)
    handle = setTimeout(() => (leftMs > delayMs ? wait(leftMs - delayMs) : fn()), delayMs)
    if (!holdsProcess) handle.unref()
  }
  wait(Math.max(ms || 0, 0))
  return { cancel: () => clearTimeout(handle) }
}

/** A {@link Clock} that starts at the time of the wall clock and then runs on its own. */
export interface SteadyClock extends Clock {
  /**
   * The wall clock, epoch ms, and by how many ms it was set since the last call: 0 for a difference of some
   * seconds.
   */
  readWall(): { readonly now: number; readonly stepMs: number }
}

/** Smaller differences come from slewing and slow reads, and do no harm. */
const leastStepMs = 5000

export function createSteadyClock(clock: Clock): SteadyClock {
  const steady = clock.steady ?? clock.now
  const origin = clock.now() - steady()
  let ahead = 0
  const steadyNow = () => origin + steady()
  return {
    now: steadyNow,
    steady: steadyNow,
    after: clock.after,
    readWall() {
      const now = clock.now()
      const stepMs = now - steadyNow() - ahead
      if (Math.abs(stepMs) < leastStepMs) return { now, stepMs: 0 }
      ahead += stepMs
      return { now, stepMs }
    },
  }
}
