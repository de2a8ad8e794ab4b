/**
 * Which lines are worth a moment of the application's thread: with a state directory a critical record is on disk as soon as the worker has read
 * it, and then not even SIGKILL in the same tick keeps it from being told. pino does the same for every fatal record.
 */

/** The longest that a record waits to be read. */
export const urgentMs = 1_000
/** One that follows another so soon is not waited for: a storm of critical records must not stop the application. */
const pauseMs = 100

const saysCritical = /"alert":\{[^{}]*"severity":"critical"/

/** Tells for each line, as `writeLine` makes them, whether to wait for it; never where nothing is kept. */
export function createUrgency(isKept: boolean): (line: string) => boolean {
  let lastAt = Number.NEGATIVE_INFINITY
  return (line) => {
    if (!isKept || !(line.startsWith('{"level":6') || saysCritical.test(line))) return false
    const now = performance.now()
    if (now - lastAt < pauseMs) return false
    lastAt = now
    return true
  }
}
