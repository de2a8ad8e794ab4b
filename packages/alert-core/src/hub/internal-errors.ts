/**
 * Troubles that nobody can be told of by an alert: an event for those who subscribe, and a warning of the process. Secrets are hidden.
 */
import type { Clock } from '../time/clock.ts'
import type { Events } from './stats.ts'

/** Says what is wrong, by its code. */
export interface InternalErrors {
  report(code: string, message: string): void
  /** A turn later, so that those hear it who subscribe to a hub that was just opened. */
  reportLater(code: string, message: string): void
}

/** `mask` hides the secrets of the options; `warn` is how the process is warned. */
export function createInternalErrors(
  events: Events,
  clock: Clock,
  mask: (text: string) => string,
  warn = warnProcess,
): InternalErrors {
  function report(code: string, message: string): void {
    const notified = mask(message)
    events.emit({ type: 'error', code, message: notified, at: clock.now() })
    warn(notified, code)
  }
  return { report, reportLater: (code, message) => queueMicrotask(() => report(code, message)) }
}

function warnProcess(message: string, code: string): void {
  process.emitWarning(message, { code, type: 'AlertWarning' })
}
