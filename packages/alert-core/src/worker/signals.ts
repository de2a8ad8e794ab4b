/**
 * `handleSignals`: before SIGTERM or SIGINT ends the process, pending alerts are sent. Then the signal is raised again; if the application
 * listens to it as well, the application decides when to end.
 */
import { isMainThread } from 'node:worker_threads'

/** Sends what is pending; `isEnd` if the process ends after it. */
type Send = (isEnd: boolean) => Promise<unknown>

const signals = ['SIGTERM', 'SIGINT'] as const
type Signal = (typeof signals)[number]

const listeners = new Set<Send>()
const underWay = new Set<Signal>()

/** Listens until the returned function is called; one pair of listeners serves all. */
export function onSignal(send: Send): () => void {
  if (!isMainThread) return () => {}
  if (listeners.size === 0) for (const signal of signals) process.on(signal, onSignalEvent)
  listeners.add(send)
  return () => {
    if (listeners.delete(send) && listeners.size === 0)
      for (const signal of signals) process.off(signal, onSignalEvent)
  }
}

function onSignalEvent(signal: Signal): void {
  const isEnd = othersOn(signal) === 0
  // A second signal asks to end at once.
  if (underWay.has(signal)) {
    if (isEnd) raise(signal)
    return
  }
  underWay.add(signal)
  const sending = [...listeners].map((send) => send(isEnd))
  void Promise.allSettled(sending).then(() => {
    underWay.delete(signal)
    if (isEnd) raise(signal)
  })
}

function raise(signal: Signal): void {
  process.off(signal, onSignalEvent)
  process.kill(process.pid, signal)
}

/** Listeners that may end the process. That of `signal-exit` does not while another listener exists. */
function othersOn(signal: Signal): number {
  return process.listenerCount(signal) - 1 - watchersBySignalExit()
}

function watchersBySignalExit(): number {
  const emitter: unknown =
    Reflect.get(process, Symbol.for('signal-exit emitter')) ?? Reflect.get(process, '__signal_exit_emitter__')
  return typeof emitter === 'object' && emitter !== null ? 1 : 0
}
