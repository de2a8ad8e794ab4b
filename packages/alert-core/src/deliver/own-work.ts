/**
 * What the alerting itself does, where it shares its thread with the application: a channel of the user's own, or a watch on `fetch`, may log
 * through the very logger whose records are told. Told of that, it would never come to an end.
 */
import { AsyncLocalStorage } from 'node:async_hooks'

const own = new AsyncLocalStorage<true>()
let isWatched = false

/** From now on it is known what belongs to the alerting; until then nobody pays for it. */
export function watchOwnWork(): void {
  isWatched = true
}

/** Does `work`, with all that comes of it, as the alerting's own. */
export function asOwnWork<Result>(work: () => Result): Result {
  return isWatched ? own.run(true, work) : work()
}

/** Whether who calls this was called, however late, by the alerting itself. */
export function isOwnWork(): boolean {
  return isWatched && own.getStore() === true
}
