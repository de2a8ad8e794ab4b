/**
 * The one error for all that is wrong with options.
 */
import { AlertError } from '../errors/alert-error.ts'
import { formatProblems, type Problem } from './problem.ts'

/** The error that lists all of these problems. */
export function invalidOptions(problems: readonly Problem[]): AlertError {
  const count = problems.length === 1 ? 'There is a problem' : `There are ${problems.length} problems`
  return new AlertError('ALERT_OPTIONS_INVALID', `${count} with the options:\n${formatProblems(problems)}`)
}
