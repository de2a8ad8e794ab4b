/**
 * A clock that moves only by calls, so that a day of logs takes milliseconds: for tests and for replay.
 * Timers run in the order of their times; timers of the same time in the order in which they were set.
 */
import { setImmediate as turn } from 'node:timers/promises'
import type { Clock } from './clock.ts'

/** A {@link Clock} that is moved by calls. */
export interface VirtualClock extends Clock {
  /** Moves by `ms`. Runs each due timer at its own time, and lets promises settle after each. */
  advance(ms: number): Promise<void>
  /** Moves to a moment, epoch ms. A moment in the past only runs the timers that are due now. */
  advanceTo(ms: number): Promise<void>
  /**
   * Moves to `ms` at once if no timer is due by then. Otherwise, or during another move, does nothing and
   * returns false.
   */
  skipTo(ms: number): boolean
  /** When the next timer is due, epoch ms; `undefined` if there is no timer. */
  nextTimerAt(): number | undefined
  /** Number of timers. */
  pending(): number
}

interface Waiting {
  readonly at: number
  readonly order: number
  readonly fn: () => void
}

/**
 * Makes a clock that starts at `startMs` (epoch ms). Overlapping calls of `advance` run one after the other.
 */
export function createVirtualClock(startMs = 0): VirtualClock {
  const timers: Waiting[] = []
  let nowMs = startMs
  let made = 0
  let isMoving = 0
  let moving: Promise<void> = Promise.resolve()

  function positionOf(timer: Waiting): number {
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
      timers.splice(positionOf(timer), 0, timer)
      const cancel = () => {
        const index = positionOf(timer)
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
