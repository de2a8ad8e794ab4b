/**
 * The options of one rule, and the plan that rules/rules.ts takes.
 */

import { lazily, once } from '../cache/lazy.ts'
import { severities } from '../model.ts'
import * as z from '../provider/light-zod.ts'
import { option, required } from '../provider/schema.ts'
import type { RulePlan } from '../rules/rules.ts'
import { defaults, ms } from './defaults.ts'
import { duration, labels, text, texts } from './fields.ts'
import { matches } from './match-schema.ts'
import type { Path, Problems } from './problem.ts'
import type { ReadKeys } from './read-keys.ts'
import { unknownName } from './sentence.ts'
import { when } from './when-shape.ts'

const positive = once(() => duration({ minMs: 1 }))

/** The options of one rule. */
export const ruleShape = lazily({
  name: () => required(text(), 'Name of the rule, unique: shown, and part of the identity of its alerts'),
  match: () =>
    option(matches(), 'Records that this rule takes. The first rule that matches takes the record'),
  severity: () =>
    option(
      z.enum([...severities, 'off']),
      "Severity of its alerts; 'off': these records never raise an alert",
      {
        'x-default': "by the record's level, at least 'error'",
      },
    ),
  groupBy: () =>
    option(
      texts().check(z.minLength(1)),
      'Fields that separate alerts: each combination of their values is an alert of its own',
      {
        default: ['@fingerprint'],
      },
    ),
  summary: () => option(text(), "Text of its alerts, with placeholders: 'Job {job} failed'"),
  code: () => option(text(), 'Code by which people and programs find its alerts'),
  runbook: () => option(text(), 'Instructions for its alerts: a link or a text'),
  labels: () => option(labels(), 'Labels of its alerts, in addition to the `labels` of the options'),
  channels: () =>
    option(texts().check(z.minLength(1)), 'Names of the channels that its alerts are sent to', {
      'x-default': 'every channel whose own filter takes it',
    }),
  when: () =>
    option(
      when(),
      'Condition that the records of one group must meet before an alert fires: `{ count, within }`, `{ count, within, distinct }`, `{ spike, within }`, `{ consecutive, reset }` or `{ absent }`',
    ),
  for: () => option(positive(), 'Time for which the condition must stay true before an alert fires'),
  resolve: () => option(matches(), 'Records that resolve its alerts'),
  resolveAfter: () =>
    option(
      z.union([positive(), z.literal(false)]),
      'An alert is resolved if no record matches for this time; false: only a record that `resolve` matches resolves it',
      {
        'x-default': `${defaults.resolveAfter}; ${defaults.resolveAfterFor} with \`for\`; false with \`absent\` or \`consecutive\``,
      },
    ),
})

/** A condition on absence or on failures in a row ends by a record only. */
function defaultResolveAfter(given: RulePlan['when'], forMs: number | undefined): number | false {
  if (given !== undefined && ('absentMs' in given || 'consecutive' in given)) return false
  return ms(forMs === undefined ? defaults.resolveAfter : defaults.resolveAfterFor)
}

/** A rule whose name could be read, and its path. */
export interface CheckedRule {
  readonly path: Path
  readonly channels?: readonly string[] | undefined
  readonly plan: RulePlan
}

/** Checks all rules, in order. Rules without a readable name are omitted. */
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
      problems.add(
        [...path, 'name'],
        'duplicate',
        `is already the name of rules[${twin}]: names must be unique.`,
      )
    const isAbsent = rest.when !== undefined && 'absentMs' in rest.when
    if (isAbsent && forMs !== undefined) {
      const cure = 'give `absent` a longer time instead.'
      problems.add([...path, 'for'], 'impossible-value', `cannot be combined with \`absent\`: ${cure}`)
    }
    if (isAbsent && resolveAfter !== undefined) {
      const why = 'the next record that matches resolves the alert.'
      problems.add(
        [...path, 'resolveAfter'],
        'impossible-value',
        `cannot be combined with \`absent\`: ${why}`,
      )
    }
    const resolveAfterMs = resolveAfter ?? defaultResolveAfter(rest.when, forMs)
    const plan = { ...rest, name, ...(forMs === undefined ? {} : { forMs }), resolveAfterMs }
    return [{ path, channels: rest.channels, plan }]
  })
}

/** Adds a problem for each channel that a rule names and that does not exist. */
export function checkRuleChannels(
  rules: readonly CheckedRule[],
  names: readonly string[],
  problems: Problems,
): void {
  for (const { path, channels = [] } of rules) {
    channels.forEach((channel, index) => {
      if (names.includes(channel)) return
      const message = unknownName(channel, names, 'a channel of these options')
      problems.add([...path, 'channels', index], 'unknown-channel', message)
    })
  }
}
