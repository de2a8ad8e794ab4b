/**
 * The state machine of alerts: records go in with the time at which they came, what is to be told comes out. It keeps
 * no timer and does no I/O; whoever runs it calls `tick` when `nextDeadline` has come. Times are epoch ms.
 */
import { randomUUID } from 'node:crypto'
import type { ContextLine, Occurrence } from '../model.ts'
import { begin, endQuiet, finish, forgetEnded, leaveIfSettled, nextTurn, recur } from './alert-life.ts'
import { asOverflow, hasRoom, makeRoom } from './capacity.ts'
import { type Channel, createChannel } from './channel-timing.ts'
import { createConditions } from './conditions.ts'
import type { Effect } from './effect.ts'
import { createHistory } from './history.ts'
import type { SavedKey } from './key-state.ts'
import { copyAlert, type LiveAlert, quietAt } from './live-alert.ts'
import { lookAgainAtMuted, recordMuted } from './mute.ts'
import { composeDue, type Occasion, suppressRest } from './notify.ts'
import type { Held } from './pending.ts'
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

export type { Watch } from './absence.ts'
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
  let tracked: TrackerState = createTrackerState(options.channels, maxAlerts, options.mutes)
  let watches = options.watches ?? []
  /** The keys of conditions that changed; absent until somebody asks, or they would gather for ever. */
  let changed: Set<string> | undefined
  const listener = {
    onForget(records: number) {
      tracked.dropped += records
    },
    onChange: (id: string) => void changed?.add(id),
  }
  let conditions = createConditions(listener)
  conditions.expect(watches, options.now ?? 0)

  function push(occurrence: Occurrence, now: number): readonly Effect[] {
    const before = settle(now)
    const effects = occurrence.action === 'resolve' ? resolve(occurrence, now) : fireIfMet(occurrence, now)
    return before.length === 0 ? effects : [...before, ...effects]
  }

  /** What came to be before `now` without a record: mutes that ended, conditions that were met. */
  function settle(now: number): readonly Effect[] {
    if (now < tracked.mutesEndAt && now < conditions.nextAt()) return none
    const effects = now >= tracked.mutesEndAt ? lookAgainAtMuted(tracked, now) : []
    for (const { occurrence, at, held } of conditions.due(now)) effects.push(...count(occurrence, at, held))
    return effects
  }

  function illustrate(id: string, now: number, lines: () => readonly ContextLine[]): void {
    const alert = tracked.alerts.get(id)
    if (alert?.startedAt !== now || alert.context !== undefined) return
    const found = lines()
    if (found.length > 0) alert.context = found
  }

  function resolve(occurrence: Occurrence, now: number): readonly Effect[] {
    conditions.clear(occurrence)
    const alert = goesOn(occurrence, now)
    return alert === undefined ? none : finish(tracked, alert, now)
  }

  function fireIfMet(occurrence: Occurrence, now: number): readonly Effect[] {
    if (occurrence.condition === undefined) return count(occurrence, now)
    const alert = goesOn(occurrence, now)
    if (occurrence.condition.when?.kind === 'absence') {
      conditions.seen(occurrence, now)
      return alert === undefined ? none : finish(tracked, alert, now)
    }
    if (alert !== undefined) return recur(tracked, alert, occurrence, now)
    const held = conditions.take(occurrence, now)
    return held === undefined ? none : count(occurrence, now, held)
  }

  /** The alert, if it fires and this is within its time. */
  function goesOn({ id }: Occurrence, now: number): LiveAlert | undefined {
    const known = tracked.alerts.get(id)
    return known !== undefined && known.endedAt === undefined && now < quietAt(known) ? known : undefined
  }

  function count(occurrence: Occurrence, now: number, held?: Held): readonly Effect[] {
    const alert = goesOn(occurrence, now)
    return alert === undefined ? fire(occurrence, now, held) : recur(tracked, alert, occurrence, now, held)
  }

  function fire(occurrence: Occurrence, now: number, held?: Held): readonly Effect[] {
    const ends = now >= tracked.endsAt ? endQuiet(tracked, now) : none
    const isKnown = tracked.alerts.has(occurrence.id) || occurrence.id === tracked.overflowId
    if (isKnown || hasRoom(tracked)) return [...ends, ...begin(tracked, occurrence, now, held)]
    const leaving = makeRoom(tracked, now)
    if (leaving !== undefined) return [...ends, ...leaving, ...begin(tracked, occurrence, now, held)]
    tracked.dropped += held?.count ?? 1
    return [...ends, ...count(asOverflow(tracked, occurrence), now, held)]
  }

  function tick(now: number): readonly Effect[] {
    if (now < nextDeadline()) return none
    const effects: Effect[] = [...settle(now), ...(now >= tracked.endsAt ? endQuiet(tracked, now) : [])]
    // An end may be what another alert was waiting for.
    if (now >= tracked.mutesEndAt) effects.push(...lookAgainAtMuted(tracked, now))
    for (const channel of tracked.channels) {
      const isAsked = now >= channel.freeAt() || channel.unnotedUntil() !== undefined
      if (isAsked) effects.push(...recordMuted(tracked, channel, now))
      effects.push(...noteQuotaExhausted(tracked, channel, now))
      while (now >= channel.dueAt && now >= channel.freeAt() && notify(channel, 'due', now, effects));
      effects.push(...noteQuotaExhausted(tracked, channel, now))
    }
    if (now >= tracked.endsAt) effects.push(...forgetEnded(tracked, now))
    reportDropped(effects)
    return effects
  }

  function drain(now: number, { growth }: { readonly growth: boolean }): readonly Effect[] {
    const effects: Effect[] = [...settle(now), ...(now >= tracked.endsAt ? endQuiet(tracked, now) : [])]
    if (now >= tracked.mutesEndAt) effects.push(...lookAgainAtMuted(tracked, now))
    for (const channel of tracked.channels) {
      const occasion = growth ? 'end' : 'flush'
      effects.push(...recordMuted(tracked, channel, now, growth))
      while ((growth || now >= channel.quotaFreeAt()) && notify(channel, occasion, now, effects));
      if (growth) effects.push(...suppressRest(tracked, channel))
    }
    reportDropped(effects)
    return effects
  }

  function notify(channel: Channel, occasion: Occasion, now: number, effects: Effect[]): boolean {
    const fallsBack = channel.fallsBack(now)
    const notification = composeDue(tracked, channel, occasion, now, newId)
    if (notification === undefined) return false
    effects.push({ type: 'notify', notification, ...(fallsBack ? { fallBack: true } : {}) })
    return true
  }

  function reportDropped(effects: Effect[]): void {
    if (tracked.dropped > 0) effects.push({ type: 'dropped', reason: 'alert-limit', count: tracked.dropped })
    tracked.dropped = 0
  }

  function nextDeadline(): number {
    let deadline = Math.min(tracked.endsAt, tracked.mutesEndAt, conditions.nextAt())
    for (const channel of tracked.channels) {
      const isNoted = channel.unnotedUntil() === undefined
      deadline = Math.min(deadline, isNoted ? Math.max(channel.dueAt, channel.freeAt()) : channel.dueAt)
    }
    return deadline
  }

  function use(channels: readonly Channel[]): Effect[] {
    tracked.channels = channels
    const plans = plansOf(tracked)
    tracked.history.keep(new Set(plans.map((plan) => plan.name)))
    const effects: Effect[] = []
    for (const alert of tracked.alerts.values()) {
      effects.push(...reviseChannelStates(alert, plans))
      alert.scheduled = false
      schedule(tracked, alert)
      expectEnd(tracked, nextTurn(alert))
      leaveIfSettled(tracked, alert)
    }
    return effects
  }

  /** What nobody watches for any more is not missed either. */
  function watch(now: number): Effect[] {
    return conditions.expect(watches, now).flatMap((id) => {
      const alert = tracked.alerts.get(id)
      return alert?.isAbsence && alert.endedAt === undefined ? finish(tracked, alert, now) : []
    })
  }

  function takeChanges(): ReadonlyMap<string, SavedKey | undefined> {
    const ids = changed ?? conditions.save(true).keys.map(({ id }) => id)
    changed = new Set()
    return new Map([...ids].map((id) => [id, conditions.find(id)]))
  }

  function restore(snapshot: TrackerSnapshot, now = options.now ?? 0): readonly Effect[] {
    const states = new Map(snapshot.channels.map((state) => [state.name, state]))
    const channels = plansOf(tracked).map((plan) => createChannel(plan, states.get(plan.name)))
    const alerts = snapshot.alerts.map(loadAlert)
    tracked = {
      ...createTrackerState([], maxAlerts, options.mutes),
      mutesEndAt: Number.NEGATIVE_INFINITY,
      alerts: new Map(alerts.map((alert) => [alert.id, alert])),
      ended: new Set(snapshot.ended),
      history: createHistory(pastSize(maxAlerts), snapshot.past),
      overflowId: snapshot.overflowId,
      dropped: snapshot.dropped,
    }
    conditions = createConditions(listener, snapshot.conditions)
    return [...use(channels), ...watch(now)]
  }

  return {
    push,
    illustrate,
    tick,
    nextDeadline,
    drain,
    charge: (name, now) => tracked.channels.find(({ plan }) => plan.name === name)?.charge(now) ?? 0,
    hold: (name, untilMs) => tracked.channels.find(({ plan }) => plan.name === name)?.hold(untilMs),
    reload(plans, now, next = watches) {
      const states = new Map(tracked.channels.map((channel) => [channel.plan.name, channel.state()]))
      watches = next
      const before = settle(now)
      const effects = use(plans.map((plan) => createChannel(plan, states.get(plan.name))))
      return [...before, ...effects, ...watch(now), ...lookAgainAtMuted(tracked, now)]
    },
    reconsider: (now) => [...settle(now), ...lookAgainAtMuted(tracked, now)],
    preview: (occurrence, now) => preview(tracked, conditions, occurrence, now),
    takeChanges,
    live: () => [...tracked.alerts.values()].filter((alert) => alert.endedAt === undefined).map(copyAlert),
    snapshot: ({ gathered } = { gathered: true }) => ({
      version: 1,
      alerts: [...tracked.alerts.values()].map(saveAlert),
      ended: [...tracked.ended],
      channels: tracked.channels.map((channel) => channel.state()),
      past: tracked.history.entries(),
      ...(tracked.overflowId === undefined ? {} : { overflowId: tracked.overflowId }),
      dropped: tracked.dropped,
      conditions: conditions.save(gathered),
    }),
    excerpt: (ids, name) => ({
      alerts: ids.flatMap((id) => tracked.alerts.get(id) ?? []).map(saveAlert),
      past: ids.flatMap((id) => tracked.history.find(id) ?? []),
      channels: tracked.channels.filter(({ plan }) => plan.name === name).map((channel) => channel.state()),
    }),
    restore,
  }
}
