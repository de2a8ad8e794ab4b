/**
 * Rules: what users may write in one, and the plan that `inspect/rules.ts` takes.
 */
import * as z from 'zod/mini'
import { lazily, once } from '../cache/lazy.ts'
import { severities } from '../model.ts'
import { option, required } from '../provider/schema.ts'
import type { RulePlan } from '../rules/rules.ts'
import { defaults, ms } from './defaults.ts'
import { duration, labels, text, texts } from './fields.ts'
import { matches } from './match-schema.ts'
import type { Path, Problems } from './problem.ts'
import type { ReadKeys } from './read-keys.ts'
import { when } from './when-shape.ts'

const positive = once(() => duration({ minMs: 1 }))

/** The keys of a rule. */
export const ruleShape = lazily({
  name: () => required(text(), 'Its name, unique: part of the key of its alerts, and shown'),
  match: () => option(matches(), 'The records it takes. The first rule that matches takes the record'),
  severity: () =>
    option(z.enum([...severities, 'off']), "How bad it is; 'off' never tells", {
      'x-default': "by the record's level, at least 'error'",
    }),
  groupBy: () =>
    option(texts().check(z.minLength(1)), 'Fields whose values tell one trouble from another', {
      default: ['@fingerprint'],
    }),
  summary: () => option(text(), "What to say, with placeholders: 'Job {job} failed'"),
  code: () => option(text(), 'A code for people and programs to find it by'),
  runbook: () => option(text(), 'Where it is written what to do'),
  labels: () => option(labels(), 'Labels of its alerts, beside those of all'),
  channels: () =>
    option(texts().check(z.minLength(1)), 'Only these channels, by name', {
      'x-default': 'every channel whose own filter takes it',
    }),
  when: () =>
    option(
      when(),
      'What has to come together, for each key, before it is an alert: `{ count, within }`, `{ count, within, distinct }`, `{ consecutive, reset }` or `{ absent }`',
    ),
  for: () => option(positive(), 'How long it must stay true before it is an alert'),
  resolve: () => option(matches(), 'The records that end its alerts'),
  resolveAfter: () =>
    option(
      z.union([positive(), z.literal(false)]),
      'Quiet time that ends an alert; false: only a record that `resolve` matches does',
      {
        'x-default': `${defaults.resolveAfter}; ${defaults.resolveAfterFor} with \`for\`; false with \`absent\` or \`consecutive\``,
      },
    ),
})

/** What is true for a while ends when it is quiet; what stays away and what fails in a row ends by a record. */
function usualEnd(given: RulePlan['when'], forMs: number | undefined): number | false {
  if (given !== undefined && !('count' in given)) return false
  return ms(forMs === undefined ? defaults.resolveAfter : defaults.resolveAfterFor)
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
    const given = read(ruleShape, rule, path, ['name'])
    if (given?.name === undefined) return []
    const { name, resolveAfter, for: forMs, ...rest } = given
    const twin = names.get(name)
    if (twin === undefined) names.set(name, index)
    else
      problems.add([...path, 'name'], 'duplicate', `is the name of rules[${twin}] already: names are unique.`)
    const isAbsent = rest.when !== undefined && 'absentMs' in rest.when
    if (isAbsent && forMs !== undefined) {
      const cure = 'which is a length of time itself: make that one longer.'
      problems.add([...path, 'for'], 'impossible-value', `does not go with \`absent\`, ${cure}`)
    }
    if (isAbsent && resolveAfter !== undefined) {
      const cure = 'the next record that matches ends the alert.'
      problems.add([...path, 'resolveAfter'], 'impossible-value', `does not go with \`absent\`: ${cure}`)
    }
    const resolveAfterMs = resolveAfter ?? usualEnd(rest.when, forMs)
    const plan = { ...rest, name, ...(forMs === undefined ? {} : { forMs }), resolveAfterMs }
    return [{ path, channels: rest.channels, plan }]
  })
}
