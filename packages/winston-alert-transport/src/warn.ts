/**
 * Troubles of the transport's own are told by `process.emitWarning`, never through the logger it serves; each kind once.
 */

const codes = { inline: 'ALERT_WORKER_UNAVAILABLE', full: 'ALERT_RECORDS_DROPPED' } as const
const told = new Set<string>()

/** No worker could be started, because of `error`. */
export function warnInline(error: unknown): void {
  const why = error instanceof Error ? firstLine(error) : 'it ended at once'
  warn(
    'inline',
    `No worker thread can be started (${why}): alerts are sent from the application's own thread.`,
  )
}

/** The backlog is full. */
export function warnFull(): void {
  warn('full', 'Records come faster than the worker takes them: some are counted, and not looked at.')
}

function warn(kind: keyof typeof codes, message: string): void {
  if (told.has(kind)) return
  told.add(kind)
  process.emitWarning(message, { type: 'AlertWarning', code: codes[kind] })
}

function firstLine(error: Error): string {
  return error.message.split('\n', 1)[0]!.slice(0, 300)
}
