/**
 * Silences made while a hub runs: checked like those of the options, kept beyond a restart.
 */
import { randomUUID } from 'node:crypto'
import type { Clock } from '../kernel/clock.ts'
import { AlertError } from '../kernel/errors.ts'
import type { SilenceOptions } from '../options.ts'
import type { Setup } from '../setup.ts'
import type { State } from '../state/state.ts'
import type { Extras } from './contract.ts'

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
        Object.keys(setup().plan.quiet.schedules),
      )
      if (wanted === undefined) {
        const faults = problems.map(({ path, message }) => `${path || 'silence'}: ${message}`)
        throw new AlertError('ALERT_SILENCE_INVALID', `The silence is wrong: ${faults.join(' ')}`)
      }
      const named = { ...wanted, id: randomUUID() }
      setup().quiet.silence(named, clock.now())
      state.silenced(named.id, named)
      return named.id
    },
    unsilence(id) {
      const wasThere = setup().quiet.unsilence(id)
      if (wasThere) state.silenced(id)
      onLifted()
      return wasThere
    },
  }
}
