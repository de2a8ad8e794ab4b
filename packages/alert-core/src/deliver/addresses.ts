/**
 * The addresses that share a channel's messages: several robots of a group, several webhooks. Each has its
 * own pace and its own pause; the next message goes to the one that has rested longest. Around them, the
 * circuit breaker: once none is left that takes messages, none is asked.
 */
import type { Receipt } from '../model.ts'
import { createRateLimiter } from '../time/rate-limit.ts'
import type { SenderLayer } from './sender-layer.ts'

/** Which address is asked next, and when; all times are those of `now`. */
export interface Addresses {
  /** Milliseconds until one of them may be asked; 0 is now. */
  waitMs(): number
  /** Until when all of them are paused; in the past if one is not. */
  pausedUntil(): number
  /** The number of the one to ask now, from 0; counted against its pace. */
  take(): number
  pause(address: number, until: number): void
}

/** What the addresses of a channel have in common. */
export interface AddressesOptions {
  /** How many they are; default 1. */
  readonly addresses?: number
  readonly limits: { readonly perSecond?: number; readonly perMinute?: number }
  readonly now: () => number
}

/**
 * Gives each message to one of the addresses. One that is gone is skipped for a while, and another one asked.
 */
export function withAddresses(inner: SenderLayer, options: AddressesOptions): SenderLayer {
  const { addresses: count = 1, limits, now } = options
  const addresses = createAddresses(count, limits, now)

  return {
    ...inner,
    async send(message, attempt) {
      const address = addresses.take()
      const receipt = await inner.send(message, { ...attempt, address })
      if (receipt.status === 'failed') {
        if (!isLost(receipt)) return receipt
        const at = now()
        addresses.pause(address, at + lostPauseMs)
        const isLast = addresses.pausedUntil() > at
        return isLast ? receipt : { status: 'retry', why: receipt.why, again: true }
      }
      if (receipt.delayMs === undefined) return receipt
      const at = now()
      addresses.pause(address, at + receipt.delayMs)
      // Another address need not wait for this one.
      return { ...receipt, delayMs: Math.max(0, addresses.pausedUntil() - at) }
    },
    waitMs: addresses.waitMs,
    pausedUntil: addresses.pausedUntil,
  }
}

const never = Number.NEGATIVE_INFINITY

/** Makes so many addresses, at least one, of the same pace each. */
export function createAddresses(
  count: number,
  pace: AddressesOptions['limits'],
  now: () => number,
): Addresses {
  const hasPace = pace.perSecond !== undefined || pace.perMinute !== undefined
  const all = Array.from({ length: Math.max(1, count) }, () => ({
    limiter: hasPace ? createRateLimiter(pace, now) : undefined,
    pausedUntil: never,
    usedAt: 0,
  }))
  let uses = 0

  const restMs = ({ limiter, pausedUntil }: (typeof all)[number]) =>
    Math.max(limiter?.waitMs() ?? 0, pausedUntil === never ? 0 : pausedUntil - now(), 0)

  return {
    waitMs: () => Math.min(...all.map(restMs)),
    pausedUntil: () => Math.min(...all.map(({ pausedUntil }) => pausedUntil)),
    take() {
      // The last tries before an end are made out of turn: then the one that is free soonest.
      // Each rest is computed once: the clock moves between two computations.
      const rests = all.map(restMs)
      const soonest = Math.min(...rests)
      const free = all.filter((_, index) => rests[index] === soonest)
      const next = free.reduce((a, b) => (b.usedAt < a.usedAt ? b : a))
      next.limiter?.take()
      next.usedAt = ++uses
      return all.indexOf(next)
    },
    pause(address, until) {
      const one = all[address]
      if (one) one.pausedUntil = until
    },
  }
}

// ── the circuit breaker

/** For how long an address that refused us is not asked. */
const lostPauseMs = 300_000

/** Wrong credentials, forbidden, or an address that does not exist (any more). */
const lostStatuses: readonly (number | undefined)[] = [401, 403, 404, 410]

/** True for a refusal that the next message would meet as well. */
function isLost(receipt: Receipt & { readonly status: 'failed' }): boolean {
  return receipt.lasting === true || lostStatuses.includes(receipt.httpStatus)
}

/**
 * The outermost layer: a channel whose address or credentials were refused is not asked for a while. Another
 * request at once changes nothing, and providers block those who insist. After a lasting refusal every
 * message fails at once, until one attempt after the pause decides anew.
 */
export function withBreaker(inner: SenderLayer, { now }: { readonly now: () => number }): SenderLayer {
  let openUntil = never
  let why = ''
  const isOpen = () => openUntil !== never && now() < openUntil

  return {
    ...inner,
    async send(message, attempt) {
      if (isOpen()) return { status: 'failed', why, reason: 'breaker' }
      const receipt = await inner.send(message, attempt)
      if (receipt.status === 'failed' && isLost(receipt)) {
        openUntil = now() + lostPauseMs
        why = receipt.why
      }
      return receipt
    },
    // What it refuses by itself has nothing to wait for.
    waitMs: () => (isOpen() ? 0 : inner.waitMs()),
    pausedUntil: () => (isOpen() ? never : inner.pausedUntil()),
  }
}
