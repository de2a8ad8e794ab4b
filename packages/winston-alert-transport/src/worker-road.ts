/**
 * The road through a worker thread: pino's own transport with the core's worker file, so that both loggers share the wire and pino's care
 * for preloads, bundlers and the end of the process.
 */
import { randomUUID } from 'node:crypto'
import type { Worker } from 'node:worker_threads'
import type { AlertEvent, FlushResult } from 'alert-core'
import { controlKey, createControl } from 'alert-core/door'
import pino from 'pino'
import { createHerald } from './herald.ts'
import type { Road, RoadEvents, RoadSetup } from './road.ts'

/** What is used of pino's ThreadStream. */
interface WorkerStream {
  readonly worker?: Worker
  readonly writable: boolean
  write(line: string | Buffer): boolean
  flush(done: (error?: Error) => void): void
  flushSync: () => void
  end: () => void
  emit(event: 'message', message: unknown): boolean
  on(event: 'ready' | 'drain' | 'close', listener: () => void): this
  on(event: 'error', listener: (error: unknown) => void): this
  on(event: 'alert', listener: (event: AlertEvent) => void): this
}

/** A worker that is still starting when the process exits is given this long: a busy machine takes seconds. */
const startMs = 5_000
const nobody: FlushResult = { told: false, waiting: 0 }

/** Starts the worker; throws where it cannot be started at all. */
export function openWorkerRoad(setup: RoadSetup, events: RoadEvents): Road {
  const name = `winston-alert-transport:${randomUUID()}`
  const control = createControl(name)
  const herald = createHerald(name)
  const stream = startWorker(setup, name)
  let written = 0
  let isReady = false
  let isClosing = false
  let isLost = false
  let failure: unknown
  let resolveClosed: () => void
  const closed = new Promise<void>((resolve) => {
    resolveClosed = resolve
  })

  stream.on('error', (error) => {
    failure ??= error
  })
  // Without a listener a worker that cannot be loaded would end the application.
  stream.worker?.on('error', (error) => {
    failure ??= error
  })
  stream.on('ready', () => {
    isReady = true
    herald.close()
    events.onOpen()
  })
  stream.on('drain', () => events.onOpen())
  stream.on('alert', (event) => events.onEvent(event))
  stream.on('close', () => {
    control.dispose()
    herald.close()
    resolveClosed()
    lose()
  })

  /** Whoever sees it first, a write or the event. */
  function lose(): void {
    if (isLost || isClosing) return
    isLost = true
    events.onLost(failure)
  }

  /** Resolves when the hub has seen every line written so far. */
  async function allRead(): Promise<void> {
    const count = written
    for (;;) {
      const stats = await control.stats()
      if (stats === undefined || stats.lines >= count) return
    }
  }

  async function settled(): Promise<FlushResult> {
    const stats = await control.stats()
    if (stats === undefined) return nobody
    const waiting = Object.values(stats.channels).reduce((sum, channel) => sum + channel.waiting, 0)
    return { told: waiting === 0, waiting }
  }

  return {
    write(line) {
      if (!stream.writable) {
        lose()
        return 'gone'
      }
      written++
      return stream.write(line) ? 'open' : 'full'
    },
    flush: () =>
      new Promise((resolve) => {
        stream.flush((error) => resolve(error ? nobody : settled()))
      }),
    async close() {
      await allRead()
      const result = await control.close()
      // From here on `end` has nothing to wait for, so it does not hold this thread.
      isClosing = true
      stream.end()
      await closed
      return result
    },
    stats: () => control.stats(),
    abandon() {
      isClosing = true
      control.dispose()
      letGo(stream)
      void stream.worker?.terminate()
    },
    lastWords(hasHook) {
      if (!isReady && !herald.isHeardWithin(startMs)) return letGo(stream)
      const { flushSync } = stream
      stream.flushSync = () => {
        try {
          flushSync.call(stream)
        } catch {
          // The worker reads no more. pino's hook would end the process with this error in the place of its own.
        }
      }
      if (hasHook) return
      stream.flushSync()
      stream.end()
    },
  }
}

/** Takes the stream out of pino's hook on the exit, which would wait for it. */
function letGo(stream: WorkerStream): void {
  stream.flushSync = () => {}
  stream.end = () => {}
}

function startWorker({ options, levels }: RoadSetup, name: string): WorkerStream {
  const target: Parameters<typeof pino.transport>[0] & { readonly caller?: string } = {
    target: 'alert-core/worker',
    options: { ...options, [controlKey]: name },
    ...(import.meta.url === undefined ? {} : { caller: import.meta.url }),
  }
  const stream = pino.transport(target) as unknown as WorkerStream
  const labels = Object.fromEntries(Object.entries(levels).map(([label, number]) => [number, label]))
  stream.emit('message', {
    code: 'PINO_CONFIG',
    config: { levels: { labels, values: { ...levels } }, messageKey: 'msg', errorKey: 'err' },
  })
  return stream
}
