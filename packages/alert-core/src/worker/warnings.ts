/**
 * Problems of the adapters are said by `process.emitWarning`, never through the logger that they serve; each
 * kind once in a process.
 */
import { writeSync } from 'node:fs'
import type { AlertEvent } from '../model.ts'

const codes = {
  inline: 'ALERT_WORKER_UNAVAILABLE',
  thread: 'ALERT_PROCESS_UNAVAILABLE',
  full: 'ALERT_RECORDS_DROPPED',
  nested: 'ALERT_LOGGER_NESTED',
  unended: 'ALERT_UNDELIVERED',
  unread: 'ALERT_UNDELIVERED',
} as const
const warned = new Set<string>()

/** No worker could be started, because of `error`. */
export function warnInline(error: unknown): void {
  const how = `alerts are sent from the application's own thread.`
  warn('inline', `No worker thread can be started (${reasonOf(error)}): ${how}`)
}

/** No process could be started, because of `error`. */
export function warnThread(error: unknown): void {
  warn(
    'thread',
    `No process can be started for alerts (${reasonOf(error)}): a worker thread takes its place.`,
  )
}

/** There is no room for more lines. */
export function warnFull(): void {
  warn('full', 'Records come faster than the worker takes them: some are counted, and not matched.')
}

/** A logger inside the alerting itself: its alerts would come back to it. */
export function warnNested(): void {
  const why = 'its records would come back to it.'
  warn(
    'nested',
    `A logger inside the alerting (of a channel module, or of a preload) raises no alerts: ${why}`,
  )
}

/** The time is up, and the worker has not sent everything. */
export function warnUnended(isExiting: boolean): void {
  warn('unended', 'The worker was ended before it had sent everything.', isExiting)
}

/** The process ends, and so many lines were never read. */
export function warnUnread(lines: number): void {
  const what = lines === 1 ? '1 record was' : `${lines} records were`
  warn('unread', `The process ended before alerts could be sent: ${what} not read.`, true)
}

/** An internal error of a hub outside this thread. */
export function warnError(event: AlertEvent, isExiting = false): void {
  if (event.type === 'error') warnOf(event.message, event.code, isExiting)
}

function warn(kind: keyof typeof codes, message: string, isExiting = false): void {
  if (warned.has(kind)) return
  warned.add(kind)
  warnOf(message, codes[kind], isExiting)
}

/**
 * `process.emitWarning` emits in the next turn, and at the exit there is none. Node's own listener prints it,
 * unless `--no-warnings` is set.
 */
export function warnOf(message: string, code: string, isExiting: boolean): void {
  if (!isExiting) process.emitWarning(message, { type: 'AlertWarning', code })
  else process.emit('warning', Object.assign(new Error(message), { name: 'AlertWarning', code }))
}

/**
 * For pino's worker: a warning there is printed by the application's thread, which may be parked for the
 * exit. Without a listener for warnings Node runs with `--no-warnings`.
 */
export function warnFromWorker(message: string, code: string): void {
  if (process.listenerCount('warning') === 0) return
  try {
    writeSync(2, `(node:${process.pid}) [${code}] AlertWarning: ${message}\n`)
  } catch {
    warnOf(message, code, false)
  }
}

/** Why a worker could not start, or is gone. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'it ended by itself'
  return error.message.split('\n', 1)[0]!.slice(0, 300)
}
