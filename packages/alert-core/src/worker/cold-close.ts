/** How long pino's worker may take to end if that comes right after its start, which was waited for as well. */
import { leastCloseMs } from './thread.ts'

/** An end so soon after the start was already waited for during the start. */
const coldMs = 100

/** Moments in ms, on the clock of this thread's `performance.now()`. */
interface Moments {
  /** When the thread began. */
  readonly startedAt: number
  /** When its hub was open. */
  readonly upAt: number
  readonly now: number
}

/** Undefined: as long as after any other start. */
export function coldCloseMs(closeTimeoutMs: number, { startedAt, upAt, now }: Moments): number | undefined {
  if (now - upAt > coldMs) return undefined
  return Math.max(leastCloseMs, closeTimeoutMs - (upAt - startedAt))
}

/** In Node `performance.now()` counts from the start of the process in its threads too; Bun and Deno do not say. */
export function threadStart(): number {
  const { nodeTiming } = performance as Partial<typeof performance>
  return nodeTiming?.environment ?? 0
}
