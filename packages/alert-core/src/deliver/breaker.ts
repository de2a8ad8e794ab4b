/**
 * A channel whose address or credentials were turned down is left alone for a while: asking again at once changes
 * nothing, and providers block those who insist.
 */
import type { Receipt } from '../model.ts'

/** Tells whether a channel may be asked. */
export interface Breaker {
  /** True while no request is to be made; after the pause one attempt decides anew. */
  isOpen(now: number): boolean
  /** Takes note of an attempt's outcome. */
  record(receipt: Receipt, now: number): void
  /** What the provider said when it was opened. */
  why(): string
}

/** For how long an address that turned us down is left alone. */
export const pauseMs = 300_000
/** Wrong credentials, forbidden, or an address that does not exist (any more). */
const opening: readonly (number | undefined)[] = [401, 403, 404, 410]

/** True for a refusal that the next message would meet as well. */
export function isLost(receipt: Receipt & { readonly status: 'failed' }): boolean {
  return receipt.lasting === true || opening.includes(receipt.httpStatus)
}

/** Makes a closed breaker. */
export function createBreaker(): Breaker {
  let openUntil = Number.NEGATIVE_INFINITY
  let reason = ''
  return {
    isOpen: (now) => now < openUntil,
    why: () => reason,
    record(receipt, now) {
      if (receipt.status !== 'failed' || !isLost(receipt)) return
      openUntil = now + pauseMs
      reason = receipt.why
    },
  }
}
