/**
 * The state machine of alerts: records go in with the time at which they came, what is to be told comes out. It keeps
 * no timer and does no I/O; whoever runs it calls `tick` when `nextDeadline` has come. Times are epoch ms.
 */
import { randomUUID } from 'node:crypto'
import type { ContextLine, Occurrence } from '../model.ts'
import { type Channel, createChannel } from './channel.ts'
import { createConditions } from './conditions.ts'
import type { Tracker, TrackerOptions } from './contract.ts'
import type { Effect } from './effect.ts'
import type { SavedKey } from './gathered.ts'
import { createHistory } from './history.ts'
import { begin, endQuiet, finish, forgetEnded, leaveIfSettled, nextTurn, recur } from './life.ts'
import { copyAlert, type LiveAlert, quietAt } from './live.ts'
import { createMemory, expectEnd, type Memory, pastSize, plansOf, schedule } from './memory.ts'
import { hush, lookAgainAtMuted } from './mute.ts'
import { foresee } from './outlook.ts'
import type { Held } from './pending.ts'
import { reviseViews } from './reload.ts'
import { asSurplus, hasRoom, makeRoom } from './room.ts'
import { loadAlert, saveAlert, type TrackerSnapshot } from './snapshot.ts'
import { noteSpent } from './spent.ts'
import { giveUpRest, type Occasion, speak } from './tell.ts'

export type { Watch } from './absence.ts'
export type { ChannelPlan } from './channel.ts'
export type { Tracker, TrackerOptions } from './contract.ts'
export type { Effect } from './effect.ts'
export type { SavedKey } from './gathered.ts'
export type { Firing, Mute, Mutes } from './mute.ts'
export type { Outlook } from './outlook.ts'
export type { SavedAlert, TrackerSnapshot } from './snapshot.ts'

const none: readonly Effect[] = Object.freeze([])

