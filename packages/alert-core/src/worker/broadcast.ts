/**
 * The connection of a pino `target` with its hub in pino's worker: requests and events over a
 * BroadcastChannel. It needs nothing but a name, which travels in the options, so it works in a worker that
 * pino started, and in its worker for several targets. With the name travels memory that says whether any
 * hub is there, so that nothing waits for an answer of none.
 */

import { BroadcastChannel, threadId } from 'node:worker_threads'
import type { FlushResult } from '../hub/hub-types.ts'
import type { AlertEvent } from '../model.ts'
import type { AdapterConnection } from './create-adapter.ts'
import {
  type Answer,
  type Answering,
  answer,
  createHubRequests,
  type Given,
  type HostRequest,
  noAnswer,
  workerUnreachable,
} from './hub-requests.ts'

/** The key under which {@link Control} travels beside the user's options. */
export const broadcastKey = '@control'

/** What reaches the worker beside the user's options. */
export interface Control {
  /** Of the channel. */
  readonly name: string
  /** How many hubs have started with it, and how many of them have ended. */
  readonly hubs: Int32Array<SharedArrayBuffer>
}

/** Indexes into `hubs`. */
const slot = { started: 0, ended: 1 } as const

/** Threads of one process share these names, and so do two copies of this file. */
export function createControl(): Control {
  return {
    name: `alert-core:target:${threadId}:${process.hrtime.bigint()}`,
    hubs: new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT)),
  }
}

type Notice =
  | { readonly event: AlertEvent }
  /**
   * A BroadcastChannel keeps nothing for later listeners: a worker that has just started asks for what it
   * missed.
   */
  | { readonly started: true }
  | { readonly ended: true }
type Message = HostRequest | Answer | Notice

/** The hub answers within its own `closeTimeout`, at most 9 s; beyond this no hub is there. */
const answerTimeoutMs = 10_000
const nothingPending: FlushResult = { delivered: true, pending: 0 }

/**
 * The side of the application; `control` must reach the worker in its options under {@link broadcastKey}.
 * `whyNone` says why no worker was started with it, if that is so.
 */
export function createBroadcastConnection(
  { name, hubs }: Control,
  whyNone: () => string | undefined,
  listener: (event: AlertEvent) => void,
): AdapterConnection & { listen(): void } {
  const requests = createHubRequests({
    post(request) {
      // What was logged in this turn leaves the thread in the next one; the request must not overtake it.
      const channel = open()
      setImmediate(() => setImmediate(() => channel.postMessage(request)))
    },
    timeoutMs: answerTimeoutMs,
    onTimeout() {
      isSilent = true
    },
  })
  let port: BroadcastChannel | undefined
  let isClosed = false
  let isSilent = false

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
    isSilent = false
    if ('event' in message) listener(message.event)
    if ('answer' in message) requests.settle(message)
    if ('started' in message) requests.repost()
    if ('ended' in message && !mayAnswer()) requests.abandon()
  }

  /** Asked with the channel open: a hub that ends later says so there. */
  function mayAnswer(): boolean {
    const started = Atomics.load(hubs, slot.started)
    return whyNone() === undefined && !isSilent && (started === 0 || started > Atomics.load(hubs, slot.ended))
  }

  async function send<One extends 'flush' | 'close'>(request: One, given: Given<One>): Promise<FlushResult> {
    if (whyNone() !== undefined) return nothingPending
    open()
    return mayAnswer() ? requests.request(request, given) : noAnswer
  }

  return {
    listen: open,
    flush: (options) => send('flush', options),
    close() {
      isClosed = true
      return send('close', undefined)
    },
    async stats() {
      open()
      return mayAnswer() ? requests.request('stats', undefined) : undefined
    },
    async request(request, given) {
      open()
      if (isClosed || !mayAnswer()) throw workerUnreachable(whyNone())
      return requests.request(request, given)
    },
  }
}

type BroadcastHub = Answering & { subscribe(listener: (event: AlertEvent) => void): () => void }

/**
 * The side of the hub; `allRead` resolves when every line written so far has been read. Returns the way to
 * stop.
 */
export function serveBroadcast(
  { name, hubs }: Control,
  hub: BroadcastHub,
  allRead: () => Promise<void>,
): () => void {
  const port = new BroadcastChannel(name)
  port.unref()
  let lastAnswered = 0
  let isOver = false
  const unsubscribe = hub.subscribe((event) => post({ event }))

  function post(message: Answer | Notice): void {
    if (!isOver) port.postMessage(message)
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
  Atomics.add(hubs, slot.started, 1)
  post({ started: true })
  return () => {
    unsubscribe()
    Atomics.add(hubs, slot.ended, 1)
    post({ ended: true })
    isOver = true
    port.close()
  }
}
