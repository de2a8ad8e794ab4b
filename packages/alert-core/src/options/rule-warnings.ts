/**
 * What is valid and yet without effect: rules whose alerts no channel takes, or that cannot end, a `for` that
 * filters nothing, filters that name no rule. It says only what is sure from the options alone.
 */
import { type Severity, severityOfLevel, severityRank } from '../model.ts'
import type { Levels } from '../read/levels.ts'
import { compileMatch, type Match, type Matches } from '../rules/match.ts'
import { endsOf } from '../rules/rule-condition.ts'
import type { RulePlan } from '../rules/rules.ts'
import { isObjectOrList } from '../text/get-path.ts'
import { formatDuration } from '../time/time-text.ts'
import { didYouMean } from './nearest.ts'
import type { Plan } from './plan.ts'
import type { ChannelPlan } from './plan-channel.ts'

/** A code of the table of internal errors, and a sentence. */
export interface RuleWarning {
  readonly code: 'ALERT_NO_CHANNEL' | 'ALERT_RULE_INEFFECTIVE'
  /** Absent if it is not about one rule. */
  readonly rule?: string
  readonly message: string
}

/** What is known of an alert before it exists, by the names that a channel's `match` uses. */
type Known = ReadonlyMap<string, unknown>

/** All warnings of a plan, in the order of its rules; `levels` are the logger's own by label. */
export function ruleWarnings(plan: Plan, levels?: Levels): readonly RuleWarning[] {
  if (!plan.enabled) return []
  const rules = plan.rules.filter(({ severity }) => severity !== 'off')
  return [
    ...rules.flatMap((rule) =>
      [
        unreachable(rule, plan, levels),
        unendable(rule, levels),
        unfiltering(rule),
        unreachableBy(rule, plan.rules),
      ].flatMap((warning) => (warning === undefined ? [] : [{ rule: rule.name, ...warning }])),
    ),
    ...unknownRules(plan),
  ]
}

/** Why a channel does not take an alert that it was asked for: what its own filter requires. */
export function refusalOf({ name, minSeverity, match }: ChannelPlan, severity: Severity): string {
  if (severityRank(severity) < severityRank(minSeverity))
    return `${name} takes ${minSeverity}${minSeverity === 'critical' ? ' only' : ' and above'}`
  return match === undefined ? `${name} is not among its channels` : `the match of ${name} does not take it`
}

// ── no channel takes it ──────────────────────────────────────────────────────────────────────────

function unreachable(rule: RulePlan, plan: Plan, levels: Levels | undefined): RuleWarning | undefined {
  const severities = severitiesOf(rule, plan.level, levels)
  const channels = plan.channels.filter(
    ({ name, isStandIn }) => isStandIn || (rule.channels?.includes(name) ?? true),
  )
  const takes = ({ minSeverity, match }: ChannelPlan, severity: Severity) =>
    severityRank(severity) >= severityRank(minSeverity) &&
    (match === undefined || mayHold(match, knownOf(rule, severity, plan), levels))
  if (severities.some((severity) => channels.some((channel) => takes(channel, severity)))) return undefined
  const worst = severities.at(-1)
  if (worst === undefined) return undefined
  const whose = severities.length === 1 ? `, which have severity ${worst}` : ''
  const why = channels.slice(0, 5).map((channel) => refusalOf(channel, worst))
  const reasons = why.length === 0 ? 'its `channels` are not usable' : why.join(', ')
  const message = `Rule '${rule.name}': no channel takes its alerts${whose}: ${reasons}.`
  return { code: 'ALERT_NO_CHANNEL', message }
}

const pinoLevels = [10, 20, 30, 40, 50, 60]

/** The severities that its alerts can have, least severe first. */
function severitiesOf(rule: RulePlan, threshold: number, levels: Levels | undefined): readonly Severity[] {
  const { severity, match, when } = rule
  if (severity !== undefined && severity !== 'off') return [severity]
  if (when !== undefined && 'absentMs' in when) return ['error']
  const possible = pinoLevels
    .filter((level) => match !== undefined || level >= threshold)
    .filter((level) => {
      const known = new Map<string, unknown>([
        ['level', level],
        ['severity', severityOfLevel(level)],
      ])
      return match === undefined || mayHold(match, known, levels)
    })
    .map((level) => {
      const own = severityOfLevel(level)
      return level < threshold && severityRank(own) < severityRank('error') ? 'error' : own
    })
  return [...new Set(possible)].sort((a, b) => severityRank(a) - severityRank(b))
}

function knownOf({ name, code, labels }: RulePlan, severity: Severity, plan: Plan): Known {
  const known = new Map<string, unknown>()
  for (const [label, value] of Object.entries({ ...plan.labels, ...labels })) {
    known.set(label, value)
    known.set(`labels.${label}`, value)
  }
  known.set('rule', name)
  known.set('severity', severity)
  if (code !== undefined) known.set('code', code)
  for (const origin of ['service', 'env'] as const) {
    const value = labels?.[origin] ?? plan[origin] ?? plan.labels[origin]
    if (value !== undefined) known.set(origin, value)
  }
  return known
}

/** Whether a match can hold, as far as these fields say. */
function mayHold(matches: Matches, known: Known, levels: Levels | undefined): boolean {
  return groupsOf(matches).some((group) =>
    Object.entries(group).every(
      ([path, condition]) =>
        !known.has(path) || compileMatch({ [path]: condition }, levels)(() => known.get(path)),
    ),
  )
}

// ── it cannot end ────────────────────────────────────────────────────────────────────────────────

