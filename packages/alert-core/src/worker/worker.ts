/**
 * What runs beside the application. pino's worker calls `openTarget`; in a thread or a process that an
 * adapter has started, loading this file serves that adapter. Each loads only what it needs.
 */
import type { Writable } from 'node:stream'
import { isMainThread, parentPort, workerData } from 'node:worker_threads'
import { isObjectOrList } from '../text/get-path.ts'
import { processArgument, threadKey } from './hub-thread.ts'
import type { BuildTransport, TargetOptions } from './pino-target.ts'
import { serveThread } from './serve-thread.ts'
import type { ThreadData } from './thread-wire.ts'

export type { BuildTransport, TargetOptions } from './pino-target.ts'

/** What pino's worker calls for a `target`; `build` is that of pino-abstract-transport. */
export async function openTarget(given: TargetOptions, build: BuildTransport): Promise<Writable> {
  const { openPinoTarget } = await import('./pino-target.ts')
  return openPinoTarget(given, build)
}

if (isMainThread) {
  if (process.argv[2] === processArgument)
    void import('./serve-process.ts').then(({ serveProcess }) => serveProcess())
} else if (parentPort !== null && isObjectOrList(workerData) && threadKey in workerData) {
  serveThread((workerData as { [threadKey]: ThreadData })[threadKey], parentPort)
}
