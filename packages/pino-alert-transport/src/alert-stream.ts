/**
 * The pino door for applications that keep their own destination: a stream on the application's thread that lets only interesting lines cross
 * to the worker. Nothing it does throws, waits, or emits 'error'.
 */
import { EventEmitter } from 'node:events'
import type { AlertEvent, AlertOptions, Explanation, FlushResult, SilenceOptions, Stats } from 'alert-core'
import {
  assertOptions,
  createGate,
  type Lease,
  type LinkSetup,
  leaseLink,
  lineOf,
  plainSilence,
  planAdapter,
  remember,
  startsEarly,
  type Wanted,
  wireOf,
  workerUnreachable,
} from 'alert-core/adapter'

/** What `alertStream()` returns: a destination for `pino.multistream` or for pino itself. */
export interface AlertStream {
  /** For `pino.multistream`: every line is offered, and looked at here. */
  readonly level: number
  /** By this pino knows a destination. */
  readonly writable: true
  /** Takes a line of the logger. */
  write(line: string): void
  /** Tells at once what waits to be told; resolves when it is, at the latest a second after `closeTimeout`. */
  flush(done?: (error?: Error) => void): Promise<FlushResult>
  /** Hands over what was written; pino calls it after a fatal record. */
  flushSync(): void
  /** Like `flush`, and lets go of the worker unless other streams use it. Later lines are counted, not told. */
  close(): Promise<FlushResult>
  /** `close`, for pino and `pino.multistream`. */
  end(): void
  /** Counters of the worker, and under `failures` of what did not come to it. */
  stats(): Promise<Stats>
  /** What would become of a record: a line of the logger, or the object that it holds. Rejects with `ALERT_WORKER_UNREACHABLE`. */
  explain(record: string | object): Promise<Explanation>
  /** Silences alerts until a moment; resolves to the id that lifts it. Rejects with `ALERT_SILENCE_INVALID` or `ALERT_WORKER_UNREACHABLE`. */
  silence(silence: SilenceOptions): Promise<string>
  /** Lifts a silence made at run time; false where there is none of this id. Rejects with `ALERT_WORKER_UNREACHABLE`. */
  unsilence(id: string): Promise<boolean>
  on(event: 'alert', listener: (event: AlertEvent) => void): this
  once(event: 'alert', listener: (event: AlertEvent) => void): this
  off(event: 'alert', listener: (event: AlertEvent) => void): this
  /** pino tells its destinations how it names things. */
  emit(event: string, ...values: unknown[]): boolean
}

type Gate = (line: string) => boolean

/** What the stream decides by, until pino says that it names things differently. */
interface StreamPlan {
  readonly gate: Gate
  readonly setup: LinkSetup
  /** What the gate follows, once that is no longer what the options say. */
  readonly wanted?: Wanted
}

/** A fatal record waits for so long to be read by the worker. */
const fatalMs = 1_000
const allDelivered: FlushResult = { delivered: true, pending: 0 }
const nothing: Stats = { lines: 0, matched: 0, rules: {}, failures: {}, suppressed: {}, channels: {} }
const assertOnce = remember(assertOptions)
const planOnce = remember(planAdapter)

// A stream that is dropped without a word gives back its part of the worker.
const dropped = new FinalizationRegistry<{ lease?: Lease | undefined }>((held) => held.lease?.release())

/**
 * Alerts beside the application's own destination: `pino({}, pino.multistream([{ stream: process.stdout }, alertStream(options)]))`.
 * Throws an AlertError with code `ALERT_OPTIONS_INVALID` that names every problem by its path.
 */
export function alertStream(options: AlertOptions = {}): AlertStream {
  assertOnce(options)
  const emitter = new EventEmitter()
  const emitAlert = emitterOf(new WeakRef(emitter))
  // Held apart from the stream, so that a stream nobody holds can go.
  const held: { lease?: Lease | undefined } = {}
  let plan = planStream(options)
  let isClosed = false
  let late = 0

  function lease(): Lease {
    held.lease ??= leaseLink(plan.setup, emitAlert)
    return held.lease
  }

  /** Who asks must know whom: the hub is opened for it. */
  function linked(): Lease['link'] {
    if (isClosed) throw workerUnreachable()
    return lease().link
  }

  /** A document that replaces the options may want other records. */
  function gateNow(): Gate {
    const wanted = held.lease?.link.wanted()
    if (wanted !== undefined && wanted !== plan.wanted) {
      plan = { ...plan, wanted, gate: createGate({ ...wanted, levels: plan.setup.wire.levels }) }
    }
    return plan.gate
  }

  function close(): Promise<FlushResult> {
    isClosed = true
    const given = held.lease
    held.lease = undefined
    return given?.close() ?? Promise.resolve(allDelivered)
  }

  const stream: AlertStream = {
    level: 0,
    writable: true,
    write(line) {
      try {
        if (!gateNow()(line)) return
        if (isClosed) late++
        else lease().link.write(line)
      } catch {
        late++
      }
    },
    async flush(done) {
      const result = (await held.lease?.link.flush()) ?? allDelivered
      done?.()
      return result
    },
    flushSync: () => held.lease?.link.flushSync(fatalMs),
    close,
    end: () => void close(),
    async stats() {
      const link = await held.lease?.link.stats()
      const hub = link?.hub ?? nothing
      const own = {
        full: link?.dropped ?? 0,
        lost: link?.lost ?? 0,
        closed: (hub.failures['closed'] ?? 0) + (link?.late ?? 0) + late,
      }
      const failures = Object.entries(own).filter(([, count]) => count > 0)
      return { ...hub, failures: { ...hub.failures, ...Object.fromEntries(failures) } }
    },
    explain: async (record) => linked().ask('explain', lineOf(record)),
    silence: async (silence) => linked().ask('silence', plainSilence(silence)),
    unsilence: async (id) => linked().ask('unsilence', id),
    on(event, listener) {
      emitter.on(event, listener)
      return stream
    },
    once(event, listener) {
      emitter.once(event, listener)
      return stream
    },
    off(event, listener) {
      emitter.off(event, listener)
      return stream
    },
    emit(event, ...values) {
      if (event !== 'message') return event === 'error' ? false : emitter.emit(event, ...values)
      const wire = wireOf(values[0])
      if (wire === undefined) return false
      held.lease?.release()
      held.lease = undefined
      plan = planStream(options, wire)
      return true
    },
  }
  if (startsEarly(plan.setup)) setImmediate(() => isClosed || lease())
  dropped.register(stream, held)
  return stream
}

/** Made out here: a function made in there would hold on to the stream, and the link to the function. */
function emitterOf(emitter: WeakRef<EventEmitter>): (event: AlertEvent) => void {
  return (event) => emitter.deref()?.emit('alert', event)
}

function planStream(options: AlertOptions, wire: LinkSetup['wire'] = {}): StreamPlan {
  const { level, wantsAll, ...rest } = planOnce(options, wire.levels)
  return {
    gate: createGate({ level, levels: wire.levels, wantsAll }),
    // The worker need not know the logger's own words for the threshold.
    setup: { options: { ...options, level }, wire, ...rest },
  }
}
