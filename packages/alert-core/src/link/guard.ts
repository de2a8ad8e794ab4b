/**
 * In a thread or process that is the hub's own, an error that nobody caught (a channel module's) must not end the alerting.
 */
import { cleanLine, cutChars } from '../kernel/text.ts'
import type { AlertEvent } from '../model.ts'

/** Tells stray errors as events instead of dying of them. */
export function guard(onEvent: (event: AlertEvent) => void): void {
  const tell = (error: unknown) => {
    const message = cutChars(cleanLine(error instanceof Error ? error.message : String(error)), 200)
    onEvent({ type: 'fault', code: 'stray-error', message, at: Date.now() })
  }
  process.on('uncaughtException', tell)
  process.on('unhandledRejection', tell)
}
