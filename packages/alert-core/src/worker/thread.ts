/**
 * The hub in a worker thread. Lines gather during a turn of the event loop and cross as one text. How far the
 * hub has read stands in shared memory: so what is unread stays bounded, and the exit of the process can wait
 * for it.
 */
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads'
import type { Host, HostEvents, HostSetup } from './host.ts'
import { createHubRequests } from './hub-requests.ts'
import { createLineOutbox } from './line-outbox.ts'
import { createRing, createRingWriter } from './ring.ts'
import { joinThread } from './shared-thread.ts'
import { createState, type End, packPlan, slot, type ThreadMessage, waitWhile } from './thread-wire.ts'
import { warnError, warnUnended } from './warnings.ts'
import { createWatchdog, withoutLine } from './watchdog.ts'

/** How long a thread may take to start while the process already exits, unless `closeTimeout` is longer. */
const startMs = 5_000
/** Beyond the hub's own deadline, for its answer to come back. */
const graceMs = 300
/** A hub that opens late while the process exits still gets so much time to send. */
export const leastCloseMs = 1_000

/** Opens the hub in a worker; throws if none can be started at all. */
export function openThreadHost(setup: HostSetup, events: HostEvents): Host {
  const { options, checked, wire, closeTimeoutMs } = setup
  const state = createState()
  const ring = createRing()
  const { port1: port, port2: news } = new MessageChannel()
  const packed = checked && packPlan(checked)
  const isTakingLine = () => Atomics.load(state, slot.line) !== 0
  const seat = { isTakingLine, onExit }
  const thread = joinThread(setup, seat)
  thread.open({ options, wire, state, ring, news, ...(packed && { packed }) })
  const watchdog = createWatchdog({
    hasWork: () => !isGone && lines.hasUnread(),
    // Of all hubs of the thread: one may have to wait for the others.
    progress: () => (Atomics.load(state, slot.up) === 0 ? undefined : thread.progress()),
    onStall: thread.fail,
  })
  const lines = createLineOutbox({ port, state, ring: createRingWriter(ring), onPost: watchdog.watch })
  const requests = createHubRequests({
    post(request) {
      lines.post()
      port.postMessage(request)
    },
  })
  let isClosing = false
  let isExiting = false
  let isGone = false

  port.on('message', receive)
  // After its listener, which would hold the process again.
  port.unref()

  function onExit(failure: unknown): void {
    readRest()
    const line = Atomics.load(state, slot.line)
    const { unread, left } = withoutCulprit(release(), line)
    if (!isClosing) events.onLost(failure, unread, left)
  }

  /** Returns what the hub has not read. */
  function release(): string[] {
    isGone = true
    port.close()
    requests.close()
    watchdog.stop()
    return lines.stop()
  }

  function receive(message: ThreadMessage): void {
    // An exit after the answer to `close` loses nothing, though the exit may be seen first.
    if ('answer' in message) isClosing = requests.settle(message) === 'close' || isClosing
    else if ('event' in message) {
      warnError(message.event, isExiting)
      events.onEvent(message.event)
    } else if ('wanted' in message) events.onWanted(message.wanted)
    else if ('ready' in message) events.onReady()
    else if ('refused' in message) refuse(message.refused)
    else events.onDrain()
  }

  function refuse(error: unknown): void {
    const unread = release()
    void thread.leave(seat)
    if (!isClosing) events.onLost(error, unread)
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
    flush: (options) => requests.request('flush', options),
    async close() {
      const result = await requests.request('close', undefined)
      isClosing = true
      if (isGone) return result
      readRest()
      release()
      await thread.leave(seat)
      return result
    },
    stats: () => requests.request('stats', undefined),
    request: requests.request,
    abandon() {
      isClosing = true
      release()
      thread.abandon(seat)
    },
    closeAtExit(isWaitedFor) {
      isExiting = true
      if (isGone || isClosing) return readRest
      lines.post()
      isClosing = true
      const ms = isWaitedFor ? closeTimeoutMs : 0
      const leastMs = isWaitedFor ? leastCloseMs : 0
      const endAt = performance.now() + ms
      port.postMessage({ endAt: Date.now() + ms, leastMs } satisfies End)
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
