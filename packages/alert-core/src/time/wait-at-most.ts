/**
 * Waiting with a limit.
 */
import type { Clock, Timer } from './clock.ts'

/** Waits for the work, but no longer than `ms`. */
export async function waitAtMost(work: Promise<unknown>, ms: number, clock: Clock): Promise<void> {
  let timer: Timer | undefined
  await Promise.race([work, new Promise<void>((resolve) => (timer = clock.after(ms, resolve)))])
  timer?.cancel()
}
