/**
 * What a door is given, as it may cross to another thread or process: nothing in it can make that throw.
 */

import { AlertError } from '../errors/alert-error.ts'
import type { SilenceOptions } from '../options.ts'
import { toPlain } from '../read/plain.ts'

/** The line that a record would be; a line stays as it is. */
export function lineOf(record: string | object): string {
  return typeof record === 'string' ? record : JSON.stringify(toPlain(record) ?? null)
}

/** A copy of a silence. Throws `ALERT_SILENCE_INVALID` for what is no plain data: left out, it would make the silence wider. */
export function plainSilence(given: SilenceOptions): SilenceOptions {
  try {
    return JSON.parse(JSON.stringify(structuredClone(given)))
  } catch (cause) {
    throw new AlertError('ALERT_SILENCE_INVALID', 'The silence is wrong: it must be plain data.', { cause })
  }
}
