/**
 * `alertTransport(options)`: the options checked on the application's thread, as an entry for pino's
 * `transport`. Given to pino in another place it works too, and says what to write.
 */
import type { AlertEvent, AlertOptions, WrittenOptions } from 'alert-core'
import {
  type Adapter,
  type AdapterConnection,
  assertOptions,
  broadcastKey,
  createAdapter,
  createBroadcastConnection,
  createControl,
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
export function alertTransport<Name extends string = string>(
  options: WrittenOptions<Name> = {},
): AlertTransport {
  return openTransport(options)
}

function openTransport(options: AlertOptions): AlertTransport {
  assertOptions(options)
  const control = createControl()
  const listeners = createListeners<AlertEvent>()
  let isGiven = false
  const whyNone = () => (isGiven ? (isEnabled(options) ? undefined : switchedOff) : notGiven)
  const broadcast = createBroadcastConnection(control, whyNone, listeners.emit)
  const misplaced = createMisplacedStream(options, listeners.emit)
  const adapter = createAdapter(withMisplaced(broadcast, misplaced.opened), listeners)
  if (isEnabled(options)) {
    serveThreads()
    if (options.crashes !== false) shareCrashes()
    if (options.handleSignals === true)
      onSignal({ flush: () => broadcast.flush({ isLeaving: true }), close: adapter.close })
  }
  const entry = {
    target: 'pino-alert-transport' as const,
    get options() {
      const given = {
        ...options,
        /** Read by pino, when a logger is made; not by who copies or prints the entry. */
        get [broadcastKey]() {
          isGiven = true
          return control
        },
      }
      return Object.defineProperty(given, 'toJSON', { value: () => options })
    },
  }
  addUnlisted(entry, adapter)
  addUnlisted(entry, misplaced.destination)
  // `pino(alertTransport(options))`: pino takes the entry for its options.
  addUnlisted(entry, { transport: entry })
  return entry as typeof entry & Adapter
}

const notGiven = 'No logger uses this transport: write pino({ transport: alertTransport(options) }).'
const switchedOff = 'Alerting is switched off, by `enabled` or by ALERT_ENABLED.'

/** Once the entry is used as a destination, it is that stream. */
function withMisplaced(
  broadcast: AdapterConnection,
  opened: () => AlertStream | undefined,
): AdapterConnection {
  return {
    ...broadcast,
    flush: () => opened()?.flush() ?? broadcast.flush(),
    close: () => opened()?.close() ?? broadcast.close(),
    stats: () => opened()?.stats() ?? broadcast.stats(),
    request: (request, given) =>
      opened()?.[request](given as never) ?? (broadcast.request(request, given) as never),
  }
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
