/**
 * What a rule asks for beside its `match`: `when` and `for`, as the state machine reads them, with what of
 * the record they look at.
 */
import type { AlertCondition, When } from '../model.ts'
import { hashWith } from '../provider/crypto.ts'
import { valueText } from './group-key.ts'
import type { GetField, Match, Matches } from './match.ts'

/** `when` of a rule, checked, with its times in ms. */
export type RuleWhen =
  | { readonly count: number; readonly withinMs: number; readonly distinct?: string | undefined }
  | {
      readonly spike: number
      readonly withinMs: number
      readonly atLeast: number
      readonly windows: number
      readonly referenceAtLeast: number
    }
  | { readonly consecutive: number; readonly reset: Matches }
  | { readonly absentMs: number }

/** The part of a rule that says what has to come together. */
export interface RuleCondition {
  readonly when?: RuleWhen | undefined
  readonly forMs?: number | undefined
}

/** Makes the condition of each record that the rule takes; undefined if the record is enough. */
export type RuleConditions = (get: GetField, scope: string | undefined) => AlertCondition

const signChars = 16

/** Compiles `when` and `for`; `group` are the fields by which the rule groups. */
export function createRuleConditions(
  { when, forMs = 0 }: RuleCondition,
  group: readonly string[] = [],
): RuleConditions | undefined {
  if (when === undefined && forMs === 0) return undefined
  const condition: AlertCondition = when === undefined ? { forMs } : { forMs, when: whenOf(when) }
  const distinct = when !== undefined && 'count' in when ? when.distinct : undefined
  const isAbsence = isAbsent(when)
  return (get, scope) => {
    if (isAbsence) return { ...condition, group: fieldsOf(group, get) }
    const value = distinct === undefined ? undefined : signOf(get(distinct))
    if (value === undefined && scope === undefined) return condition
    return {
      ...condition,
      ...(value === undefined ? {} : { value }),
      ...(scope === undefined ? {} : { scope }),
    }
  }
}

/** True for `{ absent }`. */
export function isAbsent(when: RuleWhen | undefined): when is Extract<RuleWhen, { absentMs: number }> {
  return when !== undefined && 'absentMs' in when
}

/** The records that end a rule's alerts: those of `resolve`, and those that reset a row. */
export function endsOf(resolve: Matches | undefined, when: RuleWhen | undefined): Matches | undefined {
  const reset = when !== undefined && 'reset' in when ? when.reset : undefined
  if (resolve === undefined || reset === undefined) return resolve ?? reset
  return [...listOf(resolve), ...listOf(reset)]
}

function listOf(matches: Matches): Match[] {
  return Array.isArray(matches) ? matches : [matches]
}

function whenOf(when: RuleWhen): When {
  if ('absentMs' in when) return { kind: 'absence', absentMs: when.absentMs }
  if ('consecutive' in when) return { kind: 'streak', count: when.consecutive }
  if ('spike' in when) {
    const { spike: factor, ...rest } = when
    return { kind: 'spike', factor, ...rest }
  }
  const { count, withinMs, distinct } = when
  return distinct === undefined
    ? { kind: 'window', count, withinMs }
    : { kind: 'distinct', count, withinMs, field: distinct }
}

/**
 * Distinguishes values without keeping them: they may be secrets, and a state directory writes down what is
 * kept.
 */
function signOf(value: unknown): string | undefined {
  return value === undefined || value === null
    ? undefined
    : hashWith('sha256').update(valueText(value)).digest('base64url').slice(0, signChars)
}

function fieldsOf(paths: readonly string[], get: GetField): Readonly<Record<string, unknown>> {
  const fields: Record<string, unknown> = Object.create(null)
  for (const path of paths) {
    const value = get(path)
    if (value !== undefined) fields[path] = value
  }
  return fields
}
