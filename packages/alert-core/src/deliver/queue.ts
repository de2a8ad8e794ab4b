/**
 * The queue of one channel: one attempt at a time, and whatever falls due while the channel is busy, paced or backing
 * off joins the next attempt. Nothing here throws or rejects.
 */
import type { Notification } from '../model.ts'
import type { Message, ProviderLimits, Sender, SizeLimits } from '../provider/provider.ts'
import type { Backoff } from '../time/backoff.ts'
import type { Clock, Timer } from '../time/clock.ts'
import { withAddresses } from './addresses.ts'
import { withBreaker } from './breaker.ts'
import { createDelivery } from './delivery.ts'
import { createLastTries } from './last-tries.ts'
import { openOnce } from './open-once.ts'
import { createOutcomes, type OutcomesOptions } from './outcomes.ts'
import { withPlainRetry, withRetryDelay } from './retry.ts'
import { createSafeSender } from './safe-sender.ts'
import type { SenderLayer } from './sender-layer.ts'
import { rememberStarts } from './starts.ts'
import { createWaitingList, type Part, type WaitingLimits, type WaitingList } from './waiting-list.ts'

/** What the queue of one channel depends on. */
export interface QueueOptions extends OutcomesOptions, WaitingLimits {
  /** Opens the provider: at the first attempt, and again until it succeeds. */
  readonly sender: () => Sender | Promise<Sender>
  readonly render: (notification: Notification, options: { readonly now: number }) => Message
  readonly limits: ProviderLimits
  /** The provider's own limits, if `limits` says otherwise: what it writes for them is measured by these. */
  readonly stated?: SizeLimits
  /** Addresses that share the messages, each with the pace of `limits`; default 1. */
  readonly addresses?: number
  /** A steady clock: a wall clock that is set would keep a channel waiting. */
  readonly clock: Clock
  /** The wall time that messages show and requests are signed with, epoch ms; default: the clock's own. */
  readonly now?: () => number
  readonly timeoutMs: number
  readonly retry: Backoff
  /** Hides configured secrets in what is said of failures. */
  readonly mask: (text: string) => string
  readonly fetch: typeof fetch
  /** Absent: there is always room. */
  readonly quota?: QuotaGate
  readonly random?: () => number
}

/** The channel's quota, for notifications that were decided without it. */
export interface QuotaGate {
  /** When it has room for one more message, epoch ms: in the past if it has now, `Infinity` if never. */
  roomAt(): number
  /** Takes one message from it. */
  charge(): void
}

/** What a queue that is replaced did not send. */
export interface Unsent {
  readonly ready: readonly Notification[]
  /** Those that wait for the quota. */
  readonly deferred: readonly Notification[]
}

/** The queue of one channel. */
export interface ChannelQueue {
  /** Takes a notification; returns at once. */
  offer(notification: Notification): void
  /** The same for one that the quota has not been charged for: it waits until that has room. */
  offerWithinQuota(notification: Notification): void
  /** Looks at the quota again: it may have changed. */
  recheckQuota(): void
  /**
   * Resolves once all that is offered, before and meanwhile, is delivered or failed; the caller bounds the wait. What
   * waits for the quota may wait for a day: neither this nor the next two take it into account.
   */
  idle(): Promise<void>
  /** For how long the oldest notification has waited, ms; 0 if nothing waits. */
  oldestMs(): number
  /** Notifications neither delivered nor failed, those in flight included; such as are sent together count once. */
  waiting(): number
  /** Makes no further attempt. Resolves once the current one is over, with what is unsent, for another queue. */
  retire(): Promise<Unsent>
  /**
   * Closes within `deadlineMs`: no more backoff, one last try for what waits, then everything is aborted and what is
   * unsent is returned. What was in flight at the deadline is among it: it may have arrived. What is offered before
   * `others` settles (channels that fall back on this one) is tried as well, if time is left. What still waits for the
   * quota is neither tried nor returned.
   */
  close(deadlineMs: number, others?: Promise<unknown>): Promise<Notification[]>
}

/** A provider that says "again in 0 s" is not asked in a loop. */
const leastHintMs = 1000

/** The layers between queue and provider; what is further down is asked later. */
function createSender(options: QueueOptions, wallNow: () => number): SenderLayer {
  const { now } = options.clock
  const least = Math.min(leastHintMs, options.retry.firstMs)
  const provider = openOnce(options.sender)
  const safe = createSafeSender(provider, { ...options, wallNow, leastHintMs: least })
  const shared = withAddresses(safe, { ...options, now })
  const shortened = withPlainRetry(shared)
  const delayed = withRetryDelay(shortened, options)
  return withBreaker(delayed, { now })
}

