/**
 * Errors that end the process without a log call. Node announces each uncaught error to
 * `uncaughtExceptionMonitor`, which changes nothing about how the process ends; if it exits with a code other
 * than 0 soon after, the error becomes a record, unless the application has logged it.
 */
import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads'
import type { WireConfig } from '../hub/hub-types.ts'
import { createGate } from '../read/gate.ts'
import { toPlain } from '../read/plain.ts'
import { isObjectOrList } from '../text/get-path.ts'
import { parseJson } from '../text/parse-json.ts'

export interface Crash {
  readonly origin: string
  readonly message: string
  /** Plain data; absent if what was thrown is not an object. */
  readonly err?: unknown
  /** The start of the stack, as a line of JSON contains it. */
  readonly stackStart?: string
  /** Epoch ms. */
  readonly at: number
}

export interface CrashWriter {
  /** Equal for writers with the same hub: one of them is enough. */
  hubKey(): unknown
  writeCrash(crash: Crash): void
}

/** An application's own handler may need some time before it exits. */
const maxAgeMs = 30_000
const fatal = 60
const writers = new Set<CrashWriter>()
let isWatching = false
let last: Crash | undefined

/** A crash is written to this one until the function that it returns is called. */
export function addCrashWriter(writer: CrashWriter): () => void {
  watchCrashes()
  writers.add(writer)
  return () => writers.delete(writer)
}

/** At the exit of the process: writes the error that has caused it. */
export function writeCrash(exitCode: number): void {
  const crash = crashAtExit(exitCode)
  if (crash === undefined) return
  const done = new Set<unknown>()
  for (const writer of writers) {
    if (done.has(writer.hubKey())) continue
    done.add(writer.hubKey())
    writer.writeCrash(crash)
  }
}

function watchCrashes(): void {
  if (isWatching) return
  isWatching = true
  process.on('uncaughtExceptionMonitor', (error: unknown, origin) => {
    last = describeCrash(error, origin)
  })
}

function crashAtExit(exitCode: number): Crash | undefined {
  return exitCode !== 0 && last !== undefined && Date.now() - last.at < maxAgeMs ? last : undefined
}

/** Never throws, whatever was thrown. */
function describeCrash(error: unknown, origin: string): Crash {
  const at = Date.now()
  const err = toPlain(error)
  if (!isObjectOrList(err)) return { origin, message: String(err), at }
  const { message, stack } = err as { readonly message?: unknown; readonly stack?: unknown }
  return {
    origin,
    message: typeof message === 'string' ? message : 'an object that is not an error',
    err,
    ...(typeof stack === 'string' && stack.includes('\n') && { stackStart: startOf(stack) }),
    at,
  }
}

/** Up to the first frame. */
function startOf(stack: string): string {
  const frame = stack.indexOf('\n    at ')
  const end = stack.indexOf('\n', frame + 1)
  return inJson(stack.slice(0, end === -1 ? stack.length : end))
}

function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1)
}

/** The line that a logger would have written. */
export function crashLine({ origin, message, err, at }: Crash, { messageKey, errorKey }: WireConfig): string {
  const record = {
    level: fatal,
    time: at,
    // With an error the message names only the kind, so that an alert shows the error and its root cause.
    [messageKey ?? 'msg']: err === undefined ? `${origin}: ${message}` : origin,
    ...(err !== undefined && { [errorKey ?? 'err']: err }),
    crash: origin,
  }
  return `${JSON.stringify(record)}\n`
}

/** The last lines, which say whether the application has logged a crash itself. */
export interface RecentLines {
  add(lines: string): void
  /** True for a line with the same stack, and for an error with the same message. */
  include(crash: Crash): boolean
}

const maxRecent = 8
const leastMessage = 3

export function createRecentLines(levels: WireConfig['levels']): RecentLines {
  const recent: string[] = []
  let next = 0
  return {
    add(lines) {
      recent[next] = lines
      next = (next + 1) % maxRecent
    },
    include({ message, stackStart }) {
      const isError = createGate({ level: 50, levels })
      const text = inJson(message)
      return recent.some(
        (line) =>
          (stackStart !== undefined && line.includes(stackStart)) ||
          (text.length >= leastMessage && line.includes(text) && isError(line)),
      )
    },
  }
}

/**
 * A pino target's worker cannot see the errors of the application's thread, and a message could come before
 * the worker is up, or after its end: the crash lies in memory that every worker started from this thread
 * shares.
 */
const environmentKey = 'alert-core:crash'
const sharedBytes = 64 * 1024
const headerBytes = 4
/** Read at once: a preload in the worker itself may set another one. */
const inherited: unknown = getEnvironmentData(environmentKey)
let isShared = false

/** From now on pino targets whose workers start from this thread get its crash. */
export function shareCrashes(): void {
  if (isShared) return
  isShared = true
  watchCrashes()
  const shared = new SharedArrayBuffer(sharedBytes)
  setEnvironmentData(environmentKey, shared)
  // Before pino's own listener, which ends the stream and waits.
  process.prependListener('exit', (exitCode) => {
    const crash = crashAtExit(exitCode)
    if (crash !== undefined) writeShared(shared, crash)
  })
}

function writeShared(shared: SharedArrayBuffer, crash: Crash): void {
  const { err: _, ...short } = crash
  const room = sharedBytes - headerBytes
  const whole = Buffer.from(JSON.stringify(crash))
  const bytes = whole.length <= room ? whole : Buffer.from(JSON.stringify(short)).subarray(0, room)
  new Uint8Array(shared, headerBytes).set(bytes)
  Atomics.store(new Int32Array(shared, 0, 1), 0, bytes.length)
}

/** In a target's worker: the crash of the thread that has started it, once that exits. */
export function readSharedCrash(): Crash | undefined {
  if (!(inherited instanceof SharedArrayBuffer)) return undefined
  const length = Atomics.load(new Int32Array(inherited, 0, 1), 0)
  if (length === 0) return undefined
  const text = Buffer.from(new Uint8Array(inherited, headerBytes, length)).toString()
  return parseJson(text) as Crash | undefined
}
