/**
 * The last stretch of the road, one queue a channel: one attempt at a time, and whatever falls due while the channel
 * is busy, paced or backing off joins the next attempt. Nothing here throws or rejects.
 */

import type { Notification, Receipt } from '../model.ts'
import { backoffDelay } from '../time/backoff.ts'
import type { Timer } from '../time/clock.ts'
import { createAddresses } from './addresses.ts'
import { createAnnounce } from './announce.ts'
import { type Attempt, startAttempt } from './attempt.ts'
import { type Batch, createBatches } from './batch.ts'
import { createBreaker, isLost, pauseMs } from './breaker.ts'
import { createOpener } from './opener.ts'
import type { ChannelQueue, QueueOptions } from './queue-options.ts'
import { createRoom } from './room.ts'
import type { Part } from './waiting.ts'

export type { ChannelQueue, QueueOptions }

/** A provider that says "again in 0 s" is not asked in a loop. */
const leastHoldMs = 1000
/** "Too many requests" without a word on how long: waits for this long at least, then twice, three times as long. */
const tooManyMs = 15_000
/** Of the longest backoff: what is above it is left to chance. */
const mostOfTooMany = 2 / 3
const never = Number.NEGATIVE_INFINITY

/** Makes the queue of one channel. */
export function createQueue(options: QueueOptions): ChannelQueue {
  const { clock, retry, random = Math.random } = options
  const wallNow = options.now ?? clock.now
  const announce = createAnnounce({ ...options, now: wallNow })
  const batches = createBatches((notification) => options.render(notification, { now: wallNow() }))
  const room = createRoom(options, announce)
  const breaker = createBreaker()
  const addresses = createAddresses(options.addresses ?? 1, options.limits, clock.now)
  const opener = createOpener(options.sender)

  let state: 'open' | 'closing' | 'closed' = 'open'
  let inFlight: readonly Part[] = []
  let current: Attempt | undefined
  let running: Promise<void> | undefined
  let ending: Promise<Notification[]> | undefined
  let timer: Timer | undefined
  let idlers: (() => void)[] = []
  let attempts = 0
  let plain = false
  /** The last attempt ended in a way that another one, at once, can cure. */
  let again = false
  let hasNews = false
  let onNews = () => {}
  let readyAt = never
  let asked = 0

  function offer(notification: Notification): void {
    const now = clock.now()
    if (state === 'closed') {
      announce.failed(notification, { reason: 'closed', why: 'the channel is closed' })
      return
    }
    if (breaker.isOpen(now)) {
      announce.failed(notification, { reason: 'breaker', why: breaker.why() })
      return
    }
    room.add(notification, now)
    hasNews = true
    onNews()
    expireHeld('the provider wants to be left alone for longer than this may wait')
    schedule()
  }

  // ── when ──────────────────────────────────────────────────────────────────────────────────────────────────────

  function schedule(): void {
    timer?.cancel()
    timer = undefined
    if (state !== 'open' || running) return
    if (room.size() === 0) {
      wakeIdlers()
      return
    }
    const now = clock.now()
    const waitMs = Math.max(readyAt - now, addresses.waitMs())
    if (waitMs > 0) timer = clock.after(waitMs, schedule)
    else run()
  }

  function run(): void {
    // A turn later, so that all that falls due together is told together.
    running = Promise.resolve()
      .then(attempt)
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

  // ── one attempt and what becomes of it ────────────────────────────────────────────────────────────────────────

  async function attempt(): Promise<void> {
    if (isClosed() || room.size() === 0) return
    const parts = room.take()
    const batch = compose(parts)
    if (!batch) return
    again = false
    asked = addresses.take()
    attempts += 1
    inFlight = parts
    const { message } = batch
    current = startAttempt({ ...options, sender: opener.open, message, attempt: attempts, address: asked })
    const receipt = await current.receipt
    current = undefined
    // What was in flight at the deadline of a close has been given back.
    if (isClosed()) return
    inFlight = []
    settle(receipt, batch, parts)
  }

  // A function, because the compiler does not see a close that happens during an attempt.
  const isClosed = () => state === 'closed'

  function compose(parts: readonly Part[]): Batch | undefined {
    try {
      return batches.compose(parts, plain)
    } catch {
      forget()
      const failure = { reason: 'failed', why: 'the message could not be written' } as const
      for (const { notification } of parts) announce.failed(notification, failure)
      return undefined
    }
  }

  function settle(receipt: Receipt, { notification }: Batch, parts: readonly Part[]): void {
    const now = clock.now()
    const tries = attempts
    if (receipt.status === 'failed' && isLost(receipt)) {
      addresses.hold(asked, now + pauseMs)
      // That one is gone; the others are not.
      if (addresses.heldUntil() <= now) {
        again = true
        room.putBack(parts)
        announce.retrying(notification, tries, receipt.why, 0)
        return
      }
    }
    breaker.record(receipt, now)
    switch (receipt.status) {
      case 'delivered':
        forget()
        if (receipt.delayMs !== undefined) addresses.hold(asked, now + receipt.delayMs)
        announce.delivered(notification, tries, receipt.note)
        break
      case 'retry':
        room.putBack(parts)
        waitAgain(receipt, notification, now)
        break
      case 'failed':
        if (receipt.tooLong && !plain) {
          plain = true
          again = true
          room.putBack(parts)
          announce.retrying(notification, tries, receipt.why, 0)
          break
        }
        forget()
        announce.failed(notification, {
          reason: 'failed',
          why: receipt.why,
          httpStatus: receipt.httpStatus,
        })
        if (breaker.isOpen(now)) room.failAll({ reason: 'breaker', why: receipt.why })
    }
  }

  function waitAgain(receipt: Receipt & { status: 'retry' }, notification: Notification, now: number): void {
    const { delayMs, why } = receipt
    if (delayMs !== undefined) {
      addresses.hold(asked, now + Math.max(delayMs, Math.min(leastHoldMs, retry.firstMs)))
      if (addresses.heldUntil() > now) announce.held(wallNow() + addresses.heldUntil() - now)
    }
    if (state !== 'open') return
    const tries = attempts
    room.expire((deadline) => deadline <= now, `not delivered in time: ${why}`)
    expireHeld(why)
    if (room.size() === 0) {
      forget()
      return
    }
    // The last try is made at the deadline, not after it.
    const backoffMs = Math.max(
      receipt.httpStatus === 429 ? afterTooMany(tries) : 0,
      backoffDelay(tries, retry, random),
    )
    const backoffUntil = Math.min(now + backoffMs, room.nextDeadline())
    // Another address has no part in what this one was told.
    readyAt = delayMs === undefined ? backoffUntil : Math.max(now, addresses.heldUntil())
    announce.retrying(notification, tries, why, readyAt - now)
  }

  /** Spread by half as much again, so that many processes that were turned away together do not come back together. */
  function afterTooMany(tries: number): number {
    const leastMs = Math.min(tooManyMs * tries, retry.maxMs * mostOfTooMany)
    return Math.round(leastMs * (1 + random() / 2))
  }

  /** What the provider's own hint puts off beyond its deadline is the fallback's at once. */
  function expireHeld(why: string): void {
    const until = addresses.heldUntil()
    room.expire((deadline) => deadline < until, `not delivered in time: ${why}`)
  }

  function forget(): void {
    attempts = 0
    plain = false
    readyAt = never
    batches.reset()
  }

  // ── the end ───────────────────────────────────────────────────────────────────────────────────────────────────

  async function end(deadlineMs: number, others?: Promise<unknown>): Promise<Notification[]> {
    state = 'closing'
    timer?.cancel()
    let deadlineTimer: Timer | undefined
    const deadline = new Promise<void>((resolve) => {
      deadlineTimer = clock.after(deadlineMs, resolve)
    })
    if (deadlineMs > 0) await Promise.race([lastTries(clock.now() + deadlineMs, others), deadline])
    state = 'closed'
    timer?.cancel()
    current?.abort('the channel was closed')
    const unsent = [...inFlight, ...room.take()].map((part) => part.notification)
    inFlight = []
    wakeIdlers()
    const closing = opener.close()
    if (deadlineMs > 0) await Promise.race([closing, deadline])
    deadlineTimer?.cancel()
    return unsent
  }

  async function retire(): Promise<Notification[]> {
    if (state !== 'open') return []
    state = 'closing'
    timer?.cancel()
    await running
    const unsent = room.take().map((part) => part.notification)
    state = 'closed'
    wakeIdlers()
    await opener.close()
    return unsent
  }

  async function lastTries(untilMs: number, others?: Promise<unknown>): Promise<void> {
    let isLast = false
    const settled = others?.then(() => {
      isLast = true
    })
    hasNews = true
    for (;;) {
      // What another channel hands on does not wait for a third one that hangs.
      if (hasNews) {
        hasNews = false
        await lastTry(untilMs)
        continue
      }
      if (settled === undefined || isLast) return
      const news = new Promise<void>((resolve) => {
        onNews = resolve
      })
      await Promise.race([settled, news])
    }
  }

  async function lastTry(untilMs: number): Promise<void> {
    await running
    const leftMs = untilMs - clock.now()
    const heldMs = addresses.heldUntil() - clock.now()
    if (room.size() === 0 || heldMs >= leftMs) return
    // The pace is kept while there is time for it; at the very end, one message too many is better than none.
    const pacedMs = addresses.waitMs()
    const waitMs = Math.max(heldMs, pacedMs <= leftMs / 2 ? pacedMs : 0)
    if (waitMs > 0) await pause(waitMs)
    do await attempt()
    while (again && clock.now() < untilMs)
  }

  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      timer = clock.after(ms, resolve)
    })
  }

  return {
    offer,
    idle: () =>
      running || room.size() > 0 || inFlight.length > 0 ? new Promise((wake) => idlers.push(wake)) : done,
    waiting: () => inFlight.length + room.size(),
    oldestMs() {
      const offered = [...inFlight.map((part) => part.offeredAt), room.oldestAt()]
      return Math.max(0, clock.now() - Math.min(...offered))
    },
    retire,
    close: (deadlineMs, others) => (ending ??= end(deadlineMs, others)),
  }
}

const done = Promise.resolve()
