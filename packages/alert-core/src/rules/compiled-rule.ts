/**
 * One rule as the options have it, and compiled: what it matches, what ends it, how it groups, what it labels.
 */
import type { Severity } from '../model.ts'
import type { Levels } from '../read/levels.ts'
import { type Grouping, groupBy } from './group.ts'
import { createLabels, type Labels } from './labels.ts'
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

/** The same, ready to be asked. */
export interface CompiledRule extends RulePlan {
  readonly conditions: RuleConditions | undefined
  readonly isAbsent: boolean
  readonly matches: ((get: GetField) => boolean) | undefined
  readonly ends: ((get: GetField) => boolean) | undefined
  readonly grouping: Grouping | undefined
  readonly labelsOf: Labels
}

/** What all rules of one hub share. */
export interface CompilerOptions {
  readonly levels: Levels | undefined
  readonly service: string | undefined
  readonly env: string | undefined
  readonly labels: Readonly<Record<string, string>>
}

/** Compiles the rules of one hub, one at a time. */
export function createCompiler({
  levels,
  service,
  env,
  labels,
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
      // What stays away has no record to take a label from.
      labelsOf: isAbsent(plan.when) ? () => base : createLabels(base),
    }
  }
}
