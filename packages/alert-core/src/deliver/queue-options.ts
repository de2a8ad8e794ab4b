/**
 * What a channel's queue is given, and what it offers.
 */

import type { AlertEvent, Notification } from '../model.ts'
import type { Message, ProviderLimits, Sender, SizeLimits } from '../provider/provider.ts'
import type { Backoff } from '../time/backoff.ts'
import type { Clock } from '../time/clock.ts'
import type { Failure } from './announce.ts'

/** What the queue of one channel depends on. */
export interface QueueOptions {
  readonly channel: string
  /** Opens the provider; asked at the first attempt, and again until it succeeds. */
  readonly sender: () => Sender | Promise<Sender>
  readonly render: (notification: Notification, options: { readonly now: number }) => Message
  readonly limits: ProviderLimits
  /** The provider's own limits, where `limits` says otherwise: what it writes for them is measured by these. */
  readonly stated?: SizeLimits
  /** Addresses that share the messages, each with the pace of `limits`; default 1. */
  readonly addresses?: number
  /** Its time goes on evenly: a wall clock that is set would keep a channel waiting. */
  readonly clock: Clock
  /** The time that messages show and requests are signed with, epoch ms; default: the clock's own. */
  readonly now?: () => number
  readonly timeoutMs: number
  /** How long a notification is tried before it counts as expired; it is tried at least once. */
  readonly retryForMs: number
  readonly retry: Backoff
  /** Alerts that may wait; beyond, the least severe are refused by 'queue-limit'. */
  readonly maxWaiting: number
  /** Hides configured secrets in what is said of failures. */
  readonly mask: (text: string) => string
  readonly fetch: typeof fetch
  readonly onEvent: (event: AlertEvent) => void
  /** Hears of each notification that this channel will not tell: the fallback's turn. */
  readonly onFailed: (notification: Notification, failure: Failure) => void
  /** The provider asked to be left alone until then, epoch ms. */
  readonly onHold: (untilMs: number) => void
  /** Hears of each notification that is done with on this channel, told or given up; not of what a close leaves. */
  readonly onDone?: (notification: Notification) => void
  /** Name of the fallback channel, for events. */
  readonly fallback?: string
  readonly random?: () => number
}

/** The way out of one channel. */
export interface ChannelQueue {
  /** Takes a notification; returns at once. */
  offer(notification: Notification): void
  /** Resolves once everything offered, before and meanwhile, is delivered or refused; the caller bounds the wait. */
  idle(): Promise<void>
  /** For how long the oldest notification has waited, ms; 0 when nothing waits. */
  oldestMs(): number
  /** Notifications neither delivered nor refused, those in flight included; such as are told together count once. */
  waiting(): number
  /**
   * Makes no further attempt; resolves once the attempt in flight is over, with what it did not tell and what waits: another queue's to
   * tell.
   */
  retire(): Promise<Notification[]>
  /**
   * Ends the queue within `deadlineMs` from now: no more backoff, one last try for what waits, then everything is
   * aborted and what is unsent is returned. What was in flight at the deadline is among it: it may have arrived. What
   * is offered before `others` settles (channels that fall back on this one) is tried as well, if time is left.
   */
  close(deadlineMs: number, others?: Promise<unknown>): Promise<Notification[]>
}
