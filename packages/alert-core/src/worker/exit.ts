/**
 * The end of the process. One set of listeners serves all links. On 'exit' ours comes last, so that what the
 * application's own exit handlers log is sent as well. `handleSignals`: before SIGTERM or SIGINT ends the
 * process, pending alerts are sent. If the application listens to the signal as well, the end is the
 * application's: it exits, or it raises the signal again without its listener. Else the process is ended
 * here, as the signal would.
 */

import { constants } from 'node:os'
import { isMainThread } from 'node:worker_threads'
import { isObjectOrList } from '../text/get-path.ts'
import { writeCrash } from './crashes.ts'
import type { Link } from './link.ts'

/** On our exit listener, so that two copies of this package do not overtake each other for ever. */
const isLast = Symbol.for('alert-core:last')
const exitListener = Object.assign(onExit, { [isLast]: true })
let links: ReadonlySet<Link> | undefined
let isMoving = false

/** Watches the end of the process for these links, from now on. */
export function watchExit(current: ReadonlySet<Link>): void {
  if (links !== undefined) return
  links = current
  process.on('beforeExit', onBeforeExit)
  process.on('exit', exitListener)
  process.on('newListener', onNewListener)
}

function onBeforeExit(): void {
  for (const link of links ?? []) link.beforeExit()
}

function onExit(exitCode: number): void {
  writeCrash(exitCode)
  // All start their end before any is waited for: they send side by side.
  const waits = [...(links ?? [])].map((link) => link.exit())
  for (const wait of waits) wait()
}

function onNewListener(event: string | symbol, listener: object): void {
  if (event !== 'exit' || isMoving || isLast in listener) return
  isMoving = true
  queueMicrotask(() => {
    process.off('exit', exitListener)
    process.on('exit', exitListener)
    isMoving = false
  })
}

/** What has alerts to send before the process ends. */
interface SignalParticipant {
  /** Sends what is pending; records may follow. */
  flush(): Promise<unknown>
  /** Sends the rest; the process ends when it has resolved. */
  close?(): Promise<unknown>
  /** Starts the end without an event loop, and returns the function that waits for it. */
  exit?(): () => void
}

const signals = ['SIGTERM', 'SIGINT'] as const
type Signal = (typeof signals)[number]

/** A signal to ourselves arrives at once, unless something still listens. */
const endTimeoutMs = 300
const participants = new Set<SignalParticipant>()
/** Signals that listeners of the application have got before. */
const leftToOthers = new Set<Signal>()
let flushing: Promise<unknown> = Promise.resolve()
let endSignal: Signal | undefined
const raisedWithinMs = 20
let hasWaited = false

/** Takes part until the returned function is called; one listener for each signal serves all. */
export function onSignal(participant: SignalParticipant): () => void {
  if (!isMainThread) return () => {}
  // Before the others: a listener added by `once` is not counted any more when it runs.
  if (participants.size === 0) {
    for (const signal of signals) process.prependListener(signal, onSignalEvent)
    process.on('beforeExit', waitForSignal)
  }
  participants.add(participant)
  return () => {
    if (participants.delete(participant) && participants.size === 0) stopListening()
  }
}

function stopListening(): void {
  for (const signal of signals) process.off(signal, onSignalEvent)
  process.off('beforeExit', waitForSignal)
}

/**
 * The loop that has nothing left to do ends before it reads the signal that the application has just raised
 * again, and its end would be a success.
 */
function waitForSignal(): void {
  if (leftToOthers.size === 0 || hasWaited) return
  hasWaited = true
  setTimeout(() => {}, raisedWithinMs)
}

function onSignalEvent(given: NodeJS.Signals): void {
  const signal = given as Signal
  if (othersOn(signal) > 0) {
    leftToOthers.add(signal)
    flushing = flushAll()
  } else if (endSignal === undefined) {
    endSignal = signal
    // One that a listener of the first has raised again is not a request to hurry.
    void endAfterSending(signal)
  } else if (!leftToOthers.has(signal)) {
    end(signal)
  }
}

async function endAfterSending(signal: Signal): Promise<void> {
  // What is waited for does not keep the process alive by itself. `end` ends it.
  setInterval(() => {}, 1_000)
  await flushing
  // What requests under way log meanwhile is sent by the close.
  await flushAll()
  await Promise.allSettled([...participants].map((participant) => participant.close?.()))
  const waits = [...participants].map((participant) => participant.exit?.())
  for (const wait of waits) wait?.()
  end(signal)
}

function flushAll(): Promise<unknown> {
  return Promise.allSettled([...participants].map((participant) => participant.flush()))
}

function end(signal: Signal): void {
  stopListening()
  const code = 128 + constants.signals[signal]
  // The kernel keeps a signal without a listener from process 1, as in a container.
  if (process.pid === 1) process.exit(code)
  process.kill(process.pid, signal)
  setTimeout(() => process.exit(code), endTimeoutMs)
}

/** Listeners that may end the process: those of signal-exit do so only if they are the last. */
function othersOn(signal: Signal): number {
  return process.listenerCount(signal) - 1 - countOfSignalExit()
}

/**
 * signal-exit 4 keeps its state on `globalThis`, 3 on `process`; `count` is the number of its copies, each
 * with one listener.
 */
function countOfSignalExit(): number {
  const states: unknown[] = [
    Reflect.get(globalThis, Symbol.for('signal-exit emitter')),
    Reflect.get(process, '__signal_exit_emitter__'),
  ]
  let count = 0
  for (const state of states) {
    const copies: unknown = isObjectOrList(state) ? Reflect.get(state, 'count') : undefined
    if (typeof copies === 'number') count += copies
  }
  return count
}
