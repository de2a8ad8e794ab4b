/**
 * What runs in pino's worker thread, for both doors: a Writable that takes the logger's NDJSON and hands each line to the hub. It never applies
 * back pressure, never emits an error and never throws: any of these would stall or kill the application's other transports.
 */
import { Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { controlKey, serveControl } from './control.ts'
import { createHub, type Hub, type WireConfig } from './hub.ts'
import { createLines, type Lines } from './inspect/lines.ts'
import type { AlertOptions } from './options.ts'

/** The user's options, and what pino and our own doors put beside them. */
export type WorkerOptions = AlertOptions & {
  readonly [controlKey]?: string
  readonly pinoWillSendConfig?: boolean
}

/** Longest line that is read, in UTF-16 units. */
const maxLineChars = 1024 * 1024
/** pino sends its configuration as soon as the worker is up; one that never does must not hold the lines for ever. */
const configTimeoutMs = 1_000
/** A question from the other thread waits until no line came for this long, and for so many rounds at most. */
const quietMs = 10
const maxQuietRounds = 100

/** The transport: pino calls it in the worker with the options, and writes the logger's lines to what it returns. */
export default async function alertWorker(given: WorkerOptions = {}): Promise<Writable> {
  // pino adds these to the options of a transport; they are none of the user's.
  const {
    pinoWillSendConfig,
    [controlKey]: control,
    ...rest
  } = given as WorkerOptions & Record<string, unknown>
  const { levels, dedupe, ...options } = rest
  const wire = await pinoConfig()
  const hub = createHub(options, { wire: { ...(isLevels(levels) ? { levels } : {}), ...wire } })
  const stream = hubStream(hub)
  hub.subscribe((event) => parentPort?.postMessage({ code: 'EVENT', name: 'alert', args: [event] }))
  if (control !== undefined)
    stream.once(
      'close',
      serveControl(control, hub, () => allRead(hub)),
    )
  return stream
}

function hubStream(hub: Hub): Writable {
  const lines: Lines = createLines(hub.write, () => hub.miss('too-long'), maxLineChars)
  const stream = new Writable({
    decodeStrings: false,
    write(chunk: string | Buffer, _encoding, done) {
      lines.write(typeof chunk === 'string' ? chunk : chunk.toString('utf8'))
      done()
    },
    final(done) {
      lines.end()
      hub.close().then(
        () => done(),
        () => done(),
      )
    },
  })
  // `logger.flush(callback)` of pino ends here, after every line before it has been read.
  return Object.assign(stream, { flush: () => hub.flush() })
}

/** Waits for pino's own configuration (level names, messageKey, errorKey), which it posts when it knows the worker is up. */
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
      // A flush asked for this early is thread-stream's to answer, and it listens only once we have returned.
      setImmediate(() => {
        for (const message of early) port.emit('message', message)
      })
    }
    const timer = setTimeout(() => settle({}), configTimeoutMs)
    const listen = (message: unknown) => {
      if (!isPinoConfig(message)) {
        early.push(message)
        return
      }
      const { levels, messageKey, errorKey } = message.config
      settle({ levels: levels?.values, messageKey, errorKey })
    }
    port.on('message', listen)
  })
}

interface PinoConfig {
  readonly code: 'PINO_CONFIG'
  readonly config: {
    readonly levels?: { readonly values?: Record<string, number> }
    readonly messageKey?: string
    readonly errorKey?: string
  }
}

function isPinoConfig(message: unknown): message is PinoConfig {
  return (
    typeof message === 'object' &&
    message !== null &&
    (message as PinoConfig).code === 'PINO_CONFIG' &&
    typeof (message as PinoConfig).config === 'object'
  )
}

function isLevels(value: unknown): value is Record<string, number> {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).every((level) => typeof level === 'number')
  )
}

/** Waits until no further line comes: what was in the shared buffer when the question came has then been read. */
async function allRead(hub: Hub): Promise<void> {
  for (let rounds = 0; rounds < maxQuietRounds; rounds++) {
    const before = hub.stats().lines
    await sleep(quietMs)
    if (hub.stats().lines === before) return
  }
}
