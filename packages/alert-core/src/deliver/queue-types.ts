/**
 * What the queue of a channel is given, and what it offers. Durations in ms.
 */
import type { Notification } from '../model.ts'
import type { Message, ProviderLimits, SendContext, Sender, SizeLimits } from '../provider/provider.ts'
import type { Backoff } from '../time/backoff.ts'
import type { Clock } from '../time/clock.ts'
import type { RateLimit } from '../time/rate-limit.ts'
import type { OutcomesOptions } from './outcomes.ts'
import type { WaitingLimits } from './waiting-list.ts'

export interface QueueOptions extends OutcomesOptions, WaitingLimits {
  /** Opens the provider: at the first attempt, and again until it succeeds. */
  readonly sender: () => Sender | Promise<Sender>
  readonly render: (notification: Notification, options: { readonly now: number }) => Message
  readonly limits: ProviderLimits
  /** The provider's own limits, if `limits` says otherwise: what it writes for them is measured by these. */
  readonly stated?: SizeLimits
  /** Addresses that share the messages, each with the pace of `limits`; default 1. */
  readonly addresses?: number
  /** Where the addresses are, in their order: named when one of them does not answer. */
  readonly hosts?: readonly string[]
  /** A steady clock: a wall clock that is set would keep a channel waiting. */
  readonly clock: Clock
  /** The wall time that messages show and requests are signed with, epoch ms; default: the clock's own. */
  readonly now?: () => number
  readonly timeoutMs: number
  readonly retry: Backoff
  /** Hides configured secrets in what is said of failures. */
  readonly mask: (text: string) => string
  readonly fetch: typeof fetch
  /** The proxy for an address, if one applies. */
  readonly proxyOf?: SendContext['proxyOf']
  /** Absent: there is always room. */
  readonly quota?: ChannelQuota
  /** Asked before each attempt: false if another process has taken over. Absent: always. */
  readonly maySend?: (() => boolean) | undefined
  readonly random?: () => number
}

/** The channel's quota, for notifications that were decided without it. */
export interface ChannelQuota {
  /** When it has room for one more message, epoch ms: in the past if it has now, `Infinity` if never. */
  roomAt(): number
  /** Its limits, to say which of them was reached. */
  readonly limits?: readonly RateLimit[]
}

/** What a queue that is replaced did not send. */
export interface Unsent {
  readonly ready: readonly Notification[]
  /** Those that wait for the quota. */
  readonly deferred: readonly Notification[]
}

export interface ChannelQueue {
  /** Takes a notification; returns at once. */
  offer(notification: Notification): void
  /** The same for one that the quota has not been charged for: if it has no room, it falls back or waits. */
  offerWithinQuota(notification: Notification): void
  /** Looks at the quota again: it may have changed. */
  recheckQuota(): void
  /**
   * Resolves once all that is offered, before and meanwhile, is delivered or failed, or will not be tried
   * again before `endAt`, which is never if absent; the caller bounds the wait. False if nothing was waited
   * for. What waits for the quota may wait for a day: neither this nor the next two take it into account.
   */
  idle(endAt?: number): Promise<boolean>
  /** For how long the oldest notification has waited, ms; 0 if nothing waits. */
  oldestMs(): number
  /**
   * Notifications neither delivered nor failed, those in flight included; such as are sent together count
   * once.
   */
  waiting(): number
  /** Its own records that wait, also for the quota: without those that fell back from another channel. */
  records(): number
  /** Why what waits was not delivered yet. */
  whyWaiting(): string
  /** Whether a message that the alert fires waits or is in flight, apart from what fell back to here. */
  hasStartOf(alert: string): boolean
  /**
   * Makes no further attempt. Resolves once the current one is over, with what is unsent, for another queue.
   */
  retire(): Promise<Unsent>
  /**
   * Closes within `deadlineMs`: no more backoff, one last try for what waits, then everything is aborted and
   * what is unsent is returned. What was in flight at the deadline is among it: it may have arrived. What is
   * offered before `others` settles (channels that fall back on this one) is tried as well, if time is left.
   * What still waits for the quota is neither tried nor returned.
   */
  close(deadlineMs: number, others?: Promise<unknown>): Promise<Notification[]>
}
