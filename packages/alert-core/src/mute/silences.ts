/**
 * Silences: no channel is notified of the alerts that match until a moment. Those of the options are replaced
 * with them; those made at run time stay until they end or are removed.
 */
import type { Mute } from '../alerts/tracker.ts'
import type { Levels } from '../read/levels.ts'
import { compileMatch, type GetField, type Matches } from '../rules/match.ts'
import { nextMinute, type Schedules } from './schedules.ts'

/** One silence, checked; epoch ms. */
export interface SilencePlan {
  readonly match: Matches
  /** Default: now. */
  readonly fromMs?: number | undefined
  readonly untilMs: number
  /** Only while one of these schedules holds; empty: always. */
  readonly schedules: readonly string[]
  readonly comment?: string | undefined
}

/** A silence made at run time; its id removes it. */
export interface RuntimeSilence extends SilencePlan {
  readonly id: string
  /** When it was made, epoch ms. */
  readonly at?: number | undefined
  /** Who made it. */
  readonly by?: string | undefined
  /** The one alert that it silences. */
  readonly alert?: string | undefined
  /** It ends with this release of the watched application. */
  readonly release?: string | undefined
}

export interface Silences {
  /** Until when at least the alert is silenced; `undefined` if it is not. */
  mute(get: GetField, now: number): Mute | undefined
  add(silence: RuntimeSilence, now: number): void
  /** False if none has this id. */
  remove(id: string): boolean
  /** Those made at run time that have not ended. */
  runtimeSilences(now: number): RuntimeSilence[]
}

interface Compiled extends SilencePlan {
  readonly id?: string
  readonly by?: string | undefined
  readonly matches: (get: GetField) => boolean
}

export function createSilences(
  plans: readonly SilencePlan[],
  runtimeSilences: readonly RuntimeSilence[],
  schedules: Schedules,
  levels?: Levels,
): Silences {
  const compile = <Plan extends SilencePlan>(plan: Plan) => ({
    ...plan,
    matches: compileMatch(plan.match, levels),
  })
  let silences: readonly Compiled[] = [...plans, ...runtimeSilences].map(compile)

  return {
    mute(get, now) {
      for (const { fromMs = now, untilMs, schedules: names, matches, by } of silences) {
        if (now < fromMs || now >= untilMs) continue
        if (names.length > 0 && !schedules.isInAny(names, now)) continue
        if (!matches(get)) continue
        const who = by === undefined ? {} : { by }
        return names.length > 0
          ? { reason: 'silenced', untilMs: Math.min(untilMs, nextMinute(now)), ...who }
          : { reason: 'silenced', untilMs, endsAt: untilMs, ...who }
      }
      return undefined
    },
    add(silence, now) {
      const others = silences.filter(({ id, untilMs }) => untilMs > now && id !== silence.id)
      silences = [...others, compile(silence)]
    },
    remove(id) {
      const others = silences.filter((silence) => silence.id !== id)
      const wasThere = others.length < silences.length
      silences = others
      return wasThere
    },
    runtimeSilences: (now) =>
      silences.flatMap(({ id, matches: _, ...silence }) =>
        id === undefined || silence.untilMs <= now ? [] : [{ id, ...silence }],
      ),
  }
}

/** The same silence with its moments by another clock. */
export function shiftSilence(silence: RuntimeSilence, byMs: number): RuntimeSilence {
  const { at, fromMs, untilMs } = silence
  return {
    ...silence,
    untilMs: untilMs + byMs,
    ...(at === undefined ? {} : { at: at + byMs }),
    ...(fromMs === undefined ? {} : { fromMs: fromMs + byMs }),
  }
}
