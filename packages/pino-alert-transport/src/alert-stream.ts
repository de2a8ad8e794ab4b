/**
 * The pino adapter for applications that keep their own destination: a stream on the application's thread
 * that passes every line on to that destination, and lets only interesting ones cross to the worker. Nothing
 * of its own throws, waits, or emits 'error'.
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
  levelRanks,
  planAdapter,
  releaseWithOwner,
  remember,
  type Wanted,
  wireOf,
} from 'alert-core/adapter'
import { withCauses } from './causes.ts'
import { type Destination, isOnlyDestination, wrapDestination } from './destination.ts'
import {
  clearMetadata,
  createLoggerLook,
  hasDecisiveField,
  type LoggerView,
  type Metadata,
  noMetadata,
  passMetadata,
  wantsMetadata,
} from './logger-metadata.ts'

export type { Destination } from './destination.ts'

/**
 * What `alertStream()` returns: a destination for pino itself, or for `pino.multistream`. What it does not
 * have itself (`fd`, `reopen`, 'drain' and other events) is that of the destination it wraps.
 */
export interface AlertStream extends Adapter {
  /** For `pino.multistream`: every line is offered, and looked at here. */
  readonly level: number
  /** By this pino knows a destination. */
  readonly writable: true
  /** Takes a line of the logger; returns what the wrapped destination returns. */
  write(line: string): unknown
  /**
   * Sends what is pending; resolves when it is delivered or refused, at the latest a second after
   * `closeTimeout`. `done` is called when the wrapped destination has written its buffer too.
   */
  flush(done?: (error?: Error | null) => void): Promise<FlushResult>
  /**
   * The wrapped destination's, then waits until the worker has read what was written; pino calls it after a
   * fatal record.
   */
  flushSync(): void
  /** Ends the wrapped destination; `close`. */
  end(): void
  /** Counters since the start; under `failures` also those of lines that did not reach the worker. */
  stats(): Promise<Stats>
  /** pino sends its destinations the names it uses. */
  emit(event: string, ...values: unknown[]): boolean
}

/**
 * What the stream decides by; apart from the stream, so that one which is dropped does not stay in memory.
 */
interface StreamState extends LineFilter {
  setup: LinkSetup
  /** What the filter follows, once that is no longer what the options say. */
  wanted: Wanted | undefined
}

type Current = Pick<StreamState, 'setup'>

/** How lines are looked at. */
interface LineFilter {
  threshold: number
  ranks: ReadonlyMap<number, number> | undefined
  gate: (line: string) => boolean
  look: (logger: unknown) => LoggerView | undefined
}

/** A fatal record waits for so long to be read by the worker. */
const fatalMs = 1_000
const assertOnce = remember(assertOptions)
const planOnce = remember(planAdapter)

/**
 * Alerts beside the application's own destination: `pino({}, alertStream(options, pino.destination(1)))`.
 * Without a destination the lines go to `process.stdout`, and as a part of `pino.multistream` nowhere else.
 * Throws an AlertError with code `ALERT_OPTIONS_INVALID` that names every problem by its path.
 */
export function alertStream<Name extends string = string, Wrapped extends Destination = Destination>(
  options: WrittenOptions<Name> = {},
  destination?: Wrapped,
): AlertStream & Omit<Wrapped, keyof AlertStream> {
  return openStream(options as AlertOptions, destination) as AlertStream & Omit<Wrapped, keyof AlertStream>
}

function openStream(options: AlertOptions, destination: Destination | undefined): AlertStream {
  assertOnce(options)
  const state = planStream(options)
  const listeners = createListeners<AlertEvent>()
  // A filter knows the logger, and so the stream: the connection must not lead to it.
  const current: Current = { setup: state.setup }
  const connection = connect(current, emitWeakly(listeners), options.crashes !== false)
  let knowsNestedKey = false

  function replan(wire: LinkSetup['wire']): void {
    Object.assign(state, planStream(options, { ...state.setup.wire, ...wire }))
    current.setup = state.setup
    connection.changed()
  }

  function takeNestedKey({ nestedKey }: LoggerView): void {
    // Once is enough: all lines of a logger are alike.
    knowsNestedKey = true
    if (nestedKey === undefined) return
    replan({ nestedKey })
  }

  // Not to be named by any function that the connection holds, which would keep it in memory.
  const stream: AlertStream & Metadata = {
    // `this` is the stream there.
    ...(createAdapter(connection, listeners) as Adapter &
      Pick<AlertStream & Metadata, 'on' | 'once' | 'off'>),
    ...noMetadata(),
    level: 0,
    writable: true,
    write(this: Metadata | undefined, line) {
      let target: (Destination & Partial<Metadata>) | undefined = destination
      try {
        followRules(state, connection)
        const view = this?.lastLogger === undefined ? undefined : state.look(this.lastLogger)
        if (view !== undefined) {
          if (!knowsNestedKey) takeNestedKey(view)
          if (target === undefined && isOnlyDestination(view.stream, this)) target = process.stdout
        }
        if (isInteresting(state, view, this, line))
          connection.write(view === undefined ? line : withCauses(line, this?.lastLogger, this?.lastObj))
        if (this !== undefined) {
          if (target?.[wantsMetadata] === true) passMetadata(this, target)
          clearMetadata(this)
        }
      } catch {
        connection.countUnreadable()
      }
      return target?.write(line)
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
      replan(wire)
      return true
    },
  }
  if (destination !== undefined) wrapDestination(stream, destination)
  releaseWithOwner(stream, connection)
  setImmediate(connection.warm)
  return stream
}

function planStream(options: AlertOptions, wire: LinkSetup['wire'] = {}): StreamState {
  const { level, wantsAll, ...rest } = planOnce(options, wire.levels)
  return {
    ...createLineFilter({ level, wantsAll }, wire.levels),
    // The worker need not know the logger's own words for the threshold.
    setup: { options: { ...options, level }, wire, ...rest },
    wanted: undefined,
  }
}

/** Apart from the stream as well. */
function connect(current: Current, emit: (event: AlertEvent) => void, watchesCrashes: boolean): Connection {
  return createConnection(() => current.setup, emit, { watchesCrashes })
}

function createLineFilter({ level, wantsAll }: Wanted, levels: LinkSetup['wire']['levels']): LineFilter {
  const gate = createGate({ level, levels, wantsAll })
  const ranks = levelRanks(levels)
  return { threshold: level, ranks, gate, look: createLoggerLook(gate, level, ranks) }
}

/** A document that replaces the options may want other records. */
function followRules(state: StreamState, connection: Connection): void {
  const wanted = connection.wanted()
  if (wanted === undefined || wanted === state.wanted) return
  state.wanted = wanted
  Object.assign(state, createLineFilter(wanted, state.setup.wire.levels))
}

/** By what pino says of the line if that is enough, else by its text. */
function isInteresting(
  { threshold, ranks, gate }: LineFilter,
  view: LoggerView | undefined,
  seen: Metadata | undefined,
  line: string,
): boolean {
  const level = seen?.lastLevel
  if (view === undefined || !view.isPlain || typeof level !== 'number') return gate(line)
  const rank = ranks === undefined ? level : (ranks.get(level) ?? level)
  return rank >= threshold || (hasDecisiveField(seen!.lastObj) && gate(line))
}
