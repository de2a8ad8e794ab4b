/**
 * How the thread that logs talks to the hub in its worker: flush, close, stats and events over one BroadcastChannel. It needs
 * nothing but a name, which travels in the options, so it works whoever started the worker: pino, its multi-target worker, or we.
 */

import { BroadcastChannel } from 'node:worker_threads'
import type { Explanation } from '../hub/explain.ts'
import type { FlushResult } from '../hub/hub-types.ts'
import type { Stats } from '../hub/stats.ts'
import type { AlertEvent } from '../model.ts'
import type { SilenceOptions } from '../options.ts'
import { createListeners } from './listeners.ts'
import { lineOf, plainSilence } from './plain-input.ts'
import {
  type Answer,
  type Answering,
  answer,
  type Given,
  type HostRequest,
  outcomeOf,
  type RequiredVerb,
  type Value,
  type Verb,
  workerUnreachable,
} from './requests.ts'

/** The key under which the channel's name travels beside the user's options. */
export const controlKey = '@control'

type Notified = { readonly notified: AlertEvent }
/** A BroadcastChannel keeps nothing for those who come later: a worker that has just started asks for what it missed. */
type Started = { readonly started: true }
type ControlMessage = HostRequest | Answer | Notified | Started

/** What both doors offer on the application's thread. */
export interface Control {
  /** Tells at once what waits to be told; resolves when all of it is delivered or refused, or after the time limit. */
  flush(): Promise<FlushResult>
  /** Like `flush`, and then stops: later records are counted, not told. */
  close(): Promise<FlushResult>
  /** Counters since the start; `undefined` where no worker answers. */
  stats(): Promise<Stats | undefined>
  /** What would become of a record: a line of the logger, or the object that it holds. Rejects with `ALERT_WORKER_UNREACHABLE`. */
  explain(record: string | object): Promise<Explanation>
  /**
   * Silences alerts until a moment; resolves to the id that lifts it. Rejects with `ALERT_SILENCE_INVALID`, or `ALERT_WORKER_UNREACHABLE` where there is
   * nobody who could.
   */
  silence(silence: SilenceOptions): Promise<string>
  /** Lifts a silence made at run time; false where there is none of this id. Rejects with `ALERT_WORKER_UNREACHABLE`. */
  unsilence(id: string): Promise<boolean>
  on(event: 'alert', listener: (event: AlertEvent) => void): this
  off(event: 'alert', listener: (event: AlertEvent) => void): this
}

/** The hub answers within its own `closeTimeout` (at most 9 s); beyond this nobody is there. */
const answerTimeoutMs = 10_000

/** Opens the asking side; `name` must reach the worker in its options under {@link controlKey}. */
export function createControl(name: string): Control {
  const { add, emit } = createListeners<AlertEvent>()
  const listening = new Map<(event: AlertEvent) => void, () => void>()
  const asked = new Map<
    number,
    { readonly question: HostRequest; readonly settle: (answer?: Answer) => void }
  >()
  let port: BroadcastChannel | undefined
  let lastId = 0
  let isClosed = false

  // Opened when first needed, so that a transport nobody asks costs nothing; unref'ed, so that it holds no process.
  function open(): BroadcastChannel {
    if (port !== undefined) return port
    port = new BroadcastChannel(name)
    port.unref()
    port.onmessage = (event: unknown) => receive((event as { data: ControlMessage }).data)
    return port
  }

  function receive(message: ControlMessage): void {
    if ('notified' in message) emit(message.notified)
    if ('answer' in message) asked.get(message.answer)?.settle(message)
    if ('started' in message) for (const { question } of asked.values()) port?.postMessage(question)
  }

  function ask<One extends Verb>(verb: One, given: Given<One>): Promise<Value<One>> {
    const channel = open()
    return new Promise((resolve) => {
      const id = ++lastId
      const question: HostRequest = { ask: verb, id, ...(given === undefined ? {} : { given }) }
      // A referenced timer: whoever awaits an answer must not see its process end first.
      const timer = setTimeout(() => settle(), answerTimeoutMs)
      const settle = (answer?: Answer) => {
        clearTimeout(timer)
        asked.delete(id)
        resolve(outcomeOf(verb, answer))
      }
      asked.set(id, { question, settle })
      // What was logged in this turn leaves the thread in the next one; the question must not overtake it.
      setImmediate(() => setImmediate(() => asked.has(id) && channel.postMessage(question)))
    })
  }

  async function request<One extends RequiredVerb>(verb: One, given: Given<One>): Promise<Value<One>> {
    if (isClosed) throw workerUnreachable()
    return ask(verb, given)
  }

  return {
    flush: () => ask('flush', undefined),
    close() {
      isClosed = true
      return ask('close', undefined)
    },
    stats: () => ask('stats', undefined),
    explain: async (record) => request('explain', lineOf(record)),
    silence: async (silence) => request('silence', plainSilence(silence)),
    unsilence: (id) => request('unsilence', id),
    on(event, listener) {
      open()
      if (event === 'alert') listening.set(listener, add(listener))
      return this
    },
    off(_event, listener) {
      listening.get(listener)?.()
      listening.delete(listener)
      return this
    },
  }
}

/** The hub, or what stands before it. */
type AnsweringHub = Answering & { subscribe(listener: (event: AlertEvent) => void): () => void }

/** Opens the answering side, beside the hub. `settled` resolves when every line written so far has been read. */
export function serveControl(name: string, hub: AnsweringHub, settled: () => Promise<void>): () => void {
  const port = new BroadcastChannel(name)
  port.unref()
  let lastAnswered = 0
  const unsubscribe = hub.subscribe((event) => port.postMessage({ notified: event } satisfies Notified))

  async function reply(question: HostRequest): Promise<void> {
    await settled()
    port.postMessage(await answer(hub, question))
  }

  port.onmessage = (event: unknown) => {
    const message = (event as { data: ControlMessage }).data
    if (!('ask' in message) || message.id <= lastAnswered) return
    lastAnswered = message.id
    void reply(message)
  }
  port.postMessage({ started: true } satisfies Started)
  return () => {
    unsubscribe()
    port.close()
  }
}
