/**
 * What holds for every message, whatever happens to providers, options and processes. A failure prints the
 * seed and the shortest trace; ALERT_TRACES sets how many are tried.
 */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { inSoak } from '../../soak.ts'
import { problemsOf } from './outcome-checks.ts'
import { live, traces } from './outcome-traces.ts'

/** Shrinking a failure takes long, too. */
const patienceMs = 1_200_000
const numRuns = Number(process.env['ALERT_TRACES'] ?? inSoak(10_000, 40))

it(
  `of ${numRuns} lives: starts, then ends; one record a message, criticals at once, no record lost`,
  async () => {
    await fc.assert(
      fc.asyncProperty(traces, async (steps) => {
        expect(problemsOf(await live(steps))).toEqual([])
      }),
      { numRuns, interruptAfterTimeLimit: patienceMs, markInterruptAsFailure: true },
    )
  },
  2 * patienceMs,
)
