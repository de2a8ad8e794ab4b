/**
 * The state machine of alerts: records go in with the time at which they came, notifications come out. It has
 * no timer and does no I/O: its host calls `tick` when `nextDeadline` has come. Times are epoch ms.
 */
import { randomUUID } from 'node:crypto'
import type { Acknowledgement, Alert, Answered, ContextLine, Notification, Occurrence } from '../model.ts'
import type { AbsenceWatch } from './absence.ts'
import { acknowledge, noteSilenced, unacknowledge } from './alert-life.ts'
import type { ChannelPlan } from './channel.ts'
import { filteredCount, unnotified } from './channel-state.ts'
import type { Effect } from './effect.ts'
import type { SavedKey } from './key-state.ts'
import { copyAlert } from './live-alert.ts'
import { updateMutes } from './mute.ts'
import { type IsWaiting, noteOutcome } from './notify.ts'
import { type AlertPreview, preview } from './preview.ts'
import type { SeenAlert } from './releases.ts'
import { applyWatches, forget, reload, restore } from './replace-state.ts'
import { drain, leastReportMs, nextDeadline, runDue } from './run-due.ts'
import { noteEffects, openDigests, saveDigests, suppressBeforeDigest } from './send-digest.ts'
import { mergedIdOf } from './similar.ts'
import { saveAlert, type TrackerSnapshot } from './snapshot.ts'
import { type Aggregate, catchUp, takeRecord } from './take-record.ts'
import {
  type CanEnd,
  channelOf,
  createTrackerState,
  type Mutes,
  type RulesInForce,
  type TrackerState,
  watchSpikes,
} from './tracker-state.ts'

export type { AbsenceWatch } from './absence.ts'
export type { ChannelPlan } from './channel.ts'
export type { DigestPlan, SavedDigest } from './digest.ts'
export type { Effect } from './effect.ts'
export type { SavedKey } from './key-state.ts'
export type { AlertPreview } from './preview.ts'
export type { SeenAlert } from './releases.ts'
export type { SavedAlert, TrackerSnapshot } from './snapshot.ts'
export type { Aggregate } from './take-record.ts'
export type { CanEnd, Firing, Mute, Mutes } from './tracker-state.ts'

/** Which channels there are, and how many alerts may live. */
export interface TrackerOptions {
  readonly channels: readonly ChannelPlan[]
  /** Rules with `absent`. */
  readonly watches?: readonly AbsenceWatch[]
  /** Rules that watch for spikes: what came before they did is not known. */
  readonly spikes?: readonly string[]
  /** When they start to watch, epoch ms. */
  readonly now?: number
  /** Whether the rules can end an alert that only a record ends; by default they can. */
  readonly canEnd?: CanEnd
  /**
   * Silences, inhibitions and schedules: asked when a channel is about to be notified; undefined while there
   * are none.
   */
  readonly mutes?: () => Mutes | undefined
  /** Alerts that may live at once; further kinds are counted together. */
  readonly maxAlerts?: number
  /** Makes the ids of notifications. */
  readonly newId?: () => string
  /** What people call this process: alerts count the records of each. Default: they do not. */
  readonly process?: string
  /** How many processes there are; undefined while only this one is known. */
  readonly processesTotal?: (() => number | undefined) | undefined
  /** The release that this process runs. */
  readonly release?: string
}

