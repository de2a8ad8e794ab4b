/**
 * What keeps channels quiet: silences, inhibitions, schedules.
 */
import { z } from 'zod'
import { once } from '../kernel/once.ts'
import type { TimeInterval } from '../kernel/time-interval.ts'
import { faultsOf } from '../kernel/time-interval-faults.ts'
import type { SilencePlan } from '../quiet/silences.ts'
import { option, text, texts } from './fields.ts'
import { matches } from './match-schema.ts'

const momentWords = "a moment with its offset such as '2026-10-01T06:00:00+08:00' or '2026-10-01T06:00:00Z'"
const momentPattern = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})$/i

/** A moment, parsed to epoch ms. */
const moment = once(() =>
  z
    .string()
    .refine(isMoment, { params: { must: momentWords } })
    .transform((value) => Date.parse(value))
    .meta({ title: 'moment', type: 'string', format: 'date-time' }),
)

/** One silence. */
export const silence = once(() =>
  z
    .strictObject({
      match: matches().describe(
        'The alerts: rule, severity, code, service, env, labels, fields of the latest record',
      ),
      from: option(moment(), 'When it begins', { 'x-default': 'at once' }),
      until: moment().describe('When it ends'),
      schedules: option(texts().min(1), 'Only while one of these `schedules` holds', {
        'x-default': 'all the time',
      }),
      comment: option(text(), 'Why, and who says so'),
    })
    .refine(({ from, until }) => from === undefined || from < until, {
      path: ['until'],
      error: 'must be later than `from`.',
    }),
)

/** One inhibition. */
export const inhibition = once(() =>
  z.strictObject({
    source: matches().describe('While such an alert fires'),
    target: matches().describe('such alerts are not told'),
    equal: texts().describe('if both carry these fields with equal values'),
  }),
)

/** One recurring time. */
export const timeInterval = once(() =>
  z
    .strictObject({
      times: option(
        z.array(
          z.strictObject({
            start: text().describe("HH:MM, inside: '09:00'"),
            end: text().describe("HH:MM, outside: '17:00', at most '24:00'"),
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
    .superRefine((interval, context) => {
      for (const { path, fault } of faultsOf(interval as TimeInterval)) {
        context.addIssue({ code: 'custom', path: [...path], message: fault })
      }
    }),
)

/** When a channel speaks. */
export const channelTimes = once(() =>
  z.strictObject({
    only: option(texts().min(1), 'Only while one of these `schedules` holds'),
    not: option(texts().min(1), 'Not while one of these `schedules` holds'),
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
