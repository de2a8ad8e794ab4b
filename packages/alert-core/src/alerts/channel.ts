/**
 * One channel as the tracker sees it: its plan, and when it may send its next message. Interval, quota, storm
 * pace, slowdown and a pause that the provider asked for end in one number, `freeAt`. An end needs no quota,
 * a critical alert has a quarter of it for itself and is slowed down neither by a storm nor by new kinds.
 */

import type { Alert, Answered, Deferral } from '../model.ts'
import { createQuota, limitFor, type Quota, type RateLimit } from '../time/rate-limit.ts'
import type { DigestPlan } from './digest.ts'

/** When and of what one channel is notified; all durations in ms. */
export interface ChannelPlan {
  readonly name: string
  /** The channel's own filter. Asked when an alert begins to fire, when its severity rises, and on reload. */
  readonly admits: (alert: Alert) => boolean
  /** It takes every alert that names no channels: then the filter is not asked. */
  readonly takesAll?: boolean
  /** Collects this long before the first message; a critical alert does not wait. */
  readonly waitMs: number
  /** Notified only if the alert still fires after this long. */
  readonly afterMs: number
  /** Least time between two messages of this channel. */
  readonly intervalMs: number
  /** Least time between two messages about one alert, doubling up to `repeatMaxMs`; `false`: no reminders. */
  readonly repeatMs: number | false
  readonly repeatMaxMs: number
  /**
   * Sends reminders also without new records while the alert fires: the receiver takes silence for the end.
   */
  readonly renews?: boolean
  /** It knows each alert by its id: an alert that others count from now on is closed there. */
  readonly closesMerged?: boolean
  /** The answers of people of which it is sent a notice. */
  readonly notices?: readonly Answered['type'][]
  /** Whether ends are sent; 'critical': those of alerts that were critical or last. */
  readonly sendResolved: 'always' | 'critical' | 'never'
  /** Alerts shown in full in one message: for rendering only. */
  readonly max?: number
  readonly limits: readonly RateLimit[]
  /** Absent: the channel is sent no digest. */
  readonly digest?: DigestPlan
  /** Another channel takes over while the quota is exhausted: nothing waits for it. */
  readonly fallsBack?: boolean
}

/** A message of the last half minute: when, epoch ms, and how many of its alerts were new to the channel. */
export interface RecentMessage {
  readonly at: number
  readonly alerts: number
}

/** Messages with new kinds in a row, and when the last of them was sent, epoch ms. */
export interface NewKinds {
  readonly inRow: number
  readonly at: number
}

/** When a channel sent its messages, as plain JSON; epoch ms. */
export interface ChannelTiming {
  readonly name: string
  readonly sentAt?: number
  readonly pausedUntil?: number
  /** At most 21 messages: a storm begins no later. */
  readonly recent: readonly RecentMessage[]
  readonly quota: readonly number[]
  /** It was reported that the quota is exhausted, and is not to be reported again before then, epoch ms. */
  readonly quotaReportedUntil?: number
  /** The quota was reported as exhausted, with so many alerts waiting, and has had no room since. */
  readonly quotaExhausted?: number
  readonly newKinds?: NewKinds
}

/**
 * What a message needs of the quota: an end nothing, a critical alert may use the share that is kept for it.
 */
export type Urgency = 'end' | 'critical' | 'other'

/** When something is due, by what it needs of the quota; epoch ms, `Infinity` if nothing is. */
export type DueTimes = Record<Urgency, number>

export interface SentMessage {
  readonly id: string
  /** Alerts that are new to the channel. */
  readonly newKinds: number
  readonly urgency: Urgency
}

/** One channel: when something is due on it, and when it may send. */
export interface Channel {
  readonly plan: ChannelPlan
  /** Never later than the earliest due time among its alerts. */
  due: DueTimes
  /** When it may send its next message, epoch ms. */
  readonly freeAt: Readonly<DueTimes>
  /** When its own quota allows one more message, epoch ms, also if another channel takes over until then. */
  readonly quotaAt: Readonly<DueTimes>
  /** The same, with room for those whose delivery is not known yet. */
  readonly roomAt: Readonly<DueTimes>
  /** Until when the quota is exhausted, epoch ms, if that is to be reported; else `-Infinity`. */
  readonly unreportedUntil: Readonly<DueTimes>
  /** What is sent now and was due at `dueAt`, epoch ms, waited for the quota; undefined if it did not. */
  deferralOf(urgency: Urgency, dueAt: number, now: number): Deferral | undefined
  /** That the quota is exhausted is not to be reported again before then, epoch ms. */
  readonly reportedUntil: number
  /** How many alerts waited when that was reported last; undefined once the quota had room again. */
  readonly quotaExhausted: number | undefined
  /** That the quota is exhausted was reported, with so many alerts waiting; not again before `untilMs`. */
  markReported(untilMs: number, alerts?: number): void
  /** The quota has room again. */
  markRenewed(): void
  /** The provider asked for a pause until then, epoch ms; the later of two such requests counts. */
  pause(untilMs: number): void
  /** A message is given to the queue; the quota is charged for it once it is delivered. */
  markSent(now: number, message: SentMessage): void
  /** The messages of these ids became one: it was delivered now and costs one of the quota, or not. */
  noteOutcome(ids: readonly string[], now: number, isCharged: boolean): void
  timing(): ChannelTiming
  /** Messages that cost something and whose delivery is not known yet, and when they were sent, epoch ms. */
  readonly undecided: Map<string, number>
}

