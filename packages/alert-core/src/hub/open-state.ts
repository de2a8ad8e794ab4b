/**
 * The state directory of a hub.
 */
import type { Tracker } from '../alerts/tracker.ts'
import type { InternalErrorCode } from '../errors/error-codes.ts'
import { createJournal } from '../journal/journal.ts'
import { createState, type State } from '../state/state.ts'
import type { Clock } from '../time/clock.ts'
import type { CompiledOptions } from './compiled-options.ts'
import type { InternalErrors } from './internal-errors.ts'
import type { MetaAlerts } from './meta-alerts.ts'

/** What the state depends on. */
export interface OpenStateOptions {
  readonly directory: string
  readonly compiled: () => CompiledOptions
  readonly tracker: Tracker
  readonly clock: Clock
  readonly internalErrors: InternalErrors
  readonly metaAlerts: MetaAlerts
}

/** Opens the state; it has nothing of former processes yet. */
export function openState({
  directory,
  compiled,
  tracker,
  clock,
  internalErrors,
  metaAlerts,
}: OpenStateOptions): State {
  const { content, limits } = compiled().plan

  function trouble(code: InternalErrorCode, message: string): void {
    // A turn later, so that those hear it who subscribe to a hub that was just opened.
    queueMicrotask(() => {
      internalErrors.report(code, message)
      metaAlerts.noteStateProblem(code, message)
    })
  }

  return createState({
    tracker,
    clock,
    redact: content.redact,
    maxAlerts: limits.alerts,
    silences: () => compiled().muting.runtimeSilences(clock.now()),
    openJournal: (entries) =>
      createJournal({
        directory,
        clock,
        entries,
        onError: ({ code, message }) => trouble(code, message),
      }),
    onError: trouble,
  })
}
