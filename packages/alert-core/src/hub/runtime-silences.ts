/**
 * Silences made while a hub runs: checked like those of the options, kept beyond a restart.
 */
import { randomUUID } from 'node:crypto'
import { AlertError } from '../errors/alert-error.ts'
import type { SilenceOptions } from '../options.ts'
import type { State } from '../state/state.ts'
import type { Clock } from '../time/clock.ts'
import type { Setup } from './compiled-options.ts'
import type { Extras } from './hub-types.ts'

/** What silences depend on. */
export interface SilencingOptions {
  readonly setup: () => Setup
  readonly state: State
  readonly clock: Clock
  readonly extras: () => Extras
  /** A silence was lifted: what it held back may be due. */
  readonly onLifted: () => void
}

/** The two verbs of a hub. */
export interface Silencing {
  silence(silence: SilenceOptions): string
  unsilence(id: string): boolean
}

/** Makes and lifts silences. */
export function createSilencing({ setup, state, clock, extras, onLifted }: SilencingOptions): Silencing {
  return {
    silence(given) {
      const { plan: wanted, problems } = extras().checkSilence(
        given,
        Object.keys(setup().plan.muting.schedules),
      )
      if (wanted === undefined) {
        const internalErrors = problems.map(({ path, message }) => `${path || 'silence'}: ${message}`)
        throw new AlertError('ALERT_SILENCE_INVALID', `The silence is wrong: ${internalErrors.join(' ')}`)
      }
      const named = { ...wanted, id: randomUUID() }
      setup().muting.silence(named, clock.now())
      state.silenced(named.id, named)
      return named.id
    },
    unsilence(id) {
      const wasThere = setup().muting.unsilence(id)
      if (wasThere) state.silenced(id)
      onLifted()
      return wasThere
    },
  }
}
