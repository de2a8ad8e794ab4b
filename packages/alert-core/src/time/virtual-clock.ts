/**
 * A clock that moves only when told to, so that a day of logs takes milliseconds: for tests and for replay.
 * Timers run in the order of their times, equal times in the order of their making.
 */
import { setImmediate as turn } from 'node:timers/promises'
import type { Clock } from './clock.ts'

/** A {@link Clock} moved by hand. */
export interface VirtualClock extends Clock {
  /** Moves on by `ms`, running each due timer at its own time and letting promises settle after each. */
  advance(ms: number): Promise<void>
  /** Like `advance`, to a moment in epoch ms; a moment already past only runs what is due now. */
  advanceTo(ms: number): Promise<void>
  /** Moves on to `ms` at once when no timer is due by then; false, and nothing moves, when one is or another move is under way. */
  skipTo(ms: number): boolean
  /** When the next timer is due, epoch ms; `undefined` when none waits. */
  nextTimerAt(): number | undefined
  /** How many timers wait. */
  pending(): number
}

interface Waiting {
  readonly at: number
  readonly order: number
  readonly fn: () => void
}

/** Makes a clock that stands at `startMs` (epoch ms). Calls of `advance` that overlap run one after the other. */
export function createVirtualClock(startMs = 0): VirtualClock {
  const timers: Waiting[] = []
  let nowMs = startMs
  let made = 0
  let isMoving = 0
  let moving: Promise<void> = Promise.resolve()

  function place(timer: Waiting): number {
    let low = 0
    let high = timers.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const other = timers[middle]!
      const before = other.at < timer.at || (other.at === timer.at && other.order < timer.order)
      if (before) low = middle + 1
      else high = middle
    }
    return low
  }

  async function runUntil(untilMs: number): Promise<void> {
    await turn()
    for (let next = timers[0]; next && next.at <= untilMs; next = timers[0]) {
      timers.shift()
      nowMs = Math.max(nowMs, next.at)
      next.fn()
      await turn()
    }
    nowMs = Math.max(nowMs, untilMs)
  }

  function move(until: () => number): Promise<void> {
    isMoving++
    const moved = moving.then(() => {
      const untilMs = until()
      if (!Number.isFinite(untilMs)) throw new RangeError('a virtual clock moves to a finite time only')
      return runUntil(Math.max(nowMs, untilMs))
    })
    moving = moved
      .catch(() => {})
      .then(() => {
        isMoving--
      })
    return moved
  }

  return {
    now: () => nowMs,
    after(ms, fn) {
      const timer: Waiting = { at: nowMs + Math.max(ms || 0, 0), order: made++, fn }
      timers.splice(place(timer), 0, timer)
      const cancel = () => {
        const index = place(timer)
        if (timers[index] === timer) timers.splice(index, 1)
      }
      return { cancel }
    },
    advance: (ms) => move(() => nowMs + ms),
    advanceTo: (ms) => move(() => ms),
    skipTo(ms) {
      const next = timers[0]
      if (isMoving > 0 || (next !== undefined && next.at <= ms)) return false
      nowMs = Math.max(nowMs, ms)
      return true
    },
    nextTimerAt: () => (Number.isFinite(timers[0]?.at) ? timers[0]?.at : undefined),
    pending: () => timers.length,
  }
}
