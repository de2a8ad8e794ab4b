/**
 * Recurring times, with the fields and the meaning of Prometheus Alertmanager's time intervals: an instant is inside when every field
 * that is given admits it. https://prometheus.io/docs/alerting/latest/configuration/#time_interval
 */

import { minuteOf, monthOf, type Range, rangeOf, weekdayOf, weekdays } from './time-interval-parts.ts'

/** One interval; a field that is absent admits every instant. */
export interface TimeInterval {
  /** Minutes of the day, `start` inside, `end` outside: `{ start: '09:00', end: '17:00' }`; `end` may be '24:00'. */
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

/** Where a clock on the wall stands. */
interface WallTime {
  readonly minute: number
  readonly weekday: number
  readonly day: number
  readonly month: number
  readonly year: number
}

/** Compiles an interval into the question whether an instant (epoch ms) is inside it. Takes what `faultsOf` finds nothing wrong with. */
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

/** A range that begins after the month's last day is not moved into it; one that ends after it ends with it. */
function holdsDay({ begin, end }: Range, { day, month, year }: WallTime): boolean {
  const last = new Date(Date.UTC(year, month, 0)).getUTCDate()
  const from = begin < 0 ? last + begin + 1 : begin
  const to = end < 0 ? last + end + 1 : end
  return from <= last && day >= from && day <= Math.min(to, last)
}

/** Reads the wall clock of a zone; Intl knows its changes of offset. */
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
