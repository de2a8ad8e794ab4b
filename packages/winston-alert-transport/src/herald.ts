/**
 * Waiting for a worker's first sign of life without an event loop: on the process's exit nothing else tells a worker that is still starting
 * from one that never will, and pino's hook would wait 10 s for either.
 */
import { BroadcastChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads'

export interface Herald {
  /** True as soon as the worker has said anything; false where it has not within `ms`. Blocks the thread. */
  isHeardWithin(ms: number): boolean
  close(): void
}

const pauseMs = 5

/** Listens from now on to the channel on which the worker announces itself. */
export function createHerald(name: string): Herald {
  const channel = new BroadcastChannel(name)
  channel.unref()
  // Documented to take either; the types know only one.
  const port = channel as unknown as MessagePort
  return {
    isHeardWithin(ms) {
      const pause = new Int32Array(new SharedArrayBuffer(4))
      const until = performance.now() + ms
      while (receiveMessageOnPort(port) === undefined) {
        if (performance.now() > until) return false
        Atomics.wait(pause, 0, 0, pauseMs)
      }
      return true
    },
    close: () => channel.close(),
  }
}
