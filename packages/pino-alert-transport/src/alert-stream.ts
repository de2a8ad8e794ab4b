/**
 * The pino adapter for applications that keep their own destination: a stream on the application's thread
 * that lets only interesting lines cross to the worker. Nothing it does throws, waits, or emits 'error'.
 */
import type { AlertEvent, AlertOptions, FlushResult, Stats, WrittenOptions } from 'alert-core'
import {
  type Adapter,
  assertOptions,
  type Connection,
  createAdapter,
  createConnection,
  createGate,
  createListeners,
  emitWeakly,
  type LinkSetup,
  planAdapter,
  releaseWithOwner,
  remember,
  type Wanted,
  wireOf,
} from 'alert-core/adapter'
import { type LoggerSeen, nestedKeyOf, wantsLogger } from './nested-key.ts'

/** What `alertStream()` returns: a destination for `pino.multistream` or for pino itself. */
export interface AlertStream extends Adapter {
  /** For `pino.multistream`: every line is offered, and looked at here. */
  readonly level: number
  /** By this pino knows a destination. */
  readonly writable: true
  /** Takes a line of the logger. */
  write(line: string): void
  /**
   * Sends what is pending; resolves when it is delivered or refused, at the latest a second after
   * `closeTimeout`.
   */
  flush(done?: (error?: Error) => void): Promise<FlushResult>
  /** Waits until the worker has read what was written; pino calls it after a fatal record. */
  flushSync(): void
  /** `close`, for pino and `pino.multistream`. */
  end(): void
  /** Counters since the start; under `failures` also those of lines that did not reach the worker. */
  stats(): Promise<Stats>
  /** pino sends its destinations the names it uses. */
  emit(event: string, ...values: unknown[]): boolean
}

/**
 * What the stream decides by; apart from the stream, so that one which is dropped does not stay in memory.
 */
interface StreamState {
  setup: LinkSetup
  gate: (line: string) => boolean
  /** What the gate follows, once that is no longer what the options say. */
  wanted: Wanted | undefined
}

/** A fatal record waits for so long to be read by the worker. */
const fatalMs = 1_000
const assertOnce = remember(assertOptions)
const planOnce = remember(planAdapter)

/**
 * Alerts beside the application's own destination: `pino({}, pino.multistream([{ stream: process.stdout },
 * alertStream(options)]))`. Throws an AlertError with code `ALERT_OPTIONS_INVALID` that names every problem
 * by its path.
 */
export function alertStream<Name extends string = string>(options: WrittenOptions<Name> = {}): AlertStream {
  return openStream(options)
}

function openStream(options: AlertOptions): AlertStream {
  assertOnce(options)
  const state = planStream(options)
  const listeners = createListeners<AlertEvent>()
  const connection = connect(state, emitWeakly(listeners), options.crashes !== false)
  // Not to be named by any function in here, which would keep it in memory.
  const stream: AlertStream & LoggerSeen = {
    // `this` is the stream there.
    ...(createAdapter(connection, listeners) as Adapter & Pick<AlertStream, 'on' | 'once' | 'off'>),
    level: 0,
    writable: true,
    [wantsLogger]: true,
    write(this: LoggerSeen | undefined, line) {
      try {
        if (this?.lastLogger !== undefined) takeNestedKey(this, state, options, connection)
        followRules(state, connection)
        if (state.gate(line)) connection.write(line)
      } catch {
        connection.countUnreadable()
      }
    },
    async flush(done) {
      const result = await connection.flush()
      done?.()
      return result
    },
    flushSync: () => connection.flushSync(fatalMs),
    stats: connection.stats,
    end: () => void connection.close(),
    emit(event, value) {
      const wire = event === 'message' ? wireOf(value) : undefined
      if (wire === undefined) return false
      Object.assign(state, planStream(options, { ...state.setup.wire, ...wire }))
      connection.changed()
      return true
    },
  }
  releaseWithOwner(stream, connection)
  setImmediate(connection.warm)
  return stream
}

function planStream(options: AlertOptions, wire: LinkSetup['wire'] = {}): StreamState {
  const { level, wantsAll, ...rest } = planOnce(options, wire.levels)
  return {
    gate: createGate({ level, levels: wire.levels, wantsAll }),
    // The worker need not know the logger's own words for the threshold.
    setup: { options: { ...options, level }, wire, ...rest },
    wanted: undefined,
  }
}

/** Apart from the stream as well. */
function connect(state: StreamState, emit: (event: AlertEvent) => void, watchesCrashes: boolean): Connection {
  return createConnection(() => state.setup, emit, { watchesCrashes })
}

/** Once is enough: all lines of a logger are alike, and asking costs a little with each of them. */
function takeNestedKey(
  stream: LoggerSeen,
  state: StreamState,
  options: AlertOptions,
  connection: Connection,
): void {
  const nestedKey = nestedKeyOf(stream.lastLogger)
  stream[wantsLogger] = false
  // Neither a logger nor what it logged is to stay in memory.
  stream.lastLogger = undefined
  stream.lastObj = undefined
  if (nestedKey === undefined) return
  Object.assign(state, planStream(options, { ...state.setup.wire, nestedKey }))
  connection.changed()
}

/** A document that replaces the options may want other records. */
function followRules(state: StreamState, connection: Connection): void {
  const wanted = connection.wanted()
  if (wanted === undefined || wanted === state.wanted) return
  state.wanted = wanted
  state.gate = createGate({ ...wanted, levels: state.setup.wire.levels })
}
