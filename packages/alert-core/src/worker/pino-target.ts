/**
 * The hub in the worker thread that pino starts for a `target`, built with pino-abstract-transport. The
 * stream before it keeps what a transport of our kind must not do: it never applies back pressure, never
 * emits an error, waits for pino's configuration for a second at most, and bounds a line; any of these would
 * stall or kill the application's other transports.
 */
import type { Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { isMainThread, parentPort, workerData } from 'node:worker_threads'
import { createHub } from '../hub/create-hub.ts'
import type { Wanted, WireConfig } from '../hub/hub-types.ts'
import type { AlertEvent } from '../model.ts'
import { type AlertOptions, isEnabled, warningsOf } from '../options.ts'
import { createGate } from '../read/gate.ts'
import { isObjectOrList } from '../text/get-path.ts'
import { broadcastKey, type Control, serveBroadcast } from './broadcast.ts'
import { crashLine, createRecentLines, readSharedCrash } from './crashes.ts'
import { planAdapter, wireOf } from './create-adapter.ts'
import type { HostKinds } from './host.ts'
import { inline, kindsOf, parent, remote } from './hosts.ts'
import { type Answering, hubAnswering } from './hub-requests.ts'
import { hasForeignCode, isBelowHub, markThread, usesNetworkDrive } from './hub-thread.ts'
import { createLineStream, type LineTarget } from './line-stream.ts'
import { createLink } from './link.ts'
import { isTargetOfThread } from './parent.ts'
import { answeringOf } from './shared-links.ts'
import { leastCloseMs } from './thread.ts'
import { warnFromWorker, warnNested } from './warnings.ts'

/** The user's options, and what pino and our own adapters put beside them. */
export type TargetOptions = AlertOptions & {
  readonly [broadcastKey]?: Control
  readonly pinoWillSendConfig?: boolean
}

/** The `build` of pino-abstract-transport, as it is used here. */
export type BuildTransport = (
  open: (source: Source) => void,
  options: {
    readonly parse: 'lines'
    readonly metadata: false
    readonly expectPinoConfig: boolean
    readonly parseLine: (line: string) => object | null
    readonly close: () => Promise<void>
  },
) => Writable | Promise<Writable>

/** The stream of lines that `build` gives to its function. */
interface Source {
  on(event: 'data', listener: (line: string) => void): unknown
}

/** What takes the lines; none of these throws. */
interface Target extends LineTarget {
  take(line: string): void
  close(): Promise<unknown>
  /** Answers the requests of `alertTransport()`. */
  readonly hub?: Answering & { subscribe(listener: (event: AlertEvent) => void): () => void }
}

/** pino ignores what is written beside `target`. */
const noOptions =
  "The target has no options, so alerts are shown on stderr. Options are written below `options`: { target: 'pino-alert-transport', options: { channels: { … } } }."
/** pino sends its configuration as soon as the worker is up; without it lines must not wait for ever. */
const configTimeoutMs = 1_000
/** An end of the stream so soon after the start was already waited for during the start. */
const coldMs = 100
/** For `build` a line is an object that was parsed; the hub does that, and once. */
const accepted = {}

/** Opens the hub for the options as pino passes them; the logger's lines are written to the stream. */
export async function openPinoTarget(given: TargetOptions, build: BuildTransport): Promise<Writable> {
  // pino adds these to the options of a transport; the user did not write them.
  const {
    pinoWillSendConfig,
    [broadcastKey]: control,
    ...rest
  } = given as TargetOptions & Record<string, unknown>
  const { levels, dedupe, ...options } = rest
  if (control === undefined && !Object.keys(options).some(isWritten))
    warnFromWorker(noOptions, 'ALERT_TRANSPORT_MISPLACED')
  const ownLevels = isLevels(levels) ? { levels } : {}
  let isBelowThread = false
  let target: Target | undefined

  const buildWith = async (expectPinoConfig: boolean, wire: () => WireConfig) =>
    build(
      (source) => {
        // The configuration came after all, when the target was open without it.
        if (target !== undefined) return
        const opened = openTarget(options, { ...ownLevels, ...wire() }, isBelowThread)
        target = opened
        source.on('data', opened.take)
      },
      {
        parse: 'lines',
        metadata: false,
        expectPinoConfig,
        parseLine: () => accepted,
        async close() {
          await target?.close().catch(() => {})
        },
      },
    )

  const inner = await withConfig(buildWith, async () => {
    isBelowThread = await isTargetOfThread()
  })
  const stream = createLineStream(inner, target!)
  const { hub } = target!
  hub?.subscribe(postEvent)
  if (control !== undefined && hub !== undefined)
    stream.once('close', serveBroadcast(control, hub, stream.allRead))
  return stream
}

/** thread-stream adds `$context`. */
const isWritten = (option: string) => !option.startsWith('$')

/**
 * Builds when pino's configuration has come (level names, messageKey, errorKey), and without it after a
 * second; `prepare` comes before.
 */
async function withConfig(
  build: (expectPinoConfig: boolean, wire: () => WireConfig) => Promise<Writable>,
  prepare: () => Promise<void>,
): Promise<Writable> {
  const data = workerData as { workerData?: { pinoWillSendConfig?: boolean } } | null
  const port = parentPort
  // `build` would emit an error for a pino that does not send it.
  if (data?.workerData?.pinoWillSendConfig !== true || port === null) {
    await prepare()
    return build(false, () => ({}))
  }

  const came: { wire?: WireConfig } = {}
  const early: unknown[] = []
  const listen = (message: unknown) => {
    const config = wireOf(message)
    if (config === undefined) early.push(message)
    else came.wire = config
  }
  const timeout = new AbortController()
  port.on('message', listen)
  try {
    await prepare()
    const { wire } = came
    if (wire !== undefined) return await build(false, () => wire)
    return await Promise.race([
      build(true, () => came.wire ?? {}),
      sleep(configTimeoutMs, undefined, timeout).then(() => build(false, () => ({}))),
    ])
  } finally {
    timeout.abort()
    port.off('message', listen)
    // A flush that is requested this early is for thread-stream, which listens only after we have returned.
    setImmediate(() => {
      for (const message of early) port.emit('message', message)
    })
  }
}

const noTarget: Target = {
  wants: () => false,
  take() {},
  countTooLong() {},
  flush: async () => {},
  close: async () => {},
}

function openTarget(options: AlertOptions, wire: WireConfig, isBelowThread: boolean): Target {
  if (!isEnabled(options)) return noTarget
  if (isBelowHub()) {
    warnNested()
    return noTarget
  }
  const kinds = hostsOf(options, isBelowThread)
  const target = kinds === undefined ? openHubTarget(options, wire) : openLinkTarget(options, wire, kinds)
  return options.crashes === false ? target : withCrashes(target, wire)
}

/** Where the hub runs if not in this thread. */
function hostsOf(options: AlertOptions, isBelowThread: boolean): HostKinds | undefined {
  if (options.runIn === 'process') return [remote, inline]
  if (options.runIn === 'inline') return undefined
  if (isBelowThread) return [parent]
  // What holds this thread could not be ended from outside, and would hold the application's exit.
  if (usesNetworkDrive(planAdapter(options).checked.plan)) return [remote, inline]
  return hasForeignCode(options) ? kindsOf.worker : undefined
}

/** At the end of the stream the application's thread may have crashed without a log call. */
function withCrashes(target: Target, wire: WireConfig): Target {
  const recent = createRecentLines(wire.levels)
  return {
    ...target,
    take(line) {
      recent.add(line)
      target.take(line)
    },
    close() {
      const crash = readSharedCrash()
      if (crash !== undefined && !recent.include(crash)) target.take(crashLine(crash, wire).trimEnd())
      return target.close()
    },
  }
}

function openHubTarget(options: AlertOptions, wire: WireConfig): Target {
  markThread()
  const hub = createHub(options, { wire, hasOwnThread: !isMainThread, warn: warnFromWorker })
  const upAt = performance.now()
  return {
    wants(line) {
      const isWanted = hub.wants(line)
      if (!isWanted) hub.skip()
      return isWanted
    },
    take: (line) => hub.write(line),
    countTooLong: () => hub.countFailure('too-long'),
    flush: hub.flush,
    close() {
      const isCold = performance.now() - upAt <= coldMs
      return hub.close(isCold ? coldCloseMs(planAdapter(options), upAt - threadStart()) : undefined)
    },
    hub: hubAnswering(hub),
  }
}

/** A process that ends right after its start has waited `startMs` for this worker: that counts as well. */
export function coldCloseMs(
  { closeTimeoutMs }: { readonly closeTimeoutMs: number },
  startMs: number,
): number {
  return Math.max(leastCloseMs, closeTimeoutMs - startMs)
}

/** In Node `performance.now()` counts from the start of the process in threads too. Others do not say. */
export function threadStart(): number {
  const { nodeTiming } = performance as Partial<typeof performance>
  return nodeTiming?.environment ?? 0
}

/** pino's worker as a stage before a hub elsewhere. */
function openLinkTarget(options: AlertOptions, wire: WireConfig, kinds: HostKinds): Target {
  const plan = planAdapter(options, wire.levels)
  // Said here: the process may be up only when this one has ended.
  for (const { code, message } of warningsOf(plan.checked)) warnFromWorker(message, code)
  let gate = createGate({ ...plan, levels: wire.levels })
  let wanted: Wanted | undefined
  let tooLong = 0
  const link = createLink({ options, wire, closeTimeoutMs: plan.closeTimeoutMs }, kinds)
  link.warm()
  return {
    wants(line) {
      const now = link.wanted()
      if (now !== wanted && now !== undefined) gate = createGate({ ...now, levels: wire.levels })
      wanted = now
      return gate(line)
    },
    take: (line) => link.write(`${line}\n`),
    countTooLong() {
      tooLong++
    },
    flush: link.flush,
    // The process sends the rest without us: the end need not wait for it.
    close: async () => link.exit()(),
    hub: { subscribe: link.subscribe, ...answeringOf(link, link.close, () => ({ tooLong })) },
  }
}

/** pino emits it on the transport that `pino.transport()` returned. */
function postEvent(event: AlertEvent): void {
  parentPort?.postMessage({ code: 'EVENT', name: 'alert', args: [event] })
}

function isLevels(value: unknown): value is Record<string, number> {
  return isObjectOrList(value) && Object.values(value).every((level) => typeof level === 'number')
}
