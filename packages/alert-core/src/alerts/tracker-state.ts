/**
 * What the state machine holds in its hands, and the one thing all its parts do with it: letting the channels know
 * when an alert is due.
 */
import type { Alert } from '../model.ts'
import { unnotified } from './channel-state.ts'
import { type Channel, type ChannelPlan, createChannel } from './channel-timing.ts'
import { dueOf } from './due.ts'
import { createHistory, type History } from './history.ts'
import type { LiveAlert } from './live-alert.ts'
import type { Mutes } from './mute.ts'

/** The mutable state of one tracker. */
export interface TrackerState {
  /** Alerts that fire, and those that ended with something left to tell; by id. */
  readonly alerts: Map<string, LiveAlert>
  /** Ids of those that ended, the oldest end first. */
  readonly ended: Set<string>
  /** How many alerts may live, not counting the one about too many kinds. */
  readonly maxAlerts: number
  channels: readonly Channel[]
  history: History
  /** Never later than the next end of an alert by quiet, epoch ms. */
  endsAt: number
  /** The id of the alert about too many kinds, once there was one. */
  overflowId: string | undefined
  /** Records that got no alert of their own and were not reported yet. */
  dropped: number
  readonly mutes: Mutes | undefined
  /** Never later than the next moment at which something muted may be free, epoch ms. */
  mutesEndAt: number
  /** The alerts that fire, as they were gathered last, and when; absent where one began, ended or became worse since. */
  firing: { readonly at: number; readonly alerts: readonly Alert[] } | undefined
  /** Something is muted because another alert fires. */
  hasInhibited: boolean
  /** Before then, epoch ms, no firing alert is looked for that could make room. */
  searchAt: number
}

/** An empty memory. */
export function createTrackerState(
  plans: readonly ChannelPlan[],
  maxAlerts: number,
  mutes?: Mutes,
): TrackerState {
  return {
    mutes,
    mutesEndAt: Number.POSITIVE_INFINITY,
    firing: undefined,
    hasInhibited: false,
    alerts: new Map(),
    ended: new Set(),
    maxAlerts,
    channels: plans.map((plan) => createChannel(plan)),
    history: createHistory(pastSize(maxAlerts)),
    endsAt: Number.POSITIVE_INFINITY,
    overflowId: undefined,
    dropped: 0,
    searchAt: Number.NEGATIVE_INFINITY,
  }
}

/** How many alerts that are over are remembered: they are small, they hold no samples. */
export function pastSize(maxAlerts: number): number {
  return 5 * maxAlerts
}

/** The plans of the channels, in their order. */
export function plansOf(state: TrackerState): readonly ChannelPlan[] {
  return state.channels.map((channel) => channel.plan)
}

/** Tells the channels when the alert is due, so that none sleeps through it. */
export function schedule(state: TrackerState, alert: LiveAlert): void {
  for (const channel of state.channels) {
    const channelState = alert.channelStates.get(channel.plan.name)
    if (channelState === undefined) continue
    if (channelState.since === undefined && unnotified(alert, channelState) > 0)
      channelState.since = alert.lastAt
    const due = dueOf(alert, channelState, channel.plan)
    if (due !== undefined && due.at < channel.dueAt) channel.dueAt = due.at
  }
}

/** Notes a moment at which an alert may end. */
export function expectEnd(state: TrackerState, at: number): void {
  if (at < state.endsAt) state.endsAt = at
}
