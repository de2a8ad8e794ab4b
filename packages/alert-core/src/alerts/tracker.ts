/**
 * The state machine of alerts: records go in with the time at which they came, what is to be told comes out. It keeps
 * no timer and does no I/O; whoever runs it calls `tick` when `nextDeadline` has come. Times are epoch ms.
 */
import { randomUUID } from 'node:crypto'
import type { ContextLine, Occurrence } from '../model.ts'
import {
  continueAlert,
  endAlert,
  endQuiet,
  endsOrExpiresAt,
  expireEnded,
  removeIfDone,
  startAlert,
} from './alert-life.ts'
import { hasRoom, makeRoom, toOverflow } from './capacity.ts'
import { type Channel, createChannel } from './channel-timing.ts'
import { createConditions } from './conditions.ts'
import type { Effect } from './effect.ts'
import { createHistory } from './history.ts'
import type { SavedKey } from './key-state.ts'
import { copyAlert, type LiveAlert, quietAt } from './live-alert.ts'
import { muteDue, updateMutes } from './mute.ts'
import { composeDue, type Occasion, suppressRest } from './notify.ts'
import type { Collected } from './pending.ts'
import { preview } from './preview.ts'
import { noteQuotaExhausted } from './quota-exhausted.ts'
import { reviseChannelStates } from './replace-channels.ts'
import { loadAlert, saveAlert, type TrackerSnapshot } from './snapshot.ts'
import {
  createTrackerState,
  expectEnd,
  pastSize,
  plansOf,
  schedule,
  type TrackerState,
} from './tracker-state.ts'
import type { Tracker, TrackerOptions } from './tracker-types.ts'

export type { AbsenceWatch } from './absence.ts'
export type { ChannelPlan } from './channel-timing.ts'
export type { Effect } from './effect.ts'
export type { SavedKey } from './key-state.ts'
export type { Firing, Mute, Mutes } from './mute.ts'
export type { AlertPreview } from './preview.ts'
export type { SavedAlert, TrackerSnapshot } from './snapshot.ts'
export type { Tracker, TrackerOptions } from './tracker-types.ts'

const none: readonly Effect[] = Object.freeze([])

