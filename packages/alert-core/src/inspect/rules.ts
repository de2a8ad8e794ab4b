/**
 * Which rule takes a record, and what follows: the first that matches, then the built-in ones (fatal is critical, error is error).
 * The record's own `alert` field beats them all.
 */
import { hash64 } from '../kernel/hash.ts'
import {
  type Alert,
  type AlertDirective,
  type LogRecord,
  type Occurrence,
  type Severity,
  severityRank,
} from '../model.ts'
import { createEndings, type Endings } from './endings.ts'
import { recordField, severityOfLevel } from './field.ts'
import { fingerprint, recordKey } from './fingerprint.ts'
import { type Grouping, groupBy } from './group.ts'
import { createLabels, type Labels } from './labels.ts'
import type { Levels } from './levels.ts'
import { compileMatch, type GetField, type Matches } from './match.ts'
import { createPremises, endsOf, isAbsent, type Premises, type RulePremise } from './premise.ts'
import { wantsAllLines } from './reach.ts'

/** One rule, checked, with its times in ms. */
export interface RulePlan extends RulePremise {
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
  /** What former rules remember of alerts that a later record may end. */
  readonly endings?: Endings
}

/** A record that is not to be told, and the rule that says so; 'alert' where the record does. */
interface Off {
  readonly off: string
}

/** What the rules make of a record. */
export interface Ruling {
  /** Absent: no rule takes it. */
  readonly rule?: string
  /** It is not to be told by wish. */
  readonly isOff: boolean
  readonly occurrence?: Occurrence
  /** The alerts that it ends, by id. */
  readonly ends: readonly string[]
}

export interface Rules {
  /** What to count the record as; `off` when it is not to be told by wish; `undefined` when nothing takes it, or it only ends alerts. */
  take(record: LogRecord): Occurrence | Off | undefined
  /** The alerts that the record ends: by a rule's `resolve`, or by its own `alert: { resolve: true }`. */
  resolve(record: LogRecord): readonly Occurrence[]
  /** What `take` and `resolve` would say; nothing is remembered. */
  explain(record: LogRecord): Ruling
  /** An alert of a former process fires: a later record may end it. */
  remember(alert: Alert): void
  /** What is missed when it stays away. */
  readonly watches: readonly Watch[]
  /** A rule looks at records below the threshold: no line may be passed over unread. */
  readonly wantsAll: boolean
}

/** A rule that watches for what stays away: each group, or where it has none, the one key of the rule from the start. */
export interface Watch {
  readonly rule: string
  readonly absentMs: number
  readonly occurrence?: Occurrence
  /** What the rule makes of a group by its fields. */
  readonly again?: (group: Readonly<Record<string, unknown>>) => Occurrence | undefined
}

interface CompiledRule extends RulePlan {
  readonly premises: Premises | undefined
  readonly isAbsent: boolean
  readonly matches: ((get: GetField) => boolean) | undefined
  readonly ends: ((get: GetField) => boolean) | undefined
  readonly grouping: Grouping | undefined
  readonly labelsOf: Labels
}

/** Quiet time that ends an alert of a built-in rule or a directive. */
const quietMs = 15 * 60_000
const fatalLevel = 60
const byWish: Off = { off: 'alert' }
const none: readonly Occurrence[] = []