/** Makes a tracker that knows of no alert yet. */
export function createTracker(options: TrackerOptions): Tracker {
  const { maxAlerts = 1000, newId = randomUUID } = options
  let memory: Memory = createMemory(options.channels, maxAlerts, options.mutes)
  let watches = options.watches ?? []
  /** The keys of conditions that changed; absent until somebody asks, or they would gather for ever. */
  let changed: Set<string> | undefined
  const listener = {
    onForget(records: number) {
      memory.dropped += records
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
    if (now < memory.mutesEndAt && now < conditions.nextAt()) return none
    const effects = now >= memory.mutesEndAt ? lookAgainAtMuted(memory, now) : []
    for (const { occurrence, at, held } of conditions.due(now)) effects.push(...count(occurrence, at, held))
    return effects
  }

  function illustrate(id: string, now: number, lines: () => readonly ContextLine[]): void {
    const alert = memory.alerts.get(id)
    if (alert?.startedAt !== now || alert.context !== undefined) return
    const found = lines()
    if (found.length > 0) alert.context = found
  }

  function resolve(occurrence: Occurrence, now: number): readonly Effect[] {
    conditions.clear(occurrence)
    const alert = goesOn(occurrence, now)
    return alert === undefined ? none : finish(memory, alert, now)
  }

  function fireIfMet(occurrence: Occurrence, now: number): readonly Effect[] {
    if (occurrence.premise === undefined) return count(occurrence, now)
    const alert = goesOn(occurrence, now)
    if (occurrence.premise.when?.kind === 'absence') {
      conditions.seen(occurrence, now)
      return alert === undefined ? none : finish(memory, alert, now)
    }
    if (alert !== undefined) return recur(memory, alert, occurrence, now)
    const held = conditions.take(occurrence, now)
    return held === undefined ? none : count(occurrence, now, held)
  }

  /** The alert, if it fires and this is within its time. */
  function goesOn({ id }: Occurrence, now: number): LiveAlert | undefined {
    const known = memory.alerts.get(id)
    return known !== undefined && known.endedAt === undefined && now < quietAt(known) ? known : undefined
  }

  function count(occurrence: Occurrence, now: number, held?: Held): readonly Effect[] {
    const alert = goesOn(occurrence, now)
    return alert === undefined ? fire(occurrence, now, held) : recur(memory, alert, occurrence, now, held)
  }

  function fire(occurrence: Occurrence, now: number, held?: Held): readonly Effect[] {
    const ends = now >= memory.endsAt ? endQuiet(memory, now) : none
    const isKnown = memory.alerts.has(occurrence.id) || occurrence.id === memory.surplusId
    if (isKnown || hasRoom(memory)) return [...ends, ...begin(memory, occurrence, now, held)]
    const leaving = makeRoom(memory, now)
    if (leaving !== undefined) return [...ends, ...leaving, ...begin(memory, occurrence, now, held)]
    memory.dropped += held?.count ?? 1
    return [...ends, ...count(asSurplus(memory, occurrence), now, held)]
  }

  function tick(now: number): readonly Effect[] {
    if (now < nextDeadline()) return none
    const effects: Effect[] = [...settle(now), ...(now >= memory.endsAt ? endQuiet(memory, now) : [])]
    // An end may be what another alert was waiting for.
    if (now >= memory.mutesEndAt) effects.push(...lookAgainAtMuted(memory, now))
    for (const channel of memory.channels) {
      const isAsked = now >= channel.freeAt() || channel.unnotedUntil() !== undefined
      if (isAsked) effects.push(...hush(memory, channel, now))
      effects.push(...noteSpent(memory, channel, now))
      while (now >= channel.dueAt && now >= channel.freeAt() && tell(channel, 'due', now, effects));
      effects.push(...noteSpent(memory, channel, now))
    }
    if (now >= memory.endsAt) effects.push(...forgetEnded(memory, now))
    reportDropped(effects)
    return effects
  }

  function drain(now: number, { growth }: { readonly growth: boolean }): readonly Effect[] {
    const effects: Effect[] = [...settle(now), ...(now >= memory.endsAt ? endQuiet(memory, now) : [])]
    if (now >= memory.mutesEndAt) effects.push(...lookAgainAtMuted(memory, now))
    for (const channel of memory.channels) {
      const occasion = growth ? 'end' : 'flush'
      effects.push(...hush(memory, channel, now, growth))
      while ((growth || now >= channel.quotaFreeAt()) && tell(channel, occasion, now, effects));
      if (growth) effects.push(...giveUpRest(memory, channel))
    }
    reportDropped(effects)
    return effects
  }

  function tell(channel: Channel, occasion: Occasion, now: number, effects: Effect[]): boolean {
    const handsOn = channel.handsOn(now)
    const notification = speak(memory, channel, occasion, now, newId)
    if (notification === undefined) return false
    effects.push({ type: 'notify', notification, ...(handsOn ? { handOn: true } : {}) })
    return true
  }

  function reportDropped(effects: Effect[]): void {
    if (memory.dropped > 0) effects.push({ type: 'dropped', reason: 'alert-limit', count: memory.dropped })
    memory.dropped = 0
  }

  function nextDeadline(): number {
    let deadline = Math.min(memory.endsAt, memory.mutesEndAt, conditions.nextAt())
    for (const channel of memory.channels) {
      const isNoted = channel.unnotedUntil() === undefined
      deadline = Math.min(deadline, isNoted ? Math.max(channel.dueAt, channel.freeAt()) : channel.dueAt)
    }
    return deadline
  }

  function use(channels: readonly Channel[]): Effect[] {
    memory.channels = channels
    const plans = plansOf(memory)
    memory.history.keep(new Set(plans.map((plan) => plan.name)))
    const effects: Effect[] = []
    for (const alert of memory.alerts.values()) {
      effects.push(...reviseViews(alert, plans))
      alert.scheduled = false
      schedule(memory, alert)
      expectEnd(memory, nextTurn(alert))
      leaveIfSettled(memory, alert)
    }
    return effects
  }

  /** What nobody watches for any more is not missed either. */
  function watch(now: number): Effect[] {
    return conditions.expect(watches, now).flatMap((id) => {
      const alert = memory.alerts.get(id)
      return alert?.isAbsence && alert.endedAt === undefined ? finish(memory, alert, now) : []
    })
  }

  function takeChanges(): ReadonlyMap<string, SavedKey | undefined> {
    const ids = changed ?? conditions.save(true).keys.map(({ id }) => id)
    changed = new Set()
    return new Map([...ids].map((id) => [id, conditions.find(id)]))
  }

  function restore(snapshot: TrackerSnapshot, now = options.now ?? 0): readonly Effect[] {
    const states = new Map(snapshot.channels.map((state) => [state.name, state]))
    const channels = plansOf(memory).map((plan) => createChannel(plan, states.get(plan.name)))
    const alerts = snapshot.alerts.map(loadAlert)
    memory = {
      ...createMemory([], maxAlerts, options.mutes),
      mutesEndAt: Number.NEGATIVE_INFINITY,
      alerts: new Map(alerts.map((alert) => [alert.id, alert])),
      ended: new Set(snapshot.ended),
      history: createHistory(pastSize(maxAlerts), snapshot.past),
      surplusId: snapshot.surplusId,
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
    charge: (name, now) => memory.channels.find(({ plan }) => plan.name === name)?.charge(now) ?? 0,
    hold: (name, untilMs) => memory.channels.find(({ plan }) => plan.name === name)?.hold(untilMs),
    reload(plans, now, next = watches) {
      const states = new Map(memory.channels.map((channel) => [channel.plan.name, channel.state()]))
      watches = next
      const before = settle(now)
      const effects = use(plans.map((plan) => createChannel(plan, states.get(plan.name))))
      return [...before, ...effects, ...watch(now), ...lookAgainAtMuted(memory, now)]
    },
    reconsider: (now) => [...settle(now), ...lookAgainAtMuted(memory, now)],
    foresee: (occurrence, now) => foresee(memory, conditions, occurrence, now),
    takeChanges,
    live: () => [...memory.alerts.values()].filter((alert) => alert.endedAt === undefined).map(copyAlert),
    snapshot: ({ gathered } = { gathered: true }) => ({
      version: 1,
      alerts: [...memory.alerts.values()].map(saveAlert),
      ended: [...memory.ended],
      channels: memory.channels.map((channel) => channel.state()),
      past: memory.history.entries(),
      ...(memory.surplusId === undefined ? {} : { surplusId: memory.surplusId }),
      dropped: memory.dropped,
      conditions: conditions.save(gathered),
    }),
    excerpt: (ids, name) => ({
      alerts: ids.flatMap((id) => memory.alerts.get(id) ?? []).map(saveAlert),
      past: ids.flatMap((id) => memory.history.find(id) ?? []),
      channels: memory.channels.filter(({ plan }) => plan.name === name).map((channel) => channel.state()),
    }),
    restore,
  }
}
