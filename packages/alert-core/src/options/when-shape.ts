/**
 * `when` of a rule: the condition that a group of records must meet before an alert fires.
 */
import * as z from 'zod/mini'
import { once } from '../cache/lazy.ts'
import { option } from '../provider/schema.ts'
import type { Matches } from '../rules/match.ts'
import type { RuleWhen } from '../rules/rule-condition.ts'
import type { Duration } from '../time/duration.ts'
import { duration, text } from './fields.ts'
import { matches } from './match-schema.ts'

/** Frequency, number of different values, failures in a row, or absence. */
export type WhenOptions =
  | { count: number; within: Duration; distinct?: string }
  | { consecutive: number; reset: Matches }
  | { absent: Duration }

const positive = once(() => duration({ minMs: 1 }))
const most = once(() => z.int().check(z.minimum(1), z.maximum(100_000)))

// One object with optional keys, not a union of objects: so a misspelt key gets a suggestion.
const whenObject = once(() =>
  z
    .strictObject({
      count: option(most(), 'Number of records'),
      within: option(positive(), 'Time window of `count`'),
      distinct: option(text(), 'Counts different values of this field instead of records'),
      consecutive: option(most(), 'Number of matching records in a row'),
      reset: option(matches(), 'Records that end the row'),
      absent: option(positive(), 'Time without a matching record'),
    })
    .check(
      z.superRefine((options, context) => {
        const kinds = [['count', 'within', 'distinct'], ['consecutive', 'reset'], ['absent']] as const
        const given = kinds.filter((keys) => keys.some((key) => options[key] !== undefined))
        const [only] = given
        if (only === undefined || given.length > 1) {
          const message =
            'must be one of { count, within }, { count, within, distinct }, { consecutive, reset }, { absent }.'
          context.addIssue({ code: 'custom', message })
          return
        }
        for (const key of only) {
          if (options[key] !== undefined || key === 'distinct') continue
          context.addIssue({ code: 'custom', path: [key], message: `is missing: ${missing[key]}.` })
        }
      }),
    ),
)

const missing = {
  count: 'the number of records',
  within: "the time window, such as '10m'",
  consecutive: 'the number of records in a row',
  reset: 'the records that end the row',
  absent: 'the time without a matching record',
}

export const when = once(
  () => z.pipe(whenObject(), z.transform(planWhen)) as unknown as z.ZodMiniType<RuleWhen, WhenOptions>,
)

function planWhen({
  count = 1,
  within = 1,
  distinct,
  consecutive,
  reset,
  absent,
}: z.output<ReturnType<typeof whenObject>>): RuleWhen {
  if (absent !== undefined) return { absentMs: absent }
  if (consecutive !== undefined && reset !== undefined) return { consecutive, reset }
  return { count, withinMs: within, ...(distinct === undefined ? {} : { distinct }) }
}
