/**
 * `handleSignals`: before SIGTERM or SIGINT ends the process, what is pending is told. The process is never ended by us: the signal is raised
 * again, and where others listen to it they decide.
 */
import { isMainThread } from 'node:worker_threads'

/** Tells what is pending; `isEnd` where nothing comes after it. */
type Tell = (isEnd: boolean) => Promise<unknown>

const signals = ['SIGTERM', 'SIGINT'] as const
type Signal = (typeof signals)[number]

const listeners = new Set<Tell>()
const underWay = new Set<Signal>()

/** Listens until the returned function is called; one pair of listeners serves all. */
export function onSignal(tell: Tell): () => void {
  if (!isMainThread) return () => {}
  if (listeners.size === 0) for (const signal of signals) process.on(signal, hear)
  listeners.add(tell)
  return () => {
    if (listeners.delete(tell) && listeners.size === 0)
      for (const signal of signals) process.off(signal, hear)
  }
}

function hear(signal: Signal): void {
  const isEnd = othersOn(signal) === 0
  // Whoever asks twice does not want to wait.
  if (underWay.has(signal)) {
    if (isEnd) raise(signal)
    return
  }
  underWay.add(signal)
  const sending = [...listeners].map((tell) => tell(isEnd))
  void Promise.allSettled(sending).then(() => {
    underWay.delete(signal)
    if (isEnd) raise(signal)
  })
}

function raise(signal: Signal): void {
  process.off(signal, hear)
  process.kill(process.pid, signal)
}

/** Listeners that take part in deciding. Those of `signal-exit` only watch, and leave it to us because we are there. */
function othersOn(signal: Signal): number {
  return process.listenerCount(signal) - 1 - watchersBySignalExit()
}

function watchersBySignalExit(): number {
  const emitter: unknown =
    Reflect.get(process, Symbol.for('signal-exit emitter')) ?? Reflect.get(process, '__signal_exit_emitter__')
  return typeof emitter === 'object' && emitter !== null ? 1 : 0
}
