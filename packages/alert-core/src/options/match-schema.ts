/**
 * The schema of `match`: conditions on fields, as rules/match.ts evaluates them.
 */

import { once } from '../cache/lazy.ts'
import * as z from '../provider/light-zod.ts'
import { informed, option } from '../provider/schema.ts'
import type { Condition, Match, Matches } from '../rules/match.ts'
import { pattern } from './fields.ts'

const scalar = once(() => z.union([z.string(), z.number(), z.boolean(), z.null()]))
const bound = (words: string) => option(z.union([z.number(), z.string()]), `The field must be ${words} this`)
const comparisons = ['gt', 'gte', 'lt', 'lte'] as const

// One object with optional keys, not a union of objects: so a misspelt key gets a suggestion.
const conditionObject = once(() =>
  z
    .strictObject({
      regex: option(pattern('u'), 'This regular expression must be found in the field'),
      get not() {
        return option(condition(), 'This condition must not hold')
      },
      exists: option(z.boolean(), 'true: the field must exist; false: it must not exist'),
      gt: bound('more than'),
      gte: bound('at least'),
      lt: bound('less than'),
      lte: bound('at most'),
    })
    .check(
      z.refine(isOneCondition, {
        error: 'must be one condition: { regex }, { not }, { exists }, or { gt, gte, lt, lte }.',
      }),
    ),
)

/** One condition on one field. */
const condition: () => z.ZodMiniType<Condition, Condition> = once(() =>
  informed(
    z.lazy(
      () =>
        z.union([
          scalar(),
          z.array(scalar()).check(z.minLength(1)),
          conditionObject(),
        ]) as unknown as z.ZodMiniType<Condition, Condition>,
    ),
    {
      id: 'condition',
      title: 'condition',
      description:
        'A value, a list of values of which one must be equal, or { regex }, { not }, { exists }, { gt, gte, lt, lte }.',
    },
  ),
)

const match: () => z.ZodMiniType<Match, Match> = once(() =>
  informed(z.record(z.string(), condition()), {
    id: 'match',
    title: 'match',
    description: "Conditions by field path ('err.code'); all of them must hold.",
  }),
)

/** Conditions that must all hold, or a list of such objects of which one must hold. */
export const matches: () => z.ZodMiniType<Matches, Matches> = once(() =>
  informed(z.union([match(), z.array(match()).check(z.minLength(1))]), { title: 'match or a list of them' }),
)

function isOneCondition(given: Readonly<Record<string, unknown>>): boolean {
  const keys = Object.keys(given).filter((key) => given[key] !== undefined)
  const compared = keys.filter((key) => (comparisons as readonly string[]).includes(key))
  return compared.length > 0 ? compared.length === keys.length : keys.length === 1
}
