/**
 * A stage for the state machine: short ways to write occurrences and channel plans, and a driver that ticks a
 * tracker at every deadline, as its host would, and keeps what came out.
 */
import {
  type ChannelPlan,
  createTracker,
  type Effect,
  type Tracker,
  type TrackerOptions,
} from '#core/alerts/tracker.ts'
import type { LogRecord, Notification, Occurrence, Reason, Severity } from '#core/model.ts'

export const second = 1000
export const minute = 60 * second
export const hour = 60 * minute

/** A record as the reader would make it. */
export function recordAt(time: number, msg = 'it broke'): LogRecord {
  return { time, level: 50, levelLabel: 'error', msg, fields: {} }
}

/** An occurrence of the alert `id`, an error that ends after 15 minutes of quiet unless said otherwise. */
export function occurrence(id: string, time: number, more: Partial<Occurrence> = {}): Occurrence {
  return {
    id,
    rule: 'error',
    key: id,
    severity: 'error',
    action: 'fire',
    record: recordAt(time),
    labels: {},
    resolveAfterMs: 15 * minute,
    ...more,
  }
}

/** A channel with the defaults of a chat channel. */
export function channel(more: Partial<ChannelPlan> = {}): ChannelPlan {
  return {
    name: 'chat',
    admits: () => true,
    waitMs: 5 * second,
    afterMs: 0,
    intervalMs: 30 * second,
    repeatMs: 5 * minute,
    repeatMaxMs: 4 * hour,
    sendResolved: 'critical',
    limits: [],
    ...more,
  }
}

/** A channel that sends each alert at once. */
export function eager(more: Partial<ChannelPlan> = {}): ChannelPlan {
  return channel({ waitMs: 0, intervalMs: 0, ...more })
}

/** One line a notification, as a person would note it. */
export interface Line {
  readonly at: number
  readonly channel: string
  readonly reason: Reason
  /** `id reason +added`, in the order of the message. */
  readonly items: readonly string[]
}

/** A tracker with its clock, ticked at every deadline. */
export interface Stage {
  readonly tracker: Tracker
  /** Lets time pass to `now`, ticking at each deadline on the way and at `now` if there is one. */
  pass(now: number): void
  fire(id: string, now: number, more?: Partial<Occurrence>): void
  resolve(id: string, now: number): void
  /** Notes the effects of what was called on the tracker itself. */
  note(effects: readonly Effect[]): void
  notifications(channel?: string): Notification[]
  lines(channel?: string): Line[]
  /** Without rule and key. */
  suppressed(): Omit<Extract<Effect, { type: 'suppressed' }>, 'rule' | 'key'>[]
  effects(): readonly (Effect | Omit<Extract<Effect, { type: 'suppressed' }>, 'rule' | 'key'>)[]
}

/** Sets up a tracker with these channels, from time 0 on. */
export function setStage(
  channels: readonly ChannelPlan[],
  more: Omit<Partial<TrackerOptions>, 'channels'> = {},
): Stage {
  let ids = 0
  let clock = Number.NEGATIVE_INFINITY
  const tracker = createTracker({ channels, newId: () => `n${++ids}`, ...more })
  const effects: Effect[] = []
  const note = (more: readonly Effect[]) => {
    // That an alert began is for test/unit/hub/events.test.ts.
    for (const effect of more) if (effect.type !== 'fired') effects.push(effect)
    // The provider accepts everything at once.
    for (const effect of more)
      if (effect.type === 'notify') tracker.noteOutcome(effect.notification, true, effect.notification.at)
  }

  const notifications = (name?: string) =>
    effects
      .flatMap((effect) => (effect.type === 'notify' ? [effect.notification] : []))
      .filter((notification) => name === undefined || notification.channel === name)

  function pass(now: number): void {
    while (tracker.nextDeadline() <= now) {
      clock = Math.max(clock, tracker.nextDeadline())
      const effects = tracker.tick(clock)
      if (tracker.nextDeadline() <= clock) throw new Error(`tick(${clock}) left its deadline standing`)
      note(effects)
    }
    clock = Math.max(clock, now)
  }

  function fire(id: string, now: number, more: Partial<Occurrence> = {}): void {
    pass(now)
    note(tracker.push(occurrence(id, now, more), now))
    pass(now)
  }

  return {
    tracker,
    pass,
    fire,
    resolve: (id, now) => fire(id, now, { action: 'resolve' }),
    note,
    notifications,
    lines: (name) => notifications(name).map(toLine),
    suppressed: () =>
      effects.flatMap((effect) => (effect.type === 'suppressed' ? [withoutName(effect)] : [])),
    effects: () => effects.map((effect) => (effect.type === 'suppressed' ? withoutName(effect) : effect)),
  }
}

function withoutName({ rule: _, key: __, ...effect }: Extract<Effect, { type: 'suppressed' }>) {
  return effect
}

function toLine({ at, channel, reason, items }: Notification): Line {
  const notified = items.map((item) => `${item.alert.id} ${item.reason} +${item.added}`)
  return { at, channel, reason, items: notified }
}

/** All severities a trace may use. */
export const loudness: readonly Severity[] = ['info', 'warning', 'error', 'critical']
