/**
 * One rule as the options have it, and compiled: what it matches, what ends it, how it groups, what it
 * labels.
 */
import type { LogRecord, Severity } from '../model.ts'
import type { Levels } from '../read/levels.ts'
import { compileMatch, type GetField, type Matches } from './match.ts'
import {
  createRuleConditions,
  endsOf,
  isAbsent,
  type RuleCondition,
  type RuleConditions,
} from './rule-condition.ts'

/** One rule, checked, with its times in ms. */
export interface RulePlan extends RuleCondition {
  readonly name: string
  /** Absent: it takes what the built-in rule would. */
  readonly match?: Matches | undefined
  readonly severity?: Severity | 'off' | undefined
  readonly groupBy?: readonly string[] | undefined
  readonly summary?: string | undefined
  readonly code?: string | undefined
  readonly runbook?: string | undefined
  readonly labels?: Readonly<Record<string, string>> | undefined
  readonly channels?: readonly string[] | undefined
  readonly resolve?: Matches | undefined
  readonly resolveAfterMs: number | false
}

/** The same, ready to be asked. */
export interface CompiledRule extends RulePlan {
  readonly conditions: RuleConditions | undefined
  readonly isAbsent: boolean
  readonly matches: ((get: GetField) => boolean) | undefined
  readonly ends: ((get: GetField) => boolean) | undefined
  readonly grouping: Grouping | undefined
  readonly labelsOf: Labels
  /** The threshold of the built-in rule, on pino's scale. */
  readonly threshold: number
}

/** What all rules of one hub share. */
export interface CompilerOptions {
  readonly level: number
  readonly levels: Levels | undefined
  readonly service: string | undefined
  readonly env: string | undefined
  readonly labels: Readonly<Record<string, string>>
}

/** Compiles the rules of one hub, one at a time. */
export function createCompiler({
  level,
  levels,
  service,
  env,
  labels,
}: CompilerOptions): (plan: RulePlan) => CompiledRule {
  return (plan) => {
    const ends = endsOf(plan.resolve, plan.when)
    const base = {
      ...labels,
      ...(service === undefined ? {} : { service }),
      ...(env === undefined ? {} : { env }),
      ...plan.labels,
    }
    return {
      ...plan,
      matches: plan.match === undefined ? undefined : compileMatch(plan.match, levels),
      ends: ends === undefined ? undefined : compileMatch(ends, levels),
      grouping: plan.groupBy === undefined ? undefined : groupBy(plan.groupBy),
      conditions: createRuleConditions(plan, plan.groupBy),
      isAbsent: isAbsent(plan.when),
      threshold: level,
      // What is absent has no record to take a label from.
      labelsOf: isAbsent(plan.when) ? () => base : createLabels(base),
    }
  }
}

/**
 * `groupBy`: which fields make two records the same problem. '@fingerprint' stands for the record's own key.
 */
interface Grouping {
  /** The key of a record; `own` is asked only where the grouping says '@fingerprint'. */
  key(get: GetField, own: () => string): string
  /** The part of the key that the named fields make. */
  named(get: GetField): string
  /** The named fields are the whole key. */
  readonly isWhole: boolean
}

const fingerprintPath = '@fingerprint'
const maxValue = 200

/** Compiles `groupBy`; the same paths always give the same key. */
function groupBy(paths: readonly string[]): Grouping {
  const fields = paths.filter((path) => path !== fingerprintPath)
  const isWhole = fields.length === paths.length && paths.length > 0
  const named = (get: GetField) => fields.map((path) => `${path}=${valueText(get(path))}`).join(' ')
  return {
    isWhole,
    named,
    key: (get, own) => {
      if (isWhole) return named(get)
      return fields.length === 0 ? own() : `${named(get)} · ${own()}`
    },
  }
}

function valueText(value: unknown): string {
  if (value === undefined || value === null) return ''
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value)
  return text.slice(0, maxValue)
}

/**
 * The labels of a record's alert; equal ones are the same object, so that what is derived from them can be
 * remembered.
 */
type Labels = (
  record: LogRecord,
  own: Readonly<Record<string, string>> | undefined,
) => Readonly<Record<string, string>>

const mostRemembered = 200
const maxLabel = 100

/** Makes the labels of one rule; `base` are those that do not depend on the record. */
function createLabels(base: Readonly<Record<string, string>>): Labels {
  const remembered = new Map<string, Readonly<Record<string, string>>>()
  const fromRecord = ['service', 'env'].filter((name) => base[name] === undefined)

  function withOrigin(record: LogRecord): Readonly<Record<string, string>> {
    let origin = ''
    for (const name of fromRecord) {
      const label = originOf(record, name)
      if (label !== undefined) origin += `${name}=${label}\n`
    }
    if (origin === '') return base
    const known = remembered.get(origin)
    if (known !== undefined) return known
    const labels = { ...base }
    for (const name of fromRecord) {
      const label = originOf(record, name)
      if (label !== undefined) labels[name] = label
    }
    if (remembered.size < mostRemembered) remembered.set(origin, labels)
    return labels
  }

  return (record, own) => {
    const labels = fromRecord.length === 0 ? base : withOrigin(record)
    return own === undefined ? labels : { ...labels, ...own }
  }
}

function originOf(record: LogRecord, name: string): string | undefined {
  const value = record.fields[name]
  return typeof value === 'string' && value !== '' ? value.slice(0, maxLabel) : undefined
}
