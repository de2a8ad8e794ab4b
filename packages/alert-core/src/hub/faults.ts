/**
 * Troubles that nobody can be told of by an alert: an event for those who subscribe, and a warning of the process. Secrets are hidden.
 */
import type { Clock } from '../kernel/clock.ts'
import type { Report } from '../report.ts'

/** Says what is wrong, by its code. */
export interface Faults {
  say(code: string, message: string): void
  /** A turn later, so that those hear it who subscribe to a hub that was just opened. */
  saySoon(code: string, message: string): void
}

/** `mask` hides the secrets of the options; `warn` is how the process is warned. */
export function createFaults(
  report: Report,
  clock: Clock,
  mask: (text: string) => string,
  warn = warnProcess,
): Faults {
  function say(code: string, message: string): void {
    const told = mask(message)
    report.emit({ type: 'fault', code, message: told, at: clock.now() })
    warn(told, code)
  }
  return { say, saySoon: (code, message) => queueMicrotask(() => say(code, message)) }
}

function warnProcess(message: string, code: string): void {
  process.emitWarning(message, { code, type: 'AlertWarning' })
}
