/**
 * Silences made while a hub runs: checked like those of the options, kept beyond a restart.
 */
import { randomUUID } from 'node:crypto'
import { AlertError } from '../errors/alert-error.ts'
import type { SilenceOptions } from '../options.ts'
import type { State } from '../state/state.ts'
import type { Clock } from '../time/clock.ts'
import type { CompiledOptions } from './compiled-options.ts'
import type { LazyParts } from './hub-types.ts'

/** What silences depend on. */
export interface SilencingOptions {
  readonly compiled: () => CompiledOptions
  readonly state: State
  readonly clock: Clock
  readonly lazyParts: () => LazyParts
  /** A silence was lifted: what it held back may be due. */
  readonly onLifted: () => void
}

/** The two verbs of a hub. */
export interface Silencing {
  silence(silence: SilenceOptions): string
  unsilence(id: string): boolean
}

/** Makes and lifts silences. */
export function createSilencing({
  compiled,
  state,
  clock,
  lazyParts,
  onLifted,
}: SilencingOptions): Silencing {
  return {
    silence(given) {
      const { plan: wanted, problems } = lazyParts().checkSilence(
        given,
        Object.keys(compiled().plan.muting.schedules),
      )
      if (wanted === undefined) {
        const internalErrors = problems.map(({ path, message }) => `${path || 'silence'}: ${message}`)
        throw new AlertError('ALERT_SILENCE_INVALID', `The silence is wrong: ${internalErrors.join(' ')}`)
      }
      const named = { ...wanted, id: randomUUID() }
      compiled().muting.silence(named, clock.now())
      state.saveSilence(named)
      return named.id
    },
    unsilence(id) {
      const wasThere = compiled().muting.unsilence(id)
      if (wasThere) state.removeSilence(id)
      onLifted()
      return wasThere
    },
  }
}
