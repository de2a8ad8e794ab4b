/**
 * Schedules: named recurring times. They change with the minute at most, so each is evaluated once a minute.
 */
import { compileTimeInterval, type TimeInterval } from '../time/time-interval.ts'

export type SchedulePlans = Readonly<Record<string, readonly TimeInterval[]>>

export interface Schedules {
  /** Whether the moment, epoch ms, lies in one of these schedules; a name that does not exist never holds. */
  isInAny(names: readonly string[], at: number): boolean
}

const minuteMs = 60_000

export function createSchedules(plans: SchedulePlans): Schedules {
  const compiled = new Map(
    Object.entries(plans).map(([name, intervals]) => [name, byMinute(intervals.map(compileTimeInterval))]),
  )
  return { isInAny: (names, at) => names.some((name) => compiled.get(name)?.(at) === true) }
}

/** When schedules may change next, epoch ms. */
export function nextMinute(at: number): number {
  return (Math.floor(at / minuteMs) + 1) * minuteMs
}

function byMinute(intervals: readonly ((at: number) => boolean)[]): (at: number) => boolean {
  let minute = Number.NaN
  let isIn = false
  return (at) => {
    const current = Math.floor(at / minuteMs)
    if (current !== minute) {
      minute = current
      isIn = intervals.some((holds) => holds(at))
    }
    return isIn
  }
}
