/**
 * The time of the alert tracker: one timer for its next deadline, and the correction after somebody set the
 * machine's clock.
 */
import { shiftSnapshot } from '../alerts/shift-snapshot.ts'
import type { Effect, Tracker } from '../alerts/tracker.ts'
import type { Clock, SteadyClock, Timer } from '../time/clock.ts'
import type { Lifecycle } from './lifecycle.ts'

/** What the timer depends on. */
export interface DeadlineTimerOptions {
  readonly tracker: Pick<Tracker, 'nextDeadline'>
  readonly clock: Clock
  /** Nothing falls due unless the hub is running. */
  readonly lifecycle: Pick<Lifecycle, 'state'>
  readonly onDeadline: () => void
}

/** Waits for the tracker's next deadline. */
export interface DeadlineTimer {
  /** Waits for the next deadline if that is nearer than the one it waits for. */
  arm(): void
  /** Forgets which deadline it waits for, so that `arm` looks at the next one wherever it is. */
  reset(): void
  cancel(): void
}

export function createDeadlineTimer(options: DeadlineTimerOptions): DeadlineTimer {
  const { tracker, clock, lifecycle, onDeadline } = options
  let timer: Timer | undefined
  let armedFor = Number.POSITIVE_INFINITY

  function reset(): void {
    armedFor = Number.POSITIVE_INFINITY
  }

  return {
    arm() {
      const deadline = tracker.nextDeadline()
      if (deadline >= armedFor || lifecycle.state() !== 'running') return
      timer?.cancel()
      armedFor = deadline
      timer = clock.after(Math.max(0, deadline - clock.now()), () => {
        reset()
        onDeadline()
      })
    },
    reset,
    cancel: () => timer?.cancel(),
  }
}

/**
 * If the machine's clock was set since the last call, moves all times that the tracker remembers by the same
 * step, so that nothing is sent early or waits for an hour that was taken back. Returns what follows;
 * `undefined` if the clock was not set.
 */
export function followClockStep(
  tracker: Pick<Tracker, 'snapshot' | 'restore'>,
  steady: SteadyClock,
  now: number,
): readonly Effect[] | undefined {
  const stepMs = steady.takeStep(now)
  return stepMs === 0 ? undefined : tracker.restore(shiftSnapshot(tracker.snapshot(), stepMs), now)
}
