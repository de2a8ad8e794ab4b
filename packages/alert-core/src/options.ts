/**
 * Options: what users write, checked as a whole. One schema (options/shape.ts) gives types, defaults, checks, the JSON
 * Schema, the docs and the list of secrets.
 */
import { checkOptions } from './options/check.ts'
import { invalidOptions } from './options/invalid.ts'

export { type CheckedOptions, checkOptions } from './options/check.ts'
export type { ChannelPlan, Plan } from './options/plan.ts'
export type { Problem } from './options/problem.ts'
export { checkSilence } from './options/quiet.ts'
export type {
  AlertOptions,
  ChannelOptions,
  FileReference,
  ProviderType,
  RuleOptions,
  SilenceOptions,
} from './options/types.ts'
export { warningsOf } from './options/warnings.ts'

/** Throws one `ALERT_OPTIONS_INVALID` that lists every problem by its path; returns where there is none. */
export function assertOptions(input: unknown): void {
  const { problems } = checkOptions(input)
  if (problems.length > 0) throw invalidOptions(problems)
}