/** Decides which channel is notified of what, and when. */
export interface Tracker {
  /**
   * A rule took a record, or so many that were counted elsewhere. Constant time. It notifies no channel
   * itself, so that records of one burst share a message.
   */
  push(occurrence: Occurrence, now: number, aggregate?: Aggregate): readonly Effect[]
  /** Gives an alert that began at this very moment the lines before it; they are requested only then. */
  addContext(id: string, now: number, lines: () => readonly ContextLine[]): void
  /** Time has passed. Afterwards `nextDeadline()` is later than `now`. */
  tick(now: number): readonly Effect[]
  /**
   * When `tick` must be called next: `Infinity` is never, a past time is now. It may be too early, never too
   * late.
   */
  nextDeadline(): number
  /**
   * Sends at once what is unsent, regardless of `wait`, `interval` and a pause that a provider asked for.
   * With `growth`, for the end of the stream without a next process, also all counts that grew, regardless of
   * `repeat` and quota; what is still before its `after` is suppressed as 'closed'.
   */
  drain(now: number, options: { readonly growth: boolean }): readonly Effect[]
  /** The channel's provider asked not to be called before `untilMs`. */
  pause(channel: string, untilMs: number): void
  /** That the channel's quota is exhausted was reported: the tracker says when it has room again. */
  noteQuotaExhausted(channel: string, alerts: number, now: number): void
  /** When the channel's quota allows one more message, epoch ms; a past time is now. */
  quotaRoomAt(channel: string): number
  /**
   * Uses other channels and rules; alerts, timers and what was sent stay. A removed channel is sent the end
   * of what it was notified of.
   */
  reload(channels: readonly ChannelPlan[], now: number, rules?: RulesInForce): readonly Effect[]
  /**
   * The channel's provider accepted the notification, or will not: reminders count from now, and ends are
   * sent only for what was accepted. Only that is charged. To be called for each notification that was
   * given to a channel.
   */
  noteOutcome(
    notification: Notification,
    isDelivered: boolean,
    now: number,
    isWaiting?: IsWaiting,
  ): readonly Effect[]
  /** Silences or the like have changed: checks what is muted again. */
  updateMutes(now: number): readonly Effect[]
  /**
   * Somebody takes the alert on: until it becomes worse or ends, no channel is reminded of it, and none is
   * notified that was not notified yet. Undefined if it does not fire.
   */
  acknowledge(id: string, acknowledgement: Acknowledgement, now: number): readonly Effect[] | undefined
  /** Somebody silenced these alerts: channels that were notified of them may be sent a notice. */
  noteSilenced(ids: readonly string[], answered: Answered, now: number): readonly Effect[]
  /** Undefined if it does not fire, or is not acknowledged. */
  unacknowledge(id: string, now: number): readonly Effect[] | undefined
  /** The id of the alert that counts what has this fingerprint: its own, or that of a merged alert. */
  idOf(id: string): string
  /** The alert's id as people read it. */
  shortId(id: string): string
  /** What this occurrence would cause; nothing changes. */
  preview(occurrence: Occurrence, now: number): AlertPreview
  /** The keys of conditions that changed since the last call, at first all, with their present state. */
  takeChangedKeys(): ReadonlyMap<string, SavedKey | undefined>
  /** The alerts whose last release changed since the last call, at first all; undefined: forgotten. */
  takeChangedSeen(): ReadonlyMap<string, SeenAlert | undefined>
  /** What became of the records so far. */
  recordCounts(): RecordCounts
  /** The firing alerts. */
  live(): readonly Alert[]
  /** All state; without `withKeys`, of conditions only the absence watches, and no alert's last release. */
  snapshot(parts?: { readonly withKeys: boolean }): TrackerSnapshot
  /** The part of the snapshot about these alerts and this channel. */
  partOf(
    ids: readonly string[],
    channel?: string,
  ): Pick<TrackerSnapshot, 'alerts' | 'past' | 'channels' | 'digests'>
  /** Forgets all alerts, and what channels were sent: another process continues with them. */
  forget(now: number): void
  /**
   * Uses the state of this snapshot in place of the present one, with the present channels. If it is the
   * present one with its times moved, because the clock was set, `stepMs` is by how much.
   */
  restore(snapshot: TrackerSnapshot, now?: number, stepMs?: number): readonly Effect[]
}

/** Records since the start; what a notification has taken along is counted where that is delivered. */
export interface RecordCounts {
  /** Those that alerts counted. */
  readonly counted: number
  /** How many of them stand for a missing one. */
  readonly missing: number
  readonly channels: ReadonlyMap<string, { readonly waiting: number; readonly filtered: number }>
}

/** Starts without alerts. */
export function createTracker(options: TrackerOptions): Tracker {
  const {
    channels,
    watches = [],
    spikes = [],
    canEnd = () => true,
    maxAlerts = 1000,
    newId = randomUUID,
  } = options
  const mutes = options.mutes ?? (() => undefined)
  const { process, processesTotal, release, now: startedAt = 0 } = options
  const state = createTrackerState({
    channels,
    watches,
    canEnd,
    mutes,
    maxAlerts,
    newId,
    process,
    processesTotal,
    release,
  })
  if (release !== undefined) state.releases.addRelease(release, startedAt)
  applyWatches(state, startedAt)
  state.spikesSince = watchSpikes(spikes, startedAt)
  state.digests = openDigests(channels, startedAt)
  const noted = (effects: readonly Effect[]) => {
    if (state.digests.size > 0) noteEffects(state, effects)
    return effects
  }
  /** Whatever is not about one record may change when any channel is due. */
  const changed = <Result>(result: Result): Result => {
    state.channelsDueAt = undefined
    return result
  }

  return {
    push: (occurrence, now, aggregate) => noted(takeRecord(state, occurrence, now, aggregate)),
    addContext: (id, now, lines) => addContext(state, id, now, lines),
    tick(now) {
      const before = state.digests.size > 0 ? noted(suppressBeforeDigest(state, now)) : []
      const effects = changed(noted(runDue(state, now)))
      return before.length === 0 ? effects : [...before, ...effects]
    },
    nextDeadline: () => nextDeadline(state),
    drain: (now, { growth }) => changed(noted(drain(state, now, growth))),
    pause: (name, untilMs) => changed(channelOf(state, name)?.pause(untilMs)),
    noteQuotaExhausted: (name, alerts, now) =>
      changed(channelOf(state, name)?.markReported(now + leastReportMs, alerts)),
    quotaRoomAt: (name) => channelOf(state, name)?.quotaAt.critical ?? Number.NEGATIVE_INFINITY,
    reload: (plans, now, rules = rulesOf(state)) => changed(noted(reload(state, plans, rules, now))),
    noteOutcome: (...outcome) => changed(noted(noteOutcome(state, ...outcome))),
    updateMutes: (now) => changed(noted([...catchUp(state, now), ...updateMutes(state, now)])),
    acknowledge: (id, acknowledgement, now) => changed(acknowledge(state, id, acknowledgement, now)),
    noteSilenced: (ids, answered, now) => changed(noteSilenced(state, ids, answered, now)),
    unacknowledge(id, now) {
      const effects = unacknowledge(state, id, now)
      return changed(effects && noted(effects))
    },
    idOf: (id) => mergedIdOf(state.similar, id),
    shortId: (id) => shortIdOf(id, state.alerts.keys()),
    preview: (occurrence, now) => preview(state, occurrence, now),
    takeChangedKeys: () => takeChangedKeys(state),
    takeChangedSeen: () => state.releases.takeChanged(),
    recordCounts: () => recordCounts(state),
    live: () => [...state.alerts.values()].filter((alert) => alert.endedAt === undefined).map(copyAlert),
    snapshot: ({ withKeys } = { withKeys: true }) => takeSnapshot(state, withKeys),
    partOf: (ids, name) => ({
      alerts: ids.flatMap((id) => state.alerts.get(mergedIdOf(state.similar, id)) ?? []).map(saveAlert),
      past: ids.flatMap((id) => state.history.get(id) ?? []),
      channels: state.channels.filter(({ plan }) => plan.name === name).map((channel) => channel.timing()),
      // A digest belongs to no alert.
      digests: ids.length > 0 ? [] : saveDigests(state).filter((digest) => digest.name === name),
    }),
    forget: (now) => changed(forget(state, now)),
    restore: (snapshot, now = startedAt, stepMs = 0) => changed(noted(restore(state, snapshot, now, stepMs))),
  }
}

