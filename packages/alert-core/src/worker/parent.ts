/**
 * The hub of the main thread, for loggers in the application's other threads: one hub a process. A line has
 * left the thread when `write` returns, so that `terminate()` loses nothing.
 */
import {
  BroadcastChannel,
  getEnvironmentData,
  isMainThread,
  setEnvironmentData,
  threadId,
} from 'node:worker_threads'
import type { Wanted } from '../hub/hub-types.ts'
import type { AlertEvent } from '../model.ts'
import type { Host, HostEvents, HostSetup } from './host.ts'
import { type Answer, createHubRequests, type HostRequest } from './hub-requests.ts'
import { isInHub } from './hub-thread.ts'

/** The key of {@link ParentData} in the environment data that threads inherit. */
export const parentKey = 'alert-core:parent'

/** How a thread reaches the main thread. */
export interface ParentData {
  /** The name of the BroadcastChannel on which the main thread listens. */
  readonly name: string
  /** UTF-16 units that the main thread has not read. */
  readonly unread: Int32Array<SharedArrayBuffer>
  /** The ids of the threads that the main thread has started last. */
  readonly children: Int32Array<SharedArrayBuffer>
}

/** The BroadcastChannel on which a thread that has inherited nothing asks for the main thread. */
export const meetingName = 'alert-core:parent'

/** What is posted there. */
export type Meeting = { readonly asks: true } | { readonly parent: ParentData }

/** From a thread to the main thread. */
export interface FromThread {
  /** The name of the BroadcastChannel on which this host listens. */
  readonly host: string
  readonly thread: number
  /** In the first message. */
  readonly setup?: Omit<HostSetup, 'checked'>
  readonly lines?: string
  readonly request?: HostRequest
}

/** From the main thread to a host. */
export type ToThread = Answer | { readonly event: AlertEvent } | { readonly wanted: Wanted }

const maxUnread = 4 * 1024 * 1024
const pollMs = 20
/** Beyond the hub's own deadline, for its answer to come back. */
const graceMs = 500

/** Read at once: what this thread sets itself is for those below it. */
let parent = getEnvironmentData(parentKey) as unknown as ParentData | undefined
let made = 0

/** Whether the main thread has an adapter, as far as this thread knows. */
export function hasParent(): boolean {
  return !isMainThread && parent !== undefined
}

let isLooking = false

/** In a thread that is older than the adapter of the main thread: calls `onFound` when there is one. */
export function lookForParent(onFound: () => void): void {
  if (isMainThread || isInHub() || parent !== undefined || isLooking) return
  isLooking = true
  const stop = ask((found) => {
    stop()
    parent = found
    setEnvironmentData(parentKey, found as never)
    onFound()
  })
}

/** Asks for the main thread, and hears of it also later, until the returned function is called. */
function ask(onParent: (parent: ParentData) => void): () => void {
  const channel = new BroadcastChannel(meetingName)
  channel.unref()
  channel.onmessage = (event: unknown) => {
    const message = (event as { data: Meeting }).data
    if ('parent' in message) onParent(message.parent)
  }
  channel.postMessage({ asks: true } satisfies Meeting)
  return () => channel.close()
}

const belowThread = 'alert-core:below-thread'
/** For the main thread's answer; one that is busy for longer is not waited for. */
const answerMs = 200

/** A pino target that is opened below this thread uses the hub of the main thread as well. */
export function markTargets(): void {
  if (isMainThread || isInHub() || getEnvironmentData(belowThread) !== undefined) return
  setEnvironmentData(belowThread, threadId as never)
}

/**
 * Whether this is pino's worker of a thread of the application. It would end with that thread, and takes the
 * hub of the main thread instead; a worker that the main thread has started itself does not.
 */
export async function isTargetOfThread(): Promise<boolean> {
  if (isMainThread) return false
  // A preload may have set it for this thread.
  const marked = getEnvironmentData(belowThread)
  const isBelow = marked !== undefined && marked !== threadId
  if (parent === undefined ? !isBelow : isChild(parent)) return false
  if (parent !== undefined && isBelow) return true
  const answered = await new Promise<ParentData | undefined>((resolve) => {
    const timer = setTimeout(resolve, answerMs, undefined)
    const stop = ask((found) => {
      clearTimeout(timer)
      stop()
      resolve(found)
    })
  })
  parent ??= answered
  return answered !== undefined && !isChild(answered)
}

function isChild({ children }: ParentData): boolean {
  return children.includes(threadId)
}

/** Posts to the hub of the main thread, which is opened there if needed. */
export function openParentHost({ checked: _, ...setup }: HostSetup, events: HostEvents): Host {
  const { name, unread } = parent!
  const host = `${name}:${threadId}:${made++}`
  const answers = new BroadcastChannel(host)
  const requests = createHubRequests({
    post: (request) => post({ request }),
    timeoutMs: setup.closeTimeoutMs + graceMs,
  })
  let up: BroadcastChannel | undefined
  let isFirst = true
  let isClosed = false
  let draining: NodeJS.Timeout | undefined

  answers.unref()
  answers.onmessage = (event: unknown) => receive((event as { data: ToThread }).data)
  setImmediate(() => {
    events.onReady()
    events.onDrain()
  })

  function receive(message: ToThread): void {
    if ('answer' in message) requests.settle(message)
    else if ('event' in message) events.onEvent(message.event)
    else events.onWanted(message.wanted)
  }

  function post(message: Pick<FromThread, 'lines' | 'request'>): void {
    up ??= openForThisTurn()
    up.postMessage({ host, thread: threadId, ...message, ...(isFirst && { setup }) } satisfies FromThread)
    isFirst = false
  }

  /** What other threads post arrives here too, and is kept in memory as long as the channel is open. */
  function openForThisTurn(): BroadcastChannel {
    const channel = new BroadcastChannel(name)
    channel.unref()
    setImmediate(() => {
      channel.close()
      up = undefined
    })
    return channel
  }

  function waitForRoom(): void {
    draining ??= setInterval(() => {
      if (Atomics.load(unread, 0) > maxUnread / 2) return
      clearInterval(draining)
      draining = undefined
      events.onDrain()
    }, pollMs).unref()
  }

  function stop(): void {
    isClosed = true
    clearInterval(draining)
    answers.close()
  }

  return {
    write(lines) {
      if (isClosed) return 'gone'
      Atomics.add(unread, 0, lines.length)
      post({ lines })
      if (Atomics.load(unread, 0) <= maxUnread) return 'open'
      waitForRoom()
      return 'full'
    },
    flushSync() {},
    flush: (options) => requests.request('flush', options),
    async close() {
      const result = await requests.request('close', undefined)
      stop()
      return result
    },
    stats: () => requests.request('stats', undefined),
    request: requests.request,
    abandon: stop,
    // The main thread has every line, and sends it.
    closeAtExit: () => () => {},
  }
}
