/**
 * What the rules and other options need of the log: whether lines below the threshold, which else are passed
 * over unread, and which fields, which are read however large the record is.
 */
import { type Levels, levelRank } from '../read/levels.ts'
import type { RulePlan } from './compiled-rule.ts'
import type { Condition, Matches } from './match.ts'
import { endsOf, type RuleCondition } from './rule-condition.ts'

/** Of a rule, what decides which lines it has to see. */
interface Reach extends RuleCondition {
  readonly match?: Matches | undefined
  readonly severity?: string | undefined
  readonly resolve?: Matches | undefined
}

/** True where a rule looks at lines below the threshold: then no line may be passed over unread. */
export function wantsAllLines(
  rules: readonly Reach[],
  threshold: number,
  levels: Levels | undefined,
): boolean {
  return rules.some(
    ({ match, severity, resolve, when }) =>
      endsOf(resolve, when) !== undefined || (severity !== 'off' && reachesBelow(match, threshold, levels)),
  )
}

/**
 * True unless each group of conditions has one on `level` that lines below `threshold` cannot meet. A rule
 * without `match` never reaches below.
 */
function reachesBelow(match: Matches | undefined, threshold: number, levels: Levels | undefined): boolean {
  if (match === undefined) return false
  const groups = Array.isArray(match) ? match : [match]
  return groups.some((group) => {
    const least = Object.hasOwn(group, 'level') ? leastLevel(group['level'], levels) : undefined
    return least === undefined || least < threshold
  })
}

function leastLevel(condition: Condition | undefined, levels: Levels | undefined): number | undefined {
  if (condition === undefined || condition === null || typeof condition === 'boolean') return undefined
  if (Array.isArray(condition)) {
    const ranks = condition.map((each) => levelRank(each, levels))
    return ranks.every((rank) => rank !== undefined) ? Math.min(...ranks) : undefined
  }
  if (typeof condition !== 'object') return levelRank(condition, levels)
  if ('gte' in condition && condition.gte !== undefined) return levelRank(condition.gte, levels)
  return 'gt' in condition ? levelRank(condition.gt, levels) : undefined
}

/** The parts of the options that name fields of records. */
export interface NamingOptions {
  readonly rules: readonly RulePlan[]
  /** Of channels, silences, inhibitions. */
  readonly matches: readonly (Matches | undefined)[]
  /** Shown, counted or compared. */
  readonly paths: readonly string[]
  /** With `{field}` placeholders. */
  readonly templates: readonly (string | undefined)[]
}

const placeholder = /\{([^{}]{1,200})\}/g

/** The paths, each once. */
export function namedFields({ rules, matches, paths, templates }: NamingOptions): readonly string[] {
  const found = new Set(paths)
  const add = (each: Matches | undefined) => {
    const groups = each === undefined || Array.isArray(each) ? (each ?? []) : [each]
    for (const group of groups) for (const path of Object.keys(group)) found.add(path)
  }
  matches.forEach(add)
  for (const { match, resolve, groupBy, when } of rules) {
    add(match)
    add(resolve)
    for (const path of groupBy ?? []) if (path !== '@fingerprint') found.add(path)
    if (when !== undefined && 'reset' in when) add(when.reset)
    if (when !== undefined && 'distinct' in when && when.distinct !== undefined) found.add(when.distinct)
  }
  for (const template of [...templates, ...rules.map(({ summary }) => summary)])
    for (const [, path] of template?.matchAll(placeholder) ?? []) found.add(path!)
  return [...found]
}
