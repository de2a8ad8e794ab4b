/**
 * The pino adapters. As a `target` pino loads this file in its worker and calls the default export; in the
 * application it gives `alertTransport(options)`, typed and checked at once, and `alertStream`.
 */
import type { Writable } from 'node:stream'
import type { AlertEvent, AlertOptions } from 'alert-core'
import {
  type Adapter,
  assertOptions,
  broadcastKey,
  createAdapter,
  createBroadcastConnection,
  createListeners,
  isEnabled,
  onSignal,
  shareCrashes,
} from 'alert-core/adapter'
import type { TargetOptions } from 'alert-core/worker'

export type { AlertEvent, AlertOptions, Explanation, FlushResult, SilenceOptions, Stats } from 'alert-core'
export { type AlertStream, alertStream } from './alert-stream.ts'

/**
 * What pino's worker calls for a `target`; in the application it is `alertTransport`, so that a default
 * import works as well.
 */
export default function transport(options: AlertOptions = {}): AlertTransport {
  return isPinoWorker() ? (openInWorker(options) as never) : alertTransport(options)
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

/**
 * What `alertTransport()` returns: an entry for pino's `transport` or `targets`, and the handle to what it
 * started.
 */
export interface AlertTransport extends Adapter {
  readonly target: 'pino-alert-transport'
  readonly options: AlertOptions
}

/**
 * Checks the options on this thread and returns what pino's `transport` option takes: `pino({ transport:
 * alertTransport(options) })`. Throws an AlertError with code `ALERT_OPTIONS_INVALID` that names every
 * problem by its path.
 */
export function alertTransport(options: AlertOptions = {}): AlertTransport {
  assertOptions(options)
  // Threads of one process share these names, and so do two copies of this file.
  const name = `pino-alert-transport:${process.getBuiltinModule('node:crypto').randomUUID()}`
  const listeners = createListeners<AlertEvent>()
  const adapter = createAdapter(createBroadcastConnection(name, listeners.emit), listeners)
  if (isEnabled(options)) {
    if (options.crashes !== false) shareCrashes()
    if (options.handleSignals === true) onSignal({ flush: adapter.flush, close: adapter.close })
  }
  const entry = { target: 'pino-alert-transport' as const, options: { ...options, [broadcastKey]: name } }
  return addUnlisted(entry, adapter)
}

/**
 * pino sends all enumerable properties of an entry to its worker, and functions cannot cross: those of the
 * adapter are not enumerable.
 */
function addUnlisted<Entry extends object>(entry: Entry, adapter: Adapter): Entry & Adapter {
  const unlisted = Object.entries(adapter).map(([name, value]) => [name, { value }])
  return Object.defineProperties(entry, Object.fromEntries(unlisted)) as Entry & Adapter
}
