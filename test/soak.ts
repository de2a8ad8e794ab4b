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

const fuzzMs = process.env['ALERT_FUZZ_MS']

/** How many cases a fuzz target tries; with ALERT_FUZZ_MS, as many as it can in so many milliseconds. */
export function fuzz(numRuns: number) {
  if (fuzzMs === undefined) return { numRuns }
  return { numRuns: 2 ** 31 - 1, interruptAfterTimeLimit: Number(fuzzMs) }
}

/** A test that only the soak tests run. It is not skipped elsewhere: it does not exist there. */
export function soakTest(name: string, run: TestFunction): void {
  if (isSoak) test(name, run)
}
