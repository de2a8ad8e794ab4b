/**
 * `when` of a rule: the condition that a group of records must meet before an alert fires.
 */

import { once } from '../cache/lazy.ts'
import * as z from '../provider/light-zod.ts'
import { option } from '../provider/schema.ts'
import type { Matches } from '../rules/match.ts'
import type { RuleWhen } from '../rules/rule-condition.ts'
import type { Duration } from '../time/duration.ts'
import { defaults } from './defaults.ts'
import { duration, text } from './fields.ts'
import { matches } from './match-schema.ts'

/** Frequency, number of different values, more than usual, failures in a row, or absence. */
export type WhenOptions =
  | { count: number; within: Duration; distinct?: string }
  | {
      spike: number
      within: Duration
      atLeast?: number
      reference?: { windows?: number; atLeast?: number }
    }
  | { consecutive: number; reset: Matches }
  | { absent: Duration }

const positive = once(() => duration({ minMs: 1 }))
const most = once(() => z.int().check(z.minimum(1), z.maximum(100_000)))

// One object with optional keys, not a union of objects: so a misspelt key gets a suggestion.
const whenObject = once(() =>
  z
    .strictObject({
      count: option(most(), 'Number of records'),
      within: option(positive(), 'Time window of `count` or `spike`'),
      distinct: option(text(), 'Counts different values of this field instead of records'),
      spike: option(
        z.number().check(z.minimum(1), z.maximum(10_000)),
        'How many times as many records as usual; usual is the median of the windows before',
      ),
      atLeast: option(most(), 'Fewer records in one window are never a spike', {
        default: defaults.spikeAtLeast,
      }),
      reference: option(
        z.strictObject({
          windows: option(
            z.int().check(z.minimum(1), z.maximum(100)),
            'How many windows before the present one say what is usual',
            { default: defaults.spikeWindows },
          ),
          atLeast: option(
            z.int().check(z.minimum(0), z.maximum(100_000)),
            'Nothing is a spike if usual is less than this',
            { default: 0 },
          ),
        }),
        'What a spike is compared with',
      ),
      consecutive: option(most(), 'Number of matching records in a row'),
      reset: option(matches(), 'Records that end the row'),
      absent: option(positive(), 'Time without a matching record'),
    })
    .check(
      z.superRefine((options, context) => {
        const given = keys.filter((key) => options[key] !== undefined)
        const [only] = kinds.filter((kind) => given.every((key) => kind.includes(key)))
        if (only === undefined || given.length === 0) {
          const message =
            'must be one of { count, within }, { count, within, distinct }, { spike, within }, { consecutive, reset }, { absent }.'
          context.addIssue({ code: 'custom', message })
          return
        }
        for (const key of only) {
          if (options[key] !== undefined || !isNeeded(key)) continue
          context.addIssue({ code: 'custom', path: [key], message: `is missing: ${missing[key]}.` })
        }
      }),
    ),
)

type Key = keyof z.output<ReturnType<typeof whenObject>>

/** The keys of each kind of condition. */
const kinds: readonly (readonly Key[])[] = [
  ['count', 'within', 'distinct'],
  ['spike', 'within', 'atLeast', 'reference'],
  ['consecutive', 'reset'],
  ['absent'],
]
const keys = [...new Set(kinds.flat())]

const missing = {
  count: 'the number of records',
  within: "the time window, such as '10m'",
  spike: 'how many times as many records as usual',
  consecutive: 'the number of records in a row',
  reset: 'the records that end the row',
  absent: 'the time without a matching record',
}

function isNeeded(key: Key): key is keyof typeof missing {
  return Object.hasOwn(missing, key)
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
  spike,
  atLeast = defaults.spikeAtLeast,
  reference: { windows = defaults.spikeWindows, atLeast: referenceAtLeast = 0 } = {},
}: z.output<ReturnType<typeof whenObject>>): RuleWhen {
  if (absent !== undefined) return { absentMs: absent }
  if (consecutive !== undefined && reset !== undefined) return { consecutive, reset }
  if (spike !== undefined) return { spike, withinMs: within, atLeast, windows, referenceAtLeast }
  return { count, withinMs: within, ...(distinct === undefined ? {} : { distinct }) }
}
