/**
 * Problems of the options as an error and as warnings. It loads no schema, for a thread that gets checked
 * options.
 */
import { AlertError } from '../errors/alert-error.ts'
import type { CheckedOptions } from './check-options.ts'
import { formatProblems, type Problem } from './problem.ts'

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
  const warnings: OptionsWarning[] = problems.map(({ path, message, code, effect }) => ({
    code,
    message: `${path || 'options'}: ${message}${effect ? ` ${effect}` : ''}`,
  }))
  if (plan.channels.some(({ isStandIn }) => isStandIn)) {
    const message = 'No channel of the options is usable. Alerts are shown on stderr instead.'
    warnings.push({ code: 'ALERT_CHANNELS_UNUSABLE', message })
  }
  return warnings
}
