/**
 * What keeps channels quiet: silences, inhibitions, schedules.
 */
import * as z from 'zod/mini'
import { once } from '../cache/lazy.ts'
import type { SilencePlan } from '../mute/silences.ts'
import { informed, option, required } from '../provider/schema.ts'
import { problemsOf } from '../time/check-time-interval.ts'
import type { TimeInterval } from '../time/time-interval.ts'
import { text, texts } from './fields.ts'
import { matches } from './match-schema.ts'

const momentWords = "a moment with its offset such as '2026-10-01T06:00:00+08:00' or '2026-10-01T06:00:00Z'"
const momentPattern = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})$/i

/** A moment, parsed to epoch ms. */
const moment = once(() =>
  informed(
    z.pipe(
      z.string().check(z.refine(isMoment, { params: { must: momentWords } })),
      z.transform((value) => Date.parse(value)),
    ),
    { title: 'moment', type: 'string', format: 'date-time' },
  ),
)

/** One silence. */
export const silence = once(() =>
  z
    .strictObject({
      match: required(
        matches(),
        'The alerts: rule, severity, code, service, env, labels, fields of the latest record',
      ),
      from: option(moment(), 'When it begins', { 'x-default': 'at once' }),
      until: required(moment(), 'When it ends'),
      schedules: option(texts().check(z.minLength(1)), 'Only while one of these `schedules` holds', {
        'x-default': 'all the time',
      }),
      comment: option(text(), 'Why, and who says so'),
    })
    .check(
      z.refine(({ from, until }) => from === undefined || from < until, {
        path: ['until'],
        error: 'must be later than `from`.',
      }),
    ),
)

/** One inhibition. */
export const inhibition = once(() =>
  z.strictObject({
    source: required(matches(), 'While such an alert fires'),
    target: required(matches(), 'such alerts are not told'),
    equal: required(texts(), 'if both carry these fields with equal values'),
  }),
)

/** One recurring time. */
export const timeInterval = once(() =>
  z
    .strictObject({
      times: option(
        z.array(
          z.strictObject({
            start: required(text(), "HH:MM, inside: '09:00'"),
            end: required(text(), "HH:MM, outside: '17:00', at most '24:00'"),
          }),
        ),
        'Times of the day',
      ),
      weekdays: option(texts(), "'monday', 'monday:friday'; the week starts on Sunday"),
      daysOfMonth: option(texts(), "'1', '1:5', '-3:-1'; negative ones count from the end of the month"),
      months: option(texts(), "'january', 'march:june', '3:6'"),
      years: option(texts(), "'2026', '2026:2030'"),
      location: option(text(), 'IANA time zone', { default: 'UTC' }),
    })
    .check(
      z.superRefine((interval, context) => {
        for (const { path, fault } of problemsOf(interval as TimeInterval)) {
          context.addIssue({ code: 'custom', path: [...path], message: fault })
        }
      }),
    ),
)

/** When a channel speaks. */
export const channelTimes = once(() =>
  z.strictObject({
    only: option(texts().check(z.minLength(1)), 'Only while one of these `schedules` holds'),
    not: option(texts().check(z.minLength(1)), 'Not while one of these `schedules` holds'),
  }),
)

/** A silence as the schema reads it, as the plan has it. */
export function planSilence(given: z.output<ReturnType<typeof silence>>): SilencePlan {
  const { match, from, until, schedules = [], comment } = given
  return {
    match,
    ...(from === undefined ? {} : { fromMs: from }),
    untilMs: until,
    schedules,
    ...(comment === undefined ? {} : { comment }),
  }
}

function isMoment(value: string): boolean {
  return momentPattern.test(value) && !Number.isNaN(Date.parse(value))
}
