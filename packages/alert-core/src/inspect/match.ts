/**
 * `match`: conditions on the fields of a record or an alert, compiled once into one function. A condition that cannot be
 * true of what it meets (text against a number, a missing field) is false, never an error.
 */
import { type Severity, severities, severityRank } from '../model.ts'
import { levelRank } from './levels.ts'

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

/** A regular expression sees this much of a text: its cost is the user's, the length of the text is not. */
const maxRegexChars = 10_000

/** Compiles `matches`; throws a SyntaxError on a regular expression that the options' check would have refused. */
export function compileMatch(matches: Matches): (get: GetField) => boolean {
  const groups = (Array.isArray(matches) ? matches : [matches]).map((match) =>
    Object.entries(match).map(([path, condition]) => ({
      path,
      test: compileCondition(condition, rankOf(path)),
    })),
  )
  return (get) => groups.some((conditions) => conditions.every(({ path, test }) => test(get(path))))
}

/** `level` and `severity` compare by rank: 'warn' < 'error', 'error' < 'critical'. */
function rankOf(path: string): ((value: unknown) => unknown) | undefined {
  if (path === 'level') return levelRank
  if (path === 'severity') return (value) => (isSeverity(value) ? severityRank(value) : value)
  return undefined
}

function isSeverity(value: unknown): value is Severity {
  return (severities as readonly unknown[]).includes(value)
}

function compileCondition(condition: Condition, rank: ((value: unknown) => unknown) | undefined): Test {
  if (Array.isArray(condition)) {
    const tests = condition.map((each) => compileCondition(each, rank))
    return (value) => tests.some((test) => test(value))
  }
  if (condition === null) return (value) => value === null
  if (typeof condition !== 'object') return equals(condition, rank)
  if ('regex' in condition) {
    const regex = new RegExp(condition.regex, 'u')
    return (value) => isScalar(value) && regex.test(String(value).slice(0, maxRegexChars))
  }
  if ('not' in condition) {
    const test = compileCondition(condition.not, rank)
    return (value) => !test(value)
  }
  if ('exists' in condition) {
    const { exists } = condition
    return (value) => (value !== undefined && value !== null) === exists
  }
  return compare(condition, rank)
}

function equals(wanted: string | number | boolean, rank: ((value: unknown) => unknown) | undefined): Test {
  if (rank === undefined) return (value) => value === wanted
  const ranked = rank(wanted)
  return (value) => value === wanted || rank(value) === ranked
}

function compare(bounds: Comparison, rank: ((value: unknown) => unknown) | undefined): Test {
  const tests = (Object.entries(bounds) as [keyof Comparison, number | string][]).map(([operator, bound]) =>
    compareOne(operator, rank === undefined ? bound : rank(bound)),
  )
  return (value) => {
    const ranked = rank === undefined ? value : rank(value)
    return tests.every((test) => test(ranked))
  }
}

function compareOne(operator: keyof Comparison, bound: unknown): Test {
  const holds = holdsBy[operator]
  if (typeof bound === 'number') {
    return (value) => {
      const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
      return typeof number === 'number' && holds(number, bound)
    }
  }
  if (typeof bound === 'string') return (value) => typeof value === 'string' && holds(value, bound)
  return () => false
}

const holdsBy = {
  gt: <T extends number | string>(value: T, bound: T) => value > bound,
  gte: <T extends number | string>(value: T, bound: T) => value >= bound,
  lt: <T extends number | string>(value: T, bound: T) => value < bound,
  lte: <T extends number | string>(value: T, bound: T) => value <= bound,
}

function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}
