/**
 * Rules: what users may write in one, and the plan that `inspect/rules.ts` takes.
 */
import { z } from 'zod'
import type { RulePlan } from '../inspect/rules.ts'
import { severities } from '../model.ts'
import { defaults, ms } from './defaults.ts'
import { duration, labels, option, text, texts } from './fields.ts'
import { matches } from './match-schema.ts'
import type { Path, Problems } from './problem.ts'
import type { ReadKeys } from './read-keys.ts'

/** The keys of a rule. */
export const ruleShape = {
  name: text.describe('Its name, unique: part of the key of its alerts, and shown'),
  match: option(matches, 'The records it takes. The first rule that matches takes the record'),
  severity: option(z.enum([...severities, 'off']), "How bad it is; 'off' never tells", {
    'x-default': "by the record's level, at least 'error'",
  }),
  groupBy: option(texts.min(1), 'Fields whose values tell one trouble from another', {
    default: ['@fingerprint'],
  }),
  summary: option(text, "What to say, with placeholders: 'Job {job} failed'"),
  code: option(text, 'A code for people and programs to find it by'),
  runbook: option(text, 'Where it is written what to do'),
  labels: option(labels, 'Labels of its alerts, beside those of all'),
  channels: option(texts.min(1), 'Only these channels, by name', {
    'x-default': 'every channel whose own filter takes it',
  }),
  resolve: option(matches, 'The records that end its alerts'),
  resolveAfter: option(
    z.union([duration({ minMs: 1 }), z.literal(false)]),
    'Quiet time that ends an alert; false: only a record that `resolve` matches does',
    { default: defaults.resolveAfter },
  ),
}

/** A rule that could be read, and where it stands. */
export interface CheckedRule {
  readonly path: Path
  readonly channels?: readonly string[] | undefined
  readonly plan: RulePlan
}

/** Checks all rules, in order; those that cannot be read at all are left out. */
export function checkRules(rules: readonly unknown[], read: ReadKeys, problems: Problems): CheckedRule[] {
  const names = new Map<string, number>()
  return rules.flatMap((rule, index) => {
    const path: Path = ['rules', index]
    const given = read(ruleShape, rule, path)
    if (given?.name === undefined) return []
    const { name, resolveAfter = ms(defaults.resolveAfter), ...rest } = given
    const twin = names.get(name)
    if (twin === undefined) names.set(name, index)
    else
      problems.add([...path, 'name'], 'duplicate', `is the name of rules[${twin}] already: names are unique.`)
    return [{ path, channels: rest.channels, plan: { ...rest, name, resolveAfterMs: resolveAfter } }]
  })
}
