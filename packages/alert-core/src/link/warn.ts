/**
 * Troubles of the doors' own are told by `process.emitWarning`, never through the logger they serve; each kind once a process.
 */

const codes = {
  inline: 'ALERT_WORKER_UNAVAILABLE',
  thread: 'ALERT_PROCESS_UNAVAILABLE',
  full: 'ALERT_RECORDS_DROPPED',
  nested: 'ALERT_LOGGER_NESTED',
} as const
const told = new Set<string>()

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

function warn(kind: keyof typeof codes, message: string): void {
  if (told.has(kind)) return
  told.add(kind)
  process.emitWarning(message, { type: 'AlertWarning', code: codes[kind] })
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'it ended at once'
  return error.message.split('\n', 1)[0]!.slice(0, 300)
}
