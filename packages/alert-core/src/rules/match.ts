/**
 * `match`: conditions on the fields of a record or an alert, compiled once into one function. A condition
 * that cannot be true of what it meets (text against a number, a missing field) is false, never an error.
 */
import { type Alert, type Severity, severities, severityRank } from '../model.ts'
import { type Levels, levelRank } from '../read/levels.ts'
import { recordField } from '../read/record-field.ts'
import { compilePattern } from '../text/pattern.ts'

export type Scalar = string | number | boolean | null

/** Equals, any of, a regular expression, its opposite, being there, or a comparison. */
export type Condition =
  | Scalar
  | Scalar[]
  | { regex: string }
  | { not: Condition }
  | { exists: boolean }
  | Comparison

export interface Comparison {
  gt?: number | string
  gte?: number | string
  lt?: number | string
  lte?: number | string
}

/** Conditions by field path; all hold. */
export type Match = Record<string, Condition>

/** One match, or several of which any holds. */
export type Matches = Match | Match[]

/** Reads a field of what is asked about. */
export type GetField = (path: string) => unknown

type Test = (value: unknown) => boolean

/** Puts a value on the scale that its field compares by. */
type Rank = (value: unknown) => unknown

/** A regular expression sees this much of a text. */
const maxRegexChars = 10_000

/**
 * Compiles `matches`; `levels` are the logger's own, by label. `level` and `severity` compare by rank. A
 * field that holds a list meets an equality or a regular expression when one of its items does. Throws a
 * SyntaxError on a regular expression that the options' check would have refused.
 */
export function compileMatch(matches: Matches, levels?: Levels): (get: GetField) => boolean {
  const groups = (Array.isArray(matches) ? matches : [matches]).map((match) => compileGroup(match, levels))
  const [only] = groups
  return only !== undefined && groups.length === 1 ? only : (get) => groups.some((holds) => holds(get))
}

function compileGroup(match: Match, levels: Levels | undefined): (get: GetField) => boolean {
  const tests = Object.entries(match).map(([path, condition]) => ({
    path,
    holds: compileCondition(condition, rankOf(path, levels)),
  }))
  return (get) => {
    for (const { path, holds } of tests) if (!holds(get(path))) return false
    return true
  }
}

function rankOf(path: string, levels: Levels | undefined): Rank | undefined {
  if (path === 'level') return (value) => levelRank(value, levels)
  if (path === 'severity') return (value) => (isSeverity(value) ? severityRank(value) : undefined)
  return undefined
}

function isSeverity(value: unknown): value is Severity {
  return (severities as readonly unknown[]).includes(value)
}

function compileCondition(condition: Condition, rank: Rank | undefined): Test {
  if (Array.isArray(condition)) {
    const tests = condition.map((each) => compileCondition(each, rank))
    return (value) => tests.some((holds) => holds(value))
  }
  if (condition === null) return (value) => value === null || value === undefined
  if (typeof condition !== 'object') return anyItem(equals(condition, rank))
  if ('regex' in condition) return anyItem(finds(condition.regex))
  if ('not' in condition) {
    const holds = compileCondition(condition.not, rank)
    return (value) => !holds(value)
  }
  if ('exists' in condition) {
    const { exists } = condition
    return (value) => (value !== undefined && value !== null) === exists
  }
  return compare(condition, rank)
}

function anyItem(holds: Test): Test {
  return (value) => holds(value) || (Array.isArray(value) && value.some(holds))
}

/** Codes come as numbers from one library and as text from the next: 23505 equals '23505'. */
function equals(wanted: string | number | boolean, rank: Rank | undefined): Test {
  const ranked = rank?.(wanted)
  if (rank !== undefined && ranked !== undefined) return (value) => rank(value) === ranked
  if (typeof wanted === 'boolean') return (value) => value === wanted
  const text = String(wanted)
  return (value) =>
    value === wanted || ((typeof value === 'number' || typeof value === 'string') && String(value) === text)
}

function finds(source: string): Test {
  const regex = compilePattern(source)
  return (value) => {
    if (typeof value === 'string')
      return regex.test(value.length > maxRegexChars ? value.slice(0, maxRegexChars) : value)
    return (typeof value === 'number' || typeof value === 'boolean') && regex.test(String(value))
  }
}

function compare(bounds: Comparison, rank: Rank | undefined): Test {
  const tests = (Object.entries(bounds) as [keyof Comparison, number | string | undefined][])
    .filter(([, bound]) => bound !== undefined)
    .map(([operator, bound]) => compareOne(operator, rank === undefined ? bound : rank(bound)))
  if (rank === undefined) return (value) => tests.every((holds) => holds(value))
  return (value) => {
    const ranked = rank(value)
    return tests.every((holds) => holds(ranked))
  }
}

/**
 * Numbers compare as numbers, also where either is written as text; other texts by their characters, as ISO
 * times do.
 */
function compareOne(operator: keyof Comparison, bound: unknown): Test {
  const holds = holdsBy[operator]
  const number = numberOf(bound)
  return (value) => {
    if (number !== undefined) {
      const its = numberOf(value)
      return its !== undefined && holds(its, number)
    }
    return typeof bound === 'string' && typeof value === 'string' && holds(value, bound)
  }
}

function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isNaN(value) ? undefined : value
  if (typeof value !== 'string' || value.length > 40 || value.trim() === '') return undefined
  const number = Number(value)
  return Number.isNaN(number) ? undefined : number
}

const holdsBy = {
  gt: <T extends number | string>(value: T, bound: T) => value > bound,
  gte: <T extends number | string>(value: T, bound: T) => value >= bound,
  lt: <T extends number | string>(value: T, bound: T) => value < bound,
  lte: <T extends number | string>(value: T, bound: T) => value <= bound,
}

// ── which alerts a channel takes: its filter looks at the alert, then at the fields of its latest record

type Predicate = (get: (path: string) => unknown) => boolean

/** Where an alert comes from: labels that every alert of this hub carries. */
export interface Origin {
  readonly service?: string
  readonly env?: string
}

/**
 * Compiles one channel's own filter; an alert that names its channels reaches only those, and what stands in
 * for them.
 */
export function createAdmission(
  channel: {
    readonly name: string
    readonly minSeverity: Severity
    readonly isStandIn?: true
    readonly match?: Predicate
  },
  origin: Origin,
): (alert: Alert) => boolean {
  const minRank = severityRank(channel.minSeverity)
  const { name, match, isStandIn } = channel
  return (alert) => {
    if (!isStandIn && alert.channels !== undefined && !alert.channels.includes(name)) return false
    if (severityRank(alert.severity) < minRank) return false
    return match === undefined || match((path) => alertField(alert, origin, path))
  }
}

/**
 * A field of an alert by the name that options use; `origin` says where alerts without such labels come from.
 */
export function alertField(alert: Alert, origin: Origin, path: string): unknown {
  switch (path) {
    case 'rule':
      return alert.rule
    case '@fingerprint':
      return alert.id
    case 'severity':
      return alert.severity
    case 'code':
      return alert.code
    case 'service':
      return alert.labels['service'] ?? origin.service
    case 'env':
      return alert.labels['env'] ?? origin.env
    case 'count':
      return alert.count
  }
  const label = path.startsWith('labels.') ? path.slice('labels.'.length) : path
  if (Object.hasOwn(alert.labels, label)) return alert.labels[label]
  return recordField(alert.latest, path)
}
