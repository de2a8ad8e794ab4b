/**
 * The time of the alert tracker. Every change of it takes the time once; what falls due later is waited for
 * by one timer; and what it remembers moves with the machine's clock when somebody sets that.
 */
import { shiftSnapshot } from '../alerts/shift-snapshot.ts'
import type { Effect, Tracker } from '../alerts/tracker.ts'
import type { Fleet } from '../fleet/fleet-types.ts'
import type { Clock, SteadyClock, Timer } from '../time/clock.ts'
import type { Lifecycle } from './lifecycle.ts'
import type { Signals } from './signals.ts'

export interface AdvanceOptions {
  readonly tracker: Pick<Tracker, 'nextDeadline' | 'tick' | 'snapshot' | 'restore'>
  readonly clock: Clock
  readonly steady: SteadyClock
  /** Nothing falls due unless the hub is running. */
  readonly lifecycle: Lifecycle
  /** Nothing falls due while another process decides. */
  readonly fleet: Pick<Fleet, 'decides'>
  /** What follows from a change is said there. */
  readonly signals: Signals
}

export interface Advance {
  /** Changes the tracker at the present moment, epoch ms, and carries out what follows. */
  advance(change: (now: number) => readonly Effect[]): void
  /** Nothing falls due any more. */
  stopTimer(): void
}

export function createAdvance(options: AdvanceOptions): Advance {
  const { tracker, clock, steady, lifecycle, fleet, signals } = options
  let timer: Timer | undefined
  /** The deadline for which the timer is set, epoch ms. */
  let armedFor = Number.POSITIVE_INFINITY

  function advance(change: (now: number) => readonly Effect[]): void {
    const { now, stepMs } = steady.readWall()
    if (stepMs !== 0) {
      // The next deadline may be later than the one that the timer waits for.
      armedFor = Number.POSITIVE_INFINITY
      carryOut(tracker.restore(shiftSnapshot(tracker.snapshot(), stepMs), now, stepMs), now)
    }
    carryOut(change(now), now)
    armTimer(now)
  }

  function carryOut(effects: readonly Effect[], now: number): void {
    if (effects.length > 0) signals.emit('effects', effects, now)
  }

  function armTimer(now: number): void {
    if (!fleet.decides) return
    const deadline = tracker.nextDeadline()
    if (deadline >= armedFor || lifecycle.state !== 'running') return
    timer?.cancel()
    armedFor = deadline
    timer = clock.after(Math.max(0, deadline - now), onDeadline)
  }

  function onDeadline(): void {
    armedFor = Number.POSITIVE_INFINITY
    if (fleet.decides) advance(tracker.tick)
  }

  return { advance, stopTimer: () => timer?.cancel() }
}
