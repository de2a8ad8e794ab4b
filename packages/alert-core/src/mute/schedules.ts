/**
 * Named times: whether a moment lies in one of them. They change with the minute at most, so each is worked out once a minute.
 */
import { compileTimeInterval, type TimeInterval } from '../time/time-interval.ts'

/** Named recurring times. */
export type SchedulePlans = Readonly<Record<string, readonly TimeInterval[]>>

/** Which named times hold. */
export interface Schedules {
  /** True when the moment, epoch ms, lies in one of these times; a name that does not exist holds never. */
  isInAny(names: readonly string[], at: number): boolean
}

const minuteMs = 60_000

/** Compiles the schedules of the options. */
export function createSchedules(plans: SchedulePlans): Schedules {
  const compiled = new Map(
    Object.entries(plans).map(([name, intervals]) => [name, byMinute(intervals.map(compileTimeInterval))]),
  )
  return { isInAny: (names, at) => names.some((name) => compiled.get(name)?.(at) === true) }
}

/** The moment at which schedules may have changed next, epoch ms. */
export function nextMinute(at: number): number {
  return (Math.floor(at / minuteMs) + 1) * minuteMs
}

function byMinute(intervals: readonly ((at: number) => boolean)[]): (at: number) => boolean {
  let minute = Number.NaN
  let isIn = false
  return (at) => {
    const asked = Math.floor(at / minuteMs)
    if (asked !== minute) {
      minute = asked
      isIn = intervals.some((holds) => holds(at))
    }
    return isIn
  }
}
