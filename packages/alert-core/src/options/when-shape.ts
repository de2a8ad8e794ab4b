/**
 * `when` of a rule: what has to come together for one key before it is an alert.
 */
import * as z from 'zod/mini'
import { once } from '../cache/lazy.ts'
import { option } from '../provider/schema.ts'
import type { Matches } from '../rules/match.ts'
import type { RuleWhen } from '../rules/rule-condition.ts'
import type { Duration } from '../time/duration.ts'
import { duration, text } from './fields.ts'
import { matches } from './match-schema.ts'

/** What users write: frequency or cardinality, so many in a row, or nothing for so long. */
export type WhenOptions =
  | { count: number; within: Duration; distinct?: string }
  | { consecutive: number; reset: Matches }
  | { absent: Duration }

const positive = once(() => duration({ minMs: 1 }))
const most = once(() => z.int().check(z.minimum(1), z.maximum(100_000)))

// One object with optional keys instead of a union of objects: a misspelt key then gets its nearest neighbour.
const whenObject = once(() =>
  z
    .strictObject({
      count: option(most(), 'So many records'),
      within: option(positive(), 'in so long'),
      distinct: option(text(), 'Counts different values of this field in place of records'),
      consecutive: option(most(), 'So many in a row'),
      reset: option(matches(), 'The records that end the row'),
      absent: option(positive(), 'Nothing matched for so long'),
    })
    .check(
      z.superRefine((given, context) => {
        const kinds = [['count', 'within', 'distinct'], ['consecutive', 'reset'], ['absent']] as const
        const asked = kinds.filter((keys) => keys.some((key) => given[key] !== undefined))
        const [only] = asked
        if (only === undefined || asked.length > 1) {
          const message =
            'must be one of { count, within }, { count, within, distinct }, { consecutive, reset }, { absent }.'
          context.addIssue({ code: 'custom', message })
          return
        }
        for (const key of only) {
          if (given[key] !== undefined || key === 'distinct') continue
          context.addIssue({ code: 'custom', path: [key], message: `is missing: ${missing[key]}.` })
        }
      }),
    ),
)

const missing = {
  count: 'how many records',
  within: "in how long, such as '10m'",
  consecutive: 'how many in a row',
  reset: 'the records that end the row',
  absent: 'for how long nothing matched',
}

/** The schema of `when`. */
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
