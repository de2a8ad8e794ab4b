/**
 * Marks what the alerting itself does while it shares a thread with the application: a channel of the user's
 * own, or a watch on `fetch`, may log through the very logger that is watched. An alert about such a record
 * would cause the next.
 */
import { AsyncLocalStorage } from 'node:async_hooks'

const own = new AsyncLocalStorage<true>()
let isWatched = false

/** From now on own work is marked; until then the marking costs nothing. */
export function watchOwnWork(): void {
  isWatched = true
}

/** Marks `work`, and whatever it starts, as the alerting's own. */
export function asOwnWork<Result>(work: () => Result): Result {
  return isWatched ? own.run(true, work) : work()
}

/** Whether the caller was started, however long ago, by the alerting itself. */
export function isOwnWork(): boolean {
  return isWatched && own.getStore() === true
}
