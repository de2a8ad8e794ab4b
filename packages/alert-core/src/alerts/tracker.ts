/**
 * The state machine of alerts: records go in with the time at which they came, what is to be told comes out. It keeps
 * no timer and does no I/O; whoever runs it calls `tick` when `nextDeadline` has come. Times are epoch ms.
 */
import { randomUUID } from 'node:crypto'
import type { Alert, Occurrence } from '../model.ts'
import { type Channel, type ChannelPlan, createChannel } from './channel.ts'
import type { Effect } from './effect.ts'
import { createHistory } from './history.ts'
import { begin, endQuiet, finish, forgetEnded, leaveIfSettled, nextTurn, recur } from './life.ts'
import { copyAlert, quietAt } from './live.ts'
import { createMemory, expectEnd, type Memory, pastSize, plansOf, schedule } from './memory.ts'
import { reviseViews } from './reload.ts'
import { asSurplus, hasRoom, makeRoom } from './room.ts'
import { loadAlert, saveAlert, type TrackerSnapshot } from './snapshot.ts'
import { noteSpent } from './spent.ts'
import { giveUpRest, type Occasion, speak } from './tell.ts'

export type { ChannelPlan } from './channel.ts'
export type { Effect } from './effect.ts'
export type { SavedAlert, TrackerSnapshot } from './snapshot.ts'

/** Who is to be told of what, and how much may be remembered. */
export interface TrackerOptions {
  readonly channels: readonly ChannelPlan[]
  /** Alerts that may live at once; further kinds are counted together. */
  readonly maxAlerts?: number
  /** Makes the ids of notifications. */
  readonly newId?: () => string
}

/** Decides who is told of what, and when. */
export interface Tracker {
  /** A rule took a record. Constant time; it tells nobody by itself, so that records of one burst are told together. */
  push(occurrence: Occurrence, now: number): readonly Effect[]
  /** Time has passed. Afterwards `nextDeadline()` is later than `now`. */
  tick(now: number): readonly Effect[]
  /** When `tick` is next to be called: `Infinity` is never, what is past is now. It may be too early, never too late. */
  nextDeadline(): number
  /**
   * Tells at once what waits, whatever `wait`, `interval` and a provider's wish to be left alone say. With `growth`,
   * which is for the end of the stream, also what would be told much later: all counts that grew, however soon after
   * the last time and whatever the quota; what is still before its `after` is given up as 'closed'.
   */
  drain(now: number, options: { readonly growth: boolean }): readonly Effect[]
  /** The channel's provider asked not to be called before `untilMs`. */
  hold(channel: string, untilMs: number): void
  /** Other channels; alerts, timers and what was told stay. */
  reload(channels: readonly ChannelPlan[], now: number): readonly Effect[]
  /** The alerts that fire. */
  live(): readonly Alert[]
  snapshot(): TrackerSnapshot
  /** The part of the snapshot that is about these alerts and this channel. */
  excerpt(ids: readonly string[], channel?: string): Pick<TrackerSnapshot, 'alerts' | 'past' | 'channels'>
  /** Takes up a former memory in place of this one, with the present channels. */
  restore(snapshot: TrackerSnapshot): readonly Effect[]
}

const none: readonly Effect[] = Object.freeze([])

/** Makes a tracker that knows of no alert yet. */
export function createTracker(options: TrackerOptions): Tracker {
  const { maxAlerts = 1000, newId = randomUUID } = options
  let memory: Memory = createMemory(options.channels, maxAlerts)

  function push(occurrence: Occurrence, now: number): readonly Effect[] {
    const known = memory.alerts.get(occurrence.id)
    const goesOn = known !== undefined && known.endedAt === undefined && now < quietAt(known)
    if (occurrence.action === 'resolve') return goesOn ? finish(memory, known, now) : none
    if (!goesOn) return fire(occurrence, now)
    recur(memory, known, occurrence, now)
    return none
  }

  function fire(occurrence: Occurrence, now: number): readonly Effect[] {
    const ends = now >= memory.endsAt ? endQuiet(memory, now) : none
    const isKnown = memory.alerts.has(occurrence.id) || occurrence.id === memory.surplusId
    if (isKnown || hasRoom(memory)) return [...ends, ...begin(memory, occurrence, now)]
    const leaving = makeRoom(memory, now)
    if (leaving !== undefined) return [...ends, ...leaving, ...begin(memory, occurrence, now)]
    memory.dropped++
    return [...ends, ...push(asSurplus(memory, occurrence), now)]
  }

  function tick(now: number): readonly Effect[] {
    if (now < nextDeadline()) return none
    const effects: Effect[] = now >= memory.endsAt ? endQuiet(memory, now) : []
    for (const channel of memory.channels) {
      effects.push(...noteSpent(memory, channel, now))
      while (now >= channel.dueAt && now >= channel.freeAt() && tell(channel, 'due', now, effects));
      effects.push(...noteSpent(memory, channel, now))
    }
    if (now >= memory.endsAt) effects.push(...forgetEnded(memory, now))
    reportDropped(effects)
    return effects
  }

  function drain(now: number, { growth }: { readonly growth: boolean }): readonly Effect[] {
    const effects: Effect[] = now >= memory.endsAt ? endQuiet(memory, now) : []
    for (const channel of memory.channels) {
      const occasion = growth ? 'end' : 'flush'
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
    let deadline = memory.endsAt
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

  function restore(snapshot: TrackerSnapshot): readonly Effect[] {
    const states = new Map(snapshot.channels.map((state) => [state.name, state]))
    const channels = plansOf(memory).map((plan) => createChannel(plan, states.get(plan.name)))
    const alerts = snapshot.alerts.map(loadAlert)
    memory = {
      ...createMemory([], maxAlerts),
      alerts: new Map(alerts.map((alert) => [alert.id, alert])),
      ended: new Set(snapshot.ended),
      history: createHistory(pastSize(maxAlerts), snapshot.past),
      surplusId: snapshot.surplusId,
      dropped: snapshot.dropped,
    }
    return use(channels)
  }

  return {
    push,
    tick,
    nextDeadline,
    drain,
    hold: (name, untilMs) => memory.channels.find(({ plan }) => plan.name === name)?.hold(untilMs),
    reload(plans) {
      const states = new Map(memory.channels.map((channel) => [channel.plan.name, channel.state()]))
      return use(plans.map((plan) => createChannel(plan, states.get(plan.name))))
    },
    live: () => [...memory.alerts.values()].filter((alert) => alert.endedAt === undefined).map(copyAlert),
    snapshot: () => ({
      version: 1,
      alerts: [...memory.alerts.values()].map(saveAlert),
      ended: [...memory.ended],
      channels: memory.channels.map((channel) => channel.state()),
      past: memory.history.entries(),
      ...(memory.surplusId === undefined ? {} : { surplusId: memory.surplusId }),
      dropped: memory.dropped,
    }),
    excerpt: (ids, name) => ({
      alerts: ids.flatMap((id) => memory.alerts.get(id) ?? []).map(saveAlert),
      past: ids.flatMap((id) => memory.history.find(id) ?? []),
      channels: memory.channels.filter(({ plan }) => plan.name === name).map((channel) => channel.state()),
    }),
    restore,
  }
}
