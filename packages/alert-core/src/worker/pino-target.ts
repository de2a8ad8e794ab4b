/**
 * The hub in the worker thread that pino starts for a `target`: a Writable that takes the logger's NDJSON. It never applies back pressure, never
 * emits an error and never throws: any of these would stall or kill the application's other transports.
 */
import type { Writable } from 'node:stream'
import { parentPort, workerData } from 'node:worker_threads'
import { createHub } from '../hub/create-hub.ts'
import type { Wanted, WireConfig } from '../hub/hub-types.ts'
import { type AlertOptions, type SilenceOptions, warningsOf } from '../options.ts'
import { createGate } from '../read/gate.ts'
import { planAdapter } from './adapter-plan.ts'
import { controlKey, serveControl } from './control.ts'
import { inline, remote } from './hosts.ts'
import { createLineStream } from './line-stream.ts'
import { createLink } from './link.ts'
import { isBelowHub, markThread } from './nested.ts'
import { wireOf } from './pino-config.ts'
import { leastCloseMs } from './thread.ts'
import { warnFromWorker, warnNested } from './warnings.ts'

/** The user's options, and what pino and our own doors put beside them. */
export type WorkerOptions = AlertOptions & {
  readonly [controlKey]?: string
  readonly pinoWillSendConfig?: boolean
}

/** pino sends its configuration as soon as the worker is up; one that never does must not hold the lines for ever. */
const configTimeoutMs = 1_000
/** The end of the stream comes so soon after its begin only where it was waited for. */
const coldMs = 100

/** Opens the hub for the options as pino hands them in; the logger's lines are written to what it returns. */
export async function openPinoWorker(given: WorkerOptions = {}): Promise<Writable> {
  // pino adds these to the options of a transport; they are none of the user's.
  const {
    pinoWillSendConfig,
    [controlKey]: control,
    ...rest
  } = given as WorkerOptions & Record<string, unknown>
  const { levels, dedupe, ...options } = rest
  const wire = { ...(isLevels(levels) ? { levels } : {}), ...(await pinoConfig()) }
  if (isBelowHub()) {
    warnNested()
    return createLineStream({ write() {}, countFailure() {}, flush: async () => {}, end: async () => {} })
  }
  return options.runIn === 'process' ? toProcess(options, wire, control) : toHub(options, wire, control)
}

function toHub(options: AlertOptions, wire: WireConfig, control: string | undefined): Writable {
  markThread()
  const hub = createHub(options, { wire, warn: warnFromWorker })
  const upAt = performance.now()
  const stream = createLineStream({ ...hub, end: () => hub.close(endingMs(options, upAt)) })
  hub.subscribe((event) => parentPort?.postMessage({ code: 'EVENT', name: 'alert', args: [event] }))
  if (control !== undefined) stream.once('close', serveControl(control, hub, stream.allRead))
  return stream
}

/** The end of a process that has only just begun waits for us since before we were there: that counts as well. */
function endingMs(options: AlertOptions, upAt: number): number | undefined {
  if (performance.now() - upAt > coldMs) return undefined
  return Math.max(leastCloseMs, planAdapter(options).closeTimeoutMs - upAt)
}

/** pino's worker as a stage on the way to a process of the hub's own. */
function toProcess(options: AlertOptions, wire: WireConfig, control: string | undefined): Writable {
  const plan = planAdapter(options, wire.levels)
  // The process says nothing of them: it may be up only when nobody here is.
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
    // The process tells its last words without us: the end need not wait for them.
    end: async () => link.exit()(),
  })
  link.subscribe((event) => parentPort?.postMessage({ code: 'EVENT', name: 'alert', args: [event] }))
  if (control !== undefined) {
    const answering = {
      ...link,
      async stats() {
        const { hub, dropped, lost } = await link.stats()
        const failures = { ...(dropped > 0 ? { full: dropped } : {}), ...(lost > 0 ? { lost } : {}) }
        return hub && { ...hub, failures: { ...hub.failures, ...failures } }
      },
      explain: (record: string | object) => link.ask('explain', record),
      silence: (silence: SilenceOptions) => link.ask('silence', silence),
      unsilence: (id: string) => link.ask('unsilence', id),
    }
    stream.once('close', serveControl(control, answering, stream.allRead))
  }
  return stream
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
