/**
 * Recurring times, as Prometheus Alertmanager defines them: a moment is inside if every given field matches
 * it. https://prometheus.io/docs/alerting/latest/configuration/#time_interval
 */

import { minuteOf, monthOf, type Range, rangeOf, weekdayOf, weekdays } from './time-interval-parts.ts'

/** One interval; an absent field matches every moment. */
export interface TimeInterval {
  /**
   * Times of the day, `start` included, `end` excluded: `{ start: '09:00', end: '17:00' }`; `end` may be
   * '24:00'.
   */
  readonly times?: readonly { readonly start: string; readonly end: string }[]
  /** 'monday', 'monday:friday'; the week starts on Sunday. */
  readonly weekdays?: readonly string[]
  /** '1', '1:5', '-3:-1': negative days count from the end of the month. */
  readonly daysOfMonth?: readonly string[]
  /** 'january', 'march:june', '3:6'. */
  readonly months?: readonly string[]
  /** '2026', '2026:2030'. */
  readonly years?: readonly string[]
  /** IANA time zone, 'UTC' unless given. */
  readonly location?: string
}

interface WallTime {
  readonly minute: number
  readonly weekday: number
  readonly day: number
  readonly month: number
  readonly year: number
}

/**
 * Makes the test whether a moment (epoch ms) is inside the interval, in which `problemsOf` must find nothing
 * wrong.
 */
export function compileTimeInterval(interval: TimeInterval): (at: number) => boolean {
  const wallTime = createWallClock(interval.location ?? 'UTC')
  const times = interval.times?.map(({ start, end }) => ({ begin: minuteOf(start), end: minuteOf(end) }))
  const byWeekday = interval.weekdays?.map((text) => rangeOf(text, weekdayOf))
  const byDay = interval.daysOfMonth?.map((text) => rangeOf(text, Number))
  const byMonth = interval.months?.map((text) => rangeOf(text, monthOf))
  const byYear = interval.years?.map((text) => rangeOf(text, Number))
  return (at) => {
    const wall = wallTime(at)
    return (
      (times === undefined || times.some(({ begin, end }) => wall.minute >= begin && wall.minute < end)) &&
      isIn(byWeekday, wall.weekday) &&
      isIn(byMonth, wall.month) &&
      isIn(byYear, wall.year) &&
      (byDay === undefined || byDay.some((range) => holdsDay(range, wall)))
    )
  }
}

function isIn(ranges: readonly Range[] | undefined, value: number): boolean {
  return ranges === undefined || ranges.some(({ begin, end }) => value >= begin && value <= end)
}

/**
 * A range that starts after the last day of the month does not match; a range that ends after it ends with
 * it.
 */
function holdsDay({ begin, end }: Range, { day, month, year }: WallTime): boolean {
  const last = new Date(Date.UTC(year, month, 0)).getUTCDate()
  const from = begin < 0 ? last + begin + 1 : begin
  const to = end < 0 ? last + end + 1 : end
  return from <= last && day >= from && day <= Math.min(to, last)
}

function createWallClock(timeZone: string): (at: number) => WallTime {
  const format = new Intl.DateTimeFormat('en-US-u-ca-gregory', {
    timeZone,
    hourCycle: 'h23',
    weekday: 'long',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  })
  return (at) => {
    const parts: Partial<Record<Intl.DateTimeFormatPartTypes, string>> = {}
    for (const { type, value } of format.formatToParts(at)) parts[type] = value
    return {
      minute: Number(parts.hour) * 60 + Number(parts.minute),
      weekday: weekdays.indexOf(String(parts.weekday).toLowerCase()),
      day: Number(parts.day),
      month: Number(parts.month),
      year: Number(parts.year),
    }
  }
}