/** Compiles the rules of one hub. */
export function createRules(options: RulesOptions): Rules {
  const { rules: plans, level, levels, service, env, labels } = options
  const compile = (plan: RulePlan): CompiledRule => {
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
      premises: createPremises(plan, plan.groupBy),
      isAbsent: isAbsent(plan.when),
      // What stays away has no record to take a label from.
      labelsOf: isAbsent(plan.when) ? () => base : createLabels(base),
    }
  }
  const rules = plans.map(compile)
  const [fatal, error, said] = ['fatal', 'error', 'alert'].map((name) =>
    compile({ name, resolveAfterMs: quietMs }),
  ) as [CompiledRule, CompiledRule, CompiledRule]
  const ending = rules.filter((rule) => rule.ends !== undefined)
  const endings = options.endings ?? createEndings()

  // One function for all records: a closure for each would be most of what matching costs.
  let current: LogRecord | undefined
  const get: GetField = (path) => (current === undefined ? undefined : recordField(current, path))

  function ruleFor(record: LogRecord): CompiledRule | undefined {
    const bad = record.level >= level || record.alert !== undefined
    for (const rule of rules) {
      if (!(rule.matches === undefined ? bad : rule.matches(get))) continue
      // A record's own wish is about the record, not about what is missed without it.
      if (rule.isAbsent && record.alert !== undefined) continue
      // A record that ends a rule's alert does not raise it.
      if (rule.ends?.(get) !== true) return rule
    }
    if (record.alert !== undefined) return said
    if (!bad) return undefined
    return record.level >= fatalLevel ? fatal : error
  }

  function take(record: LogRecord): Occurrence | Off | undefined {
    const { alert } = record
    if (alert === false) return byWish
    if (alert?.resolve === true) return undefined
    current = record
    const rule = ruleFor(record)
    if (rule === undefined) return undefined
    const occurrence = judge(record, rule, alert)
    if (occurrence === undefined) return { off: rule.name }
    if (rule.ends !== undefined) endings.raised(endName(rule), occurrence)
    if (alert !== undefined) for (const name of directiveNames(alert)) endings.raised(name, occurrence)
    return occurrence
  }

  /** Nothing where the rule keeps it silent. */
  function judge(
    record: LogRecord,
    rule: CompiledRule,
    alert: AlertDirective | undefined,
  ): Occurrence | undefined {
    // The record's own wish to be told beats a rule that would be silent, and one that would wait for more.
    if (alert !== undefined) return occurrenceOf(record, rule, alert, 'fire')
    if (rule.severity === 'off') return undefined
    const occurrence = occurrenceOf(record, rule, alert, 'fire')
    return rule.premises === undefined
      ? occurrence
      : { ...occurrence, premise: rule.premises(get, scopeOf(rule)) }
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
      const scope = scopeOf(rule)
      if (scope === undefined) add(occurrenceOf(record, rule, undefined, 'resolve'))
      else if (rule.premises !== undefined) {
        add({ ...occurrenceOf(record, rule, undefined, 'resolve'), premise: { forMs: 0, scope } })
      }
    }
    return [...ended.values()]
  }

  function explain(record: LogRecord): Ruling {
    current = record
    const { alert } = record
    const directive = alert === false ? undefined : alert
    const ends: string[] = []
    if (directive?.resolve === true) {
      const names = directiveNames(directive)
      ends.push(...names.slice(0, 1).flatMap((name) => endings.open(name).map(({ id }) => id)))
      ends.push(occurrenceOf(record, ruleFor(record) ?? said, directive, 'resolve').id)
    }
    for (const rule of ending) {
      if (rule.ends?.(get) !== true) continue
      ends.push(...endings.open(endName(rule)).map(({ id }) => id))
      if (rule.grouping?.isWhole === true) ends.push(occurrenceOf(record, rule, undefined, 'resolve').id)
    }
    const rule = directive?.resolve === true ? undefined : ruleFor(record)
    const occurrence = rule === undefined || alert === false ? undefined : judge(record, rule, directive)
    return {
      ...(rule === undefined ? {} : { rule: rule.name }),
      isOff: alert === false || (rule !== undefined && occurrence === undefined),
      ...(occurrence === undefined ? {} : { occurrence }),
      ends: [...new Set(ends)],
    }
  }

  function remember({
    latest,
    state: _,
    count: __,
    firstSeen: ___,
    lastSeen: ____,
    first: _____,
    ...alert
  }: Alert) {
    const rule = ending.find(({ name }) => name === alert.rule)
    if (rule === undefined) return
    current = latest
    const { resolveAfterMs } = rule
    endings.raised(endName(rule), { ...alert, action: 'fire', record: latest, resolveAfterMs })
  }

  function watchOf(rule: CompiledRule): Watch[] {
    if (!isAbsent(rule.when)) return []
    const { name, when, grouping } = rule
    const again = (fields: LogRecord['fields']) => {
      current = { time: 0, level: 50, levelLabel: 'error', msg: '', fields }
      return judge(current, rule, undefined)
    }
    const base = { rule: name, absentMs: when.absentMs }
    if (grouping !== undefined) return [{ ...base, again }]
    const occurrence = again({})
    return occurrence === undefined ? [] : [{ ...base, occurrence }]
  }

  /** What a record that ends a rule's alerts names, where the group alone does not say which; absent where it does. */
  function scopeOf(rule: CompiledRule): string | undefined {
    return rule.grouping?.isWhole === true || rule.isAbsent ? undefined : hash64(endName(rule))
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
    const key = alert?.key ?? keyOf(rule, record, code)
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
    const told = code ?? record.err?.code
    if (told !== undefined) occurrence.code = told
    if (summary !== undefined) occurrence.summary = summary
    if (runbook !== undefined) occurrence.runbook = runbook
    if (channels !== undefined) occurrence.channels = channels
    return occurrence
  }

  function keyOf(rule: CompiledRule, record: LogRecord, code: string | undefined): string {
    if (rule.grouping !== undefined) return rule.grouping.key(get, () => recordKey(record, code))
    return rule.isAbsent ? '' : recordKey(record, code)
  }

  return {
    take,
    resolve,
    explain,
    remember,
    watches: rules.flatMap(watchOf),
    wantsAll: wantsAllLines(plans, level, levels),
  }
}

/** The names under which a later directive may end what this one raises, the most exact first. */
function directiveNames({ key, code }: AlertDirective): string[] {
  if (key !== undefined) return [`key ${key}`, ...(code === undefined ? [] : [`code ${code}`])]
  return code === undefined ? [] : [`code ${code}`]
}

function ownSeverity({ severity }: RulePlan): Severity {
  return severity === undefined || severity === 'off' ? 'error' : severity
}

/** By the record's level, and at least 'error': a rule, or a wish of the record, is there to be told. */
function severityOf(rule: CompiledRule, record: LogRecord): Severity {
  if (rule.severity !== undefined && rule.severity !== 'off') return rule.severity
  const severity = severityOfLevel(record.level)
  return severityRank(severity) < severityRank('error') ? 'error' : severity
}
