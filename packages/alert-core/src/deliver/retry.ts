/**
 * The layers that say how a failed attempt is repeated: when, and in which form. They make no attempt
 * themselves: what waits meanwhile joins the next one, and only the queue knows that.
 */
import { shortest } from '../render/shorten.ts'
import { type Backoff, backoffDelay } from '../time/backoff.ts'
import type { SenderLayer } from './sender-layer.ts'

/** The least delay after "too many requests" without a hint; twice that after the second, and so on. */
const tooManyMs = 15_000
/** That delay's share of the longest backoff: what is above it is random. */
const tooManyShare = 2 / 3

/** Gives each `retry` a delay: a hint of the provider counts as it is, anything else backs off. */
export function withRetryDelay(
  inner: SenderLayer,
  { retry, random = Math.random }: { readonly retry: Backoff; readonly random?: () => number },
): SenderLayer {
  /** Spread by half as much again, so that processes that were refused together do not come back together. */
  function tooManyDelay(attempt: number): number {
    const leastMs = Math.min(tooManyMs * attempt, retry.maxMs * tooManyShare)
    return Math.round(leastMs * (1 + random() / 2))
  }

  return {
    ...inner,
    async send(message, attempt) {
      const receipt = await inner.send(message, attempt)
      if (receipt.status !== 'retry' || receipt.again || receipt.delayMs !== undefined) return receipt
      const leastMs = receipt.httpStatus === 429 ? tooManyDelay(attempt.attempt) : 0
      return { ...receipt, delayMs: Math.max(leastMs, backoffDelay(attempt.attempt, retry, random)) }
    },
  }
}

/** After "too long" the message is sent in its shortest plain form, until it is delivered or failed. */
export function withPlainRetry(inner: SenderLayer): SenderLayer {
  let isPlain = false

  return {
    ...inner,
    async send(message, attempt) {
      if (attempt.attempt === 1) isPlain = false
      const receipt = await inner.send(isPlain ? shortest(message) : message, attempt)
      if (isPlain || receipt.status !== 'failed' || !receipt.tooLong) return receipt
      isPlain = true
      return { status: 'retry', why: receipt.why, again: true }
    },
  }
}
