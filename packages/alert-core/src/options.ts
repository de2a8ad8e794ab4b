/**
 * Options: what users write, checked as a whole. One schema (options/shape.ts) gives types, defaults, checks, the JSON
 * Schema, the docs and the list of secrets.
 */
import { checkOptions } from './options/check-options.ts'
import { invalidOptions } from './options/invalid.ts'

export { type CheckedOptions, checkOptions } from './options/check-options.ts'
export { checkSilence } from './options/mute-options.ts'
export type {
  AlertOptions,
  ChannelOptions,
  FileReference,
  ProviderType,
  RuleOptions,
  SilenceOptions,
} from './options/option-types.ts'
export { warningsOf } from './options/option-warnings.ts'
export type { ChannelPlan, Plan } from './options/plan.ts'
export type { Problem } from './options/problem.ts'

/** Throws one `ALERT_OPTIONS_INVALID` that lists every problem by its path; returns where there is none. */
export function assertOptions(input: unknown): void {
  const { problems } = checkOptions(input)
  if (problems.length > 0) throw invalidOptions(problems)
}
