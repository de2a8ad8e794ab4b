/** The state directory of a hub: what its journal cannot do is reported, and is a meta-alert. */
import type { Tracker } from '../alerts/tracker.ts'
import type { InternalErrorCode } from '../errors/error-codes.ts'
import type { Fleet } from '../fleet/fleet-types.ts'
import type { JournalKeeper } from '../fleet/redis-journal.ts'
import { createJournal } from '../journal/journal.ts'
import { createState, type SavedLives, type State } from '../state/state.ts'
import { keys } from '../state/state-format.ts'
import type { Clock } from '../time/clock.ts'
import type { OptionsInForce } from './compiled-options.ts'
import type { Reporting } from './reporting.ts'

export interface OpenStateOptions {
  /** Keeps the state in place of the directory. */
  readonly journal: JournalKeeper | undefined
  readonly inForce: OptionsInForce
  readonly tracker: Tracker
  readonly lives: SavedLives
  readonly fleet: Fleet
  readonly clock: Clock
  readonly reporting: Pick<Reporting, 'internalErrors' | 'metaAlerts'>
}

/** Opens it; what former processes left is read later, by `adopt`. */
export function openState(options: OpenStateOptions): State {
  const { journal, inForce, tracker, lives, fleet, clock, reporting } = options
  const { content, limits, stateDir: directory = '' } = inForce.compiled.plan

  function onError(code: InternalErrorCode, message: string): void {
    // One turn later, so that it reaches those who subscribe to a hub right after opening it.
    queueMicrotask(() => {
      reporting.internalErrors.report(code, message)
      reporting.metaAlerts.noteStateProblem({ code, message, directory })
    })
  }

  return createState({
    tracker,
    lives,
    fleet,
    clock,
    redact: content.redact,
    maxAlerts: limits.alerts,
    silences: () => inForce.compiled.muting.runtimeSilences(clock.now()),
    openJournal: (entries, onRewritten) =>
      journal?.open({ entries, onRewritten }) ??
      createJournal({
        directory,
        clock,
        entries,
        onRewritten,
        // What a follower has in its file was never another's to adopt.
        mayWrite: () => fleet.mayAct?.() !== false || !fleet.decides,
        ...(fleet.writer === undefined ? {} : { writer: fleet.writer, publicKeys: keys.member }),
        onError: ({ code, message }) => onError(code, message),
      }),
    onError,
  })
}
