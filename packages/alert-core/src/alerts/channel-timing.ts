/**
 * One channel as the tracker sees it: its plan, and when it may send its next message. Interval, quota, storm
 * pace and a pause that the provider asked for end in one number, `freeAt`. An end needs no quota, a critical
 * alert has a quarter of it for itself and is not slowed down by new kinds.
 */

import type { Alert } from '../model.ts'
import { createQuota, type RateLimit } from '../time/rate-limit.ts'
import { createSlowdown } from './slowdown.ts'
import { createPace, type RecentMessage } from './storm.ts'

/** When and of what one channel is notified; all durations in ms. */
export interface ChannelPlan {
  readonly name: string
  /** The channel's own filter. Asked when an alert begins to fire, when its severity rises, and on reload. */
  readonly admits: (alert: Alert) => boolean
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
  /** Whether ends are sent; 'critical': those of alerts that were critical or last. */
  readonly sendResolved: 'always' | 'critical' | 'never'
  /** Alerts shown in full in one message: for rendering only. */
  readonly max?: number
  readonly limits: readonly RateLimit[]
  /** Another channel takes over while the quota is exhausted: nothing waits for it. */
  readonly fallsBack?: boolean
}

/** When a channel sent its messages, as plain JSON; epoch ms. */
export interface ChannelTiming {
  readonly name: string
  readonly sentAt?: number
  readonly pausedUntil?: number
  readonly recent: readonly RecentMessage[]
  readonly quota: readonly number[]
  /** It was reported that the quota is exhausted, and is not to be reported again before then, epoch ms. */
  readonly quotaReportedUntil?: number
  /** Messages with new kinds in a row, and when the last of them was sent, epoch ms. */
  readonly newKinds?: { readonly inRow: number; readonly at: number }
}

/**
 * What a message needs of the quota: an end nothing, a critical alert may use the share that is kept for it.
 */
export type Urgency = 'end' | 'critical' | 'other'

/** When something is due, by what it needs of the quota; epoch ms, `Infinity` if nothing is. */
export type DueTimes = Record<Urgency, number>

/** What a message is about. */
export interface SentMessage {
  readonly alerts: number
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
  freeAt(urgency: Urgency): number
  /** When its quota lets it act again, epoch ms; at once if another channel takes over. */
  quotaFreeAt(urgency: Urgency): number
  /** When its own quota allows one more such message, epoch ms. */
  quotaAt(urgency: Urgency): number
  /** The quota is exhausted, and another channel takes over. */
  isFallingBack(now: number, urgency: Urgency): boolean
  /** Until when the quota is exhausted, epoch ms, if that is to be reported. */
  unreportedUntil(): number | undefined
  /** That the quota is exhausted is not to be reported again before then, epoch ms. */
  markReported(untilMs: number): void
  /** The provider asked for a pause until then, epoch ms; the later of two such requests counts. */
  pause(untilMs: number): void
  /** Counts one message against the quota. */
  charge(now: number): void
  /** A message is sent now. */
  markSent(now: number, message: SentMessage): void
  timing(): ChannelTiming
}

const never = Number.NEGATIVE_INFINITY
/** The part of each limit that only critical alerts may use. */
const criticalShare = 1 / 4

/** Nothing is due. */
export function nothingDue(): DueTimes {
  return {
    end: Number.POSITIVE_INFINITY,
    critical: Number.POSITIVE_INFINITY,
    other: Number.POSITIVE_INFINITY,
  }
}

/** Opens a channel with its former timing, if it has one. */
export function createChannel(plan: ChannelPlan, former?: ChannelTiming): Channel {
  const whole = createQuota(plan.limits)
  const shared = createQuota(plan.limits.map(withoutShare))
  const pace = createPace(former?.recent)
  const slowdown = createSlowdown(plan.intervalMs, former?.newKinds)
  let sentAt = former?.sentAt ?? never
  let pausedUntil = former?.pausedUntil ?? never
  let quotaReportedUntil = former?.quotaReportedUntil ?? never
  whole.restore(former?.quota)
  shared.restore(former?.quota)
  // Only a message changes the quota, so its answer is kept as a moment.
  let quotaAt = quotaTimes(Math.max(sentAt, former?.quota.at(-1) ?? never))

  function quotaTimes(takenAt: number): DueTimes {
    if (takenAt === never) {
      const first = firstAllowed(plan)
      return { end: never, critical: first, other: first }
    }
    return {
      end: never,
      critical: takenAt + whole.waitMs(takenAt),
      other: takenAt + shared.waitMs(takenAt),
    }
  }

  function charge(now: number): void {
    whole.take(now)
    shared.take(now)
    quotaAt = quotaTimes(now)
  }

  const isFallingBack = (now: number, urgency: Urgency) => plan.fallsBack === true && now < quotaAt[urgency]
  const quotaFreeAt = (urgency: Urgency) => (plan.fallsBack ? never : quotaAt[urgency])

  return {
    plan,
    due: nothingDue(),
    freeAt(urgency) {
      const slowedUntil = urgency === 'other' ? slowdown.freeAt() : never
      const freeAt = Math.max(sentAt + plan.intervalMs, pausedUntil, pace.freeAt(), quotaFreeAt(urgency))
      return Math.max(freeAt, slowedUntil)
    },
    quotaFreeAt,
    quotaAt: (urgency) => quotaAt[urgency],
    isFallingBack,
    unreportedUntil: () =>
      quotaAt.other > sentAt && quotaAt.other > quotaReportedUntil ? quotaAt.other : undefined,
    markReported(untilMs) {
      quotaReportedUntil = untilMs
    },
    pause(untilMs) {
      pausedUntil = Math.max(pausedUntil, untilMs)
    },
    charge,
    markSent(now, { alerts, newKinds, urgency }) {
      pace.markSent(now, alerts)
      slowdown.markSent(now, newKinds)
      sentAt = now
      if (urgency !== 'end' && !isFallingBack(now, urgency)) charge(now)
    },
    timing: () => ({
      name: plan.name,
      ...(sentAt === never ? {} : { sentAt }),
      ...(pausedUntil === never ? {} : { pausedUntil }),
      recent: pace.recent(),
      quota: whole.snapshot(),
      ...(quotaReportedUntil === never ? {} : { quotaReportedUntil }),
      ...slowdown.saved(),
    }),
  }
}

function withoutShare({ count, perMs }: RateLimit): RateLimit {
  return { count: count - Math.floor(count * criticalShare), perMs }
}

function firstAllowed(plan: ChannelPlan): number {
  return plan.limits.some((limit) => limit.count < 1) ? Number.POSITIVE_INFINITY : never
}
