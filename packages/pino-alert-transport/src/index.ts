/**
 * The pino door. As a `target` pino loads this file in its worker and calls the default export; in the application it gives
 * `alertTransport(options)`, typed and checked at once.
 */
import type { Writable } from 'node:stream'
import type { AlertOptions } from 'alert-core'
import { assertOptions, type Control, controlKey, createControl, onSignal } from 'alert-core/adapter'
import type { WorkerOptions } from 'alert-core/worker'

export type { AlertEvent, AlertOptions, Explanation, FlushResult, SilenceOptions, Stats } from 'alert-core'
export { type AlertStream, alertStream } from './alert-stream.ts'

/** The transport as pino's worker loads it; not for calling by hand. */
export default async function transport(options: WorkerOptions): Promise<Writable> {
  const { default: alertWorker } = await import('alert-core/worker')
  return alertWorker(options)
}

/** What `alertTransport()` returns: an entry for pino's `transport` or `targets`, and the handle to what it started. */
export interface AlertTransport extends Control {
  readonly target: 'pino-alert-transport'
  readonly options: AlertOptions
}

/**
 * Checks the options on this thread and returns what pino's `transport` option takes: `pino({ transport: alertTransport(options) })`.
 * Throws an AlertError with code `ALERT_OPTIONS_INVALID` that names every problem by its path.
 */
export function alertTransport(options: AlertOptions = {}): AlertTransport {
  assertOptions(options)
  // Threads of one process share these names, and so do two copies of this file.
  const name = `pino-alert-transport:${process.getBuiltinModule('node:crypto').randomUUID()}`
  const control = createControl(name)
  if (options.handleSignals === true) onSignal((isEnd) => (isEnd ? control.close() : control.flush()))
  const entry = { target: 'pino-alert-transport' as const, options: { ...options, [controlKey]: name } }
  return withHandle(entry, control)
}

/** pino sends all own properties of an entry that can be listed to its worker, and functions cannot go there: the handle is not listed. */
function withHandle<Entry extends object>(entry: Entry, handle: Control): Entry & Control {
  const unlisted = Object.entries(handle).map(([name, value]) => [name, { value }])
  return Object.defineProperties(entry, Object.fromEntries(unlisted)) as Entry & Control
}
