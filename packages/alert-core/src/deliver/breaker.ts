/**
 * The outermost layer: a channel whose address or credentials were refused is not asked for a while. Another
 * request at once changes nothing, and providers block those who insist.
 */
import type { Receipt } from '../model.ts'
import type { SenderLayer } from './sender-layer.ts'

/** For how long an address that refused us is not asked. */
export const lostPauseMs = 300_000

const never = Number.NEGATIVE_INFINITY

/** Wrong credentials, forbidden, or an address that does not exist (any more). */
const lostStatuses: readonly (number | undefined)[] = [401, 403, 404, 410]

/** True for a refusal that the next message would meet as well. */
export function isLost(receipt: Receipt & { readonly status: 'failed' }): boolean {
  return receipt.lasting === true || lostStatuses.includes(receipt.httpStatus)
}

/** After a lasting refusal every message fails at once, until one attempt after the pause decides anew. */
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
