/**
 * Silences made while a hub runs: checked like those of the options, and kept across a restart.
 */
import { randomUUID } from 'node:crypto'
import type { Effect, Tracker } from '../alerts/tracker.ts'
import { AlertError } from '../errors/alert-error.ts'
import type { SilenceOptions } from '../options.ts'
import type { State } from '../state/state.ts'
import type { Clock } from '../time/clock.ts'
import type { OptionsInForce } from './compiled-options.ts'
import type { LazyParts } from './hub-types.ts'

/** What silences depend on. */
export interface SilencingOptions {
  readonly inForce: OptionsInForce
  readonly state: State | undefined
  readonly tracker: Tracker
  readonly clock: Clock
  readonly lazyParts: () => Pick<LazyParts, 'checkSilence'>
  readonly advance: (change: (now: number) => readonly Effect[]) => void
}

/** Each is described where the hub offers it. */
export interface Silencing {
  silence(silence: SilenceOptions): string
  unsilence(id: string): boolean
}

export function createSilencing(options: SilencingOptions): Silencing {
  const { inForce, state, tracker, clock, lazyParts, advance } = options
  return {
    silence(given) {
      const schedules = Object.keys(inForce.compiled.plan.muting.schedules)
      const { plan, problems } = lazyParts().checkSilence(given, schedules, clock.now())
      if (plan === undefined) {
        const sentences = problems.map(({ path, message }) => `${path || 'silence'}: ${message}`)
        throw new AlertError('ALERT_SILENCE_INVALID', `The silence is wrong: ${sentences.join(' ')}`)
      }
      const silence = { ...plan, id: randomUUID() }
      inForce.compiled.muting.silence(silence, clock.now())
      state?.saveSilence(silence)
      return silence.id
    },
    unsilence(id) {
      const wasSilenced = inForce.compiled.muting.unsilence(id)
      if (wasSilenced) state?.removeSilence(id)
      advance((now) => tracker.updateMutes(now))
      return wasSilenced
    },
  }
}
