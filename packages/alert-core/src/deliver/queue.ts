/**
 * The queue of one channel: one attempt at a time, and whatever falls due while the channel is busy, paced or
 * backing off joins the next attempt. Nothing here throws or rejects.
 */
import { recordsOf } from '../alerts/notification.ts'
import type { Notification } from '../model.ts'
import { shortest } from '../render/shorten.ts'
import { type Backoff, backoffDelay } from '../time/backoff.ts'
import type { Clock, Timer } from '../time/clock.ts'
import { limitFor } from '../time/rate-limit.ts'
import { waitAtMost } from '../time/wait-at-most.ts'
import { withAddresses, withBreaker } from './addresses.ts'
import { createDelivery, type Delivery } from './delivery.ts'
import { createLastTries } from './last-tries.ts'
import { createOutcomes, type Outcomes, rememberStarts } from './outcomes.ts'
import type { Part } from './parts.ts'
import type { ChannelQueue, ChannelQuota, QueueOptions, Unsent } from './queue-types.ts'
import { createSafeSender, openOnce } from './safe-sender.ts'
import type { SenderLayer } from './sender-layer.ts'
import { createWaitingList, failAll, type WaitingList } from './waiting-list.ts'

export type { ChannelQueue, QueueOptions }

/** A provider that says "again in 1 ms" is not asked in a loop. */
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

