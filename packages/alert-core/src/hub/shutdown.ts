/**
 * How a hub tells what waits, and ends: at leave, within a time, or at once where no event loop turns any more.
 */
import type { Effect, Tracker } from '../alerts/tracker.ts'
import type { State } from '../state/state.ts'
import type { Clock } from '../time/clock.ts'
import type { Channels } from './channels.ts'
import type { Fallbacks } from './fallback.ts'
import type { FlushResult } from './hub-types.ts'
import type { InternalErrors } from './internal-errors.ts'
import type { Startup } from './startup.ts'
import type { Events } from './stats.ts'
import type { Alarm } from './timer.ts'

/** What the end depends on. */
export interface ShutdownOptions {
  readonly closeTimeoutMs: number
  readonly startup: () => Startup
  readonly tracker: Tracker
  readonly alarm: Alarm
  readonly channels: Channels
  readonly fallbacks: Fallbacks
  readonly state: State
  readonly events: Events
  readonly internalErrors: InternalErrors
  readonly clock: Clock
  readonly steady: Clock
  readonly act: (effects: readonly Effect[]) => void
  /** Looks at no document any more. */
  readonly stopFollowing: () => void
  /** Everything is told or left: lets go of the rest. */
  readonly letGo: () => void
}

/** The ways to end. */
export interface Shutdown {
  /** It has begun to end: no time passes any more. */
  isClosing(): boolean
  /** What comes now is only counted. */
  isOver(): boolean
  flush(): Promise<FlushResult>
  close(withinMs?: number): Promise<FlushResult>
  closeSync(): FlushResult
}

/** Beyond its time a flush or an end has something to say. */
const graceMs = 1_000

/** The process lives until this is done: its clock's timers do not hold it, and a message may only be waiting for its next try. */
async function holding<Result>(withinMs: number, work: Promise<Result>): Promise<Result> {
  const hold = setTimeout(() => {}, withinMs + graceMs)
  try {
    return await work
  } finally {
    clearTimeout(hold)
  }
}

/** Ends nothing yet. */
export function createShutdown(options: ShutdownOptions): Shutdown {
  const { closeTimeoutMs, startup, tracker, alarm, channels, fallbacks, state, events, internalErrors } =
    options
  const { clock, steady, act, stopFollowing, letGo } = options
  let closing: Promise<FlushResult> | undefined
  let isOver = false

  async function drainWaiting(): Promise<FlushResult> {
    if (!startup().isReady()) await startup().wait(closeTimeoutMs)
    act(tracker.drain(alarm.now(), { growth: false }))
    alarm.arm()
    await channels.idle(closeTimeoutMs)
    const pending = channels.left()
    return { delivered: pending === 0, pending }
  }

  async function end(withinMs: number): Promise<FlushResult> {
    alarm.cancel()
    const endAt = steady.now() + withinMs
    if (!startup().isReady()) await startup().wait(withinMs)
    startup().begin()
    isOver = true
    stopFollowing()
    drainLast()
    const { length: pending } = await channels.close(endAt)
    if (pending > 0) countUndelivered(pending)
    letGo()
    await state.close()
    return { delivered: pending === 0, pending }
  }

  function closeSync(): FlushResult {
    startup().begin()
    isOver = true
    if (closing === undefined) drainLast()
    const left = channels.left()
    const pending = left > 0 ? countUndelivered(left) : 0
    // All that it writes is written before it waits for anything.
    void state.close()
    return { delivered: left === 0, pending }
  }

  /** What the next start finds on disk can wait for its time: a service that crashes again and again is told of as one that runs. */
  function drainLast(): void {
    act(tracker.drain(alarm.now(), { growth: state.stats().place !== 'disk' }))
    fallbacks.end()
  }

  /** How many are lost: those that no next start will find. */
  function countUndelivered(count: number): number {
    if (state.stats().place === 'disk') return 0
    events.emit({ type: 'dropped', reason: 'closed', count, at: clock.now() })
    internalErrors.report(
      'ALERT_UNDELIVERED',
      `${count} ${count === 1 ? 'message was' : 'messages were'} not told before the end.`,
    )
    return count
  }

  return {
    isClosing: () => closing !== undefined,
    isOver: () => isOver,
    flush: async () => closing ?? holding(closeTimeoutMs, drainWaiting()),
    close: (withinMs = closeTimeoutMs) => (closing ??= holding(withinMs, end(withinMs))),
    closeSync,
  }
}
