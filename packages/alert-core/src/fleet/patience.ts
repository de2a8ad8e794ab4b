/**
 * How long the process that notifies may leave this one without an answer. It is counted in beats of this
 * process that came in time: if it was stalled itself, or the machine is overloaded, the other one was too.
 */
import type { Clock } from '../time/clock.ts'
import { beatMs } from './place.ts'

/** From one answer to the next. */
export interface Silence {
  /** It answered. */
  end(): void
  /** A beat of this process; true if the other one is to be replaced. */
  beat(): boolean
}

export interface Patience {
  listen(): Silence
  /** A process was replaced that may be alive: after that again, each waits twice as long. */
  double(): void
}

/** A speaker that leaves so many beats in a row unanswered is replaced. */
const mostMissed = 4
/** A beat that comes later than this after the one before was not in time. */
const inTimeMs = 1.25 * beatMs
/** A process whose own beats seldom come in time judges after so long, with the first that does. */
const longestMs = 30_000
const mostDoublings = 4
/** After so long without a replacement, a silence means the same again as at first. */
const forgottenMs = 600_000

export function createPatience(clock: Clock): Patience {
  let doublings = 0
  let doubledAt = Number.NEGATIVE_INFINITY

  function factor(now: number): number {
    return now - doubledAt > forgottenMs ? 1 : 2 ** doublings
  }

  return {
    listen() {
      let beganAt = clock.now()
      let beatAt = beganAt
      let missed = 0
      return {
        end() {
          beganAt = clock.now()
          missed = 0
        },
        beat() {
          const now = clock.now()
          const isInTime = now - beatAt <= inTimeMs
          beatAt = now
          // After a stall the answer may wait to be read.
          if (!isInTime) return false
          missed++
          return missed > mostMissed * factor(now) || now - beganAt > longestMs * factor(now)
        },
      }
    },
    double() {
      const now = clock.now()
      doublings = Math.min(mostDoublings, Math.log2(factor(now)) + 1)
      doubledAt = now
    },
  }
}
