/**
 * Marks what the alerting itself does while it shares a thread with the application: a channel of the user's
 * own, or a watch on `fetch`, may log through the very logger that is watched. An alert about such a record
 * would cause the next.
 */
import { AsyncLocalStorage } from 'node:async_hooks'

/** What runs in it is the alerting's own; undefined as long as it need not be marked, which costs nothing. */
export let ownWork: AsyncLocalStorage<true> | undefined

/** From now on own work is marked. */
export function watchOwnWork(): void {
  ownWork ??= new AsyncLocalStorage()
}

/** Whether the caller was started, however long ago, by the alerting itself. */
export function isOwnWork(): boolean {
  return ownWork?.getStore() === true
}