function rulesOf({ watches, spikesSince, canEnd }: TrackerState): RulesInForce {
  return { watches, canEnd, spikes: [...spikesSince.keys()] }
}

function addContext(state: TrackerState, id: string, now: number, lines: () => readonly ContextLine[]): void {
  const alert = state.alerts.get(id)
  if (alert?.startedAt !== now || alert.context !== undefined) return
  const found = lines()
  if (found.length > 0) alert.context = found
}

function recordCounts({ channels, alerts, counted, missing, filtered }: TrackerState): RecordCounts {
  const counts = channels.map(({ plan: { name } }) => {
    let waiting = 0
    let refused = filtered.get(name) ?? 0
    for (const alert of alerts.values()) {
      const channelState = alert.channelStates.get(name)
      if (channelState === undefined) continue
      waiting += unnotified(alert, channelState)
      refused += filteredCount(alert, channelState)
    }
    return [name, { waiting, filtered: refused }] as const
  })
  return { counted, missing, channels: new Map(counts) }
}

function takeChangedKeys(state: TrackerState): ReadonlyMap<string, SavedKey | undefined> {
  const { conditions } = state
  const ids = state.changedKeys ?? conditions?.save(true).keys.map(({ id }) => id) ?? []
  state.changedKeys = new Set()
  return new Map([...ids].map((id) => [id, conditions?.find(id)]))
}

function takeSnapshot(state: TrackerState, withKeys: boolean): TrackerSnapshot {
  const releases = state.releases.releases()
  return {
    version: 1,
    alerts: [...state.alerts.values()].map(saveAlert),
    ended: [...state.ended],
    channels: state.channels.map((channel) => channel.timing()),
    past: [...state.history.values()],
    ...(state.overflowId === undefined ? {} : { overflowId: state.overflowId }),
    dropped: state.dropped,
    ...(state.spikesSince.size === 0 ? {} : { spikesSince: [...state.spikesSince] }),
    ...(releases.length === 0 ? {} : { releases }),
    ...(withKeys && releases.length > 0 ? { seen: state.releases.seen() } : {}),
    ...(state.digests.size === 0 ? {} : { digests: saveDigests(state) }),
    ...(state.conditions && { conditions: state.conditions.save(withKeys) }),
  }
}

// ── short ids, as people read and type them

const shortIdLength = 6
const longerIdLength = 8
/** A shorter start is taken for a mistake. */
export const leastIdLength = 4

/**
 * The first six digits of the alert's fingerprint, or eight if another live alert shares those; `ids` are
 * those of the live alerts.
 */
export function shortIdOf(id: string, ids: Iterable<string>): string {
  const start = id.slice(0, shortIdLength)
  for (const other of ids) if (other !== id && other.startsWith(start)) return id.slice(0, longerIdLength)
  return start
}

/** The alerts that this id may mean, any start of at least four digits: one if it is clear. */
export function alertsNamed<Named extends Pick<Alert, 'id'>>(id: string, alerts: readonly Named[]): Named[] {
  const given = id.toLowerCase()
  const exact = alerts.filter((alert) => alert.id === given)
  if (exact.length > 0 || given.length < leastIdLength) return exact
  return alerts.filter((alert) => alert.id.startsWith(given))
}
