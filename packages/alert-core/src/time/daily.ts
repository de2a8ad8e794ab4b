/**
 * A time of day in one zone, each day or on some days of the week. Each local day has it once: if the clocks
 * leave it out, at the next moment that exists; if it comes twice, at the first.
 */
import { createLocalTime, dayMs, dayOfLocal } from './local-time.ts'
import { minuteOf, rangeOf, weekdayOf } from './time-interval-parts.ts'

export interface Daily {
  /** 'HH:MM', up to '23:59'. */
  readonly at: string
  /** 'monday', 'monday:friday'; absent: every day. */
  readonly days?: readonly string[] | undefined
  /** IANA name; absent: the machine's zone. */
  readonly timeZone?: string | undefined
}

/** Makes the function that returns the next such moment after another one, epoch ms. */
export function createDaily({ at, days, timeZone }: Daily): (after: number) => number {
  const { localAt, momentOf } = createLocalTime(timeZone)
  const minutes = minuteOf(at)
  const ranges = days?.map((text) => rangeOf(text, weekdayOf))
  const isWanted = (day: number) => {
    const weekday = new Date(day).getUTCDay()
    return ranges === undefined || ranges.some(({ begin, end }) => weekday >= begin && weekday <= end)
  }
  /** A zone that crosses the date line leaves out a whole day. */
  const exists = (day: number) => localAt(momentOf(day)) < day + dayMs

  return (after) => {
    let day = dayOfLocal(localAt(after)) - dayMs
    for (;;) {
      if (isWanted(day) && exists(day)) {
        const moment = momentOf(day + minutes * 60_000)
        if (moment > after) return moment
      }
      day += dayMs
    }
  }
}

/** Whether `createDaily` takes this as a time of day. */
export function isTimeOfDay(text: string): boolean {
  return minuteOf(text) < 24 * 60
}

/** Whether `createDaily` takes this as days of the week. */
export function isWeekdays(text: string): boolean {
  const { begin, end } = rangeOf(text, weekdayOf)
  return begin <= end
}
