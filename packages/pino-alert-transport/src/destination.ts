/**
 * The application's own destination, wrapped: what it can do, the stream around it can do as well.
 */
import { Writable } from 'node:stream'
import type { FlushResult } from 'alert-core'
import type { Adapter } from 'alert-core/adapter'

/** Anything that pino writes to: `pino.destination`, a stream, `process.stdout`. */
export interface Destination {
  write(line: string): unknown
}

/** The part of a destination that is called here; each method may be missing. */
interface Methods extends Destination {
  write(line: string, done?: (error?: Error | null) => void): unknown
  flush?(done: (error?: Error | null) => void): unknown
  flushSync?(): unknown
  end?(): unknown
  emit?(event: string, ...values: unknown[]): boolean
  on?(event: string, listener: unknown): unknown
  once?(event: string, listener: unknown): unknown
  off?(event: string, listener: unknown): unknown
}

/** The stream around it. */
interface Outer extends Pick<Adapter, 'on' | 'once' | 'off'> {
  flush(): Promise<FlushResult>
  flushSync(): void
  end(): void
  emit(event: string, ...values: unknown[]): boolean
}

const heard = ['on', 'once', 'off'] as const

/** Makes of `stream` one that also does what `destination` does, and passes on what is not for us. */
export function wrapDestination(stream: Outer, destination: Destination): void {
  const target = destination as Methods
  const { flush, flushSync, end, emit } = stream
  const added: Partial<Record<keyof Methods, (...given: never[]) => unknown>> = {
    async flush(done?: (error?: Error | null) => void) {
      const written = whenWritten(target)
      const result = await flush()
      if (done !== undefined) void written.then(done)
      return result
    },
    flushSync() {
      try {
        if (typeof target.flushSync === 'function') target.flushSync()
      } finally {
        flushSync()
      }
    },
    end() {
      end()
      target.end?.()
    },
    emit(event: string, ...values: unknown[]) {
      const isOurs = emit(event, ...values)
      return target.emit?.(event, ...values) === true || isOurs
    },
  }
  for (const name of heard) {
    const own = stream[name]
    added[name] = function (this: Outer, event: 'alert', listener: never) {
      if (event === 'alert') return own.call(this, event, listener)
      target[name]?.(event, listener)
      return this
    }
  }
  Object.assign(stream, added)
  // Asked only for what the stream does not have itself, so that no line passes through it.
  Object.setPrototypeOf(stream, new Proxy(destination, passOn))
}

/**
 * True if a logger writes to `stream` and nowhere else. OpenTelemetry's instrumentation of pino makes a
 * multistream of each destination and a stream of its own, which prints nothing.
 */
export function isOnlyDestination(given: unknown, stream: unknown): boolean {
  if (given === stream) return true
  const { streams } = (given ?? {}) as { streams?: readonly { readonly stream: object }[] }
  return (
    Array.isArray(streams) &&
    streams.some((each) => each.stream === stream) &&
    streams.every((each) => each.stream === stream || each.stream.constructor?.name === 'OTelPinoStream') &&
    streams.length > 1
  )
}

/** Resolves when the destination has written its buffer, to the error if it cannot. */
function whenWritten(target: Methods): Promise<Error | null | undefined> {
  return new Promise((resolve) => {
    try {
      // Under this name a stream of a file has an option.
      if (typeof target.flush === 'function') target.flush(resolve)
      else if (isWaiting(target)) return void target.write('', resolve)
      // One that takes no callback is done when it returns, as far as anybody can know.
      if (typeof target.flush !== 'function' || target.flush.length === 0) resolve(undefined)
    } catch (error) {
      resolve(error as Error)
    }
  })
}

/** True for a stream of Node that holds text; it calls back for an empty one when what came before is out. */
function isWaiting(target: Methods): boolean {
  return target instanceof Writable && target.writableLength > 0
}

/** Methods and setters of the destination expect it as `this`. */
const passOn: ProxyHandler<Destination> = {
  get(destination, name) {
    const value: unknown = Reflect.get(destination, name)
    return typeof value === 'function' && name !== 'constructor' ? value.bind(destination) : value
  },
  set: (destination, name, value) => Reflect.set(destination, name, value),
}
