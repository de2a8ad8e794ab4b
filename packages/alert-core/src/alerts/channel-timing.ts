/**
 * One channel as the state machine sees it: its plan, and the earliest moment it may speak again. Interval, quota,
 * storm pace and the provider's own "wait" end in one number, `freeAt`.
 */

import type { Alert } from '../model.ts'
import { createQuota, type RateLimit } from '../time/rate-limit.ts'
import { createPace, type RecentMessage } from './storm.ts'

/** How and when one channel wants to be told; all durations in ms. */
export interface ChannelPlan {
  readonly name: string
  /** The channel's own filter. Asked when an alert begins to fire, when its severity rises, and on reload. */
  readonly admits: (alert: Alert) => boolean
  /** Collects this long before the first message; a critical alert does not wait. */
  readonly waitMs: number
  /** Told only if the alert still fires after this long. */
  readonly afterMs: number
  /** Least time between two messages of this channel. */
  readonly intervalMs: number
  /** Least time between two messages about one alert, doubling up to `repeatMaxMs`; `false`: no reminders. */
  readonly repeatMs: number | false
  readonly repeatMaxMs: number
  /** Reminds also of what did not occur again, while it fires: the receiver takes silence for the end. */
  readonly renews?: boolean
  /** Whether ends are told; 'critical': those of alerts that were critical. */
  readonly sendResolved: 'always' | 'critical' | 'never'
  /** Alerts shown in full in one message: a matter of rendering, carried along. */
  readonly max?: number
  readonly limits: readonly RateLimit[]
  /** Another channel takes over when the quota is used up: nothing waits for it. */
  readonly fallsBack?: boolean
}

/** A channel's memory of its own messages, as plain JSON; epoch ms. */
export interface ChannelTiming {
  readonly name: string
  readonly sentAt?: number
  readonly pausedUntil?: number
  readonly recent: readonly RecentMessage[]
  readonly quota: readonly number[]
  /** That the quota is used up until then was said, epoch ms. */
  readonly quotaReportedUntil?: number
}

/** A channel at work: when something is due on it, and when it is free to say so. */
export interface Channel {
  readonly plan: ChannelPlan
  /** Never later than the earliest due time among its alerts; `Infinity` when nothing is to be told. Epoch ms. */
  dueAt: number
  /** When it may send its next message, epoch ms. */
  freeAt(): number
  /** When its quota allows one more message, whatever interval and pace say; epoch ms. */
  quotaFreeAt(): number
  /** The quota is used up, and what is told now is another channel's to tell. */
  fallsBack(now: number): boolean
  /** Until when the quota is used up, epoch ms, if nobody was told so yet. */
  unreportedUntil(): number | undefined
  /** That the quota is used up has been said. */
  markReported(): void
  /** The provider asked to wait until then, epoch ms; the later of two such wishes counts. */
  pause(untilMs: number): void
  /** When its quota has room for one more message, also if another channel takes over; epoch ms. */
  quotaRoomAt(): number
  /** Takes one message from the quota. */
  charge(now: number): void
  /** A message with this many alerts leaves now. */
  sent(now: number, alerts: number): void
  state(): ChannelTiming
}

const never = Number.NEGATIVE_INFINITY

/** Opens a channel, with the memory of its former self if it had one. */
export function createChannel(plan: ChannelPlan, past?: ChannelTiming): Channel {
  const quota = createQuota(plan.limits)
  const pace = createPace(past?.recent)
  let sentAt = past?.sentAt ?? never
  let pausedUntil = past?.pausedUntil ?? never
  let quotaReportedUntil = past?.quotaReportedUntil ?? never
  quota.restore(past?.quota)
  // Only a message changes what the quota says, so its answer is kept as a moment.
  const takenAt = Math.max(sentAt, past?.quota.at(-1) ?? never)
  let quotaFreeAt = takenAt === never ? startOf(plan) : takenAt + quota.waitMs(takenAt)

  const fallsBack = (now: number) => plan.fallsBack === true && now < quotaFreeAt

  function charge(now: number): void {
    quota.take(now)
    quotaFreeAt = now + quota.waitMs(now)
  }

  return {
    plan,
    dueAt: Number.POSITIVE_INFINITY,
    freeAt: () =>
      Math.max(sentAt + plan.intervalMs, pausedUntil, pace.freeAt(), plan.fallsBack ? never : quotaFreeAt),
    quotaFreeAt: () => (plan.fallsBack ? never : quotaFreeAt),
    fallsBack,
    unreportedUntil: () =>
      quotaFreeAt > sentAt && quotaFreeAt > quotaReportedUntil ? quotaFreeAt : undefined,
    markReported() {
      quotaReportedUntil = quotaFreeAt
    },
    pause(untilMs) {
      pausedUntil = Math.max(pausedUntil, untilMs)
    },
    quotaRoomAt: () => quotaFreeAt,
    charge,
    sent(now, alerts) {
      pace.sent(now, alerts)
      sentAt = now
      if (!fallsBack(now)) charge(now)
    },
    state: () => ({
      name: plan.name,
      ...(sentAt === never ? {} : { sentAt }),
      ...(pausedUntil === never ? {} : { pausedUntil }),
      recent: pace.recent(),
      quota: quota.snapshot(),
      ...(quotaReportedUntil === never ? {} : { quotaReportedUntil }),
    }),
  }
}

function startOf(plan: ChannelPlan): number {
  return plan.limits.some((limit) => limit.count < 1) ? Number.POSITIVE_INFINITY : never
}
