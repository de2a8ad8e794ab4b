/**
 * How the thread that logs talks to the hub in its worker: flush, close, stats and events over one BroadcastChannel. It needs
 * nothing but a name, which travels in the options, so it works whoever started the worker: pino, its multi-target worker, or we.
 */

import { EventEmitter } from 'node:events'
import { BroadcastChannel } from 'node:worker_threads'
import type { FlushResult } from './hub.ts'
import type { AlertEvent } from './model.ts'
import type { Stats } from './report.ts'

/** The key under which the channel's name travels beside the user's options. */
export const controlKey = '@control'

type Verb = 'flush' | 'close' | 'stats'
type Request = { readonly ask: Verb; readonly id: number }
type Answer = { readonly answer: number; readonly value: unknown }
type Told = { readonly told: AlertEvent }
/** A BroadcastChannel keeps nothing for those who come later: a worker that has just started asks for what it missed. */
type Started = { readonly started: true }
type ControlMessage = Request | Answer | Told | Started

/** What both doors offer on the application's thread. */
export interface Control {
  /** Tells at once what waits to be told; resolves when all of it is delivered or refused, or after the time limit. */
  flush(): Promise<FlushResult>
  /** Like `flush`, and then stops: later records are counted, not told. */
  close(): Promise<FlushResult>
  /** Counters since the start; `undefined` where no worker answers. */
  stats(): Promise<Stats | undefined>
  on(event: 'alert', listener: (event: AlertEvent) => void): this
  off(event: 'alert', listener: (event: AlertEvent) => void): this
}

/** The asking side of one worker, for a door that outlives its workers. */
export interface DisposableControl extends Control {
  /** Lets go of the channel: the worker is gone, and nobody answers any more. */
  dispose(): void
}

const noAnswer: FlushResult = { told: false, waiting: 0 }
/** The hub answers within its own `closeTimeout` (at most 9 s); beyond this nobody is there. */
const answerTimeoutMs = 10_000

/** Opens the asking side; `name` must reach the worker in its options under {@link controlKey}. */
export function createControl(name: string): DisposableControl {
  const emitter = new EventEmitter()
  const asked = new Map<number, { readonly verb: Verb; readonly settle: (value?: unknown) => void }>()
  let port: BroadcastChannel | undefined
  let lastId = 0

  // Opened when first needed, so that a transport nobody asks costs nothing; unref'ed, so that it holds no process.
  function open(): BroadcastChannel {
    if (port !== undefined) return port
    port = new BroadcastChannel(name)
    port.unref()
    port.onmessage = (event: unknown) => receive((event as { data: ControlMessage }).data)
    return port
  }

  function receive(message: ControlMessage): void {
    if ('told' in message) emitter.emit('alert', message.told)
    if ('answer' in message) asked.get(message.answer)?.settle(message.value)
    if ('started' in message)
      for (const [id, { verb }] of asked) port?.postMessage({ ask: verb, id } satisfies Request)
  }

  function ask<Value>(verb: Verb, otherwise: Value): Promise<Value> {
    const channel = open()
    return new Promise((resolve) => {
      const id = ++lastId
      // A referenced timer: whoever awaits an answer must not see its process end first.
      const timer = setTimeout(() => settle(), answerTimeoutMs)
      const settle = (value: unknown = otherwise) => {
        clearTimeout(timer)
        asked.delete(id)
        resolve(value as Value)
      }
      asked.set(id, { verb, settle })
      // What was logged in this turn leaves the thread in the next one; the question must not overtake it.
      setImmediate(() =>
        setImmediate(() => asked.has(id) && channel.postMessage({ ask: verb, id } satisfies Request)),
      )
    })
  }

  return {
    flush: () => ask('flush', noAnswer),
    close: () => ask('close', noAnswer),
    stats: () => ask<Stats | undefined>('stats', undefined),
    on(event, listener) {
      open()
      emitter.on(event, listener)
      return this
    },
    off(event, listener) {
      emitter.off(event, listener)
      return this
    },
    dispose() {
      port?.close()
      port = undefined
      for (const { settle } of asked.values()) settle()
    },
  }
}

/** The hub, or what stands before it. */
interface Answering {
  flush(): Promise<FlushResult>
  close(): Promise<FlushResult>
  stats(): Stats | Promise<Stats | undefined>
  subscribe(listener: (event: AlertEvent) => void): () => void
}

/** Opens the answering side, beside the hub. `settled` resolves when every line written so far has been read. */
export function serveControl(name: string, hub: Answering, settled: () => Promise<void>): () => void {
  const port = new BroadcastChannel(name)
  port.unref()
  let lastAnswered = 0
  const unsubscribe = hub.subscribe((event) => port.postMessage({ told: event } satisfies Told))

  async function answer({ ask, id }: Request): Promise<void> {
    await settled()
    const value = await (ask === 'flush' ? hub.flush() : ask === 'close' ? hub.close() : hub.stats())
    port.postMessage({ answer: id, value } satisfies Answer)
  }

  port.onmessage = (event: unknown) => {
    const message = (event as { data: ControlMessage }).data
    if (!('ask' in message) || message.id <= lastAnswered) return
    lastAnswered = message.id
    void answer(message)
  }
  port.postMessage({ started: true } satisfies Started)
  return () => {
    unsubscribe()
    port.close()
  }
}
