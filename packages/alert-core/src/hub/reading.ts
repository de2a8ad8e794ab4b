/** How the lines of the logger, and objects, become records, by the options in force. */
import type { Plan } from '../options.ts'
import { type Context, createContext } from '../read/context-ring.ts'
import { createReader, createRecordReader } from '../read/reader.ts'
import type { Clock } from '../time/clock.ts'
import type { OptionsInForce } from './compiled-options.ts'
import type { WireConfig } from './hub-types.ts'

export interface Reading {
  readonly read: ReturnType<typeof createReader>
  readonly readObject: ReturnType<typeof createRecordReader>
  /** The lines before an alert, if they are kept. */
  readonly context: Context | undefined
}

export interface ReadingOptions {
  readonly plan: Plan
  readonly wire: WireConfig | undefined
  readonly inForce: OptionsInForce
  readonly clock: Clock
}

export function createReading({ plan, wire, inForce, clock: { now } }: ReadingOptions): Reading {
  const naming = {
    ...wire,
    ...plan.wire,
    trace: plan.trace,
    failedRequests: plan.failedRequests,
    sourceMaps: plan.sourceMaps,
    now,
    named: () => inForce.compiled.namedFields,
  }
  const read = createReader(naming)
  const context = plan.context && createContext({ ...plan.context, read, now })
  return { read, readObject: createRecordReader(naming), context }
}
