/**
 * The pino adapters. As a `target` pino loads this file in its worker and calls the default export; in the
 * application it gives `alertTransport(options)`, typed and checked at once, and `alertStream`.
 */
import type { Writable } from 'node:stream'
import type { AlertOptions, WrittenOptions } from 'alert-core'
import type { TargetOptions } from 'alert-core/worker'
import { type AlertTransport, alertTransport } from './transport-entry.ts'

export type {
  AcknowledgeOptions,
  AlertEvent,
  AlertOptions,
  Explanation,
  FlushResult,
  HubStatus,
  SilenceOptions,
  SilenceRequest,
  Stats,
} from 'alert-core'
export { controlHandler } from 'alert-core/adapter'
export { type AlertStream, alertStream } from './alert-stream.ts'
export { type AlertTransport, alertTransport } from './transport-entry.ts'

/**
 * What pino's worker calls for a `target`; in the application it is `alertTransport`, so that a default
 * import works as well.
 */
export default function transport<Name extends string = string>(
  options: WrittenOptions<Name> = {},
): AlertTransport {
  return isPinoWorker() ? (openInWorker(options as AlertOptions) as never) : alertTransport(options)
}

async function openInWorker(options: TargetOptions): Promise<Writable> {
  const [{ openTarget }, { default: build }] = await Promise.all([
    import('alert-core/worker'),
    import('pino-abstract-transport'),
  ])
  return openTarget(options, build)
}

/** pino's threads are those of thread-stream, which writes to them through shared memory. */
function isPinoWorker(): boolean {
  const { isMainThread, workerData } = process.getBuiltinModule('node:worker_threads')
  return !isMainThread && (workerData as { dataBuf?: unknown } | null)?.dataBuf instanceof SharedArrayBuffer
}
