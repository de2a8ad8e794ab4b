/**
 * Replaces what a tracker works with: its channels and absence watches by a reload, its alerts by a restored
 * snapshot. A channel that stays keeps its state, a removed one is sent the end of what it was notified of
 * and dropped, and a new one is notified of what no channel was notified of yet; of other alerts it is
 * notified when they occur again.
 */

import { endAlert, endsOrExpiresAt, expectEnd, noteFiltered, removeIfDone } from './alert-life.ts'
import { type Channel, type ChannelPlan, createChannel } from './channel.ts'
import {
  joinChannelState,
  openChannelState,
  suppressUnnotified,
  unnotified,
  wasAccepted,
} from './channel-state.ts'
import { endedTooSoon, schedule, sendsEnd } from './due.ts'
import { type Effect, suppressed } from './effect.ts'
import { createHistory, keepChannels } from './history.ts'
import { createImpactRoom, type ImpactRoom } from './impact.ts'
import { type ChannelState, copyAlert, type LiveAlert } from './live-alert.ts'
import { restoreSimilar } from './merge-similar.ts'
import { updateMutes } from './mute.ts'
import { composeNotification } from './notification.ts'
import { notifyOf } from './notify.ts'
import { createReleases, type Releases } from './releases.ts'
import { openDigests, saveDigests } from './send-digest.ts'
import { createSimilar } from './similar.ts'
import { loadAlert, type TrackerSnapshot } from './snapshot.ts'
import { catchUp } from './take-record.ts'
import {
  conditionsOf,
  openConditions,
  type RulesInForce,
  rememberedAlerts,
  type TrackerState,
  watchSpikes,
} from './tracker-state.ts'

/** Uses these channels and watches from now on; alerts, timers and what was sent stay. */
export function reload(
  state: TrackerState,
  plans: readonly ChannelPlan[],
  { watches, spikes = [], canEnd }: RulesInForce,
  now: number,
): readonly Effect[] {
  const former = new Map(state.channels.map((channel) => [channel.plan.name, channel]))
  state.watches = watches
  const before = catchUp(state, now)
  state.spikesSince = watchSpikes(spikes, now, [...state.spikesSince])
  const kept = new Set(plans.map(({ name }) => name))
  const fallen = openByFallback(state, kept)
  const closed = closeRemoved(state, kept, now)
  const channels = plans.map((plan) => {
    const channel = former.get(plan.name)
    return createChannel(plan, channel?.timing(), channel?.undecided)
  })
  const effects = useChannels(state, channels, fallen)
  state.canEnd = canEnd
  state.digests = openDigests(plans, now, saveDigests(state))
  const ended = [...applyWatches(state, now), ...endOrphans(state, now)]
  return [...before, ...closed, ...effects, ...ended, ...updateMutes(state, now)]
}

/**
 * Uses the state of this snapshot in place of the present one, with the present channels. What they sent and
 * is not delivered yet stays theirs; its times move by `stepMs`, as the clock did.
 */
export function restore(
  state: TrackerState,
  snapshot: TrackerSnapshot,
  now: number,
  stepMs: number,
): readonly Effect[] {
  const timings = new Map(snapshot.channels.map((timing) => [timing.name, timing]))
  const channels = state.channels.map(({ plan, undecided }) => {
    const shifted = new Map([...undecided].map(([id, sentAt]) => [id, sentAt + stepMs]))
    return createChannel(plan, timings.get(plan.name), shifted)
  })
  const alerts = snapshot.alerts.map(loadAlert)
  Object.assign(state, {
    alerts: new Map(alerts.map((alert) => [alert.id, alert])),
    ended: new Set(snapshot.ended),
    history: createHistory(snapshot.past),
    overflowId: snapshot.overflowId,
    dropped: snapshot.dropped,
    endsAt: Number.POSITIVE_INFINITY,
    mutesEndAt: Number.NEGATIVE_INFINITY,
    firing: undefined,
    hasAcknowledged: alerts.some(({ acknowledged }) => acknowledged !== undefined),
    hasInhibited: false,
    searchAt: Number.NEGATIVE_INFINITY,
    similar: createSimilar(state.maxAlerts),
    releases: releasesOf(state, snapshot, now),
    impactRoom: roomBeside(alerts),
  } satisfies Partial<TrackerState>)
  state.spikesSince = watchSpikes([...state.spikesSince.keys()], now, snapshot.spikesSince)
  state.conditions = snapshot.conditions && openConditions(state, snapshot.conditions)
  restoreSimilar(state)
  const plans = channels.map(({ plan }) => plan)
  state.digests = openDigests(plans, now, snapshot.digests)
  const fallen = openByFallback(state, new Set(plans.map(({ name }) => name)))
  return [...useChannels(state, channels, fallen), ...applyWatches(state, now), ...endOrphans(state, now)]
}

/** The releases of the snapshot, and the present one, which may be older than what was adopted. */
function releasesOf(state: TrackerState, snapshot: TrackerSnapshot, now: number): Releases {
  const releases = createReleases(snapshot, rememberedAlerts(state.maxAlerts))
  if (state.release !== undefined) releases.addRelease(state.release, now)
  return releases
}

function roomBeside(alerts: readonly LiveAlert[]): ImpactRoom {
  const room = createImpactRoom()
  for (const { impact } of alerts) for (const { values } of impact?.values() ?? []) room.left -= values.size
  return room
}

/** Forgets everything but the channels and rules; what was being sent is not waited for. */
export function forget(state: TrackerState, now: number): void {
  state.channels = state.channels.map(({ plan }) => createChannel(plan))
  const channels = state.channels.map((channel) => channel.timing())
  state.conditions = undefined
  restore(state, { version: 1, alerts: [], ended: [], past: [], channels, dropped: 0 }, now, 0)
}

