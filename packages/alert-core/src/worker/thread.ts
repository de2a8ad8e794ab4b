/**
 * The hub in a worker thread. Lines gather during a turn of the event loop and cross as one text. How far the
 * thread has read stands in shared memory: so what is unread stays bounded, and the exit of the process can
 * wait for it.
 */
import {
  MessageChannel,
  type ResourceLimits,
  receiveMessageOnPort,
  Worker,
  type WorkerOptions,
} from 'node:worker_threads'
import type { Host, HostEvents, HostSetup } from './host.ts'
import { createHubRequests } from './hub-requests.ts'
import { bundledWorkerFile, threadKey, workerFile } from './hub-thread.ts'
import { createLineOutbox } from './line-outbox.ts'
import { createRing, createRingWriter } from './ring.ts'
import {
  createState,
  type End,
  packPlan,
  slot,
  type ThreadMessage,
  type ThreadSetup,
  waitWhile,
} from './thread-wire.ts'
import { warnError, warnUnended } from './warnings.ts'
import { createWatchdog, withoutLine } from './watchdog.ts'

/** How long a thread may take to start while the process already exits, unless `closeTimeout` is longer. */
const startMs = 5_000
/** Beyond the thread's own deadline, for its answer to come back. */
const graceMs = 300
/** A thread that starts late while the process exits still gets so much time to send. */
export const leastCloseMs = 1_000
/**
 * What one line makes is garbage at the next, so a small nursery costs no time; V8's own grows to 48 MiB a
 * thread before it is swept: https://nodejs.org/api/worker_threads.html#workerresourcelimits
 */
const heapLimits: ResourceLimits = { maxYoungGenerationSizeMb: 6 }

/** Starts the worker; throws if that cannot be done at all. */
export function openThreadHost(setup: HostSetup, events: HostEvents): Host {
  const { options, checked, wire, closeTimeoutMs } = setup
  const state = createState()
  const ring = createRing()
  const { port1: port, port2: news } = new MessageChannel()
  const packed = checked && packPlan(checked)
  const worker = startWorker({ options, wire, state, ring, news, ...(packed && { packed }) })
  const watchdog = createWatchdog({
    hasWork: () => !isGone && lines.hasUnread(),
    progress: () =>
      Atomics.load(state, slot.up) === 0 ? undefined : `${state[slot.read]} ${state[slot.line]}`,
    onStall(error) {
      failure ??= error
      void worker.terminate()
    },
  })
  const lines = createLineOutbox({ worker, state, ring: createRingWriter(ring), onPost: watchdog.watch })
  const requests = createHubRequests({
    post(request) {
      lines.post()
      worker.postMessage(request)
    },
  })
  let failure: unknown
  let isClosing = false
  let isExiting = false
  let isGone = false
  let afterExit = () => {}

  port.on('message', receive)
  // Without a listener a worker that cannot be loaded would end the application.
  worker.on('error', (error) => {
    failure ??= error
  })
  worker.on('exit', () => {
    readRest()
    port.close()
    isGone = true
    requests.close()
    afterExit()
    watchdog.stop()
    const { unread, left } = withoutCulprit(lines.stop(), Atomics.load(state, slot.line))
    if (!isClosing) events.onLost(failure, unread, left)
  })

  // After its listeners, which would hold the process again.
  worker.unref()
  port.unref()

  function receive(message: ThreadMessage): void {
    // An exit after the answer to `close` loses nothing, though the 'exit' event may come first.
    if ('answer' in message) isClosing = requests.settle(message) === 'close' || isClosing
    else if ('event' in message) {
      warnError(message.event, isExiting)
      events.onEvent(message.event)
    } else if ('wanted' in message) events.onWanted(message.wanted)
    else if ('ready' in message) events.onReady()
    else events.onDrain()
  }

  /** What was posted and not yet received. */
  function readRest(): void {
    for (let rest = receiveMessageOnPort(port); rest !== undefined; rest = receiveMessageOnPort(port)) {
      receive(rest.message)
    }
  }

  /** Waits for the hub to close, without an event loop. */
  function waitForEnd(endAt: number, leastMs: number): void {
    waitWhile(state, slot.up, 0, Math.max(endAt, performance.now() + startMs))
    const isUp = Atomics.load(state, slot.up) !== 0
    if (isUp) waitWhile(state, slot.ended, 0, Math.max(endAt, performance.now() + leastMs) + graceMs)
    readRest()
    if (Atomics.load(state, slot.ended) === 0) warnUnended(true)
  }

  return {
    write: (text) => (isGone || isClosing ? 'gone' : lines.write(text)),
    flushSync(ms) {
      if (!isGone) lines.flushSync(ms)
    },
    flush: () => requests.request('flush', undefined),
    async close() {
      const result = await requests.request('close', undefined)
      isClosing = true
      if (isGone) return result
      const gone = new Promise<void>((resolve) => {
        afterExit = resolve
      })
      worker.ref()
      await gone
      return result
    },
    stats: () => requests.request('stats', undefined),
    request: requests.request,
    abandon() {
      isClosing = true
      void worker.terminate()
    },
    closeAtExit(isWaitedFor) {
      isExiting = true
      if (isGone || isClosing) return readRest
      lines.post()
      isClosing = true
      const ms = isWaitedFor ? closeTimeoutMs : 0
      const leastMs = isWaitedFor ? leastCloseMs : 0
      const endAt = performance.now() + ms
      worker.postMessage({ endAt: Date.now() + ms, leastMs } satisfies End)
      return () => waitForEnd(endAt, leastMs)
    },
  }
}

/** The line during which a thread ended would end the next one as well. */
function withoutCulprit(unread: readonly string[], line: number) {
  const [first, ...others] = unread
  if (first === undefined || line === 0) return { unread, left: 0 }
  const { rest, left } = withoutLine(first, line)
  return { unread: rest === '' ? others : [rest, ...others], left }
}

function startWorker(setup: ThreadSetup): Worker {
  const start = {
    name: 'alert-core',
    resourceLimits: heapLimits,
    workerData: { [threadKey]: setup },
    transferList: [setup.news],
    ...(process.execArgv.some(isForText) ? { execArgv: [] } : {}),
  }
  if (startInBundle !== undefined && bundledWorkerFile() === undefined) return startInBundle(start)
  return new Worker(workerFile(), start)
}

type StartWorker = (options: WorkerOptions) => Worker

let startInBundle: StartWorker | undefined

/** In a bundle only a file of `esm/` can name the worker's file in words that bundlers understand. */
export function setWorkerStart(start: StartWorker): void {
  startInBundle = start
}

/** Flags that are about the text of `node -e`: a thread with a file refuses them. */
function isForText(flag: string): boolean {
  return flag.startsWith('--input-type')
}
