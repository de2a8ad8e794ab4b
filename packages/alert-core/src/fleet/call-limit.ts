/**
 * How long Redis may leave a call without an answer. Only time in which this process was not stalled itself
 * counts: on an overloaded machine, or while modules are loaded, the answer waits here.
 */
import type { Clock, Timer } from '../time/clock.ts'

const parts = 5
/** However often it is stalled. */
const longestFactor = 10

/** Calls `onLate` after so many milliseconds. */
export function limitCall(clock: Clock, ms: number, onLate: () => void): Timer {
  const partMs = ms / parts
  const endAt = clock.now() + longestFactor * ms
  let left = parts
  let timer: Timer

  function wait(): void {
    const dueAt = clock.now() + partMs
    timer = clock.after(partMs, () => {
      const now = clock.now()
      if (now - dueAt <= partMs) left--
      if (left <= 0 || now > endAt) onLate()
      else wait()
    })
  }

  wait()
  return { cancel: () => timer.cancel() }
}

/** The same promise; rejects with `late` if it takes so long. */
export function inTime<Result>(
  clock: Clock,
  ms: number,
  answer: Promise<Result>,
  late: () => Error,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const limit = limitCall(clock, ms, () => reject(late()))
    answer.then(resolve, reject).finally(limit.cancel)
  })
}