/** Starts the watches of the rules; an alert about an absence that no rule watches any more ends. */
export function applyWatches(state: TrackerState, now: number): Effect[] {
  if (state.watches.length === 0 && state.conditions === undefined) return []
  return conditionsOf(state)
    .setWatches(state.watches, now)
    .flatMap((id) => {
      const alert = state.alerts.get(id)
      return alert?.isAbsence && alert.endedAt === undefined
        ? endAlert(state, alert, now, 'rule-removed')
        : []
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

function useChannels(
  state: TrackerState,
  channels: readonly Channel[],
  fallen: ReadonlySet<LiveAlert>,
): Effect[] {
  state.channels = channels
  const plans = channels.map(({ plan }) => plan)
  keepChannels(state.history, new Set(plans.map((plan) => plan.name)))
  const effects: Effect[] = []
  for (const alert of state.alerts.values()) {
    if (fallen.has(alert)) markUnknown(alert)
    effects.push(...reviseChannelStates(state, alert, plans, fallen.has(alert)))
    alert.scheduled = false
    schedule(state, alert)
    expectEnd(state, endsOrExpiresAt(alert))
    removeIfDone(state, alert)
  }
  return effects
}

/** The firing alerts that no channel knows but those which are not among these, where they fell back to. */
function openByFallback({ alerts }: TrackerState, kept: ReadonlySet<string>): ReadonlySet<LiveAlert> {
  const found = [...alerts.values()].filter((alert) => {
    if (alert.endedAt !== undefined) return false
    let hasFallen = false
    for (const [name, channelState] of alert.channelStates) {
      const isKnown = channelState.sending !== undefined || wasAccepted(alert, channelState)
      if (isKnown && kept.has(name)) return false
      hasFallen ||= isKnown && channelState.fellBackAt !== undefined
    }
    return hasFallen
  })
  return new Set(found)
}

/** The channels that could not send it are due again. */
function markUnknown({ channelStates }: LiveAlert): void {
  for (const one of channelStates.values())
    if (one.admitted && one.notified !== undefined) one.isUnknown = true
}

/**
 * Sends to each channel that is not among these the end of all it was notified of, whatever the alerts do.
 */
function closeRemoved(state: TrackerState, kept: ReadonlySet<string>, now: number): Effect[] {
  return state.channels.flatMap(({ plan }): Effect[] => {
    if (kept.has(plan.name)) return []
    const open = [...state.alerts.values()].filter((alert) => isOpenOn(alert, plan))
    if (open.length === 0) return []
    const items = open.map((alert) => {
      const channelState = alert.channelStates.get(plan.name)!
      const item = notifyOf(alert, channelState, 'resolved', plan, now)
      const endedBy = item.alert.endedBy ?? 'channel-removed'
      return { ...item, alert: { ...item.alert, state: 'resolved' as const, endedBy } }
    })
    return [{ type: 'notify', notification: composeNotification(state.newId(), plan.name, items, now) }]
  })
}

function isOpenOn(alert: LiveAlert, plan: ChannelPlan): boolean {
  const channelState = alert.channelStates.get(plan.name)
  if (channelState === undefined) return false
  const { opened, sending, notified, past } = channelState
  const isOpen = opened !== undefined || (sending !== undefined && !sending.isOver)
  return isOpen && sendsEnd(alert, (notified ?? past)?.rank ?? alert.rank, plan)
}

/**
 * Gives the alert a state for each of these channels; returns what is suppressed by that, with its reason.
 */
function reviseChannelStates(
  state: TrackerState,
  alert: LiveAlert,
  plans: readonly ChannelPlan[],
  isUnknown: boolean,
): Effect[] {
  const effects: Effect[] = []
  const isUnsent =
    isUnknown || [...alert.channelStates.values()].every(({ notified }) => notified === undefined)
  const copy = copyAlert(alert)

  const suppress = (channel: string, channelState: ChannelState, reason: 'closed' | 'filtered' | 'ended') => {
    const count = unnotified(alert, channelState)
    if (count > 0) effects.push(suppressed(alert, channel, reason, count))
    suppressUnnotified(alert, channelState)
    channelState.admitted = false
  }

  const names = new Set(plans.map((plan) => plan.name))
  for (const [name, channelState] of alert.channelStates) {
    if (names.has(name)) continue
    suppress(name, channelState, 'closed')
    alert.channelStates.delete(name)
  }

  for (const plan of plans) {
    const admits = plan.admits(copy)
    const channelState = alert.channelStates.get(plan.name)
    if (channelState === undefined) {
      const fresh = isUnsent ? openChannelState(alert.startedAt) : joinChannelState(alert)
      fresh.admitted = admits
      alert.channelStates.set(plan.name, fresh)
      if (endedTooSoon(alert, fresh, plan)) suppress(plan.name, fresh, 'ended')
    } else if (channelState.admitted && !admits) {
      suppress(plan.name, channelState, 'filtered')
    } else if (!channelState.admitted && admits && alert.endedAt === undefined) {
      if (!isUnsent) noteFiltered(state, plan.name, alert, channelState)
      channelState.admitted = true
      if (!isUnsent) listenFromNow(alert, channelState)
    }
  }
  return effects
}

function listenFromNow(alert: LiveAlert, channelState: ChannelState): void {
  channelState.notifiedCount = alert.count
  if (channelState.notified === undefined && channelState.former === undefined) delete channelState.since
}
