/**
 * In a thread or process that is the hub's own, an error that nobody caught (a channel module's) must not end the alerting.
 */
import type { Hub } from '../hub/hub-types.ts'
import { cleanLine, cutChars } from '../text/text.ts'

/** From now on the hub tells of stray errors, instead of the thread or process dying of them. */
export function guard(hub: Pick<Hub, 'reportInternalError'>): void {
  const tell = (error: unknown) => {
    const message = cutChars(cleanLine(error instanceof Error ? error.message : String(error)), 200)
    hub.reportInternalError('ALERT_UNCAUGHT_ERROR', `Nobody caught an error: ${message}`)
  }
  process.on('uncaughtException', tell)
  process.on('unhandledRejection', tell)
}
