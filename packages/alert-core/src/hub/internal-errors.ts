/**
 * Problems of the library itself that are not alerts: an event for subscribers and a warning of the process.
 * Secrets are hidden.
 */
import type { Clock } from '../time/clock.ts'
import type { OptionsInForce } from './compiled-options.ts'
import type { Events } from './events.ts'

export interface InternalErrorsOptions {
  readonly events: Events
  readonly clock: Clock
  readonly inForce: OptionsInForce
  readonly warn?: ((message: string, code: string) => void) | undefined
}

export interface InternalErrors {
  report(code: string, message: string): void
  /** One turn later, so that it reaches those who subscribe to a hub right after opening it. */
  reportLater(code: string, message: string): void
}

export function createInternalErrors(options: InternalErrorsOptions): InternalErrors {
  const { events, clock, inForce, warn = warnProcess } = options

  function report(code: string, message: string): void {
    const masked = inForce.compiled.mask(message)
    events.emit({ type: 'error', code, message: masked, at: clock.now() })
    warn(masked, code)
  }

  return { report, reportLater: (code, message) => queueMicrotask(() => report(code, message)) }
}

function warnProcess(message: string, code: string): void {
  process.emitWarning(message, { code, type: 'AlertWarning' })
}
