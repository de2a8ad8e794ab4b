/**
 * `alertTransport(options)`: the options checked on the application's thread, as an entry for pino's
 * `transport`. Given to pino in another place it works too, and says what to write.
 */
import type { AlertEvent, AlertOptions } from 'alert-core'
import {
  type Adapter,
  type AdapterConnection,
  assertOptions,
  broadcastKey,
  createAdapter,
  createBroadcastConnection,
  createListeners,
  isEnabled,
  onSignal,
  serveThreads,
  shareCrashes,
} from 'alert-core/adapter'
import { type AlertStream, alertStream } from './alert-stream.ts'

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
  const broadcast = createBroadcastConnection(name, listeners.emit)
  const misplaced = createMisplacedStream(options, listeners.emit)
  const connection: AdapterConnection = {
    ...broadcast,
    flush: () => misplaced.opened()?.flush() ?? broadcast.flush(),
    close: () => misplaced.opened()?.close() ?? broadcast.close(),
    stats: () => misplaced.opened()?.stats() ?? broadcast.stats(),
  }
  const adapter = createAdapter(connection, listeners)
  if (isEnabled(options)) {
    serveThreads()
    if (options.crashes !== false) shareCrashes()
    if (options.handleSignals === true) onSignal({ flush: adapter.flush, close: adapter.close })
  }
  const entry = { target: 'pino-alert-transport' as const, options: { ...options, [broadcastKey]: name } }
  addUnlisted(entry, adapter)
  addUnlisted(entry, misplaced.destination)
  // `pino(alertTransport(options))`: pino takes the entry for its options.
  addUnlisted(entry, { transport: entry })
  return entry as typeof entry & Adapter
}

/**
 * pino sends all enumerable properties of an entry to its worker, and functions cannot cross: those of the
 * adapter are not enumerable.
 */
function addUnlisted(entry: object, added: object): void {
  for (const [name, value] of Object.entries(added)) Object.defineProperty(entry, name, { value })
}

/** For `pino(options, alertTransport(…))` and for `multistream`: the entry as a destination. */
function createMisplacedStream(options: AlertOptions, emit: (event: AlertEvent) => void) {
  let stream: AlertStream | undefined

  function open(): AlertStream {
    if (stream !== undefined) return stream
    stream = alertStream(options)
    stream.on('alert', emit)
    process.emitWarning(
      'alertTransport() is used as a destination: write pino({ transport: alertTransport(options) }), or alertStream(options) as a destination.',
      { type: 'AlertWarning', code: 'ALERT_TRANSPORT_MISPLACED' },
    )
    return stream
  }

  const destination: Pick<AlertStream, 'write' | 'flushSync' | 'end' | 'emit'> = {
    write: (line) => open().write(line),
    flushSync: () => stream?.flushSync(),
    end: () => stream?.end(),
    emit: (event, ...values) => open().emit(event, ...values),
  }
  return { destination, opened: () => stream }
}
