/**
 * What falls back on a channel keeps to its quota: it is charged when it is delivered, and if there is no
 * room it falls back further, or waits.
 */
import type { Clock } from '../time/clock.ts'
import type { Delivery } from './delivery.ts'
import type { Outcomes } from './outcomes.ts'
import type { ChannelQuota } from './queue-types.ts'
import { failAll, type WaitingList } from './waiting-list.ts'

/** What the gate of a queue depends on. */
export interface QuotaGateOptions {
  readonly quota: ChannelQuota
  readonly waiting: WaitingList
  readonly delivery: Delivery
  readonly outcomes: Outcomes
  /** Name of the fallback channel. */
  readonly fallback?: string
  readonly clock: Clock
  /** Epoch ms. */
  readonly wallNow: () => number
  readonly isClosing: () => boolean
}

/** The gate between what is deferred and what is ready. */
export interface QuotaGate {
  /**
   * Releases what is deferred if the quota has room. Else fails it if it can fall back, or reports once that
   * it waits.
   */
  release(): void
  /** Milliseconds until the quota has room for what is deferred; `Infinity` if nothing is. */
  waitMs(): number
}

/** Makes the gate of one queue. */
export function createQuotaGate(options: QuotaGateOptions): QuotaGate {
  const { quota, waiting, delivery, outcomes, fallback, clock, wallNow, isClosing } = options
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
      } else if (fallback !== undefined) {
        failAll(waiting.takeDeferred(), { reason: 'quota', why: 'its quota is exhausted' }, outcomes)
      } else if (!isReported && !isClosing()) {
        isReported = true
        outcomes.deferred(first, roomAt)
      }
    },
    waitMs: () => (waiting.firstDeferred() ? quota.roomAt() - wallNow() : Number.POSITIVE_INFINITY),
  }
}
