/**
 * The connection of a pino `target` with its hub in pino's worker: requests and events over a
 * BroadcastChannel. It needs nothing but a name, which travels in the options, so it works in a worker that
 * pino started, and in its worker for several targets.
 */

import { BroadcastChannel } from 'node:worker_threads'
import type { AlertEvent } from '../model.ts'
import type { AdapterConnection } from './create-adapter.ts'
import {
  type Answer,
  type Answering,
  answer,
  createPendingRequests,
  type HostRequest,
  workerUnreachable,
} from './requests.ts'

/** The key under which the channel's name travels beside the user's options. */
export const broadcastKey = '@control'

type Notice =
  | { readonly event: AlertEvent }
  /**
   * A BroadcastChannel keeps nothing for later listeners: a worker that has just started asks for what it
   * missed.
   */
  | { readonly started: true }
type Message = HostRequest | Answer | Notice

/** The hub answers within its own `closeTimeout`, at most 9 s; beyond this no hub is there. */
const answerTimeoutMs = 10_000

/** The side of the application; `name` must reach the worker in its options under {@link broadcastKey}. */
export function createBroadcastConnection(
  name: string,
  listener: (event: AlertEvent) => void,
): AdapterConnection & { listen(): void } {
  const requests = createPendingRequests((request) => {
    // What was logged in this turn leaves the thread in the next one; the request must not overtake it.
    const channel = open()
    setImmediate(() => setImmediate(() => channel.postMessage(request)))
  }, answerTimeoutMs)
  let port: BroadcastChannel | undefined
  let isClosed = false

  // Opened when first needed, so that it costs nothing without a listener or a request; it does not hold the
  // process.
  function open(): BroadcastChannel {
    if (port !== undefined) return port
    port = new BroadcastChannel(name)
    port.unref()
    port.onmessage = (event: unknown) => receive((event as { data: Message }).data)
    return port
  }

  function receive(message: Message): void {
    if ('event' in message) listener(message.event)
    if ('answer' in message) requests.settle(message)
    if ('started' in message) requests.repost()
  }

  return {
    listen: open,
    flush: () => requests.request('flush', undefined),
    close() {
      isClosed = true
      return requests.request('close', undefined)
    },
    stats: () => requests.request('stats', undefined),
    async request(request, given) {
      if (isClosed) throw workerUnreachable()
      return requests.request(request, given)
    },
  }
}

type BroadcastHub = Answering & { subscribe(listener: (event: AlertEvent) => void): () => void }

/**
 * The side of the hub; `allRead` resolves when every line written so far has been read. Returns the way to
 * stop.
 */
export function serveBroadcast(name: string, hub: BroadcastHub, allRead: () => Promise<void>): () => void {
  const port = new BroadcastChannel(name)
  port.unref()
  let lastAnswered = 0
  const unsubscribe = hub.subscribe((event) => post({ event }))

  function post(message: Answer | Notice): void {
    port.postMessage(message)
  }

  async function reply(request: HostRequest): Promise<void> {
    await allRead()
    post(await answer(hub, request))
  }

  port.onmessage = (event: unknown) => {
    const message = (event as { data: Message }).data
    // A request that was posted twice is answered once.
    if (!('request' in message) || message.id <= lastAnswered) return
    lastAnswered = message.id
    void reply(message)
  }
  post({ started: true })
  return () => {
    unsubscribe()
    port.close()
  }
}
