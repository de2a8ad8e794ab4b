/**
 * Checks a time interval by the rules of Prometheus Alertmanager.
 */
import type { TimeInterval } from './time-interval.ts'
import { dayOf, minuteOf, monthOf, rangeOf, weekdayOf, yearOf } from './time-interval-parts.ts'
import { isTimeZone } from './time-text.ts'

/** One problem: the path inside the interval, and a sentence. */
export interface TimeIntervalProblem {
  readonly path: readonly (string | number)[]
  readonly message: string
}

/** All problems of an interval; empty if `compileTimeInterval` accepts it. */
export function problemsOf(interval: TimeInterval): TimeIntervalProblem[] {
  const problems: TimeIntervalProblem[] = []
  const check = (path: readonly (string | number)[], message: string | undefined) => {
    if (message !== undefined) problems.push({ path, message })
  }
  for (const [index, time] of (interval.times ?? []).entries()) check(['times', index], timesProblem(time))
  for (const [index, text] of (interval.weekdays ?? []).entries()) {
    check(
      ['weekdays', index],
      rangeProblem(text, weekdayOf, 'a day of the week such as monday or monday:friday'),
    )
  }
  for (const [index, text] of (interval.daysOfMonth ?? []).entries())
    check(['daysOfMonth', index], dayProblem(text))
  for (const [index, text] of (interval.months ?? []).entries()) {
    check(['months', index], rangeProblem(text, monthOf, 'a month such as january, january:march or 1:3'))
  }
  for (const [index, text] of (interval.years ?? []).entries()) {
    check(['years', index], rangeProblem(text, yearOf, 'a year such as 2026 or 2026:2030'))
  }
  if (interval.location !== undefined) {
    check(
      ['location'],
      isTimeZone(interval.location) ? undefined : 'must be a time zone such as Asia/Shanghai.',
    )
  }
  return problems
}

function timesProblem({
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
    : 'must end after it starts. Write a night as two intervals: one up to 24:00, one from 00:00.'
}

function rangeProblem(text: string, parse: (part: string) => number, what: string): string | undefined {
  const { begin, end } = rangeOf(text, parse)
  if (Number.isNaN(begin) || Number.isNaN(end)) return `must be ${what}.`
  return begin <= end ? undefined : 'must end after it starts. Write a range across the end as two ranges.'
}

function dayProblem(text: string): string | undefined {
  const { begin, end } = rangeOf(text, dayOf)
  if (Number.isNaN(begin) || Number.isNaN(end))
    return 'must be a day such as 1, 1:5 or -3:-1, from 1 to 31 or -31 to -1.'
  if (begin < 0 && end > 0) return 'must end with a negative day when it starts with one.'
  // As in Alertmanager, the shortest month decides.
  const from = begin < 0 ? 28 + begin : begin
  const to = end < 0 ? 28 + end : end
  return from <= to ? undefined : 'must end after it starts.'
}
