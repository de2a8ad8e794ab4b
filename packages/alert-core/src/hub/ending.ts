/**
 * How a hub tells what waits, and ends: at leave, within a time, or at once where no event loop turns any more.
 */
import type { Effect, Tracker } from '../alerts/tracker.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Report } from '../report.ts'
import type { State } from '../state/state.ts'
import type { Alarm } from './alarm.ts'
import type { Beginning } from './beginning.ts'
import type { Channels } from './channels.ts'
import type { FlushResult } from './contract.ts'
import type { Faults } from './faults.ts'
import type { Handing } from './handing.ts'

/** What the end depends on. */
export interface EndingOptions {
  readonly closeTimeoutMs: number
  readonly beginning: () => Beginning
  readonly tracker: Tracker
  readonly alarm: Alarm
  readonly channels: Channels
  readonly handing: Handing
  readonly state: State
  readonly report: Report
  readonly faults: Faults
  readonly clock: Clock
  readonly steady: Clock
  readonly act: (effects: readonly Effect[]) => void
  /** Looks at no document any more. */
  readonly stopFollowing: () => void
  /** Everything is told or left: lets go of the rest. */
  readonly letGo: () => void
}

/** The ways to end. */
export interface Ending {
  /** It has begun to end: no time passes any more. */
  isClosing(): boolean
  /** What comes now is only counted. */
  isOver(): boolean
  flush(): Promise<FlushResult>
  close(withinMs?: number): Promise<FlushResult>
  leave(): FlushResult
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
export function createEnding(options: EndingOptions): Ending {
  const { closeTimeoutMs, beginning, tracker, alarm, channels, handing, state, report, faults } = options
  const { clock, steady, act, stopFollowing, letGo } = options
  let closing: Promise<FlushResult> | undefined
  let isOver = false

  async function tellWaiting(): Promise<FlushResult> {
    if (!beginning().isReady()) await beginning().wait(closeTimeoutMs)
    act(tracker.drain(alarm.now(), { growth: false }))
    alarm.arm()
    await channels.idle(closeTimeoutMs)
    const waiting = channels.left()
    return { told: waiting === 0, waiting }
  }

  async function end(withinMs: number): Promise<FlushResult> {
    alarm.cancel()
    const endAt = steady.now() + withinMs
    if (!beginning().isReady()) await beginning().wait(withinMs)
    beginning().begin()
    isOver = true
    stopFollowing()
    tellLast()
    const { length: waiting } = await channels.close(endAt)
    if (waiting > 0) leaveUntold(waiting)
    letGo()
    await state.close()
    return { told: waiting === 0, waiting }
  }

  function leave(): FlushResult {
    beginning().begin()
    isOver = true
    if (closing === undefined) tellLast()
    const left = channels.left()
    const waiting = left > 0 ? leaveUntold(left) : 0
    // All that it writes is written before it waits for anything.
    void state.close()
    return { told: left === 0, waiting }
  }

  /** What the next start finds on disk can wait for its time: a service that crashes again and again is told of as one that runs. */
  function tellLast(): void {
    act(tracker.drain(alarm.now(), { growth: state.stats().place !== 'disk' }))
    handing.end()
  }

  /** How many are lost: those that no next start will find. */
  function leaveUntold(count: number): number {
    if (state.stats().place === 'disk') return 0
    report.emit({ type: 'dropped', reason: 'closed', count, at: clock.now() })
    faults.say(
      'ALERT_NOT_TOLD',
      `${count} ${count === 1 ? 'message was' : 'messages were'} not told before the end.`,
    )
    return count
  }

  return {
    isClosing: () => closing !== undefined,
    isOver: () => isOver,
    flush: async () => closing ?? holding(closeTimeoutMs, tellWaiting()),
    close: (withinMs = closeTimeoutMs) => (closing ??= holding(withinMs, end(withinMs))),
    leave,
  }
}