/** Makes the queue of one channel. */
export function createQueue(options: QueueOptions): ChannelQueue {
  const { clock, quota = alwaysRoom } = options
  const wallNow = options.now ?? clock.now
  const sender = createSender(options, wallNow)
  const outcomes = rememberStarts(createOutcomes({ ...options, now: wallNow }))
  const waiting = createWaitingList(options, outcomes)
  const render = (notification: Notification) => options.render(notification, { now: wallNow() })
  const isClosing = () => state !== 'open'
  const delivery = createDelivery({ waiting, sender, outcomes, render, clock, wallNow, isClosing })
  const lastTries = createLastTries({ waiting, delivery, sender, clock, settled: () => running })

  let state: 'open' | 'closing' | 'closed' = 'open'
  let running: Promise<void> | undefined
  let closing: Promise<Notification[]> | undefined
  let timer: Timer | undefined
  let idlers: (() => void)[] = []

  function take(notification: Notification, add: WaitingList['add' | 'defer']): void {
    if (state === 'closed') {
      outcomes.failed(notification, { reason: 'closed', why: 'the channel is closed' })
      return
    }
    add(notification, clock.now())
    delivery.expirePaused(pausedTooLong)
    schedule()
    lastTries.wake()
  }

  function offerWithinQuota(notification: Notification): void {
    const isFirst = !waiting.hasDeferred()
    take(notification, waiting.defer)
    if (isFirst && waiting.hasDeferred() && state === 'open') outcomes.deferred(notification, quota.roomAt())
  }

  function releaseDeferred(): void {
    if (!waiting.hasDeferred() || quota.roomAt() > wallNow()) return
    quota.charge()
    waiting.release(clock.now())
    delivery.expirePaused(pausedTooLong)
  }

  function schedule(): void {
    timer?.cancel()
    timer = undefined
    releaseDeferred()
    waiting.failFollowUps()
    if (state !== 'open' || running) return
    if (waiting.size() === 0) wakeIdlers()
    const waitMs = waiting.size() > 0 ? delivery.waitMs() : Number.POSITIVE_INFINITY
    const quotaMs = waiting.hasDeferred() ? quota.roomAt() - wallNow() : Number.POSITIVE_INFINITY
    const nextMs = Math.min(waitMs, quotaMs)
    if (waitMs <= 0) run()
    else if (nextMs < Number.POSITIVE_INFINITY) timer = clock.after(nextMs, schedule)
  }

  function run(): void {
    // A turn later, so that all that falls due together is sent together.
    running = Promise.resolve()
      .then(delivery.attempt)
      .then(() => {
        running = undefined
        schedule()
      })
  }

  function wakeIdlers(): void {
    const woken = idlers
    idlers = []
    for (const wake of woken) wake()
  }

  async function close(deadlineMs: number, others?: Promise<unknown>): Promise<Notification[]> {
    state = 'closing'
    timer?.cancel()
    let deadlineTimer: Timer | undefined
    const deadline = new Promise<void>((resolve) => {
      deadlineTimer = clock.after(deadlineMs, resolve)
    })
    if (deadlineMs > 0) await Promise.race([lastTries.run(clock.now() + deadlineMs, others), deadline])
    state = 'closed'
    lastTries.stop()
    releaseDeferred()
    const unsent = notificationsOf([...delivery.stop(), ...waiting.takeAll()])
    wakeIdlers()
    const closed = sender.close()
    if (deadlineMs > 0) await Promise.race([closed, deadline])
    deadlineTimer?.cancel()
    return unsent
  }

  async function retire(): Promise<Unsent> {
    if (state !== 'open') return { ready: [], deferred: [] }
    state = 'closing'
    timer?.cancel()
    await running
    const unsent = {
      ready: notificationsOf(waiting.takeAll()),
      deferred: notificationsOf(waiting.takeDeferred()),
    }
    state = 'closed'
    wakeIdlers()
    await sender.close()
    return unsent
  }

  return {
    offer: (notification) => take(notification, waiting.add),
    offerWithinQuota,
    recheckQuota: schedule,
    async idle() {
      if (running || waiting.size() > 0 || delivery.inFlight().length > 0)
        await new Promise<void>((wake) => idlers.push(wake))
    },
    waiting: () => delivery.inFlight().length + waiting.size(),
    oldestMs() {
      const offered = [...delivery.inFlight().map((part) => part.offeredAt), waiting.oldestAt()]
      return Math.max(0, clock.now() - Math.min(...offered))
    },
    retire,
    close: (deadlineMs, others) => (closing ??= close(deadlineMs, others)),
  }
}

const pausedTooLong = 'the provider asked for a longer pause than the notification may wait'

const alwaysRoom: QuotaGate = { roomAt: () => Number.NEGATIVE_INFINITY, charge() {} }

function notificationsOf(parts: readonly Part[]): Notification[] {
  return parts.map((part) => part.notification)
}