const never = Number.NEGATIVE_INFINITY
/** The part of each limit that only critical alerts may use. */
const criticalShare = 1 / 4
/** One is in flight, and all others that wait behind it become the next message. */
const mostReserved = 2
/** The queue keeps nothing for longer. */
const longestReservedMs = 24 * 3_600_000
const mostUndecided = 100

const nowhere: Readonly<DueTimes> = { end: never, critical: never, other: never }

export function nothingDue(): DueTimes {
  return {
    end: Number.POSITIVE_INFINITY,
    critical: Number.POSITIVE_INFINITY,
    other: Number.POSITIVE_INFINITY,
  }
}

/** The quota for such a message is exhausted, and another channel takes over. */
export function isFallingBack({ plan, roomAt }: Channel, now: number, urgency: Urgency): boolean {
  return plan.fallsBack === true && now < roomAt[urgency]
}

/** Opens a channel with its former timing, if it has one. */
export function createChannel(
  plan: ChannelPlan,
  former?: ChannelTiming,
  undecided = new Map<string, number>(),
): Channel {
  const whole = createQuota(plan.limits)
  const shared = createQuota(plan.limits.map(withoutShare))
  whole.restore(former?.quota)
  shared.restore(former?.quota)
  let recent = former?.recent ?? []
  let newKinds = former?.newKinds
  let sentAt = former?.sentAt ?? never
  let pausedUntil = former?.pausedUntil ?? never
  let chargedAt = former?.quota.at(-1) ?? never

  const channel: { -readonly [Key in keyof Channel]: Channel[Key] } = {
    plan,
    due: nothingDue(),
    freeAt: nothingDue(),
    quotaAt: nothingDue(),
    roomAt: nothingDue(),
    unreportedUntil: nowhere,
    reportedUntil: former?.quotaReportedUntil ?? never,
    quotaExhausted: former?.quotaExhausted,
    undecided,
    markReported(untilMs, alerts) {
      channel.reportedUntil = untilMs
      channel.quotaExhausted = alerts ?? channel.quotaExhausted
      update()
    },
    markRenewed() {
      channel.quotaExhausted = undefined
    },
    deferralOf(urgency, dueAt, now) {
      const roomAt = channel.roomAt[urgency]
      // Without a wait there was room right after the last message.
      const isDeferred = plan.limits.length > 0 && roomAt > Math.max(sentAt, chargedAt, dueAt)
      const limit = isDeferred ? limitFor(plan.limits, roomAt - dueAt) : undefined
      return limit && { from: dueAt, until: now, count: limit.count, perMs: limit.perMs }
    },
    pause(untilMs) {
      pausedUntil = Math.max(pausedUntil, untilMs)
      update()
    },
    markSent(now, { id, newKinds: added, urgency }) {
      if (added > 0) recent = withMessage(recent, now, added)
      newKinds = withNewKinds(newKinds, plan.intervalMs, now, added)
      sentAt = now
      if (urgency !== 'end' && !isFallingBack(channel, now, urgency)) undecided.set(id, now)
      if (undecided.size > mostUndecided) undecided.delete(undecided.keys().next().value!)
      update()
    },
    noteOutcome(ids, now, isCharged) {
      for (const id of ids) undecided.delete(id)
      if (isCharged && plan.limits.length > 0) {
        whole.take(now)
        shared.take(now)
        chargedAt = now
      }
      update()
    },
    timing: () => ({
      name: plan.name,
      ...(sentAt === never ? {} : { sentAt }),
      ...(pausedUntil === never ? {} : { pausedUntil }),
      recent,
      quota: whole.snapshot(),
      ...(channel.reportedUntil === never ? {} : { quotaReportedUntil: channel.reportedUntil }),
      ...(channel.quotaExhausted === undefined ? {} : { quotaExhausted: channel.quotaExhausted }),
      ...(newKinds === undefined ? {} : { newKinds }),
    }),
  }
  update()
  return channel

  function withReserved(at: number, reserved: number): DueTimes {
    const { critical, other } = quotaTimes(plan, whole, shared, at, reserved)
    const [first = at] = undecided.values()
    const latest = first + longestReservedMs
    const bounded = (roomAt: number) => (Number.isFinite(roomAt) ? roomAt : latest)
    return { end: never, critical: bounded(critical), other: bounded(other) }
  }

  // All of it is asked often and changes seldom, so it is kept as moments.
  function update(): void {
    const at = Math.max(sentAt, chargedAt)
    for (const [id, since] of undecided) if (since + longestReservedMs <= at) undecided.delete(id)
    const reserved = Math.min(undecided.size, mostReserved)
    const quotaAt = quotaTimes(plan, whole, shared, at, 0)
    const roomAt = reserved === 0 ? quotaAt : withReserved(at, reserved)
    channel.quotaAt = quotaAt
    channel.roomAt = roomAt
    const baseAt = Math.max(sentAt + plan.intervalMs, pausedUntil)
    const quotaFreeAt = plan.fallsBack ? nowhere : roomAt
    const slowedAt = Math.max(stormEndsAt(recent), slowedUntil(newKinds, plan.intervalMs))
    channel.freeAt = {
      // Kinds that keep coming also end all the time.
      end: Math.max(baseAt, quotaFreeAt.end, slowedAt),
      critical: Math.max(baseAt, quotaFreeAt.critical),
      other: Math.max(baseAt, quotaFreeAt.other, slowedAt),
    }
    const isToReport = (until: number) => until > Math.max(at, channel.reportedUntil)
    channel.unreportedUntil = {
      end: never,
      critical: isToReport(quotaAt.critical) ? quotaAt.critical : never,
      other: isToReport(quotaAt.other) ? quotaAt.other : never,
    }
  }
}

