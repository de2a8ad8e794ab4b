/**
 * The state of one tracker: its alerts, channels, history and conditions. Its parts are the other files of
 * this room.
 */
import type { Alert } from '../model.ts'
import type { AbsenceWatch } from './absence.ts'
import { unnotified } from './channel-state.ts'
import { type Channel, type ChannelPlan, createChannel } from './channel-timing.ts'
import { type Conditions, createConditions, type SavedConditions } from './conditions.ts'
import { dueOf } from './due.ts'
import { createHistory, type History } from './history.ts'
import { type LiveAlert, quietAt } from './live-alert.ts'
import type { Mutes } from './mute.ts'
import { createSimilar, type Similar } from './similar.ts'

/** Whether the present rules can end an alert that only a record ends. */
export type CanEnd = (alert: { readonly rule: string; readonly grouping?: string }) => boolean

/** The mutable state of one tracker. */
export interface TrackerState {
  /** Firing alerts, and ended ones of which something is unsent; by id. */
  alerts: Map<string, LiveAlert>
  /** Ids of those that ended, the oldest end first. */
  ended: Set<string>
  /** How many alerts may live, not counting the overflow alert. */
  readonly maxAlerts: number
  channels: readonly Channel[]
  history: History
  conditions: Conditions
  similar: Similar
  watches: readonly AbsenceWatch[]
  canEnd: CanEnd
  /**
   * The keys of conditions that changed; missing until somebody asks for them, or they would grow for ever.
   */
  changedKeys: Set<string> | undefined
  readonly newId: () => string
  /** Never later than the next end of an alert by quiet, epoch ms. */
  endsAt: number
  /** The id of the overflow alert, once there was one. */
  overflowId: string | undefined
  /** Records without an alert of their own that were not reported yet. */
  dropped: number
  readonly mutes: Mutes | undefined
  /** Never later than the next moment at which a mute may end, epoch ms. */
  mutesEndAt: number
  /** The firing alerts as last collected, and when; missing if one began, ended or became worse since. */
  firing: { readonly at: number; readonly alerts: readonly Alert[] } | undefined
  /** An alert is muted because another one fires. */
  hasInhibited: boolean
  /** Before then, epoch ms, no firing alert is searched that could be evicted. */
  searchAt: number
}

export interface TrackerStateOptions {
  readonly channels: readonly ChannelPlan[]
  readonly watches: readonly AbsenceWatch[]
  readonly canEnd: CanEnd
  readonly mutes: Mutes | undefined
  readonly maxAlerts: number
  readonly newId: () => string
}

/** A tracker without alerts. */
export function createTrackerState(options: TrackerStateOptions): TrackerState {
  const { channels, maxAlerts } = options
  const state: Omit<TrackerState, 'conditions'> & { conditions?: Conditions } = {
    ...options,
    alerts: new Map(),
    ended: new Set(),
    channels: channels.map((plan) => createChannel(plan)),
    history: createHistory(historySize(maxAlerts)),
    similar: createSimilar(maxAlerts),
    changedKeys: undefined,
    endsAt: Number.POSITIVE_INFINITY,
    overflowId: undefined,
    dropped: 0,
    mutesEndAt: Number.POSITIVE_INFINITY,
    firing: undefined,
    hasInhibited: false,
    searchAt: Number.NEGATIVE_INFINITY,
  }
  const whole = state as TrackerState
  whole.conditions = openConditions(whole)
  return whole
}

/** Conditions whose changes are noted in the state. */
export function openConditions(state: TrackerState, saved?: SavedConditions): Conditions {
  const listener = {
    onEvict(records: number) {
      state.dropped += records
    },
    onChange: (id: string) => void state.changedKeys?.add(id),
  }
  return createConditions(listener, saved)
}

/** How many ended alerts are kept: they are small and have no sample records. */
export function historySize(maxAlerts: number): number {
  return 5 * maxAlerts
}

/** The plans of the channels, in their order. */
export function plansOf(state: TrackerState): readonly ChannelPlan[] {
  return state.channels.map((channel) => channel.plan)
}

/** The alert of this id, if it fires and its quiet time is not over. */
export function firingAlert(state: TrackerState, id: string, now: number): LiveAlert | undefined {
  const alert = state.alerts.get(id)
  return alert !== undefined && alert.endedAt === undefined && now < quietAt(alert) ? alert : undefined
}

/** Sets for each channel when the alert is due. */
export function schedule(state: TrackerState, alert: LiveAlert): void {
  for (const channel of state.channels) {
    const channelState = alert.channelStates.get(channel.plan.name)
    if (channelState === undefined) continue
    if (channelState.since === undefined && unnotified(alert, channelState) > 0)
      channelState.since = alert.lastAt
    const due = dueOf(alert, channelState, channel.plan)
    if (due !== undefined && due.at < channel.due[due.urgency]) channel.due[due.urgency] = due.at
  }
}

/** Notes a moment at which an alert may end. */
export function expectEnd(state: TrackerState, at: number): void {
  if (at < state.endsAt) state.endsAt = at
}
