/**
 * When to start a worker again that has died: after a second, then twice as long each time up to a minute, so that one which cannot live
 * costs nothing.
 */

export interface Repair {
  /** It has died: tries again in a while. */
  later(): void
  /** It is up. */
  worked(): void
  isWaiting(): boolean
  stop(): void
}

const firstMs = 1_000
const maxMs = 60_000

/** `again` is called when a new attempt is due. */
export function createRepair(again: () => void): Repair {
  let delayMs = firstMs
  let upSince = Number.POSITIVE_INFINITY
  let timer: NodeJS.Timeout | undefined

  return {
    later() {
      // One that held for long has not failed again, but for the first time.
      if (performance.now() - upSince > maxMs) delayMs = firstMs
      upSince = Number.POSITIVE_INFINITY
      timer = setTimeout(() => {
        timer = undefined
        again()
      }, delayMs)
      timer.unref()
      delayMs = Math.min(delayMs * 2, maxMs)
    },
    worked() {
      if (upSince === Number.POSITIVE_INFINITY) upSince = performance.now()
    },
    isWaiting: () => timer !== undefined,
    stop() {
      clearTimeout(timer)
      timer = undefined
    },
  }
}
