/**
 * Which rule takes a record, and what follows: the first that matches, then the built-in one (fatal is
 * critical, error is error, warn is warning), unless the record says only that a request was wrong. The
 * record's own `alert` field beats them all.
 */

import type { Alert, AlertDirective, ImpactSigns, LogRecord, Occurrence } from '../model.ts'
import { hmacWith } from '../provider/crypto.ts'
import type { Levels } from '../read/levels.ts'
import { recordField } from '../read/record-field.ts'
import { isClientError } from './client-error.ts'
import {
  type CompiledRule,
  createCompiler,
  createForeignProcess,
  groupingOf,
  type OwnOrigin,
  occurrenceOf,
  type RulePlan,
} from './compiled-rule.ts'
import { valueText } from './group-key.ts'
import type { GetField } from './match.ts'
import { createResolution, createResolveIndex, type Resolution, type ResolveIndex } from './resolution.ts'
import { isAbsent } from './rule-condition.ts'
import { createRuleIndex, fewRules, type RuleIndex } from './rule-index.ts'
import { wantsAllLines } from './rule-reach.ts'

export type { RulePlan } from './compiled-rule.ts'

export interface RulesOptions {
  readonly rules: readonly RulePlan[]
  /** The threshold of the built-in rule, on pino's scale. */
  readonly level: number
  readonly levels?: Levels | undefined
  readonly service?: string | undefined
  readonly env?: string | undefined
  /** Wrong requests raise alerts as other errors do; default: only where a rule or the record says so. */
  readonly clientErrors?: boolean
  /** On every alert. */
  readonly labels: Readonly<Record<string, string>>
  /** The fields whose different values are counted; default: none. */
  readonly impact?: ImpactFields
  /** By what the records of this process are known; default: all are its own. */
  readonly origin?: OwnOrigin | undefined
  /** The routes of requests are not shown; default false. */
  readonly hidesRoutes?: boolean
  /** Whether some channel takes the alert; default: yes. */
  readonly isTaken?: (occurrence: Occurrence) => boolean
  /** What former rules remember of alerts that a later record may end. */
  readonly resolveIndex?: ResolveIndex
}

/** A record that raises no alert, and the rule that says so; 'alert' if the record itself does. */
interface Off {
  readonly off: string
  readonly reason?: 'client-error'
}

/** What the rules make of a record. */
export interface Ruling {
  /** Absent: no rule takes it. */
  readonly rule?: string
  /** A rule or the record says that it raises no alert. */
  readonly isOff: boolean
  readonly occurrence?: Occurrence
  /** The alerts that it ends, by id. */
  readonly ends: readonly string[]
}

export interface RecordNames {
  /** A later record ends under these what this one raised. */
  readonly raised: readonly string[]
  readonly ended: readonly string[]
}

export interface Rules {
  /**
   * What to count the record as; `off` if a rule or the record says so; `undefined` if no rule takes it, or
   * it only ends alerts.
   */
  take(record: LogRecord): Occurrence | Off | undefined
  /** The alerts that the record ends: by a rule's `resolve`, or by its own `alert: { resolve: true }`. */
  resolve(record: LogRecord): readonly Occurrence[]
  /** By which names other processes know what a record raises and ends. */
  names(record: LogRecord): RecordNames
  /** What `take` and `resolve` would say; nothing is remembered. */
  explain(record: LogRecord): Ruling
  /** An alert of a former process fires: a later record may end it. */
  remember(alert: Alert): void
  /** The rules with `absent`. */
  readonly watches: readonly AbsenceWatch[]
  /** The names of the rules that watch for spikes. */
  readonly spikes: readonly string[]
  /**
   * Whether these rules can end an alert that only a record ends: its rule exists and groups records as
   * before.
   */
  canEnd(alert: { readonly rule: string; readonly grouping?: string }): boolean
  /** A rule looks at records below the threshold: every line must be read. */
  readonly wantsAll: boolean
}

/** A rule with `absent`: it watches each group, or without groups its one key from the start. */
export interface AbsenceWatch {
  readonly rule: string
  readonly absentMs: number
  readonly occurrence?: Occurrence
  /** What the rule makes of a group by its fields. */
  readonly regroup?: (group: Readonly<Record<string, unknown>>) => Occurrence | undefined
}