/** Makes a tracker that knows of no alert yet. */
export function createTracker(options: TrackerOptions): Tracker {
  const { maxAlerts = 1000, newId = randomUUID } = options
  let state: TrackerState = createTrackerState(options.channels, maxAlerts, options.mutes)
  let watches = options.watches ?? []
  /** The keys of conditions that changed; absent until somebody asks, or they would gather for ever. */
  let changed: Set<string> | undefined
  const listener = {
    onEvict(records: number) {
      state.dropped += records
    },
    onChange: (id: string) => void changed?.add(id),
  }
  let conditions = createConditions(listener)
  conditions.setWatches(watches, options.now ?? 0)

  function push(occurrence: Occurrence, now: number): readonly Effect[] {
    const before = catchUp(now)
    const effects = occurrence.action === 'resolve' ? resolve(occurrence, now) : fireIfMet(occurrence, now)
    return before.length === 0 ? effects : [...before, ...effects]
  }

  /** What came to be before `now` without a record: mutes that ended, conditions that were met. */
  function catchUp(now: number): readonly Effect[] {
    if (now < state.mutesEndAt && now < conditions.nextAt()) return none
    const effects = now >= state.mutesEndAt ? updateMutes(state, now) : []
    for (const { occurrence, at, collected } of conditions.due(now))
      effects.push(...count(occurrence, at, collected))
    return effects
  }

  function addContext(id: string, now: number, lines: () => readonly ContextLine[]): void {
    const alert = state.alerts.get(id)
    if (alert?.startedAt !== now || alert.context !== undefined) return
    const found = lines()
    if (found.length > 0) alert.context = found
  }

  function resolve(occurrence: Occurrence, now: number): readonly Effect[] {
    conditions.clear(occurrence)
    const alert = firingAlert(occurrence, now)
    return alert === undefined ? none : endAlert(state, alert, now)
  }

  function fireIfMet(occurrence: Occurrence, now: number): readonly Effect[] {
    if (occurrence.condition === undefined) return count(occurrence, now)
    const alert = firingAlert(occurrence, now)
    if (occurrence.condition.when?.kind === 'absence') {
      conditions.markSeen(occurrence, now)
      return alert === undefined ? none : endAlert(state, alert, now)
    }
    if (alert !== undefined) return continueAlert(state, alert, occurrence, now)
    const collected = conditions.take(occurrence, now)
    return collected === undefined ? none : count(occurrence, now, collected)
  }

  /** The alert, if it fires and this is within its time. */
  function firingAlert({ id }: Occurrence, now: number): LiveAlert | undefined {
    const known = state.alerts.get(id)
    return known !== undefined && known.endedAt === undefined && now < quietAt(known) ? known : undefined
  }

  function count(occurrence: Occurrence, now: number, collected?: Collected): readonly Effect[] {
    const alert = firingAlert(occurrence, now)
    return alert === undefined
      ? fire(occurrence, now, collected)
      : continueAlert(state, alert, occurrence, now, collected)
  }

  function fire(occurrence: Occurrence, now: number, collected?: Collected): readonly Effect[] {
    const ends = now >= state.endsAt ? endQuiet(state, now) : none
    const isKnown = state.alerts.has(occurrence.id) || occurrence.id === state.overflowId
    if (isKnown || hasRoom(state)) return [...ends, ...startAlert(state, occurrence, now, collected)]
    const leaving = makeRoom(state, now)
    if (leaving !== undefined) return [...ends, ...leaving, ...startAlert(state, occurrence, now, collected)]
    state.dropped += collected?.count ?? 1
    return [...ends, ...count(toOverflow(state, occurrence), now, collected)]
  }

  function tick(now: number): readonly Effect[] {
    if (now < nextDeadline()) return none
    const effects: Effect[] = [...catchUp(now), ...(now >= state.endsAt ? endQuiet(state, now) : [])]
    // An end may be what another alert was waiting for.
    if (now >= state.mutesEndAt) effects.push(...updateMutes(state, now))
    for (const channel of state.channels) {
      const isAsked = now >= channel.freeAt() || channel.unreportedUntil() !== undefined
      if (isAsked) effects.push(...muteDue(state, channel, now))
      effects.push(...noteQuotaExhausted(state, channel, now))
      while (now >= channel.dueAt && now >= channel.freeAt() && notify(channel, 'due', now, effects));
      effects.push(...noteQuotaExhausted(state, channel, now))
    }
    if (now >= state.endsAt) effects.push(...expireEnded(state, now))
    reportDropped(effects)
    return effects
  }

  function drain(now: number, { growth }: { readonly growth: boolean }): readonly Effect[] {
    const effects: Effect[] = [...catchUp(now), ...(now >= state.endsAt ? endQuiet(state, now) : [])]
    if (now >= state.mutesEndAt) effects.push(...updateMutes(state, now))
    for (const channel of state.channels) {
      const occasion = growth ? 'end' : 'flush'
      effects.push(...muteDue(state, channel, now, growth))
      while ((growth || now >= channel.quotaFreeAt()) && notify(channel, occasion, now, effects));
      if (growth) effects.push(...suppressRest(state, channel))
    }
    reportDropped(effects)
    return effects
  }

  function notify(channel: Channel, occasion: Occasion, now: number, effects: Effect[]): boolean {
    const fallsBack = channel.fallsBack(now)
    const notification = composeDue(state, channel, occasion, now, newId)
    if (notification === undefined) return false
    effects.push({ type: 'notify', notification, ...(fallsBack ? { fallBack: true } : {}) })
    return true
  }

  function reportDropped(effects: Effect[]): void {
    if (state.dropped > 0) effects.push({ type: 'dropped', reason: 'alert-limit', count: state.dropped })
    state.dropped = 0
  }

  function nextDeadline(): number {
    let deadline = Math.min(state.endsAt, state.mutesEndAt, conditions.nextAt())
    for (const channel of state.channels) {
      const isReported = channel.unreportedUntil() === undefined
      deadline = Math.min(deadline, isReported ? Math.max(channel.dueAt, channel.freeAt()) : channel.dueAt)
    }
    return deadline
  }

  function useChannels(channels: readonly Channel[]): Effect[] {
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

  /** What nobody watches for any more is not missed either. */
  function applyWatches(now: number): Effect[] {
    return conditions.setWatches(watches, now).flatMap((id) => {
      const alert = state.alerts.get(id)
      return alert?.isAbsence && alert.endedAt === undefined ? endAlert(state, alert, now) : []
    })
  }

  function takeChangedKeys(): ReadonlyMap<string, SavedKey | undefined> {
    const ids = changed ?? conditions.save(true).keys.map(({ id }) => id)
    changed = new Set()
    return new Map([...ids].map((id) => [id, conditions.find(id)]))
  }

  function restore(snapshot: TrackerSnapshot, now = options.now ?? 0): readonly Effect[] {
    const states = new Map(snapshot.channels.map((state) => [state.name, state]))
    const channels = plansOf(state).map((plan) => createChannel(plan, states.get(plan.name)))
    const alerts = snapshot.alerts.map(loadAlert)
    state = {
      ...createTrackerState([], maxAlerts, options.mutes),
      mutesEndAt: Number.NEGATIVE_INFINITY,
      alerts: new Map(alerts.map((alert) => [alert.id, alert])),
      ended: new Set(snapshot.ended),
      history: createHistory(pastSize(maxAlerts), snapshot.past),
      overflowId: snapshot.overflowId,
      dropped: snapshot.dropped,
    }
    conditions = createConditions(listener, snapshot.conditions)
    return [...useChannels(channels), ...applyWatches(now)]
  }

  return {
    push,
    addContext,
    tick,
    nextDeadline,
    drain,
    quotaRoomAt: (name) =>
      state.channels.find(({ plan }) => plan.name === name)?.quotaRoomAt() ?? Number.NEGATIVE_INFINITY,
    charge: (name, now) => state.channels.find(({ plan }) => plan.name === name)?.charge(now),
    pause: (name, untilMs) => state.channels.find(({ plan }) => plan.name === name)?.pause(untilMs),
    reload(plans, now, next = watches) {
      const states = new Map(state.channels.map((channel) => [channel.plan.name, channel.state()]))
      watches = next
      const before = catchUp(now)
      const effects = useChannels(plans.map((plan) => createChannel(plan, states.get(plan.name))))
      return [...before, ...effects, ...applyWatches(now), ...updateMutes(state, now)]
    },
    updateMutes: (now) => [...catchUp(now), ...updateMutes(state, now)],
    preview: (occurrence, now) => preview(state, conditions, occurrence, now),
    takeChangedKeys,
    live: () => [...state.alerts.values()].filter((alert) => alert.endedAt === undefined).map(copyAlert),
    snapshot: ({ withKeys } = { withKeys: true }) => ({
      version: 1,
      alerts: [...state.alerts.values()].map(saveAlert),
      ended: [...state.ended],
      channels: state.channels.map((channel) => channel.state()),
      past: state.history.entries(),
      ...(state.overflowId === undefined ? {} : { overflowId: state.overflowId }),
      dropped: state.dropped,
      conditions: conditions.save(withKeys),
    }),
    partOf: (ids, name) => ({
      alerts: ids.flatMap((id) => state.alerts.get(id) ?? []).map(saveAlert),
      past: ids.flatMap((id) => state.history.find(id) ?? []),
      channels: state.channels.filter(({ plan }) => plan.name === name).map((channel) => channel.state()),
    }),
    restore,
  }
}
