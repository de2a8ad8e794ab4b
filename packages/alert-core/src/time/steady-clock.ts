/**
 * A clock that runs evenly when the machine's clock is set, and detects that step: it must neither delay a
 * message for an hour nor send it an hour early.
 */
import type { Clock } from './clock.ts'

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
