/**
 * Recurring times, with the fields and the meaning of Prometheus Alertmanager's time intervals: an instant is inside when every field
 * that is given admits it. https://prometheus.io/docs/alerting/latest/configuration/#time_interval
 */

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

/** What is wrong with a field: its path inside the interval and a sentence. */
export interface TimeIntervalFault {
  readonly path: readonly (string | number)[]
  readonly fault: string
}

interface Range {
  readonly begin: number
  readonly end: number
}

/** Where a clock on the wall stands. */
interface WallTime {
  readonly minute: number
  readonly weekday: number
  readonly day: number
  readonly month: number
  readonly year: number
}

const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']
const months = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
]

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

/** All that is wrong with an interval; empty when `compileTimeInterval` takes it. */
export function faultsOf(interval: TimeInterval): TimeIntervalFault[] {
  const faults: TimeIntervalFault[] = []
  const check = (path: readonly (string | number)[], fault: string | undefined) => {
    if (fault !== undefined) faults.push({ path, fault })
  }
  for (const [index, time] of (interval.times ?? []).entries()) check(['times', index], timesFault(time))
  for (const [index, text] of (interval.weekdays ?? []).entries()) {
    check(
      ['weekdays', index],
      rangeFault(text, weekdayOf, 'a day of the week such as monday or monday:friday'),
    )
  }
  for (const [index, text] of (interval.daysOfMonth ?? []).entries())
    check(['daysOfMonth', index], dayFault(text))
  for (const [index, text] of (interval.months ?? []).entries()) {
    check(['months', index], rangeFault(text, monthOf, 'a month such as january, january:march or 1:3'))
  }
  for (const [index, text] of (interval.years ?? []).entries()) {
    check(['years', index], rangeFault(text, yearOf, 'a year such as 2026 or 2026:2030'))
  }
  if (interval.location !== undefined) {
    check(
      ['location'],
      isTimeZone(interval.location) ? undefined : 'must be a time zone such as Asia/Shanghai.',
    )
  }
  return faults
}

function timesFault({
  start,
  end,
}: {
  readonly start?: unknown
  readonly end?: unknown
}): string | undefined {
  const begin = minuteOf(start)
  const stop = minuteOf(end)
  if (Number.isNaN(begin) || Number.isNaN(stop))
    return 'needs `start` and `end` as HH:MM, from 00:00 to 24:00.'
  return begin < stop
    ? undefined
    : 'must end after it starts; a night is two of them, one up to 24:00 and one from 00:00.'
}

function rangeFault(text: string, parse: (part: string) => number, what: string): string | undefined {
  const { begin, end } = rangeOf(text, parse)
  if (Number.isNaN(begin) || Number.isNaN(end)) return `must be ${what}.`
  return begin <= end ? undefined : 'must end after it starts; one that wraps around is two.'
}

function dayFault(text: string): string | undefined {
  const { begin, end } = rangeOf(text, dayOf)
  if (Number.isNaN(begin) || Number.isNaN(end))
    return 'must be a day such as 1, 1:5 or -3:-1, from 1 to 31 or -31 to -1.'
  if (begin < 0 && end > 0) return 'must end with a negative day when it starts with one.'
  // The shortest month decides, as Alertmanager has it.
  const from = begin < 0 ? 28 + begin : begin
  const to = end < 0 ? 28 + end : end
  return from <= to ? undefined : 'must end after it starts.'
}

function rangeOf(text: string, parse: (part: string) => number): Range {
  const parts = String(text).toLowerCase().split(':')
  if (parts.length > 2) return { begin: Number.NaN, end: Number.NaN }
  const begin = parse(parts[0]!.trim())
  return { begin, end: parts.length === 1 ? begin : parse(parts[1]!.trim()) }
}

function weekdayOf(name: string): number {
  const index = weekdays.indexOf(name)
  return index === -1 ? Number.NaN : index
}

function monthOf(name: string): number {
  const index = months.indexOf(name)
  if (index !== -1) return index + 1
  return /^(?:[1-9]|1[0-2])$/.test(name) ? Number(name) : Number.NaN
}

function dayOf(text: string): number {
  return /^-?(?:[1-9]|[12]\d|3[01])$/.test(text) ? Number(text) : Number.NaN
}

function yearOf(text: string): number {
  return /^\d{4}$/.test(text) ? Number(text) : Number.NaN
}

function minuteOf(text: unknown): number {
  const [, hours, minutes] = /^(\d{2}):([0-5]\d)$/.exec(String(text)) ?? []
  const minute = Number(hours) * 60 + Number(minutes)
  return minute <= 24 * 60 ? minute : Number.NaN
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
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
