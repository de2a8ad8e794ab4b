/**
 * The state of one tracker: its alerts, channels, history and conditions. Its parts are the other files of
 * this room.
 */
import type { Alert } from '../model.ts'
import type { AbsenceWatch } from './absence.ts'
import { type Channel, type ChannelPlan, createChannel } from './channel.ts'
import { type Conditions, createConditions, type SavedConditions } from './conditions.ts'
import type { ChannelDigest } from './digest.ts'
import { createHistory, type History } from './history.ts'
import { createImpactRoom, type ImpactRoom } from './impact.ts'
import { copyAlert, type LiveAlert, type MuteReason } from './live-alert.ts'
import { createReleases, type Releases } from './releases.ts'
import { createSimilar, type Similar } from './similar.ts'

/** Whether the present rules can end an alert that only a record ends. */
export type CanEnd = (alert: { readonly rule: string; readonly grouping?: string }) => boolean

/** What a tracker needs to know of the rules. */
export interface RulesInForce {
  readonly watches: readonly AbsenceWatch[]
  /** Those that watch for spikes. */
  readonly spikes?: readonly string[]
  readonly canEnd: CanEnd
}

/** Why a channel is not notified of an alert now, and when to ask again, epoch ms. */
export interface Mute {
  readonly reason: MuteReason
  /** Missing: until another alert ends, or until `updateMutes`. */
  readonly untilMs?: number
  /** Of a silence: who made it. */
  readonly by?: string
  /** When it ends, epoch ms, if that is known. */
  readonly endsAt?: number
}

/** Whether an alert is muted on a channel; `firing` are all firing alerts, for inhibitions. */
export type Mutes = (alert: Alert, channel: string, now: number, firing: Firing) => Mute | undefined

/** The firing alerts: collected at the first call, the same list each time. */
export type Firing = () => readonly Alert[]

export interface TrackerState {
  /** Firing alerts, and ended ones of which something is unsent; by id. */
  alerts: Map<string, LiveAlert>
  /** Ids of those that ended, the oldest end first. */
  ended: Set<string>
  /** How many alerts may live, not counting the overflow alert. */
  readonly maxAlerts: number
  channels: readonly Channel[]
  history: History
  /** Missing until a rule has one. */
  conditions: Conditions | undefined
  similar: Similar
  /** By channel. */
  digests: ReadonlyMap<string, ChannelDigest>
  watches: readonly AbsenceWatch[]
  /** When each rule began to watch for spikes, epoch ms. */
  spikesSince: ReadonlyMap<string, number>
  canEnd: CanEnd
  /**
   * The keys of conditions that changed; missing until somebody asks for them, or they would grow for ever.
   */
  changedKeys: Set<string> | undefined
  readonly newId: () => string
  /** Never later than the next end of an alert by quiet, epoch ms. */
  endsAt: number
  /** Never later than something is due on a channel, epoch ms; undefined if that has to be looked up. */
  channelsDueAt: number | undefined
  /** The id of the overflow alert, once there was one. */
  overflowId: string | undefined
  /** Records that alerts counted since the start, and how many of them stand for a missing one. */
  counted: number
  missing: number
  /** By channel: records of former lives that its filter did not take. */
  readonly filtered: Map<string, number>
  /** Records without an alert of their own that were not reported yet. */
  dropped: number
  /** Undefined while nothing mutes. */
  readonly mutes: () => Mutes | undefined
  /** Never later than the next moment at which a mute may end, epoch ms. */
  mutesEndAt: number
  /** The firing alerts as last collected, and when; missing if one began, ended or became worse since. */
  firing: { readonly at: number; readonly alerts: readonly Alert[] } | undefined
  /** An alert may be acknowledged. */
  hasAcknowledged: boolean
  /** An alert is muted because another one fires. */
  hasInhibited: boolean
  /** Before then, epoch ms, no firing alert is searched that could be evicted. */
  searchAt: number
  /** What people call this process; undefined: it has no name. */
  readonly process: string | undefined
  /** How many processes there are; undefined while only this one is known. */
  readonly processesTotal: (() => number | undefined) | undefined
  /** The release that this process runs. */
  readonly release: string | undefined
  releases: Releases
  /** For the values of fields that are counted. */
  impactRoom: ImpactRoom
}

