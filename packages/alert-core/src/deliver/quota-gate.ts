/**
 * What falls back on a channel waits for its quota: it is released when that has room, and charged when it is
 * delivered.
 */
import type { Clock } from '../time/clock.ts'
import type { Delivery } from './delivery.ts'
import type { Outcomes } from './outcomes.ts'
import type { ChannelQuota } from './queue-types.ts'
import type { WaitingList } from './waiting-list.ts'

/** What the gate of a queue depends on. */
export interface QuotaGateOptions {
  readonly quota: ChannelQuota
  readonly waiting: WaitingList
  readonly delivery: Delivery
  readonly outcomes: Outcomes
  readonly clock: Clock
  /** Epoch ms. */
  readonly wallNow: () => number
  readonly isClosing: () => boolean
}

/** The gate between what is deferred and what is ready. */
export interface QuotaGate {
  /** Releases what is deferred, if the quota has room; else reports once that it waits. */
  release(): void
  /** Milliseconds until the quota has room for what is deferred; `Infinity` if nothing is. */
  waitMs(): number
}

/** Makes the gate of one queue. */
export function createQuotaGate(options: QuotaGateOptions): QuotaGate {
  const { quota, waiting, delivery, outcomes, clock, wallNow, isClosing } = options
  let isReported = false

  return {
    release() {
      const first = waiting.firstDeferred()
      // What is in flight may still be charged.
      if (first === undefined || delivery.inFlight().length > 0) return
      const roomAt = quota.roomAt()
      if (roomAt <= wallNow()) {
        waiting.release(clock.now())
        isReported = false
      } else if (!isReported && !isClosing()) {
        isReported = true
        outcomes.deferred(first, roomAt)
      }
    },
    waitMs: () => (waiting.firstDeferred() ? quota.roomAt() - wallNow() : Number.POSITIVE_INFINITY),
  }
}
