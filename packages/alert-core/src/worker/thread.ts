/**
 * The road through a worker thread. Lines gather during a turn of the event loop and cross as one text; what has not been read is counted in
 * shared memory, so the other side can be behind without a bound on this side being passed, and the exit of the process can wait for it.
 */
import { existsSync } from 'node:fs'
import { MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads'
// Without 'node:', or webpack writes a call that cannot run: it knows the Worker of this name only.
// biome-ignore lint/style/useNodejsImportProtocol: see above
import { Worker } from 'worker_threads'
import type { Wanted } from '../hub/hub-types.ts'
import type { AlertEvent } from '../model.ts'
import { type Checked, handOver } from './handover.ts'
import { heapLimits } from './heap-limits.ts'
import type { Host, HostEvents, HostSetup } from './host.ts'
import { threadKey } from './nested.ts'
import { createPendingRequests } from './pending-requests.ts'
import type { Answer } from './requests.ts'
import { createState, slot, waitWhile } from './thread-state.ts'
import { warnError, warnUnended } from './warnings.ts'
import { bundledWorkerFile } from './worker-file.ts'

/** What crosses to the thread at its start. */
export interface ThreadSetup extends Pick<HostSetup, 'options' | 'wire'> {
  readonly handedOver?: Checked
  readonly state: Int32Array<SharedArrayBuffer>
  /** Where the thread posts: a port can be read also where no event loop turns any more. */
  readonly news: MessagePort
}

/** The last that is posted to the thread: it closes its hub by then, epoch ms, though it gets so much in any case. */
export interface End {
  readonly endAt: number
  readonly leastMs: number
}

/** What the thread posts. */
export type ThreadMessage =
  | { readonly ready: true }
  | { readonly room: true }
  | { readonly notified: AlertEvent }
  | { readonly wanted: Wanted }
  | Answer

/** Beyond so much unread, lines wait on this side. */
const maxUnreadChars = 4 * 1024 * 1024
/** The longest that a thread is given to come up while the process already exits, unless `closeTimeout` is longer. */
const startMs = 5_000
/** Beyond its own deadline, for the answer to come back. */
const graceMs = 300
/** A thread that took long to come up while the process exits still gets so much to tell. */
export const leastCloseMs = 1_000

/** Starts the worker; throws where that cannot be done at all. */
export function openThreadHost(setup: HostSetup, events: HostEvents): Host {
  const { options, checked, wire, closeTimeoutMs } = setup
  const handedOver = checked && handOver(checked)
  const state = createState()
  const { port1: port, port2: news } = new MessageChannel()
  const worker = startWorker({ options, wire, state, news, ...(handedOver && { handedOver }) })
  const unread = createUnread()
  const questions = createPendingRequests((question) => {
    post()
    worker.postMessage(question)
  })
  let gathered = ''
  let posting: NodeJS.Immediate | undefined
  let failure: unknown
  let isClosing = false
  let isEnding = false
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
    clearImmediate(posting)
    questions.giveUp()
    afterExit()
    if (!isClosing)
      events.onLost(failure, [...unread.rest(Atomics.load(state, slot.read)), gathered].filter(Boolean))
  })

  // After its listeners, which hold the process again.
  worker.unref()
  port.unref()

  function receive(message: ThreadMessage): void {
    // What comes after the end is no loss, though nobody has been told of the end yet.
    if ('answer' in message) isClosing = questions.settle(message) === 'close' || isClosing
    else if ('notified' in message) hear(message.notified)
    else if ('wanted' in message) events.onWanted(message.wanted)
    else if ('ready' in message) events.onReady()
    else events.onDrain()
  }

  function hear(event: AlertEvent): void {
    warnError(event, isEnding)
    events.onEvent(event)
  }

  /** What was posted and not delivered yet. */
  function readRest(): void {
    for (let rest = receiveMessageOnPort(port); rest !== undefined; rest = receiveMessageOnPort(port)) {
      receive(rest.message)
    }
  }

  function post(): void {
    clearImmediate(posting)
    posting = undefined
    if (gathered === '' || isGone) return
    unread.push(gathered)
    worker.postMessage(gathered)
    gathered = ''
  }

  function isFull(): boolean {
    return gathered.length + unread.size(Atomics.load(state, slot.read)) > maxUnreadChars
  }

  function unreadNow(): boolean {
    return unread.size(Atomics.load(state, slot.read)) > 0
  }

  return {
    write(lines) {
      if (isGone || isClosing) return 'gone'
      gathered += lines
      posting ??= setImmediate(post)
      if (!isFull()) return 'open'
      post()
      Atomics.store(state, slot.wantsRoom, 1)
      // It may have read all of it before it could see the wish.
      if (isFull()) return 'full'
      Atomics.store(state, slot.wantsRoom, 0)
      return 'open'
    },
    flushSync(ms) {
      post()
      if (Atomics.load(state, slot.up) === 0) return
      const deadline = performance.now() + ms
      while (unreadNow() && !isGone && performance.now() < deadline) {
        waitWhile(
          state,
          slot.read,
          Atomics.load(state, slot.read),
          Math.min(deadline, performance.now() + 50),
        )
      }
    },
    flush: () => questions.ask('flush', undefined),
    async close() {
      const result = await questions.ask('close', undefined)
      isClosing = true
      if (!isGone) {
        const gone = new Promise<void>((resolve) => {
          afterExit = resolve
        })
        worker.ref()
        await gone
      }
      return result
    },
    stats: () => questions.ask('stats', undefined),
    ask: questions.ask,
    abandon() {
      isClosing = true
      void worker.terminate()
    },
    lastWords(isWaitedFor) {
      isEnding = true
      if (isGone || isClosing) return readRest
      post()
      isClosing = true
      const ms = isWaitedFor ? closeTimeoutMs : 0
      const leastMs = isWaitedFor ? leastCloseMs : 0
      const endAt = performance.now() + ms
      worker.postMessage({ endAt: Date.now() + ms, leastMs } satisfies End)
      return () => {
        waitWhile(state, slot.up, 0, performance.now() + Math.max(startMs, ms))
        const isUp = Atomics.load(state, slot.up) !== 0
        if (isUp) waitWhile(state, slot.ended, 0, Math.max(endAt, performance.now() + leastMs) + graceMs)
        readRest()
        if (Atomics.load(state, slot.ended) === 0) warnUnended(true)
      }
    },
  }

  function startWorker(setup: ThreadSetup): Worker {
    const start = {
      name: 'alert-core',
      resourceLimits: heapLimits,
      workerData: { [threadKey]: setup },
      transferList: [setup.news],
      ...(process.execArgv.some(isForText) ? { execArgv: [] } : {}),
    }
    // A thread that does not find its file says so only later; an exit would wait for it.
    const bundled = bundledWorkerFile()
    if (!existsSync(bundled ?? new URL('../worker.js', import.meta.url)))
      throw new Error('its file is missing')
    if (bundled !== undefined) return new Worker(bundled, start)
    // Written so that bundlers see the file: https://webpack.js.org/guides/web-workers/
    return new Worker(new URL('../worker.js', import.meta.url), start)
  }
}

/** Flags that are about the text of `node -e`: a thread with a file refuses them. */
function isForText(flag: string): boolean {
  return flag.startsWith('--input-type')
}

interface Unread {
  push(chunk: string): void
  /** UTF-16 units posted and not read. */
  size(read: number): number
  /** What is known not to have been read. */
  rest(read: number): readonly string[]
}

/** What was posted, until it is read: a thread that dies leaves it to the next one. */
function createUnread(): Unread {
  let chunks: { readonly text: string; readonly end: number }[] = []
  let posted = 0

  // Positions wrap around as the shared counter does.
  const behind = (end: number, read: number) => (end - read) | 0

  return {
    push(text) {
      posted = (posted + text.length) | 0
      chunks.push({ text, end: posted })
    },
    size(read) {
      let passed = 0
      while (passed < chunks.length && behind(chunks[passed]!.end, read) <= 0) passed++
      if (passed > 0) chunks = chunks.slice(passed)
      return behind(posted, read)
    },
    rest: (read) => chunks.filter(({ end }) => behind(end, read) > 0).map(({ text }) => text),
  }
}
