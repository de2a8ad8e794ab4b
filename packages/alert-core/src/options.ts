/**
 * The options that users write, checked as a whole. Types, defaults, checks, the JSON Schema, the docs and
 * the list of secrets come from one schema (options/shape.ts).
 */
import { AlertError } from './errors/alert-error.ts'
import { type CheckedOptions, checkOptions } from './options/check-options.ts'
import { formatProblems, type Problem } from './options/problem.ts'

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
export type { Plan } from './options/plan.ts'
export type { ChannelPlan } from './options/plan-channel.ts'
export type { Problem } from './options/problem.ts'

/** Throws one `ALERT_OPTIONS_INVALID` that lists every problem with its path; returns if there is none. */
export function assertOptions(input: unknown): void {
  const { problems } = checkOptions(input)
  if (problems.length > 0) throw invalidOptions(problems)
}

/** The error that lists all of these problems. */
export function invalidOptions(problems: readonly Problem[]): AlertError {
  const count = problems.length === 1 ? 'There is a problem' : `There are ${problems.length} problems`
  return new AlertError('ALERT_OPTIONS_INVALID', `${count} with the options:\n${formatProblems(problems)}`)
}

/** One warning, without secrets; `code` is that of the problem, or `ALERT_CHANNELS_UNUSABLE`. */
export interface OptionsWarning {
  readonly code: string
  readonly message: string
}

/** What to warn of if wrong options must not throw, in the order of the options. */
export function warningsOf({ plan, problems }: CheckedOptions): readonly OptionsWarning[] {
  const warnings: OptionsWarning[] = problems.map(({ path, message, code }) => ({
    code,
    message: `${path}: ${message}`,
  }))
  if (plan.channels.some(({ isStandIn }) => isStandIn)) {
    const message = 'No channel of the options is usable. Alerts are shown on stderr instead.'
    warnings.push({ code: 'ALERT_CHANNELS_UNUSABLE', message })
  }
  return warnings
}