/** Quiet time that ends an alert of the built-in rule or a directive. */
const quietMs = 15 * 60_000
const fatalLevel = 60
const ofClient: Off = { off: 'client-error', reason: 'client-error' }
const byRecord: Off = { off: 'alert' }
const none: readonly Occurrence[] = []
const noNames: RecordNames = { raised: [], ended: [] }

/** A record's own request for channels of which none takes its alert must not silence it. */
function withUsableChannels(
  occurrence: Occurrence,
  alert: AlertDirective,
  isTaken: (occurrence: Occurrence) => boolean,
): Occurrence {
  if (alert.channels === undefined || isTaken(occurrence)) return occurrence
  const { channels: _, ...toAll } = occurrence
  return toAll
}

/** A crash is one of the service, whatever its error says. */
function isOnlyClientError(record: LogRecord): boolean {
  return record.level < fatalLevel && record.alert === undefined && isClientError(record)
}

function namesOf(
  record: LogRecord,
  resolution: Pick<Resolution, 'raisedNames' | 'endedNames'>,
  ruleFor: (record: LogRecord) => CompiledRule | undefined,
): RecordNames {
  const directive = record.alert === false ? undefined : record.alert
  const rule = directive?.resolve === true ? undefined : ruleFor(record)
  return {
    raised: rule === undefined ? [] : resolution.raisedNames(rule, directive),
    ended: resolution.endedNames(record),
  }
}

function compilerOf(options: RulesOptions): ReturnType<typeof createCompiler> {
  const { level, levels, service, env, labels, impact, origin, hidesRoutes = false } = options
  const impactOf = impact && createImpactSigns(impact)
  const foreignProcess = origin && createForeignProcess(origin)
  return createCompiler({ level, levels, service, env, labels, impactOf, foreignProcess, hidesRoutes })
}

function compileOwn(compile: ReturnType<typeof createCompiler>) {
  return {
    builtIn: compile({ name: 'error', resolveAfterMs: quietMs }),
    said: compile({ name: 'alert', resolveAfterMs: quietMs }),
    wrongRequest: compile({ name: 'client-error', severity: 'off', resolveAfterMs: quietMs }),
  }
}

function finderOf(rules: readonly CompiledRule[]): RuleIndex<CompiledRule>['find'] {
  if (rules.length < fewRules) return (_, holds) => rules.find(holds)
  return createRuleIndex(rules, ({ match }) => match).find
}

function hasRuleOf(
  { rule: name, grouping }: Parameters<Rules['canEnd']>[0],
  rules: readonly CompiledRule[],
  own: readonly CompiledRule[],
): boolean {
  const isOf = (rule: CompiledRule) => grouping === undefined || groupingOf(rule) === grouping
  return own.some((rule) => rule.name === name) || rules.some((rule) => rule.name === name && isOf(rule))
}

