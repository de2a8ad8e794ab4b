/**
 * The options that users write, checked as a whole. Types, defaults, checks, the JSON Schema, the docs and
 * the list of secrets come from one schema (options/shape.ts).
 */
import { checkOptions } from './options/check-options.ts'
import { invalidOptions } from './options/report-problems.ts'

export { type CheckedOptions, checkOptions, isEnabled } from './options/check-options.ts'
export { checkSilence } from './options/mute-options.ts'
export type {
  AlertOptions,
  ChannelOptions,
  FileReference,
  ProviderType,
  RuleOptions,
  SilenceOptions,
  WrittenOptions,
} from './options/option-types.ts'
export type { Plan } from './options/plan.ts'
export type { ChannelPlan } from './options/plan-channel.ts'
export type { Problem } from './options/problem.ts'
export { type OptionsWarning, warningsOf } from './options/report-problems.ts'
export { type RuleWarning, ruleWarnings } from './options/rule-warnings.ts'

/** Throws one `ALERT_OPTIONS_INVALID` that lists every problem with its path; returns if there is none. */
export function assertOptions(input: unknown): void {
  const { problems } = checkOptions(input)
  if (problems.length > 0) throw invalidOptions(problems)
}
