/**
 * Troubles of the doors' own are told by `process.emitWarning`, never through the logger they serve; each kind once a process.
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
const notified = new Set<string>()

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

/** The backlog is full. */
export function warnFull(): void {
  warn('full', 'Records come faster than the worker takes them: some are counted, and not looked at.')
}

/** A logger in a place from which alerts would come back to it. */
export function warnNested(): void {
  const why = 'its records would come back to it.'
  warn(
    'nested',
    `A logger inside the alerting (of a channel module, or of a preload) raises no alerts: ${why}`,
  )
}

/** It is over, and the worker has not said that it has told everything. */
export function warnUnended(isExiting: boolean): void {
  warn('unended', 'The worker was given up before it had told everything.', isExiting)
}

/** The process is at its end, and so many lines were never looked at. */
export function warnUnread(lines: number): void {
  const what = lines === 1 ? '1 record was' : `${lines} records were`
  warn('unread', `The process ended before alerts could be told: ${what} not looked at.`, true)
}

/** A trouble of a hub away from this thread. */
export function warnError(event: AlertEvent, isExiting = false): void {
  if (event.type === 'error') warnOf(event.message, event.code, isExiting)
}

function warn(kind: keyof typeof codes, message: string, isExiting = false): void {
  if (notified.has(kind)) return
  notified.add(kind)
  warnOf(message, codes[kind], isExiting)
}

/** `process.emitWarning` speaks in the next turn; on the exit there is none. Node's own listener prints it, unless told not to. */
export function warnOf(message: string, code: string, isExiting: boolean): void {
  if (!isExiting) process.emitWarning(message, { type: 'AlertWarning', code })
  else process.emit('warning', Object.assign(new Error(message), { name: 'AlertWarning', code }))
}

/**
 * In pino's worker, which has no say in the application's thread: a warning there is printed by that thread, and it may be parked for the exit.
 * Where nobody listens to warnings, Node was told not to print them.
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
