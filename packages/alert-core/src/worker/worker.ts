/**
 * What runs beside the application. pino's worker calls the default export; in a thread or a process that an adapter has started, loading this
 * file serves that adapter. Each loads only what it needs.
 */
import type { Writable } from 'node:stream'
import { isMainThread, parentPort, workerData } from 'node:worker_threads'
import { processArgument, threadKey } from './hub-thread.ts'
import type { WorkerOptions } from './pino-target.ts'
import { serveThread } from './serve-thread.ts'
import type { ThreadSetup } from './thread-wire.ts'

export type { WorkerOptions } from './pino-target.ts'

/** pino's worker calls it with the options, and writes the logger's lines to the stream that it returns. */
export default async function alertWorker(given: WorkerOptions = {}): Promise<Writable> {
  const { openPinoWorker } = await import('./pino-target.ts')
  return openPinoWorker(given)
}

if (isMainThread) {
  if (process.argv[2] === processArgument)
    void import('./serve-process.ts').then(({ serveProcess }) => serveProcess())
} else if (
  parentPort !== null &&
  typeof workerData === 'object' &&
  workerData !== null &&
  threadKey in workerData
) {
  serveThread((workerData as { [threadKey]: ThreadSetup })[threadKey], parentPort)
}
