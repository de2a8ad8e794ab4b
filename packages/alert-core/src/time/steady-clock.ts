/**
 * A clock whose time goes on evenly even when the machine's is set, and that notices when that happens: a step of the wall
 * clock must neither hold a message back for an hour nor send it an hour early.
 */
import type { Clock } from './clock.ts'

/** A {@link Clock} that begins at the wall's time and goes on by itself. */
export interface SteadyClock extends Clock {
  /** By how much the wall clock, which says `wall` now, was set since the last call, ms; 0 while the two agree to some seconds. */
  takeStep(wall: number): number
}

/** Smaller differences come from slewing and from slow reading; they do no harm. */
const leastStepMs = 5000

/** Makes a steady clock beside this one. */
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
