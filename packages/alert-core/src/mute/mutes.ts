/**
 * Everything that keeps a channel from being notified of an alert that it takes, in this order: its
 * schedules, silences, inhibition. The tracker asks when a channel is due.
 */
import type { Mute, Mutes } from '../alerts/tracker.ts'
import type { Alert } from '../model.ts'
import type { Levels } from '../read/levels.ts'
import type { GetField } from '../rules/match.ts'
import { createInhibition, type InhibitionPlan } from './inhibition.ts'
import { createSchedules, nextMinute, type SchedulePlans } from './schedules.ts'
import { createSilences, type RuntimeSilence, type SilencePlan } from './silences.ts'

/** The part of the options that mutes. */
export interface MutePlan {
  readonly silences: readonly SilencePlan[]
  readonly inhibit: readonly InhibitionPlan[]
  readonly schedules: SchedulePlans
  readonly channels: readonly { readonly name: string; readonly schedules?: ChannelTimes }[]
  /** The logger's own levels, by label. */
  readonly levels?: Levels | undefined
}

/** A channel is open in one of the schedules `only`, if there are any, and in none of `not`. */
export interface ChannelTimes {
  readonly only: readonly string[]
  readonly not: readonly string[]
}

export interface Muting {
  /** Undefined while there is nothing that could mute. */
  readonly mutes: Mutes | undefined
  silence(silence: RuntimeSilence, now: number): void
  /** False if no silence made at run time has this id. */
  unsilence(id: string): boolean
  /** What silences the alert, if anything does. */
  silenceOf(alert: Alert, now: number): Mute | undefined
  /** Those made at run time that have not ended. */
  runtimeSilences(now: number): RuntimeSilence[]
}

/** `runtimeSilences` were made under former options. */
export function createMuting(
  plan: MutePlan,
  fieldsOf: (alert: Alert) => GetField,
  runtimeSilences: readonly RuntimeSilence[] = [],
): Muting {
  const schedules = createSchedules(plan.schedules)
  const silences = createSilences(plan.silences, runtimeSilences, schedules, plan.levels)
  const inhibition = createInhibition(plan.inhibit, fieldsOf, plan.levels)
  const times = new Map(plan.channels.map((channel) => [channel.name, channel.schedules]))
  const hasTimes = plan.channels.some((channel) => channel.schedules !== undefined)
  const hasMutes = hasTimes || plan.inhibit.length + plan.silences.length + runtimeSilences.length > 0

  function isClosed(channel: string, now: number): boolean {
    const { only, not } = times.get(channel) ?? { only: [], not: [] }
    if (only.length > 0 && !schedules.isInAny(only, now)) return true
    return not.length > 0 && schedules.isInAny(not, now)
  }

  const mutes: Mutes = (alert, channel, now, firing) => {
    if (isClosed(channel, now)) return { reason: 'schedule', untilMs: nextMinute(now) }
    return silences.mute(fieldsOf(alert), now) ?? inhibition(alert, firing)
  }

  const muting: { -readonly [Key in keyof Muting]: Muting[Key] } = {
    mutes: hasMutes ? mutes : undefined,
    silence(silence, now) {
      silences.add(silence, now)
      muting.mutes = mutes
    },
    unsilence: silences.remove,
    silenceOf: (alert, now) => silences.mute(fieldsOf(alert), now),
    runtimeSilences: silences.runtimeSilences,
  }
  return muting
}
