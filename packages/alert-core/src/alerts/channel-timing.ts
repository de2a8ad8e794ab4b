/**
 * One channel as the tracker sees it: its plan, and when it may send its next message. Interval, quota, storm
 * pace and a pause that the provider asked for end in one number, `freeAt`.
 */

import type { Alert } from '../model.ts'
import { createQuota, type RateLimit } from '../time/rate-limit.ts'
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
  /** It was reported that the quota is exhausted until then, epoch ms. */
  readonly quotaReportedUntil?: number
}

/** One channel: when something is due on it, and when it may send. */
export interface Channel {
  readonly plan: ChannelPlan
  /** Never later than the earliest due time among its alerts; `Infinity` if nothing is due. Epoch ms. */
  dueAt: number
  /** When it may send its next message, epoch ms. */
  freeAt(): number
  /** When its quota lets it act again, epoch ms; at once if another channel takes over. */
  quotaFreeAt(): number
  /** When its own quota allows one more message, epoch ms. */
  quotaRoomAt(): number
  /** The quota is exhausted, and another channel takes over. */
  isFallingBack(now: number): boolean
  /** Until when the quota is exhausted, epoch ms, if that was not reported yet. */
  unreportedUntil(): number | undefined
  /** It was reported that the quota is exhausted. */
  markReported(): void
  /** The provider asked for a pause until then, epoch ms; the later of two such requests counts. */
  pause(untilMs: number): void
  /** Counts one message against the quota. */
  charge(now: number): void
  /** A message with this many alerts is sent now. */
  markSent(now: number, alerts: number): void
  timing(): ChannelTiming
}

const never = Number.NEGATIVE_INFINITY

/** Opens a channel with its former timing, if it has one. */
export function createChannel(plan: ChannelPlan, former?: ChannelTiming): Channel {
  const quota = createQuota(plan.limits)
  const pace = createPace(former?.recent)
  let sentAt = former?.sentAt ?? never
  let pausedUntil = former?.pausedUntil ?? never
  let quotaReportedUntil = former?.quotaReportedUntil ?? never
  quota.restore(former?.quota)
  // Only a message changes the quota, so its answer is kept as a moment.
  const takenAt = Math.max(sentAt, former?.quota.at(-1) ?? never)
  let quotaFreeAt = takenAt === never ? firstAllowed(plan) : takenAt + quota.waitMs(takenAt)

  function charge(now: number): void {
    quota.take(now)
    quotaFreeAt = now + quota.waitMs(now)
  }

  const isFallingBack = (now: number) => plan.fallsBack === true && now < quotaFreeAt

  return {
    plan,
    dueAt: Number.POSITIVE_INFINITY,
    freeAt: () =>
      Math.max(sentAt + plan.intervalMs, pausedUntil, pace.freeAt(), plan.fallsBack ? never : quotaFreeAt),
    quotaFreeAt: () => (plan.fallsBack ? never : quotaFreeAt),
    quotaRoomAt: () => quotaFreeAt,
    isFallingBack,
    unreportedUntil: () =>
      quotaFreeAt > sentAt && quotaFreeAt > quotaReportedUntil ? quotaFreeAt : undefined,
    markReported() {
      quotaReportedUntil = quotaFreeAt
    },
    pause(untilMs) {
      pausedUntil = Math.max(pausedUntil, untilMs)
    },
    charge,
    markSent(now, alerts) {
      pace.markSent(now, alerts)
      sentAt = now
      if (!isFallingBack(now)) charge(now)
    },
    timing: () => ({
      name: plan.name,
      ...(sentAt === never ? {} : { sentAt }),
      ...(pausedUntil === never ? {} : { pausedUntil }),
      recent: pace.recent(),
      quota: quota.snapshot(),
      ...(quotaReportedUntil === never ? {} : { quotaReportedUntil }),
    }),
  }
}

function firstAllowed(plan: ChannelPlan): number {
  return plan.limits.some((limit) => limit.count < 1) ? Number.POSITIVE_INFINITY : never
}
