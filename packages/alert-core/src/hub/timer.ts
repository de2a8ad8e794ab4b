/**
 * One timer for the whole state machine: it is asked for its next deadline, and ticked when that comes. The clock may be set at any time: what
 * is remembered moves along with it.
 */
import { shiftSnapshot } from '../alerts/shift-snapshot.ts'
import type { Effect, Tracker } from '../alerts/tracker.ts'
import type { Clock, Timer } from '../time/clock.ts'
import type { SteadyClock } from '../time/steady-clock.ts'

/** What the timer depends on. */
export interface AlarmOptions {
  readonly tracker: Tracker
  readonly clock: Clock
  readonly steady: SteadyClock
  /** While false nothing is due. */
  readonly isOn: () => boolean
  readonly act: (effects: readonly Effect[]) => void
}

/** The state machine's time. */
export interface Alarm {
  /** The moment to ask the state machine with, epoch ms. */
  now(): number
  /** Looks at the next deadline, which may have come nearer. */
  arm(): void
  cancel(): void
}

/** Sets nothing yet. */
export function createAlarm({ tracker, clock, steady, isOn, act }: AlarmOptions): Alarm {
  let timer: Timer | undefined
  let armedFor = Number.POSITIVE_INFINITY

  function now(): number {
    const at = clock.now()
    const stepMs = steady.takeStep(at)
    if (stepMs !== 0) {
      act(tracker.restore(shiftSnapshot(tracker.snapshot(), stepMs), at))
      armedFor = Number.POSITIVE_INFINITY
    }
    return at
  }

  function arm(): void {
    const deadline = tracker.nextDeadline()
    if (deadline >= armedFor || !isOn()) return
    timer?.cancel()
    armedFor = deadline
    timer = clock.after(Math.max(0, deadline - clock.now()), ring)
  }

  function ring(): void {
    armedFor = Number.POSITIVE_INFINITY
    act(tracker.tick(now()))
    arm()
  }

  return { now, arm, cancel: () => timer?.cancel() }
}
