/**
 * Which rule takes a record, and what follows: the first that matches, then the built-in ones (fatal is critical, error is error).
 * The record's own `alert` field beats them all.
 */
import { getPath } from '../kernel/path.ts'
import type { AlertDirective, LogRecord, Occurrence, Severity } from '../model.ts'
import { fingerprint, recordKey } from './fingerprint.ts'
import { type Levels, levelRank, usualLevels } from './levels.ts'
import { compileMatch, type GetField, type Matches } from './match.ts'

/** One rule, checked, with its times in ms. */
export interface RulePlan {
  readonly name: string
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
  /** What to count the record as; `off` when a rule says not to; `undefined` when nothing takes it. */
  take(record: LogRecord): Occurrence | { readonly off: true } | undefined
  /** The alerts that the record ends by a rule's `resolve`. */
  resolve(record: LogRecord): readonly Occurrence[]
  /** A rule looks at records below the threshold: no line may be passed over unread. */
  readonly wantsAll: boolean
}

interface CompiledRule extends RulePlan {
  readonly matches: (get: GetField) => boolean
  readonly ends: ((get: GetField) => boolean) | undefined
  readonly allLabels: Readonly<Record<string, string>>
}

/** Quiet time that ends an alert of a built-in rule or a directive. */
const quietMs = 15 * 60_000
const off = { off: true } as const
const none: readonly Occurrence[] = []
const always = () => true

/** Compiles the rules of one hub. */
export function createRules(options: RulesOptions): Rules {
  const { level, levels, service, env } = options
  const baseLabels = {
    ...options.labels,
    ...(service === undefined ? {} : { service }),
    ...(env === undefined ? {} : { env }),
  }
  const rules = options.rules.map(
    (rule): CompiledRule => ({
      ...rule,
      matches: rule.match === undefined ? always : compileMatch(rule.match),
      ends: rule.resolve === undefined ? undefined : compileMatch(rule.resolve),
      allLabels: rule.labels === undefined ? baseLabels : { ...baseLabels, ...rule.labels },
    }),
  )
  const builtIn = (name: string): CompiledRule => ({
    name,
    matches: always,
    ends: undefined,
    allLabels: baseLabels,
    resolveAfterMs: quietMs,
  })
  const fatal = builtIn('fatal')
  const error = builtIn('error')
  const said = builtIn('alert')
  const ending = rules.filter((rule) => rule.ends !== undefined)

  function ruleFor(record: LogRecord, get: GetField): CompiledRule | undefined {
    for (const rule of rules) if (rule.matches(get)) return rule
    if (record.level >= usualLevels['fatal']! && record.level >= level) return fatal
    if (record.level >= level) return error
    return record.alert === undefined ? undefined : said
  }

  function take(record: LogRecord): Occurrence | { off: true } | undefined {
    const { alert } = record
    if (alert === false) return off
    const get = fieldsOf(record, baseLabels)
    const rule = ruleFor(record, get)
    if (rule === undefined) return undefined
    // The record's own wish to be told beats a rule that would be silent.
    if (rule.severity === 'off' && alert === undefined) return off
    return occurrence(record, rule, alert, alert?.resolve === true ? 'resolve' : 'fire', get)
  }

  function occurrence(
    record: LogRecord,
    rule: CompiledRule,
    alert: AlertDirective | undefined,
    action: Occurrence['action'],
    get: GetField,
  ): Occurrence {
    const code = alert?.code ?? rule.code
    const labels = alert?.labels === undefined ? rule.allLabels : { ...rule.allLabels, ...alert.labels }
    const key =
      alert?.key ??
      (rule.groupBy === undefined ? recordKey(record, code) : groupKey(rule.groupBy, record, code, get))
    return {
      ...fingerprint({ labels, rule: rule.name, key }),
      rule: rule.name,
      severity: alert?.severity ?? ruleSeverity(rule, record),
      action,
      record,
      labels,
      resolveAfterMs: rule.resolveAfterMs,
      ...given('code', code),
      ...given('summary', alert?.summary ?? rule.summary),
      ...given('runbook', alert?.runbook ?? rule.runbook),
      ...given('channels', alert?.channels ?? rule.channels),
    }
  }

  return {
    take,
    resolve(record) {
      if (ending.length === 0) return none
      const get = fieldsOf(record, baseLabels)
      return ending
        .filter((rule) => rule.ends!(get))
        .map((rule) => occurrence(record, rule, undefined, 'resolve', get))
    },
    wantsAll: rules.some(
      (rule) =>
        rule.ends !== undefined || (rule.severity !== 'off' && reachesBelow(rule.match, level, levels)),
    ),
  }
}

function groupKey(
  paths: readonly string[],
  record: LogRecord,
  code: string | undefined,
  get: GetField,
): string {
  return paths
    .map((path) => (path === '@fingerprint' ? recordKey(record, code) : `${path}=${valueText(get(path))}`))
    .join(' ')
}

function valueText(value: unknown): string {
  if (value === undefined || value === null) return ''
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value)
  return text.slice(0, 200)
}

/** By the record's level, and at least 'error': a rule, or a wish of the record, is there to be told. */
function ruleSeverity(rule: CompiledRule, record: LogRecord): Severity {
  const byLevel: Severity = record.level >= usualLevels['fatal']! ? 'critical' : 'error'
  if (rule.severity === undefined || rule.severity === 'off') return byLevel
  return rule.severity
}

/** The fields of a record as rules name them. */
function fieldsOf(record: LogRecord, labels: Readonly<Record<string, string>>): GetField {
  return (path) => {
    switch (path) {
      case 'level':
        return record.level
      case 'msg':
      case 'message':
        return record.msg
      case 'time':
        return record.time
      case 'requestId':
        return record.requestId
      case 'traceId':
        return record.traceId
    }
    if (path.startsWith('err.') && record.err !== undefined) {
      const value = getPath(record.err, path.slice(4))
      if (value !== undefined) return value
    }
    if (path === 'err' && record.err !== undefined) return record.err
    const value = getPath(record.fields, path)
    if (value !== undefined) return value
    return Object.hasOwn(labels, path) ? labels[path] : undefined
  }
}

/** Whether a rule may match a record below the threshold: unless its own `level` condition rules that out. */
function reachesBelow(match: Matches | undefined, level: number, levels: Levels | undefined): boolean {
  if (match === undefined) return true
  const groups = Array.isArray(match) ? match : [match]
  return groups.some((group) => {
    const condition = group['level']
    if (condition === undefined || condition === null || typeof condition === 'boolean') return true
    const least = Array.isArray(condition)
      ? Math.min(...condition.map((each) => levelRank(each, levels) ?? Number.NEGATIVE_INFINITY))
      : typeof condition === 'object'
        ? levelRank('gte' in condition ? condition.gte : 'gt' in condition ? condition.gt : undefined, levels)
        : levelRank(condition, levels)
    return least === undefined || least < level
  })
}

function given<Key extends string, Value>(key: Key, value: Value | undefined): { [Each in Key]?: Value } {
  return value === undefined ? {} : ({ [key]: value } as { [Each in Key]?: Value })
}
