/**
 * One attempt with all that waits: it becomes one message, and the receipt decides what becomes of it. The
 * same content keeps its id from one attempt to the next, and its words while they are true; other content
 * has another id.
 */
import { merge, withLaterReminders } from '../alerts/notification.ts'
import type { Notification } from '../model.ts'
import type { Message } from '../provider/provider.ts'
import type { Clock } from '../time/clock.ts'
import type { Outcomes } from './outcomes.ts'
import type { Part } from './parts.ts'
import type { AttemptReceipt, SenderLayer } from './sender-layer.ts'
import { failAll, type WaitingList } from './waiting-list.ts'

/** What an attempt works with. */
export interface DeliveryOptions {
  readonly waiting: WaitingList
  readonly sender: SenderLayer
  readonly outcomes: Outcomes
  readonly render: (notification: Notification, options: { readonly now: number }) => Message
  /** Name of the fallback channel. */
  readonly fallback?: string
  /** Where the addresses are, in their order. */
  readonly hosts?: readonly string[]
  readonly clock: Clock
  /** Epoch ms. */
  readonly wallNow: () => number
  /** The queue closes: nothing expires, and no retry is announced that will not be made. */
  readonly isClosing: () => boolean
  /** Whether this process still sends what waits. */
  readonly maySend?: (() => boolean) | undefined
}

/** The attempts of one channel, one at a time. */
export interface Delivery {
  /** Makes one attempt. Resolves with true if another one, at once, can succeed; never rejects. */
  attempt(): Promise<boolean>
  /** Milliseconds until the next attempt is due: backoff, hint and pace; 0 is now. */
  waitMs(): number
  /** Why what waits was not delivered yet. */
  whyUnsent(): string
  /** What the current attempt sends. */
  inFlight(): readonly Part[]
  /** Fails what the provider's hint puts off beyond its deadline, if it can fall back. */
  expirePaused(why: string): void
  /** Aborts the current attempt and makes no other; returns what was in flight: it may have arrived. */
  stop(): readonly Part[]
}

interface Batch {
  readonly parts: readonly Part[]
  readonly notification: Notification
  readonly message: Message
  /** Until then its words about times are true, epoch ms. */
  readonly trueUntil: number
}

/** The words of a message give times to the minute, and say how late it is. */
const wordsLastMs = 60_000

/** For so long is kept what cannot fall back if the provider asks for ever more time. */
const longestKeptMs = 86_400_000

/** Another process has taken over: what waits here is about to be dropped. */
const notHereMs = 1_000

const never = Number.NEGATIVE_INFINITY

