/**
 * The hub in the worker thread that pino starts for a `target`: a Writable that takes the logger's NDJSON. It never applies back pressure, never
 * emits an error and never throws: any of these would stall or kill the application's other transports.
 */
import { Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { createHub } from '../hub/create-hub.ts'
import type { Wanted, WireConfig } from '../hub/hub-types.ts'
import type { AlertEvent } from '../model.ts'
import { type AlertOptions, type SilenceOptions, warningsOf } from '../options.ts'
import { createGate } from '../read/gate.ts'
import { broadcastKey, serveBroadcast } from './broadcast.ts'
import { withLosses } from './connection.ts'
import { planAdapter, wireOf } from './create-adapter.ts'
import { inline, remote } from './hosts.ts'
import { isBelowHub, markThread } from './hub-thread.ts'
import { createLink } from './link.ts'
import { leastCloseMs } from './thread.ts'
import { warnFromWorker, warnNested } from './warnings.ts'
import { createLineReader, type LineTaker } from './wire.ts'

/** The user's options, and what pino and our own adapters put beside them. */
export type WorkerOptions = AlertOptions & {
  readonly [broadcastKey]?: string
  readonly pinoWillSendConfig?: boolean
}

/** pino sends its configuration as soon as the worker is up; without it lines must not wait for ever. */
const configTimeoutMs = 1_000
/** An end of the stream so soon after the start was already waited for during the start. */
const coldMs = 100

/** Opens the hub for the options as pino passes them; the logger's lines are written to the stream. */
export async function openPinoWorker(given: WorkerOptions = {}): Promise<Writable> {
  // pino adds these to the options of a transport; the user did not write them.
  const {
    pinoWillSendConfig,
    [broadcastKey]: broadcast,
    ...rest
  } = given as WorkerOptions & Record<string, unknown>
  const { levels, dedupe, ...options } = rest
  const wire = { ...(isLevels(levels) ? { levels } : {}), ...(await pinoConfig()) }
  if (isBelowHub()) {
    warnNested()
    return createLineStream({ write() {}, countFailure() {}, flush: async () => {}, end: async () => {} })
  }
  return options.runIn === 'process'
    ? openProcessTarget(options, wire, broadcast)
    : openHubTarget(options, wire, broadcast)
}

function openHubTarget(options: AlertOptions, wire: WireConfig, broadcast: string | undefined): Writable {
  markThread()
  const hub = createHub(options, { wire, warn: warnFromWorker })
  const upAt = performance.now()
  const stream = createLineStream({ ...hub, end: () => hub.close(closeMs(options, upAt)) })
  hub.subscribe(postEvent)
  if (broadcast !== undefined) stream.once('close', serveBroadcast(broadcast, hub, stream.allRead))
  return stream
}

/** A process that ends right after its start has waited for the start of this worker: that counts as well. */
function closeMs(options: AlertOptions, upAt: number): number | undefined {
  if (performance.now() - upAt > coldMs) return undefined
  return Math.max(leastCloseMs, planAdapter(options).closeTimeoutMs - upAt)
}

/** pino's worker as a stage before a process of the hub's own. */
function openProcessTarget(options: AlertOptions, wire: WireConfig, broadcast: string | undefined): Writable {
  const plan = planAdapter(options, wire.levels)
  // Said here: the process may be up only when this one has ended.
  for (const { code, message } of warningsOf(plan.checked)) warnFromWorker(message, code)
  let gate = createGate({ ...plan, levels: wire.levels })
  let wanted: Wanted | undefined
  const link = createLink({ options, wire, closeTimeoutMs: plan.closeTimeoutMs }, [remote, inline])
  link.warm()
  const stream = createLineStream({
    write(line) {
      const now = link.wanted()
      if (now !== wanted && now !== undefined) gate = createGate({ ...now, levels: wire.levels })
      wanted = now
      if (gate(line)) link.write(`${line}\n`)
    },
    countFailure() {},
    flush: link.flush,
    // The process sends the rest without us: the end need not wait for it.
    end: async () => link.exit()(),
  })
  link.subscribe(postEvent)
  if (broadcast !== undefined) {
    const answering = {
      ...link,
      async stats() {
        const stats = await link.stats()
        return stats.hub && withLosses(stats.hub, stats)
      },
      explain: (record: string | object) => link.request('explain', record),
      silence: (silence: SilenceOptions) => link.request('silence', silence),
      unsilence: (id: string) => link.request('unsilence', id),
    }
    stream.once('close', serveBroadcast(broadcast, answering, stream.allRead))
  }
  return stream
}

/** pino emits it on the transport that `pino.transport()` returned. */
function postEvent(event: AlertEvent): void {
  parentPort?.postMessage({ code: 'EVENT', name: 'alert', args: [event] })
}

/** Waits for pino's own configuration (level names, messageKey, errorKey), which it posts when it knows that the worker is up. */
function pinoConfig(): Promise<WireConfig> {
  const expected = (workerData as { workerData?: { pinoWillSendConfig?: boolean } } | null)?.workerData
    ?.pinoWillSendConfig
  if (expected !== true || parentPort === null) return Promise.resolve({})
  const port = parentPort
  return new Promise((resolve) => {
    const early: unknown[] = []
    const settle = (wire: WireConfig) => {
      clearTimeout(timer)
      port.off('message', listen)
      resolve(wire)
      // A flush that is requested this early is for thread-stream, which listens only after we have returned.
      setImmediate(() => {
        for (const message of early) port.emit('message', message)
      })
    }
    const timer = setTimeout(() => settle({}), configTimeoutMs)
    const listen = (message: unknown) => {
      const wire = wireOf(message)
      if (wire === undefined) early.push(message)
      else settle(wire)
    }
    port.on('message', listen)
  })
}

function isLevels(value: unknown): value is Record<string, number> {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).every((level) => typeof level === 'number')
  )
}

/** Where the lines go; none of these throws. */
interface LineSink extends LineTaker {
  flush(): Promise<unknown>
  end(): Promise<unknown>
}

interface LineStream extends Writable {
  /** pino's `logger.flush(callback)` ends here, after every line before it has been read. */
  flush(): Promise<unknown>
  /** Resolves when no further line comes: what was in pino's buffer by now has then been read. */
  allRead(): Promise<void>
}

/** A request from the other thread waits until no line came for this long, and for so many rounds at most. */
const quietMs = 10
const maxQuietRounds = 100

export function createLineStream(sink: LineSink): LineStream {
  const lines = createLineReader(sink)
  let chunks = 0

  async function allRead(): Promise<void> {
    for (let rounds = 0; rounds < maxQuietRounds; rounds++) {
      const before = chunks
      await sleep(quietMs)
      if (chunks === before) return
    }
  }

  const stream = new Writable({
    decodeStrings: false,
    // Everything is taken at once: pino's worker need not wait for us.
    highWaterMark: Number.MAX_SAFE_INTEGER,
    write(chunk: string | Buffer, _encoding, done) {
      chunks++
      lines.write(typeof chunk === 'string' ? chunk : chunk.toString('utf8'))
      done()
    },
    final(done) {
      lines.end()
      sink.end().then(
        () => done(),
        () => done(),
      )
    },
  })
  return Object.assign(stream, { flush: () => sink.flush(), allRead })
}
