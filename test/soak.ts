/**
 * The soak tests run every combination of a matrix, and long random runs; the unit and end-to-end tests run a
 * sample of the same. A file in test/soak/ imports the tests that it runs in full; vitest.config.ts sets
 * ALERT_SOAK for them.
 */
import { type TestFunction, test } from 'vitest'

export const isSoak = process.env['ALERT_SOAK'] === '1'

export function inSoak<All, Sample>(all: All, sample: Sample): All | Sample {
  return isSoak ? all : sample
}

/** A test that only the soak tests run. It is not skipped elsewhere: it does not exist there. */
export function soakTest(name: string, run: TestFunction): void {
  if (isSoak) test(name, run)
}