export function createQueue(options: QueueOptions): ChannelQueue {
  const { clock, quota = alwaysRoom } = options
  const wallNow = options.now ?? clock.now
  const sender = createSender(options, wallNow)
  const outcomes = rememberStarts(createOutcomes({ ...options, now: wallNow }))
  const waiting = createWaitingList(options, outcomes)
  const isClosing = () => state !== 'open'
  const delivery = createDelivery({ ...options, waiting, sender, outcomes, wallNow, isClosing })
  const gate = createQuotaGate({ ...options, quota, waiting, delivery, outcomes, wallNow, isClosing })
  const idlers = createIdlers(isBusy)
  const lastTries = createLastTries({ waiting, delivery, sender, clock, attempted })

  let state: 'open' | 'closing' | 'closed' = 'open'
  let running: Promise<void> | undefined
  let closing: Promise<Notification[]> | undefined
  let timer: Timer | undefined

  function take(notification: Notification, add: WaitingList['add' | 'defer']): void {
    if (state === 'closed') {
      outcomes.failed(notification, { reason: 'closed', why: 'the channel is closed' })
      return
    }
    add(notification, clock.now())
    delivery.expirePaused(pausedTooLong)
    schedule()
    if (state === 'closing') lastTries.wake()
  }

  function schedule(): void {
    timer?.cancel()
    timer = undefined
    if (waiting.hasDeferred()) gate.release()
    waiting.failFollowUps(delivery.inFlight())
    if (state !== 'open' || running) return
    const hasReady = waiting.size() > 0
    idlers.wake()
    const waitMs = hasReady ? delivery.waitMs() : Number.POSITIVE_INFINITY
    const nextMs = waitMs > 0 ? Math.min(waitMs, gate.waitMs()) : waitMs
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

  async function attempted(): Promise<void> {
    await running
    gate.release()
  }

  /** Whether something is under way, or will be before `endAt`. */
  function isBusy(endAt: number): boolean {
    if (state === 'closed') return false
    if (running || delivery.inFlight().length > 0) return true
    return waiting.size() > 0 && clock.now() + delivery.waitMs() < endAt
  }

  async function close(deadlineMs: number, others?: Promise<unknown>): Promise<Notification[]> {
    state = 'closing'
    timer?.cancel()
    const endAt = clock.now() + deadlineMs
    if (deadlineMs > 0) await waitAtMost(lastTries.run(endAt, others), deadlineMs, clock)
    state = 'closed'
    lastTries.stop()
    const inFlight = delivery.stop()
    gate.release()
    const unsent = notificationsOf([...inFlight, ...waiting.takeAll()])
    idlers.wake()
    const closed = sender.close()
    const leftMs = endAt - clock.now()
    if (leftMs > 0) await waitAtMost(closed, leftMs, clock)
    return unsent
  }

  async function retire(): Promise<Unsent> {
    if (state !== 'open') return { ready: [], deferred: [] }
    state = 'closing'
    timer?.cancel()
    await running
    const ready = notificationsOf(waiting.takeAll())
    const deferred = notificationsOf(waiting.takeDeferred())
    state = 'closed'
    idlers.wake()
    await sender.close()
    return { ready, deferred }
  }

  return {
    offer: (notification) => take(notification, waiting.add),
    offerWithinQuota: (notification) => take(notification, waiting.defer),
    recheckQuota: schedule,
    idle: (endAt = Number.POSITIVE_INFINITY) => idlers.wait(endAt),
    whyWaiting: delivery.whyUnsent,
    hasStartOf: (alert) => [...delivery.inFlight(), ...waiting.all()].some((part) => isStartOf(part, alert)),
    waiting: () => delivery.inFlight().length + waiting.size(),
    records: () => recordsIn([...delivery.inFlight(), ...waiting.all()]),
    oldestMs() {
      const inFlight = delivery.inFlight().map((part) => part.offeredAt)
      return Math.max(0, clock.now() - Math.min(...inFlight, waiting.oldestAt()))
    },
    retire,
    close: (deadlineMs, others) => (closing ??= close(deadlineMs, others)),
  }
}

/** Those who wait until a queue has nothing to do, or will do nothing before a moment of theirs. */
function createIdlers(isBusy: (endAt: number) => boolean) {
  let idlers: { readonly endAt: number; readonly wake: () => void }[] = []
  return {
    async wait(endAt: number): Promise<boolean> {
      if (!isBusy(endAt)) return false
      await new Promise<void>((wake) => idlers.push({ endAt, wake }))
      return true
    },
    wake(): void {
      const woken = idlers.filter(({ endAt }) => !isBusy(endAt))
      idlers = idlers.filter((idler) => !woken.includes(idler))
      for (const { wake } of woken) wake()
    },
  }
}

const pausedTooLong = 'the provider asked for a longer pause than the notification may wait'

const alwaysRoom: ChannelQuota = { roomAt: () => Number.NEGATIVE_INFINITY }

function isStartOf({ notification }: Part, alert: string): boolean {
  return notification.items.some(
    (item) => item.alert.id === alert && item.reason !== 'resolved' && item.fallbackFrom === undefined,
  )
}

function recordsIn(parts: readonly Part[]): number {
  return parts.reduce((sum, { notification }) => sum + recordsOf(notification), 0)
}

function notificationsOf(parts: readonly Part[]): Notification[] {
  return parts.map((part) => part.notification)
}

/** The least delay after "too many requests" without a hint; twice that after the second, and so on. */
const tooManyMs = 15_000
/** That delay's share of the longest backoff: what is above it is random. */
const tooManyShare = 2 / 3

/**
 * Gives each `retry` a delay: a hint of the provider counts as it is, anything else backs off. The layer
 * makes no attempt itself: what waits meanwhile joins the next one, and only the queue knows that.
 */
function withRetryDelay(
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
function withPlainRetry(inner: SenderLayer): SenderLayer {
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

interface QuotaGateOptions {
  readonly quota: ChannelQuota
  readonly waiting: WaitingList
  readonly delivery: Delivery
  readonly outcomes: Outcomes
  /** Name of the fallback channel. */
  readonly fallback?: string
  readonly clock: Clock
  /** Epoch ms. */
  readonly wallNow: () => number
  readonly isClosing: () => boolean
}

/**
 * The gate between what is deferred and what is ready. What falls back on a channel keeps to its quota: it
 * is charged when it is delivered, and if there is no room it falls back further, or waits.
 */
interface QuotaGate {
  /**
   * Releases what is deferred if the quota has room. Else fails it if it can fall back, or reports once that
   * it waits.
   */
  release(): void
  /** Milliseconds until the quota has room for what is deferred; `Infinity` if nothing is. */
  waitMs(): number
}

function createQuotaGate(options: QuotaGateOptions): QuotaGate {
  const { quota, waiting, delivery, outcomes, fallback, clock, wallNow, isClosing } = options
  let isReported = false

  return {
    release() {
      const first = waiting.firstDeferred()
      // What is in flight may still be charged.
      if (first === undefined || delivery.inFlight().length > 0) return
      const roomAt = quota.roomAt()
      if (roomAt <= wallNow()) {
        const until = wallNow()
        waiting.release(clock.now(), (notification, waitedMs) => {
          const limit = waitedMs > 0 ? limitFor(quota.limits ?? [], waitedMs) : undefined
          if (limit === undefined) return notification
          const { count, perMs } = limit
          return { ...notification, deferred: { from: until - waitedMs, until, count, perMs } }
        })
        isReported = false
      } else if (fallback !== undefined) {
        failAll(waiting.takeDeferred(), { reason: 'quota', why: 'its quota is exhausted' }, outcomes)
      } else if (!isReported && !isClosing()) {
        isReported = true
        outcomes.deferred(first, roomAt)
      }
    },
    waitMs: () => (waiting.firstDeferred() ? quota.roomAt() - wallNow() : Number.POSITIVE_INFINITY),
  }
}
