/**
 * The state directory of a hub.
 */
import type { Tracker } from '../alerts/tracker.ts'
import type { Clock } from '../kernel/clock.ts'
import type { FaultCode } from '../kernel/errors.ts'
import type { OwnTroubles } from '../own-troubles.ts'
import type { Setup } from '../setup.ts'
import { createJournal } from '../spool/journal.ts'
import { createState, type State } from '../state/state.ts'
import type { Faults } from './faults.ts'

/** What the state depends on. */
export interface OpenStateOptions {
  readonly directory: string
  readonly setup: () => Setup
  readonly tracker: Tracker
  readonly clock: Clock
  readonly faults: Faults
  readonly troubles: OwnTroubles
}

/** Opens the state; it has nothing of former processes yet. */
export function openState({ directory, setup, tracker, clock, faults, troubles }: OpenStateOptions): State {
  const { content, limits } = setup().plan

  function trouble(code: FaultCode, message: string): void {
    // A turn later, so that those hear it who subscribe to a hub that was just opened.
    queueMicrotask(() => {
      faults.say(code, message)
      troubles.state(code, message)
    })
  }

  return createState({
    tracker,
    clock,
    redact: content.redact,
    maxAlerts: limits.alerts,
    silences: () => setup().quiet.named(clock.now()),
    openSpool: (entries) =>
      createJournal({
        directory,
        clock,
        entries,
        onTrouble: ({ code, message }) => trouble(code, message),
      }),
    onTrouble: trouble,
  })
}