// ── quota

/** When the quotas allow one more message after the last one at `at`: only messages change them. */
function quotaTimes(plan: ChannelPlan, whole: Quota, shared: Quota, at: number, reserved: number): DueTimes {
  if (plan.limits.length === 0) return { end: never, critical: at, other: at }
  if (at === never) {
    const first = plan.limits.some((limit) => limit.count < 1) ? Number.POSITIVE_INFINITY : never
    return { end: never, critical: first, other: first }
  }
  return { end: never, critical: at + whole.waitMs(at, reserved), other: at + shared.waitMs(at, reserved) }
}

function withoutShare({ count, perMs }: RateLimit): RateLimit {
  return { count: count - Math.floor(count * criticalShare), perMs }
}

// ── storm: one message a window once too many new alerts were sent within one, and what is critical

/** More alerts than this, new to the channel and in one message or window, are a storm. */
export const stormSize = 20

/** The shortest time in which a storm is measured and, while it lasts, between two messages; ms. */
const stormWindowMs = 30_000

function stormEndsAt(recent: readonly RecentMessage[]): number {
  const last = recent.at(-1)
  return last !== undefined && sumOf(recent) > stormSize ? last.at + stormWindowMs : never
}

/** Without the oldest while the others alone are a storm. */
function withMessage(
  recent: readonly RecentMessage[],
  now: number,
  alerts: number,
): readonly RecentMessage[] {
  const messages = [...recent.filter((message) => message.at > now - stormWindowMs), { at: now, alerts }]
  let from = 0
  let left = sumOf(messages)
  for (const { alerts } of messages.slice(0, -1)) {
    if (left - alerts <= stormSize) break
    left -= alerts
    from++
  }
  return messages.slice(from)
}

function sumOf(messages: readonly RecentMessage[]): number {
  return messages.reduce((sum, { alerts }) => sum + alerts, 0)
}

// ── slowdown: new kinds that keep coming

/**
 * After so many messages in a row with new kinds the interval doubles, so that a drip of them does not use up
 * the quota. It is the base interval again once they stop.
 */
const freeInRow = 3
const longestSlowdownMs = 600_000

function slowdownMs(newKinds: NewKinds | undefined, baseMs: number): number {
  const doublings = Math.max(0, (newKinds?.inRow ?? 0) - freeInRow)
  return Math.max(baseMs, Math.min(baseMs * 2 ** Math.min(doublings, 30), longestSlowdownMs))
}

function slowedUntil(newKinds: NewKinds | undefined, baseMs: number): number {
  return newKinds === undefined ? never : newKinds.at + slowdownMs(newKinds, baseMs)
}

function withNewKinds(
  newKinds: NewKinds | undefined,
  baseMs: number,
  now: number,
  added: number,
): NewKinds | undefined {
  if (added === 0) return newKinds
  const keepComing =
    newKinds !== undefined && now - newKinds.at <= 2 * Math.max(slowdownMs(newKinds, baseMs), 1)
  return { inRow: keepComing ? newKinds.inRow + 1 : 1, at: now }
}
