/**
 * What is said of options that are wrong where nobody throws: each problem, and what follows where no channel is left.
 */
import type { CheckedOptions } from './check-options.ts'

/** One warning, without secrets; `code` is that of the problem, or `ALERT_CHANNELS_UNUSABLE`. */
export interface OptionsWarning {
  readonly code: string
  readonly message: string
}

/** The warnings, in the order of the options. */
export function warningsOf({ plan, problems }: CheckedOptions): readonly OptionsWarning[] {
  const warnings: OptionsWarning[] = problems.map(({ path, message, code }) => ({
    code,
    message: `${path}: ${message}`,
  }))
  if (plan.channels.some(({ standsIn }) => standsIn)) {
    const message = 'No channel of the options can be used: alerts are shown on stderr instead.'
    warnings.push({ code: 'ALERT_CHANNELS_UNUSABLE', message })
  }
  return warnings
}
