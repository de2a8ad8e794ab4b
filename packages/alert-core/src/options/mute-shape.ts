/**
 * The schemas of silences, inhibitions and schedules.
 */

import { once } from '../cache/lazy.ts'
import type { SilencePlan } from '../mute/silences.ts'
import * as z from '../provider/light-zod.ts'
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

export const silence = once(() =>
  z
    .strictObject({
      match: required(
        matches(),
        'Alerts to silence, by rule, severity, code, service, env, labels, or fields of the latest record',
      ),
      from: option(moment(), 'Start of the silence', { 'x-default': 'at once' }),
      until: required(moment(), 'End of the silence'),
      schedules: option(
        texts().check(z.minLength(1)),
        'The silence applies only while one of these `schedules` holds',
        {
          'x-default': 'all the time',
        },
      ),
      comment: option(text(), 'Reason for the silence, and who made it'),
    })
    .check(
      z.refine(({ from, until }) => from === undefined || from < until, {
        path: ['until'],
        error: 'must be later than `from`.',
      }),
    ),
)

export const inhibition = once(() =>
  z.strictObject({
    source: required(matches(), 'Alerts that inhibit others while they fire'),
    target: required(matches(), 'Alerts that are not sent during that time'),
    equal: required(texts(), 'Fields that both alerts must have, with equal values'),
  }),
)

export const timeInterval = once(() =>
  z
    .strictObject({
      times: option(
        z.array(
          z.strictObject({
            start: required(text(), "Start as HH:MM, included: '09:00'"),
            end: required(text(), "End as HH:MM, excluded: '17:00', at most '24:00'"),
          }),
        ),
        'Times of the day',
      ),
      weekdays: option(texts(), "Days of the week: 'monday', 'monday:friday'; the week starts on Sunday"),
      daysOfMonth: option(
        texts(),
        "Days of the month: '1', '1:5', '-3:-1'; negative days count from the end of the month",
      ),
      months: option(texts(), "Months: 'january', 'march:june', '3:6'"),
      years: option(texts(), "Years: '2026', '2026:2030'"),
      location: option(text(), 'IANA time zone', { default: 'UTC' }),
    })
    .check(
      z.superRefine((interval, context) => {
        for (const { path, message } of problemsOf(interval as TimeInterval)) {
          context.addIssue({ code: 'custom', path: [...path], message })
        }
      }),
    ),
)

/** When a channel is active. */
export const channelTimes = once(() =>
  z.strictObject({
    only: option(
      texts().check(z.minLength(1)),
      'The channel is active only while one of these `schedules` holds',
    ),
    not: option(
      texts().check(z.minLength(1)),
      'The channel is not active while one of these `schedules` holds',
    ),
  }),
)

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