export interface TrackerStateOptions {
  readonly channels: readonly ChannelPlan[]
  readonly watches: readonly AbsenceWatch[]
  readonly canEnd: CanEnd
  readonly mutes: () => Mutes | undefined
  readonly maxAlerts: number
  readonly newId: () => string
  readonly process: string | undefined
  readonly processesTotal: (() => number | undefined) | undefined
  readonly release: string | undefined
}

/** A tracker without alerts. */
export function createTrackerState(options: TrackerStateOptions): TrackerState {
  const { channels, maxAlerts } = options
  return {
    ...options,
    alerts: new Map(),
    ended: new Set(),
    channels: channels.map((plan) => createChannel(plan)),
    history: createHistory(),
    conditions: undefined,
    spikesSince: new Map(),
    similar: createSimilar(maxAlerts),
    digests: new Map(),
    changedKeys: undefined,
    endsAt: Number.POSITIVE_INFINITY,
    channelsDueAt: undefined,
    overflowId: undefined,
    counted: 0,
    missing: 0,
    filtered: new Map(),
    dropped: 0,
    mutesEndAt: Number.POSITIVE_INFINITY,
    firing: undefined,
    hasAcknowledged: false,
    hasInhibited: false,
    searchAt: Number.NEGATIVE_INFINITY,
    releases: createReleases({}, rememberedAlerts(maxAlerts)),
    impactRoom: createImpactRoom(),
  }
}

/** Of so many alerts is remembered in which release they were last seen. */
export function rememberedAlerts(maxAlerts: number): number {
  return 5 * maxAlerts
}

export function channelOf(state: TrackerState, name: string): Channel | undefined {
  return state.channels.find(({ plan }) => plan.name === name)
}

/** The conditions, opened at their first use. */
export function conditionsOf(state: TrackerState): Conditions {
  state.conditions ??= openConditions(state)
  return state.conditions
}

/** Conditions whose changes are noted in the state. */
export function openConditions(state: TrackerState, saved?: SavedConditions): Conditions {
  const listener = {
    onEvict(records: number) {
      state.dropped += records
    },
    onChange: (id: string) => void state.changedKeys?.add(id),
    watchedSince: (rule: string) => state.spikesSince.get(rule) ?? Number.NEGATIVE_INFINITY,
    // Alone, all that is not named is of this process, and costs nothing to save.
    processNow: () => (state.processesTotal?.() === undefined ? undefined : state.process),
  }
  return createConditions(listener, saved)
}

const byAcknowledgement: Mute = { reason: 'acknowledged' }

/**
 * What mutes alerts now: what the options and silences say, and then that somebody has taken an alert on. A
 * receiver of the state itself is not reminded by a renewal.
 */
export function mutesOf(state: TrackerState): Mutes | undefined {
  const mutes = state.mutes()
  if (!state.hasAcknowledged) return mutes
  return (alert, channel, now, firing) => {
    const mute = mutes?.(alert, channel, now, firing)
    if (mute !== undefined || state.alerts.get(alert.id)?.acknowledged === undefined) return mute
    return channelOf(state, channel)?.plan.renews === true ? undefined : byAcknowledgement
  }
}

/** All mutes are checked again at this moment. */
export function expectMuteCheck(state: TrackerState, at: number): void {
  state.mutesEndAt = Math.min(state.mutesEndAt, at)
}

/** How many ended alerts are kept: they are small and have no sample records. */
export function historySize({ maxAlerts }: TrackerState): number {
  return 5 * maxAlerts
}

/** Each record of a muted alert asks for the firing alerts: collecting them each time would be too slow. */
const freshMs = 1000

/** The alerts that fire now; the fields of their latest records may be up to a second old. */
export function firingOf(state: TrackerState, now: number): Firing {
  return () => {
    const known = state.firing
    if (known !== undefined && now >= known.at && now < known.at + freshMs) return known.alerts
    const alerts = [...state.alerts.values()].filter((alert) => alert.endedAt === undefined).map(copyAlert)
    state.firing = { at: now, alerts }
    return alerts
  }
}

/** When these rules began to watch for spikes: now, unless that is known. */
export function watchSpikes(
  rules: readonly string[],
  now: number,
  known: readonly (readonly [rule: string, since: number])[] = [],
): ReadonlyMap<string, number> {
  const former = new Map(known)
  return new Map(rules.map((rule) => [rule, former.get(rule) ?? now]))
}
