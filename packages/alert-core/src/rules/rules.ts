/**
 * Which rule takes a record, and what follows: the first that matches, then the built-in ones (fatal is critical, error is error).
 * The record's own `alert` field beats them all.
 */

import type { Alert, AlertDirective, LogRecord, Occurrence } from '../model.ts'
import type { Levels } from '../read/levels.ts'
import { recordField } from '../read/record-field.ts'
import { hash64 } from '../text/hash.ts'
import { type CompiledRule, createCompiler, type RulePlan } from './compiled-rule.ts'
import type { GetField } from './match.ts'
import { occurrenceOf } from './occurrence.ts'
import { createResolveIndex, type ResolveIndex } from './resolve-index.ts'
import { isAbsent } from './rule-condition.ts'
import { wantsAllLines } from './wants-all-lines.ts'

export type { RulePlan } from './compiled-rule.ts'

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
  readonly resolveIndex?: ResolveIndex
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
  readonly watches: readonly AbsenceWatch[]
  /** A rule looks at records below the threshold: no line may be passed over unread. */
  readonly wantsAll: boolean
}

/** A rule that watches for what stays away: each group, or where it has none, the one key of the rule from the start. */
export interface AbsenceWatch {
  readonly rule: string
  readonly absentMs: number
  readonly occurrence?: Occurrence
  /** What the rule makes of a group by its fields. */
  readonly regroup?: (group: Readonly<Record<string, unknown>>) => Occurrence | undefined
}

/** Quiet time that ends an alert of a built-in rule or a directive. */
const quietMs = 15 * 60_000
const fatalLevel = 60
const byRecord: Off = { off: 'alert' }
const none: readonly Occurrence[] = []

/** Compiles the rules of one hub. */
export function createRules(options: RulesOptions): Rules {
  const { rules: plans, level, levels, service, env, labels } = options
  const compile = createCompiler({ levels, service, env, labels })
  const rules = plans.map(compile)
  const [fatal, error, said] = ['fatal', 'error', 'alert'].map((name) =>
    compile({ name, resolveAfterMs: quietMs }),
  ) as [CompiledRule, CompiledRule, CompiledRule]
  const ending = rules.filter((rule) => rule.ends !== undefined)
  const resolveIndex = options.resolveIndex ?? createResolveIndex()

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
    if (alert === false) return byRecord
    if (alert?.resolve === true) return undefined
    current = record
    const rule = ruleFor(record)
    if (rule === undefined) return undefined
    const occurrence = judge(record, rule, alert)
    if (occurrence === undefined) return { off: rule.name }
    if (rule.ends !== undefined) resolveIndex.raised(endName(rule), occurrence)
    if (alert !== undefined) for (const name of directiveNames(alert)) resolveIndex.raised(name, occurrence)
    return occurrence
  }

  /** Nothing where the rule keeps it silent. */
  function judge(
    record: LogRecord,
    rule: CompiledRule,
    alert: AlertDirective | undefined,
  ): Occurrence | undefined {
    // The record's own wish to be told beats a rule that would be silent, and one that would wait for more.
    if (alert !== undefined) return occurrenceOf(record, rule, alert, 'fire', get)
    if (rule.severity === 'off') return undefined
    const occurrence = occurrenceOf(record, rule, alert, 'fire', get)
    return rule.conditions === undefined
      ? occurrence
      : { ...occurrence, condition: rule.conditions(get, scopeOf(rule)) }
  }

  function resolve(record: LogRecord): readonly Occurrence[] {
    const { alert } = record
    const isNamedByRecord = typeof alert === 'object' && alert.resolve === true
    if (!isNamedByRecord && ending.length === 0) return none
    current = record
    const ended = new Map<string, Occurrence>()
    const add = (occurrence: Occurrence) => ended.set(occurrence.id, occurrence)
    if (isNamedByRecord) {
      const [name] = directiveNames(alert)
      if (name !== undefined) resolveIndex.ended(name, record).forEach(add)
      add(occurrenceOf(record, ruleFor(record) ?? said, alert, 'resolve', get))
    }
    for (const rule of ending) {
      if (rule.ends?.(get) !== true) continue
      resolveIndex.ended(endName(rule), record).forEach(add)
      // Groups of fields name their alert without any memory: also what another process raised ends.
      const scope = scopeOf(rule)
      if (scope === undefined) add(occurrenceOf(record, rule, undefined, 'resolve', get))
      else if (rule.conditions !== undefined) {
        add({ ...occurrenceOf(record, rule, undefined, 'resolve', get), condition: { forMs: 0, scope } })
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
      ends.push(...names.slice(0, 1).flatMap((name) => resolveIndex.open(name).map(({ id }) => id)))
      ends.push(occurrenceOf(record, ruleFor(record) ?? said, directive, 'resolve', get).id)
    }
    for (const rule of ending) {
      if (rule.ends?.(get) !== true) continue
      ends.push(...resolveIndex.open(endName(rule)).map(({ id }) => id))
      if (rule.grouping?.isWhole === true) ends.push(occurrenceOf(record, rule, undefined, 'resolve', get).id)
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
    resolveIndex.raised(endName(rule), { ...alert, action: 'fire', record: latest, resolveAfterMs })
  }

  function watchOf(rule: CompiledRule): AbsenceWatch[] {
    if (!isAbsent(rule.when)) return []
    const { name, when, grouping } = rule
    const regroup = (fields: LogRecord['fields']) => {
      current = { time: 0, level: 50, levelLabel: 'error', msg: '', fields }
      return judge(current, rule, undefined)
    }
    const base = { rule: name, absentMs: when.absentMs }
    if (grouping !== undefined) return [{ ...base, regroup }]
    const occurrence = regroup({})
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
