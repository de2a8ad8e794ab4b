/**
 * Schemas that several options share: texts, lists, durations, patterns, zones. A duration is read into
 * milliseconds.
 */

import { once } from '../cache/lazy.ts'
import { severities } from '../model.ts'
import * as z from '../provider/light-zod.ts'
import { informed } from '../provider/schema.ts'
import { patternProblem } from '../text/pattern.ts'
import { placeholdersOf } from '../text/template.ts'
import { type Duration, parseDuration } from '../time/duration.ts'
import { isTimeZone } from '../time/time-text.ts'

export const text = once(() => z.string().check(z.minLength(1)))

export const texts = once(() => z.array(text()))

export const labels = once(() => z.record(z.string(), z.string()))

export const severity = once(() => z.enum(severities))

export const locale = once(() => z.enum(['en', 'zh-CN']))

const examples = "a duration such as 250 (ms), '30s', '5m' or '1h'"

interface DurationRange {
  readonly minMs?: number
  /** The longest duration allowed, as users write it. */
  readonly atMost?: Duration
}

/** A {@link Duration}, read into milliseconds. */
export function duration({ minMs = 0, atMost }: DurationRange = {}) {
  const maxMs = atMost === undefined ? Number.POSITIVE_INFINITY : parseDuration(atMost)!
  const range = `longer than 0${atMost === undefined ? '' : ` and at most ${atMost}`}`
  return informed(
    z.pipe(
      z
        .custom<Duration>((value) => parseDuration(value) !== undefined, {
          params: { must: examples },
          abort: true,
        })
        .check(
          z.refine((value) => isWithin(parseDuration(value)!, minMs, maxMs), { error: `must be ${range}.` }),
        ),
      z.transform((value) => parseDuration(value)!),
    ),
    {
      title: 'duration',
      anyOf: [
        { type: 'number', minimum: minMs },
        { type: 'string', pattern: durationPattern },
      ],
    },
  )
}

const durationPattern = '^[0-9]{1,16}(\\.[0-9]{1,9})?(ms|s|m|h|d)$'

function isWithin(value: number, min: number, max: number): boolean {
  return value >= min && value <= max
}

/** A regular expression as text; it must be valid with one of these flags, and run in linear time. */
export function pattern(...flags: readonly ('' | 'u')[]) {
  return informed(
    text().check(
      z.superRefine((source, context) => {
        const message = patternProblem(source, flags)
        if (message !== undefined) context.addIssue({ code: 'custom', message })
      }),
    ),
    { format: 'regex' },
  )
}

export const timeZone = once(() =>
  text().check(
    z.refine(isTimeZone, {
      params: { must: "the IANA name of a time zone such as 'Europe/Berlin', 'Asia/Shanghai' or 'UTC'" },
    }),
  ),
)

/** The placeholders of a link that people write in another case. */
const linkNames = ['traceId', 'requestId']

/** An address with placeholders; `example` says how one looks. */
export const linkTemplate = (example: string) =>
  text().check(
    z.regex(/^https?:\/\//, { error: `must start with https:// or http://, as in '${example}'` }),
    z.refine((value) => placeholdersOf(value).length > 0, {
      error: `needs a placeholder in braces, as in '${example}': without one it is the same for every alert`,
    }),
    z.refine((value) => misspelt(value) === undefined, {
      error: ({ input }) => misspelt(String(input)) ?? '',
    }),
  )

/** Field names have upper and lower case: '{traceid}' would stay empty, and so no link would be made. */
function misspelt(template: string): string | undefined {
  for (const path of placeholdersOf(template)) {
    const name = linkNames.find((known) => known !== path && known.toLowerCase() === path.toLowerCase())
    if (name !== undefined) return `has the placeholder '{${path}}'. Did you mean '{${name}}'?`
  }
  return undefined
}