/** Compiles the rules of one hub. */
export function createRules(options: RulesOptions): Rules {
  const { rules: plans, level, levels, clientErrors = false, isTaken = () => true } = options
  const compile = compilerOf(options)
  const rules = plans.map(compile)
  const { builtIn, said, wrongRequest } = compileOwn(compile)
  const hasEnds = rules.some(({ ends }) => ends !== undefined)
  const find = finderOf(rules)
  // One function for all records: a closure for each would be most of what matching costs.
  let current: LogRecord | undefined
  let isBad = false
  const get: GetField = (path) => (current === undefined ? undefined : recordField(current, path))

  const resolution = createResolution({
    rules,
    ruleOf: (record) => ruleFor(record) ?? said,
    index: options.resolveIndex ?? createResolveIndex(),
    get,
  })

  function ruleFor(record: LogRecord): CompiledRule | undefined {
    const isWrong = !clientErrors && record.level >= level && isOnlyClientError(record)
    isBad = (record.level >= level && !isWrong) || record.alert !== undefined
    const rule = find(get, takes) ?? (record.alert === undefined ? undefined : said)
    if (rule !== undefined) return rule
    if (isWrong) return wrongRequest
    return isBad ? builtIn : undefined
  }

  function takes(rule: CompiledRule): boolean {
    if (!(rule.matches === undefined ? isBad : rule.matches(get))) return false
    // A record's own `alert` field is about the record, not about what is missed without it.
    if (rule.isAbsent && current?.alert !== undefined) return false
    // A record that ends a rule's alert does not raise it.
    return rule.ends?.(get) !== true
  }

  function take(record: LogRecord): Occurrence | Off | undefined {
    const { alert } = record
    if (alert === false) return byRecord
    if (alert?.resolve === true) return undefined
    current = record
    const rule = ruleFor(record)
    if (rule === undefined) return undefined
    const occurrence = judge(record, rule, alert)
    if (occurrence === undefined) return rule === wrongRequest ? ofClient : { off: rule.name }
    // Most rules have no record that ends their alerts.
    if (rule.ends !== undefined || alert !== undefined) resolution.raised(rule, occurrence, alert)
    return occurrence
  }

  /** `undefined` if the rule is off. */
  function judge(
    record: LogRecord,
    rule: CompiledRule,
    alert: AlertDirective | undefined,
    fieldOf = get,
  ): Occurrence | undefined {
    // The record's own `alert` field beats a rule that is off, and one that would wait for more.
    if (alert !== undefined)
      return withUsableChannels(occurrenceOf(record, rule, alert, 'fire', fieldOf), alert, isTaken)
    if (rule.severity === 'off') return undefined
    const occurrence = occurrenceOf(record, rule, alert, 'fire', fieldOf)
    return rule.conditions === undefined
      ? occurrence
      : { ...occurrence, condition: rule.conditions(fieldOf, resolution.scopeOf(rule)) }
  }

  function explain(record: LogRecord): Ruling {
    current = record
    const { alert } = record
    const directive = alert === false ? undefined : alert
    const rule = directive?.resolve === true ? undefined : ruleFor(record)
    const occurrence = rule === undefined || alert === false ? undefined : judge(record, rule, directive)
    return {
      ...(rule === undefined ? {} : { rule: rule.name }),
      isOff: alert === false || (rule !== undefined && occurrence === undefined),
      ...(occurrence === undefined ? {} : { occurrence }),
      ends: resolution.preview(record),
    }
  }

  function watchOf(rule: CompiledRule): AbsenceWatch[] {
    if (!isAbsent(rule.when)) return []
    const { name, when, grouping } = rule
    const regroup = (fields: LogRecord['fields']) => {
      const record = { time: 0, level: 50, levelLabel: 'error', msg: '', fields }
      // The group's fields are under their whole paths, also those that are parts of a record, as `msg`.
      return judge(record, rule, undefined, (path) =>
        Object.hasOwn(fields, path) ? fields[path] : undefined,
      )
    }
    const base = { rule: name, absentMs: when.absentMs }
    if (grouping !== undefined) return [{ ...base, regroup }]
    const occurrence = regroup({})
    return occurrence === undefined ? [] : [{ ...base, occurrence }]
  }

  return {
    take,
    resolve(record) {
      if (!hasEnds && record.alert === undefined) return none
      current = record
      return resolution.resolve(record)
    },
    names(record) {
      current = record
      return hasEnds || record.alert ? namesOf(record, resolution, ruleFor) : noNames
    },
    explain,
    remember(alert) {
      current = alert.latest
      resolution.remember(alert)
    },
    watches: rules.flatMap(watchOf),
    spikes: plans.filter(({ when }) => when !== undefined && 'spike' in when).map(({ name }) => name),
    canEnd: (alert) => hasRuleOf(alert, rules, [builtIn, said]),
    wantsAll: wantsAllLines(plans, level, levels),
  }
}

// ── what stands for the values that are counted (`impact`): 48 bits of a hash, since they may name people

/** Which fields, and the key of the hash: processes whose counts are merged need the same. */
interface ImpactFields {
  readonly fields: readonly string[]
  readonly key: string
}

const bytes = 6
const longestValue = 1_000

/** Makes the function that reads them of each record; undefined if no field is counted. */
function createImpactSigns({
  fields,
  key,
}: ImpactFields): ((get: GetField) => ImpactSigns | undefined) | undefined {
  if (fields.length === 0) return undefined
  return (get) => {
    let signs: Record<string, readonly number[]> | undefined
    for (const field of fields) {
      const value = get(field)
      if (value === undefined || value === null || value === '') continue
      signs ??= Object.create(null) as Record<string, readonly number[]>
      signs[field] = [signOf(value, field, key)]
    }
    return signs
  }
}

function signOf(value: unknown, field: string, key: string): number {
  const text = `${field}\n${valueText(value).slice(0, longestValue)}`
  return hmacWith('sha256', key).update(text).digest().readUIntBE(0, bytes)
}
