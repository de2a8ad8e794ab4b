/**
 * One rule as the options have it, and compiled: what it matches, what ends it, how it groups, what it
 * labels; and what a record counts as under it.
 */
import { fingerprint, isKnownByRequest, recordKey } from '../fingerprint/fingerprint.ts'
import {
  type AlertDirective,
  type ImpactSigns,
  type LogRecord,
  type Occurrence,
  type Severity,
  severityOfLevel,
  severityRank,
} from '../model.ts'
import type { Levels } from '../read/levels.ts'
import { cutChars } from '../text/text.ts'
import { type Grouping, groupBy } from './group-key.ts'
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
  /** Undefined: no values are counted. */
  readonly impactOf: ((get: GetField) => ImpactSigns | undefined) | undefined
  /** Names the process of a record that another one wrote. */
  readonly foreignProcess: ((record: LogRecord) => string | undefined) | undefined
  /** Routes are hidden: what their alerts differ in must not be listed. */
  readonly hidesRoutes: boolean
}

/** What all rules of one hub share. */
export interface CompilerOptions {
  readonly level: number
  readonly levels: Levels | undefined
  readonly service: string | undefined
  readonly env: string | undefined
  readonly labels: Readonly<Record<string, string>>
  readonly impactOf: CompiledRule['impactOf']
  readonly foreignProcess: CompiledRule['foreignProcess']
  readonly hidesRoutes: boolean
}

/** Compiles the rules of one hub, one at a time. */
export function createCompiler({
  level,
  levels,
  service,
  env,
  labels,
  impactOf,
  foreignProcess,
  hidesRoutes,
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
      impactOf: isAbsent(plan.when) ? undefined : impactOf,
      foreignProcess,
      hidesRoutes,
      // What is absent has no record to take a label from.
      labelsOf: isAbsent(plan.when) ? () => base : createLabels(base),
    }
  }
}

/**
 * What a record counts as under the rule that took it: its key, severity, labels and words; `get` reads its
 * fields. The record's own `alert` field beats the rule.
 */
export function occurrenceOf(
  record: LogRecord,
  rule: CompiledRule,
  alert: AlertDirective | undefined,
  action: Occurrence['action'],
  get: GetField,
): Occurrence {
  const code = alert?.code ?? rule.code
  const allLabels = rule.labelsOf(record, alert?.labels)
  const key = alert?.key ?? keyOf(rule, record, code, get)
  const { id, key: readable } = fingerprint({ labels: allLabels, rule: rule.name, key })
  const occurrence: { -readonly [Name in keyof Occurrence]: Occurrence[Name] } = {
    id,
    rule: rule.name,
    key: readable,
    severity: alert?.severity ?? (rule.isAbsent ? ownSeverity(rule) : severityOf(rule, record)),
    action,
    record,
    labels: allLabels,
    resolveAfterMs: rule.resolveAfterMs,
  }
  const summary = alert?.summary ?? rule.summary
  const runbook = alert?.runbook ?? rule.runbook
  const channels = alert?.channels ?? rule.channels
  const notified = code ?? record.err?.code
  if (isMergeable(rule, alert) && !(rule.hidesRoutes && isKnownByRequest(record))) occurrence.mergeable = true
  if (notified !== undefined) occurrence.code = notified
  if (summary !== undefined) occurrence.summary = summary
  if (runbook !== undefined) occurrence.runbook = runbook
  if (channels !== undefined) occurrence.channels = channels
  if (rule.resolveAfterMs === false) occurrence.grouping = groupingOf(rule)
  const process = rule.foreignProcess?.(record)
  if (process !== undefined) occurrence.process = process
  if (rule.impactOf !== undefined && action === 'fire') {
    const impact = rule.impactOf(get)
    if (impact !== undefined) occurrence.impact = impact
  }
  return occurrence
}

/** How a rule groups records, for comparison. */
export function groupingOf({ groupBy = [] }: RulePlan): string {
  return JSON.stringify(groupBy)
}

function keyOf(rule: CompiledRule, record: LogRecord, code: string | undefined, get: GetField): string {
  if (rule.grouping !== undefined) return rule.grouping.key(get, () => recordKey(record, code))
  return rule.isAbsent ? '' : recordKey(record, code)
}

function isMergeable(
  { grouping, isAbsent, conditions }: CompiledRule,
  alert: AlertDirective | undefined,
): boolean {
  return grouping === undefined && !isAbsent && conditions === undefined && alert?.key === undefined
}

function ownSeverity({ severity }: RulePlan): Severity {
  return severity === undefined || severity === 'off' ? 'error' : severity
}

/**
 * By the record's level; below the threshold at least 'error', as a rule or the record itself asks for an
 * alert.
 */
function severityOf(rule: CompiledRule, record: LogRecord): Severity {
  if (rule.severity !== undefined && rule.severity !== 'off') return rule.severity
  const severity = severityOfLevel(record.level)
  if (record.level >= rule.threshold) return severity
  return severityRank(severity) < severityRank('error') ? 'error' : severity
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
      if (label !== undefined) origin += `${name}=${label.length}:${label}`
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

// ── a record of another process: a log that was collected, tailed or replayed

/** By what the lines of this process are known. */
export interface OwnOrigin {
  readonly host: string
  readonly pid: number
}

const longestHost = 100

/**
 * Makes the function that names the process, as pino writes `hostname` and `pid` into each line; undefined
 * for a record of this one.
 */
export function createForeignProcess({ host, pid }: OwnOrigin): (record: LogRecord) => string | undefined {
  return ({ fields }) => {
    const from = fields['hostname']
    if (typeof from !== 'string' || from === '') return undefined
    const number = fields['pid']
    const isNumbered = typeof number === 'number'
    if (from === host && (!isNumbered || number === pid)) return undefined
    const name = from.length > longestHost ? cutChars(from, longestHost) : from
    return isNumbered && number !== 1 ? `${name} (pid ${number})` : name
  }
}