export function createDelivery(options: DeliveryOptions): Delivery {
  const { waiting, sender, outcomes, render, fallback, hosts = [], clock, wallNow, isClosing } = options
  let inFlight: readonly Part[] = []
  let last: Batch | undefined
  let lastFailure: string | undefined
  let attempts = 0
  let notBefore = never
  const stopping = new AbortController()

  async function attempt(): Promise<boolean> {
    const isHere = options.maySend?.() !== false
    if (!isHere) notBefore = clock.now() + notHereMs
    const parts = stopping.signal.aborted || !isHere ? [] : waiting.take()
    const batch = parts.length > 0 ? compose(parts) : undefined
    if (batch === undefined) return false
    attempts += 1
    inFlight = parts
    const receipt = await sender.send(batch.message, {
      attempt: attempts,
      address: 0,
      signal: stopping.signal,
    })
    if (stopping.signal.aborted) return false
    inFlight = []
    return takeReceipt(receipt, batch)
  }

  function compose(parts: readonly Part[]): Batch | undefined {
    const now = wallNow()
    const former = last && isSame(last.parts, parts) ? last : undefined
    if (former && now < former.trueUntil) return former
    try {
      const notification = parts.map((part) => part.notification).reduce(merge)
      last = { parts, notification, ...wordsOf(notification, now, render, former?.message) }
      return last
    } catch {
      startAnew()
      failAll(parts, { reason: 'failed', why: 'the message could not be written' }, outcomes)
      return undefined
    }
  }

  function takeReceipt(receipt: AttemptReceipt, { notification, parts }: Batch): boolean {
    const tries = attempts
    noteFailure(receipt)
    switch (receipt.status) {
      case 'delivered':
        startAnew()
        outcomes.delivered(notification, tries, receipt.note)
        return waiting.size() > 0
      case 'failed': {
        const { why, httpStatus, reason = 'failed' } = receipt
        startAnew()
        outcomes.failed(notification, { reason, why, httpStatus })
        return false
      }
      case 'retry':
        waiting.putBack(parts)
        if (receipt.again) outcomes.retrying(notification, tries, receipt.why, 0)
        else retryLater(notification, receipt.why, receipt.delayMs ?? 0)
        return receipt.again === true
    }
  }

  function noteFailure(receipt: AttemptReceipt): void {
    lastFailure = receipt.status === 'delivered' ? undefined : receipt.why
    const isAsked = receipt.status !== 'failed' || receipt.reason !== 'breaker'
    if (lastFailure !== undefined && isAsked) outcomes.attemptFailed(lastFailure)
  }

  function retryLater(notification: Notification, why: string, delayMs: number): void {
    const now = clock.now()
    const pausedUntil = sender.pausedUntil()
    if (pausedUntil > now) outcomes.paused(wallNow() + pausedUntil - now)
    if (isClosing()) return
    const isLate = ({ deadline }: Part) => deadline <= now
    const areEndsOver = pausedUntil > now ? isTooOld : isLate
    const isOver = fallback === undefined ? areEndsOver : isLate
    waiting.expire(isOver, areEndsOver, `not delivered in time: ${why}`)
    expirePaused(why)
    if (waiting.size() === 0) {
      startAnew()
      return
    }
    // The last attempt is made at the deadline, not after it, but not before the provider allows it.
    notBefore = Math.max(pausedUntil, Math.min(now + delayMs, waiting.nextDeadline()))
    outcomes.retrying(notification, attempts, why, notBefore - now)
  }

  function expirePaused(why: string): void {
    if (fallback === undefined) return
    const pausedUntil = sender.pausedUntil()
    // The end of what this channel accepted does not fall back: nothing else could send it sooner.
    waiting.expire(({ deadline }) => deadline < pausedUntil, isTooOld, `not delivered in time: ${why}`)
  }

  const isTooOld = ({ offeredAt }: Part) => clock.now() - offeredAt >= longestKeptMs

  function startAnew(): void {
    attempts = 0
    notBefore = never
    last = undefined
  }

  return {
    attempt,
    waitMs: () => Math.max(0, notBefore === never ? 0 : notBefore - clock.now(), sender.waitMs()),
    whyUnsent: () => lastFailure ?? unanswered(attempts, hosts),
    inFlight: () => inFlight,
    expirePaused,
    stop() {
      stopping.abort(new DOMException('the channel was closed', 'AbortError'))
      const left = inFlight
      inFlight = []
      return left
    },
  }
}

/**
 * The message, and how long it is true: no reminder that it promises is due earlier. What is tried again goes
 * to the people to whom `former` went, even if others are on call by then.
 */
function wordsOf(
  notification: Notification,
  now: number,
  render: DeliveryOptions['render'],
  former: Message | undefined,
): Pick<Batch, 'message' | 'trueUntil'> {
  const { items } = withLaterReminders(notification, now)
  const times = items.flatMap(({ nextAt = 0 }) => (nextAt > now ? nextAt : []))
  const people = former === undefined ? {} : { to: former.to, mentions: former.mentions }
  const message = { ...render(notification, { now }), ...people }
  return { message, trueUntil: Math.min(now + wordsLastMs, ...times) }
}

function unanswered(attempts: number, hosts: readonly string[]): string {
  if (attempts === 0) return 'not sent before the end'
  return `${hosts.length === 0 ? '' : `${hosts.join(', ')}: `}no answer before the end`
}

function isSame(a: readonly Part[], b: readonly Part[]): boolean {
  return a.length === b.length && a.every((part, index) => part.notification === b[index]?.notification)
}
