/**
 * How a hub's thread is to use memory. What one line makes is garbage at the next, so a small nursery costs no time; V8's own grows to
 * 48 MiB a thread before it is swept: https://nodejs.org/api/worker_threads.html#workerresourcelimits.
 */
import type { ResourceLimits } from 'node:worker_threads'

/** For the worker that a hub runs in. */
export const heapLimits: ResourceLimits = { maxYoungGenerationSizeMb: 6 }
