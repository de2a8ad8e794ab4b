/**
 * Which rule takes a record, and what follows: the first that matches, then the built-in ones (fatal is critical, error is error).
 * The record's own `alert` field beats them all.
 */
import {
  type AlertDirective,
  type LogRecord,
  type Occurrence,
  type Severity,
  severityRank,
} from '../model.ts'
import { createEndings } from './endings.ts'
import { recordField, severityOfLevel } from './field.ts'
import { fingerprint, recordKey } from './fingerprint.ts'
import { type Grouping, groupBy } from './group.ts'
import { createLabels, type Labels } from './labels.ts'
import type { Levels } from './levels.ts'
import { compileMatch, type GetField, type Matches } from './match.ts'
import { reachesBelow } from './reach.ts'

/** One rule, checked, with its times in ms. */
export interface RulePlan {
  readonly name: string
  /** Absent: it takes what the built-in rules would. */
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

export interface RulesOptions {
  readonly rules: readonly RulePlan[]
  /** The threshold of the built-in rules, on pino's scale. */
  readonly level: number
  readonly levels?: Levels | undefined
  readonly service?: string | undefined
  readonly env?: string | undefined
  /** On every alert. */
  readonly labels: Readonly<Record<string, string>>
}

export interface Rules {
  /** What to count the record as; `off` when it is not to be told by wish; `undefined` when nothing takes it, or it only ends alerts. */
  take(record: LogRecord): Occurrence | { readonly off: true } | undefined
  /** The alerts that the record ends: by a rule's `resolve`, or by its own `alert: { resolve: true }`. */
  resolve(record: LogRecord): readonly Occurrence[]
  /** A rule looks at records below the threshold: no line may be passed over unread. */
  readonly wantsAll: boolean
}

interface CompiledRule extends RulePlan {
  readonly matches: ((get: GetField) => boolean) | undefined
  readonly ends: ((get: GetField) => boolean) | undefined
  readonly grouping: Grouping | undefined
  readonly labelsOf: Labels
}

/** Quiet time that ends an alert of a built-in rule or a directive. */
const quietMs = 15 * 60_000
const fatalLevel = 60
const off = { off: true } as const
const none: readonly Occurrence[] = []

/** Compiles the rules of one hub. */
export function createRules({ rules: plans, level, levels, service, env, labels }: RulesOptions): Rules {
  const compile = (plan: RulePlan): CompiledRule => ({
    ...plan,
    matches: plan.match === undefined ? undefined : compileMatch(plan.match, levels),
    ends: plan.resolve === undefined ? undefined : compileMatch(plan.resolve, levels),
    grouping: plan.groupBy === undefined ? undefined : groupBy(plan.groupBy),
    labelsOf: createLabels({
      ...labels,
      ...(service === undefined ? {} : { service }),
      ...(env === undefined ? {} : { env }),
      ...plan.labels,
    }),
  })
  const rules = plans.map(compile)
  const [fatal, error, said] = ['fatal', 'error', 'alert'].map((name) =>
    compile({ name, resolveAfterMs: quietMs }),
  ) as [CompiledRule, CompiledRule, CompiledRule]
  const ending = rules.filter((rule) => rule.ends !== undefined)
  const endings = createEndings()

  // One function for all records: a closure for each would be most of what matching costs.
  let current: LogRecord | undefined
  const get: GetField = (path) => (current === undefined ? undefined : recordField(current, path))

  function ruleFor(record: LogRecord): CompiledRule | undefined {
    const bad = record.level >= level || record.alert !== undefined
    for (const rule of rules) {
      if (!(rule.matches === undefined ? bad : rule.matches(get))) continue
      // A record that ends a rule's alert does not raise it.
      if (rule.ends?.(get) !== true) return rule
    }
    if (record.alert !== undefined) return said
    if (!bad) return undefined
    return record.level >= fatalLevel ? fatal : error
  }

  function take(record: LogRecord): Occurrence | { off: true } | undefined {
    const { alert } = record
    if (alert === false) return off
    if (alert?.resolve === true) return undefined
    current = record
    const rule = ruleFor(record)
    if (rule === undefined) return undefined
    // The record's own wish to be told beats a rule that would be silent.
    if (rule.severity === 'off' && alert === undefined) return off
    const occurrence = occurrenceOf(record, rule, alert, 'fire')
    if (rule.ends !== undefined) endings.raised(endName(rule), occurrence)
    if (alert !== undefined) for (const name of directiveNames(alert)) endings.raised(name, occurrence)
    return occurrence
  }

  function resolve(record: LogRecord): readonly Occurrence[] {
    const { alert } = record
    const isWish = typeof alert === 'object' && alert.resolve === true
    if (!isWish && ending.length === 0) return none
    current = record
    const ended = new Map<string, Occurrence>()
    const add = (occurrence: Occurrence) => ended.set(occurrence.id, occurrence)
    if (isWish) {
      const [name] = directiveNames(alert)
      if (name !== undefined) endings.ended(name, record).forEach(add)
      add(occurrenceOf(record, ruleFor(record) ?? said, alert, 'resolve'))
    }
    for (const rule of ending) {
      if (rule.ends?.(get) !== true) continue
      endings.ended(endName(rule), record).forEach(add)
      // Groups of fields name their alert without any memory: also what another process raised ends.
      if (rule.grouping?.isWhole === true) add(occurrenceOf(record, rule, undefined, 'resolve'))
    }
    return [...ended.values()]
  }

  /** Under what a rule's alerts are remembered until a record ends them: the rule, and the group where it has any. */
  function endName(rule: CompiledRule): string {
    return `rule ${rule.name}\n${rule.grouping?.named(get) ?? ''}`
  }

  function occurrenceOf(
    record: LogRecord,
    rule: CompiledRule,
    alert: AlertDirective | undefined,
    action: Occurrence['action'],
  ): Occurrence {
    const code = alert?.code ?? rule.code
    const allLabels = rule.labelsOf(record, alert?.labels)
    const key =
      alert?.key ?? rule.grouping?.key(get, () => recordKey(record, code)) ?? recordKey(record, code)
    const { id, key: readable } = fingerprint({ labels: allLabels, rule: rule.name, key })
    const occurrence: { -readonly [Name in keyof Occurrence]: Occurrence[Name] } = {
      id,
      rule: rule.name,
      key: readable,
      severity: alert?.severity ?? severityOf(rule, record),
      action,
      record,
      labels: allLabels,
      resolveAfterMs: rule.resolveAfterMs,
    }
    const summary = alert?.summary ?? rule.summary
    const runbook = alert?.runbook ?? rule.runbook
    const channels = alert?.channels ?? rule.channels
    const told = code ?? record.err?.code
    if (told !== undefined) occurrence.code = told
    if (summary !== undefined) occurrence.summary = summary
    if (runbook !== undefined) occurrence.runbook = runbook
    if (channels !== undefined) occurrence.channels = channels
    return occurrence
  }

  return {
    take,
    resolve,
    wantsAll: rules.some(
      (rule) =>
        rule.ends !== undefined || (rule.severity !== 'off' && reachesBelow(rule.match, level, levels)),
    ),
  }
}

/** The names under which a later directive may end what this one raises, the most exact first. */
function directiveNames({ key, code }: AlertDirective): string[] {
  if (key !== undefined) return [`key ${key}`, ...(code === undefined ? [] : [`code ${code}`])]
  return code === undefined ? [] : [`code ${code}`]
}

/** By the record's level, and at least 'error': a rule, or a wish of the record, is there to be told. */
function severityOf(rule: CompiledRule, record: LogRecord): Severity {
  if (rule.severity !== undefined && rule.severity !== 'off') return rule.severity
  const severity = severityOfLevel(record.level)
  return severityRank(severity) < severityRank('error') ? 'error' : severity
}
