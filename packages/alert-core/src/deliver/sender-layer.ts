/**
 * What stands between a channel's queue and its provider: layers of one interface, each around the next, as
 * undici's interceptors are. A layer may change the message or the receipt, or answer in place of what it
 * wraps.
 */
import type { Receipt } from '../model.ts'
import type { Message, SendContext } from '../provider/provider.ts'

/** One attempt on its way through the layers. */
export type Attempt = Pick<SendContext, 'attempt' | 'address' | 'signal'>

/** The receipt of an attempt, with what the layers add to the provider's own. */
export type AttemptReceipt = Receipt & {
  /** Of a `retry`: another attempt, at once, can succeed. */
  readonly again?: true
  /** Of a `failed`: the provider was not asked. */
  readonly reason?: 'breaker'
}

/** A channel's provider as the queue sees it. */
export interface SenderLayer {
  /** Never rejects. A `retry` that leaves the outermost layer is `again` or has a `delayMs`. */
  send(message: Message, attempt: Attempt): Promise<AttemptReceipt>
  /** Until the next attempt may be made, by the provider's pace and its own hints, ms; 0 is now. */
  waitMs(): number
  /**
   * Until when the provider asked not to be called, ms of the steady clock; in the past if it did not ask.
   */
  pausedUntil(): number
  /** Never rejects. */
  close(): Promise<void>
}
