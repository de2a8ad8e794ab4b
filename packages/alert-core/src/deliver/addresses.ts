/**
 * The addresses that a channel's messages are shared among: several robots of a group, several webhooks. Each has its own
 * pace and its own pause; the next message goes to the one that has rested longest.
 */
import { createRateLimiter } from '../time/rate-limit.ts'

/** Which address is asked next, and when; all times are those of `now`. */
export interface Addresses {
  /** Milliseconds until one of them may be asked by its pace; 0 is now. */
  waitMs(): number
  /** Until when every one wants to be left alone; in the past where one does not. */
  heldUntil(): number
  /** The number of the one to ask now, from 0; counted against its pace. */
  take(): number
  /** Leaves this one alone until then. */
  hold(address: number, until: number): void
}

const never = Number.NEGATIVE_INFINITY

/** Makes so many addresses, at least one, of the same pace each. */
export function createAddresses(
  count: number,
  pace: { readonly perSecond?: number; readonly perMinute?: number },
  now: () => number,
): Addresses {
  const all = Array.from({ length: Math.max(1, count) }, () => ({
    limiter: createRateLimiter(pace, now),
    heldUntil: never,
    usedAt: 0,
  }))
  let uses = 0

  const restMs = ({ limiter, heldUntil }: (typeof all)[number]) =>
    Math.max(limiter.waitMs(), heldUntil - now(), 0)

  return {
    waitMs: () => Math.min(...all.map(restMs)),
    heldUntil: () => Math.min(...all.map(({ heldUntil }) => heldUntil)),
    take() {
      // The last tries before an end are made out of turn: then the one that is free soonest.
      // Each is asked once: the clock moves between two askings.
      const rests = all.map(restMs)
      const soonest = Math.min(...rests)
      const free = all.filter((_, index) => rests[index] === soonest)
      const next = free.reduce((a, b) => (b.usedAt < a.usedAt ? b : a))
      next.limiter.take()
      next.usedAt = ++uses
      return all.indexOf(next)
    },
    hold(address, until) {
      const one = all[address]
      if (one) one.heldUntil = until
    },
  }
}
