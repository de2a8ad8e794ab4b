/**
 * Writing to a child without the event loop: what the pipe takes has left this process when `write` returns,
 * whatever happens to it next.
 */
import { readSync, writeSync } from 'node:fs'
import type { Writable } from 'node:stream'
import { codeOf } from '../errors/code-of.ts'
import { isObjectOrList } from '../text/get-path.ts'

export interface Pipe {
  /** False when the pipe is full: the rest is kept and written as it empties. */
  write(text: string): boolean
  /** Blocks until all is written, at most `ms`. */
  drain(ms: number): void
}

const retryMs = 5
const pauseMs = 2
const nap = new Int32Array(new SharedArrayBuffer(4))

/** `onDrain` is called when a full pipe has taken all; `onBroken` when it has no reader any more. */
export function createPipe(stream: Writable, onDrain: () => void, onBroken: (error: unknown) => void): Pipe {
  const isDirect = descriptorOf(stream) !== undefined
  let kept: Buffer[] = []
  let isBroken = false
  let timer: NodeJS.Timeout | undefined

  stream.on('error', fail)
  stream.on('drain', onDrain)

  function fail(error: unknown): void {
    if (isBroken) return
    isBroken = true
    kept = []
    clearTimeout(timer)
    onBroken(error)
  }

  /** Writes what it can of what is kept; true when nothing is left. */
  function push(): boolean {
    try {
      while (kept.length > 0) {
        const bytes = kept[0]!
        // Looked up each time: the number of a closed pipe may be that of another file by now.
        const fd = descriptorOf(stream)
        if (fd === undefined) throw new Error('the pipe is closed')
        const written = writeSync(fd, bytes)
        if (written === bytes.length) kept.shift()
        else kept[0] = bytes.subarray(written)
      }
      return true
    } catch (error) {
      if (codeOf(error) !== 'EAGAIN') fail(error)
      return isBroken
    }
  }

  function later(): void {
    timer = setTimeout(() => {
      timer = undefined
      if (!push()) later()
      else if (!isBroken) onDrain()
    }, retryMs)
    timer.unref()
  }

  return {
    write(text) {
      if (isBroken) return true
      // Windows has no descriptor to write to; the stream tries at once as well.
      if (!isDirect) return stream.write(text)
      kept.push(Buffer.from(text, 'utf8'))
      if (timer !== undefined) return false
      if (push()) return true
      later()
      return false
    },
    drain(ms) {
      if (!isDirect) return
      const deadline = performance.now() + ms
      while (!push() && performance.now() < deadline) Atomics.wait(nap, 0, 0, pauseMs)
    },
  }
}

/** Node shows the descriptor of its own standard streams only, not that of a child's. */
export function descriptorOf(stream: object): number | undefined {
  const handle: unknown = Reflect.get(stream, '_handle')
  const fd: unknown = isObjectOrList(handle) ? Reflect.get(handle, 'fd') : undefined
  return typeof fd === 'number' && fd >= 0 ? fd : undefined
}

/** Blocks until the other end of a pipe is closed, at most `ms`; what comes is thrown away. */
export function waitForEnd(fd: number, ms: number): void {
  const deadline = performance.now() + ms
  const bytes = Buffer.alloc(4096)
  while (performance.now() < deadline) {
    try {
      if (readSync(fd, bytes) === 0) return
    } catch (error) {
      if (codeOf(error) !== 'EAGAIN') return
      Atomics.wait(nap, 0, 0, pauseMs)
    }
  }
}