function unendable(rule: RulePlan, levels: Levels | undefined): RuleWarning | undefined {
  const { name, match, when, resolve, resolveAfterMs, groupBy = [] } = rule
  const ends = endsOf(resolve, when)
  const isAbsent = when !== undefined && 'absentMs' in when
  if (ends === undefined) {
    if (resolveAfterMs !== false || isAbsent) return undefined
    const message = `Rule '${name}': its alerts never end, because \`resolveAfter\` is false and it has no \`resolve\`.`
    return { code: 'ALERT_RULE_INEFFECTIVE', message }
  }
  if (match === undefined) return undefined
  const fields = new Set<string>()
  for (const start of groupsOf(match)) {
    for (const end of groupsOf(ends)) {
      const field = groupBy.find((path) => isDisjoint(path, start, end, levels))
      if (field === undefined) return undefined
      fields.add(field)
    }
  }
  if (fields.size === 0) return undefined
  const by = [...fields].join(', ')
  const instead =
    resolveAfterMs === false
      ? 'its alerts never end'
      : `its alerts end only after no record for ${formatDuration(resolveAfterMs, 'en')}`
  const message = `Rule '${name}': ${instead}, because it groups by ${by}, and the records that end an alert have another value there than those that start it.`
  return { code: 'ALERT_RULE_INEFFECTIVE', message }
}

/** Whether no value of the field meets both; only sure if one of them lists its values. */
function isDisjoint(path: string, start: Match, end: Match, levels: Levels | undefined): boolean {
  const [one, other] = [start[path], end[path]]
  if (one === undefined || other === undefined) return false
  const holds = compileMatch({ [path]: one }, levels)
  const alsoHolds = compileMatch({ [path]: other }, levels)
  const values = valuesOf(one) ?? valuesOf(other)
  return values?.every((value) => !(holds(() => value) && alsoHolds(() => value))) ?? false
}

function valuesOf(condition: Match[string]): readonly unknown[] | undefined {
  if (Array.isArray(condition)) return condition
  return isObjectOrList(condition) ? undefined : [condition]
}

// ── an earlier rule takes its records ──────────────────────────────────────────────────────────────

/** A rule before it has the same conditions or fewer, so that no record is left. */
function unreachableBy(rule: RulePlan, rules: readonly RulePlan[]): RuleWarning | undefined {
  const { name, match } = rule
  if (match === undefined) return undefined
  const earlier = rules
    .slice(0, rules.indexOf(rule))
    // What ends an alert of a rule is left for others, and so is what says itself that it is an alert.
    .find((other) => {
      const { match: its, when, resolve } = other
      if (its === undefined || endsOf(resolve, when) !== undefined) return false
      if (when !== undefined && 'absentMs' in when) return false
      return groupsOf(match).every((group) => groupsOf(its).some((wider) => isPartOf(wider, group)))
    })
  if (earlier === undefined) return undefined
  const message = `Rule '${name}': rule '${earlier.name}' stands before it and takes all its records. Put it first.`
  return { code: 'ALERT_RULE_INEFFECTIVE', message }
}

function isPartOf(wider: Match, group: Match): boolean {
  return Object.entries(wider).every(
    ([path, condition]) =>
      Object.hasOwn(group, path) && JSON.stringify(group[path]) === JSON.stringify(condition),
  )
}

// ── it filters nothing, or nothing by this name ──────────────────────────────────────────────────

function unfiltering(rule: RulePlan): RuleWarning | undefined {
  const { name, when, forMs, resolve, resolveAfterMs } = rule
  if (forMs === undefined || when !== undefined || resolve !== undefined) return undefined
  if (resolveAfterMs === false || forMs >= resolveAfterMs) return undefined
  const [time, quiet] = [forMs, resolveAfterMs].map((each) => formatDuration(each, 'en'))
  const message = `Rule '${name}': \`for\` filters nothing, it only delays: one record keeps the condition true for \`resolveAfter\` (${quiet}), which is longer than \`for\` (${time}). Give it a \`resolve\`, or a \`resolveAfter\` of at most ${time}.`
  return { code: 'ALERT_RULE_INEFFECTIVE', message }
}

/** Rules of our own that a filter may name. */
const ownRules = ['error', 'alert', '@delivery', '@quota', '@state', '@fleet', '@too-many-kinds']

function unknownRules({ rules, channels, muting }: Plan): RuleWarning[] {
  const names = [...rules.map(({ name }) => name), ...ownRules]
  const filters: (readonly [place: string, matches: Matches | undefined])[] = [
    ...channels.map(({ name, match }) => [`The match of channel ${name}`, match] as const),
    ...muting.silences.map(({ match }) => ['A silence', match] as const),
    ...muting.inhibit.flatMap(({ source, target }) => [
      ['The source of an inhibition', source] as const,
      ['The target of an inhibition', target] as const,
    ]),
  ]
  return filters.flatMap(([place, matches]) =>
    namedRules(matches)
      .filter((rule) => !names.includes(rule))
      .map((rule) => {
        const message = `${place} names the rule '${rule}', and no rule has this name.${didYouMean(rule, names)}`
        return { code: 'ALERT_RULE_INEFFECTIVE' as const, message }
      }),
  )
}

function namedRules(matches: Matches | undefined): string[] {
  const conditions = matches === undefined ? [] : groupsOf(matches).map((group) => group['rule'])
  return conditions
    .flatMap((condition) => (condition === undefined ? [] : (valuesOf(condition) ?? [])))
    .filter((value) => typeof value === 'string')
}

function groupsOf(matches: Matches): readonly Match[] {
  return Array.isArray(matches) ? matches : [matches]
}
