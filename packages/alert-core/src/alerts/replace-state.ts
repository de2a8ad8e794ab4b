/**
 * Replaces what a tracker works with: its channels and absence watches by a reload, its alerts by a restored
 * snapshot.
 */

import type { AbsenceWatch } from './absence.ts'
import { endAlert, endsOrExpiresAt, removeIfDone } from './alert-life.ts'
import { type Channel, type ChannelPlan, createChannel } from './channel-timing.ts'
import type { Effect } from './effect.ts'
import { createHistory } from './history.ts'
import { restoreSimilar } from './merge-similar.ts'
import { updateMutes } from './mute.ts'
import { closeRemoved, reviseChannelStates } from './replace-channels.ts'
import { createSimilar } from './similar.ts'
import { loadAlert, type TrackerSnapshot } from './snapshot.ts'
import { catchUp } from './take-record.ts'
import {
  type CanEnd,
  expectEnd,
  historySize,
  openConditions,
  plansOf,
  schedule,
  type TrackerState,
} from './tracker-state.ts'

/** Uses these channels and watches from now on; alerts, timers and what was sent stay. */
export function reload(
  state: TrackerState,
  plans: readonly ChannelPlan[],
  watches: readonly AbsenceWatch[],
  canEnd: CanEnd,
  now: number,
): readonly Effect[] {
  const timings = new Map(state.channels.map((channel) => [channel.plan.name, channel.timing()]))
  state.watches = watches
  const before = catchUp(state, now)
  const closed = closeRemoved(state, new Set(plans.map(({ name }) => name)), now)
  const effects = useChannels(
    state,
    plans.map((plan) => createChannel(plan, timings.get(plan.name))),
  )
  state.canEnd = canEnd
  const ended = [...applyWatches(state, now), ...endOrphans(state, now)]
  return [...before, ...closed, ...effects, ...ended, ...updateMutes(state, now)]
}

/** Uses the state of this snapshot in place of the present one, with the present channels. */
export function restore(state: TrackerState, snapshot: TrackerSnapshot, now: number): readonly Effect[] {
  const timings = new Map(snapshot.channels.map((timing) => [timing.name, timing]))
  const channels = plansOf(state).map((plan) => createChannel(plan, timings.get(plan.name)))
  const alerts = snapshot.alerts.map(loadAlert)
  Object.assign(state, {
    alerts: new Map(alerts.map((alert) => [alert.id, alert])),
    ended: new Set(snapshot.ended),
    history: createHistory(historySize(state.maxAlerts), snapshot.past),
    overflowId: snapshot.overflowId,
    dropped: snapshot.dropped,
    endsAt: Number.POSITIVE_INFINITY,
    mutesEndAt: Number.NEGATIVE_INFINITY,
    firing: undefined,
    hasInhibited: false,
    searchAt: Number.NEGATIVE_INFINITY,
    similar: createSimilar(state.maxAlerts),
  } satisfies Partial<TrackerState>)
  state.conditions = openConditions(state, snapshot.conditions)
  restoreSimilar(state)
  return [...useChannels(state, channels), ...applyWatches(state, now), ...endOrphans(state, now)]
}

/** Starts the watches of the rules; an alert about an absence that no rule watches any more ends. */
export function applyWatches(state: TrackerState, now: number): Effect[] {
  return state.conditions.setWatches(state.watches, now).flatMap((id) => {
    const alert = state.alerts.get(id)
    return alert?.isAbsence && alert.endedAt === undefined ? endAlert(state, alert, now, 'rule-removed') : []
  })
}

/**
 * Ends lasting alerts of rules that were removed, renamed or grouped differently: no record could end them
 * any more.
 */
function endOrphans(state: TrackerState, now: number): Effect[] {
  return [...state.alerts.values()].flatMap((alert) => {
    const isOrphan = alert.endedAt === undefined && alert.resolveAfterMs === false && !state.canEnd(alert)
    return isOrphan ? endAlert(state, alert, now, 'rule-removed') : []
  })
}

function useChannels(state: TrackerState, channels: readonly Channel[]): Effect[] {
  state.channels = channels
  const plans = plansOf(state)
  state.history.keepChannels(new Set(plans.map((plan) => plan.name)))
  const effects: Effect[] = []
  for (const alert of state.alerts.values()) {
    effects.push(...reviseChannelStates(alert, plans))
    alert.scheduled = false
    schedule(state, alert)
    expectEnd(state, endsOrExpiresAt(alert))
    removeIfDone(state, alert)
  }
  return effects
}
