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
import { createRing, createRingWriter, type RingWriter } from './ring.ts'
import {
  createState,
  type End,
  packPlan,
  type SharedState,
  slot,
  type ThreadMessage,
  type ThreadSetup,
  waitWhile,
} from './thread-wire.ts'
import { warnError, warnUnended } from './warnings.ts'
import { createWatchdog, withoutLine } from './watchdog.ts'

/** Beyond so much unread, lines wait on this side. */
const maxUnreadChars = 4 * 1024 * 1024
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
  const worker = startWorker({
    options,
    wire,
    state,
    ring,
    news,
    ...(checked && { packed: packPlan(checked) }),
  })
  const watchdog = createWatchdog({
    hasWork: () => !isGone && lines.hasUnread(),
    progress: () =>
      Atomics.load(state, slot.up) === 0 ? undefined : `${state[slot.read]} ${state[slot.line]}`,
    onStall(error) {
      failure ??= error
      void worker.terminate()
    },
  })
  const lines = createOutbox({ worker, state, ring: createRingWriter(ring), onPost: watchdog.watch })
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
      lines.post()
      if (Atomics.load(state, slot.up) === 0) return
      if (lines.hasUnread()) lines.wake()
      const deadline = performance.now() + ms
      while (lines.hasUnread() && !isGone && performance.now() < deadline) {
        const read = Atomics.load(state, slot.read)
        waitWhile(state, slot.read, read, Math.min(deadline, performance.now() + 50))
      }
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

interface OutboxOptions {
  readonly worker: Worker
  readonly state: SharedState
  readonly ring: RingWriter
  readonly onPost: () => void
}

/**
 * Lines on their way to the thread: gathered during a turn, passed on as one text, and kept until they are
 * read. While the thread is awake they cross through the ring, else they are posted, which wakes it.
 */
function createOutbox({ worker, state, ring, onPost }: OutboxOptions) {
  const unread = createUnread()
  let gathered = ''
  let postedEnd = 0
  let posting: NodeJS.Immediate | undefined
  let isStopped = false

  const read = () => Atomics.load(state, slot.read)
  const isFull = () => gathered.length + unread.size(read()) > maxUnreadChars

  /** Nothing in the ring is newer than a text that is posted: the thread takes the ring first. */
  function writeToRing(text: string): boolean {
    if (!ring.isAwake() || isAhead(postedEnd, read()) || !ring.write(text)) return false
    unread.push(text)
    // It may have fallen asleep meanwhile.
    if (!ring.isAwake()) wake()
    onPost()
    return true
  }

  function wake(): void {
    worker.postMessage('')
  }

  function post(): void {
    clearImmediate(posting)
    posting = undefined
    if (gathered === '' || isStopped) return
    if (!writeToRing(gathered)) {
      postedEnd = unread.push(gathered)
      worker.postMessage(gathered)
      onPost()
    }
    gathered = ''
  }

  return {
    post,
    wake,
    hasUnread: () => unread.size(read()) > 0,
    write(text: string): 'open' | 'full' {
      gathered += text
      posting ??= setImmediate(post)
      if (!isFull()) return 'open'
      post()
      Atomics.store(state, slot.wantsRoom, 1)
      // The thread may have read all of it before it could see that.
      if (isFull()) return 'full'
      Atomics.store(state, slot.wantsRoom, 0)
      return 'open'
    },
    /** Returns what the thread has not read. */
    stop(): string[] {
      isStopped = true
      clearImmediate(posting)
      return [...unread.rest(read()), gathered].filter(Boolean)
    },
  }
}

interface Unread {
  /** Returns the position of its end. */
  push(chunk: string): number
  /** UTF-16 units on their way and not read. */
  size(read: number): number
  rest(read: number): readonly string[]
}

/** What was passed on, until it is read: the next thread gets it if this one ends. */
function createUnread(): Unread {
  let chunks: { readonly text: string; readonly end: number }[] = []
  let passedOn = 0

  return {
    push(text) {
      passedOn = (passedOn + text.length) | 0
      chunks.push({ text, end: passedOn })
      return passedOn
    },
    size(read) {
      let passed = 0
      while (passed < chunks.length && !isAhead(chunks[passed]!.end, read)) passed++
      if (passed > 0) chunks = chunks.slice(passed)
      return (passedOn - read) | 0
    },
    rest: (read) => chunks.filter(({ end }) => isAhead(end, read)).map(({ text }) => text),
  }
}

/** Positions wrap around as the shared counter does. */
function isAhead(position: number, read: number): boolean {
  return ((position - read) | 0) > 0
}
