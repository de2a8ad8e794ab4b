/**
 * A storm: so many alerts at once that a message for each would be noise. A message with many new alerts
 * becomes one summary, and a channel with a short interval is slowed down while the storm lasts.
 */
import type { NotificationItem } from '../model.ts'

/** More than this many is a storm. */
const stormSize = 20

/** The shortest time in which a storm is measured and, while it lasts, between two messages; ms. */
const stormWindowMs = 30_000

/** Whether these items are a storm: too many of them are new to the channel. */
export function isStorm(items: readonly NotificationItem[]): boolean {
  let fresh = 0
  for (const { reason } of items) if (reason === 'first' || reason === 'regression') fresh++
  return fresh > stormSize
}

/** A message of the last half minute: when, epoch ms, and how many alerts it had. */
export interface RecentMessage {
  readonly at: number
  readonly alerts: number
}

/** Slows a channel down to one message a window once it sent too many alerts within one. */
export interface Pace {
  /** When the next message may be sent, epoch ms; `-Infinity` without a storm. */
  freeAt(): number
  markSent(now: number, alerts: number): void
  /** At most 21 messages: a storm begins no later. */
  recent(): readonly RecentMessage[]
}

/** Continues from these messages. */
export function createPace(past: readonly RecentMessage[] = []): Pace {
  let recent: readonly RecentMessage[] = past
  let pacedUntil = measure()

  function measure(): number {
    const last = recent.at(-1)
    return last !== undefined && sumOf(recent) > stormSize
      ? last.at + stormWindowMs
      : Number.NEGATIVE_INFINITY
  }

  return {
    freeAt: () => pacedUntil,
    recent: () => recent,
    markSent(now, alerts) {
      recent = withoutIrrelevant([
        ...recent.filter((message) => message.at > now - stormWindowMs),
        { at: now, alerts },
      ])
      pacedUntil = measure()
    },
  }
}

/** Drops the oldest while the others alone are a storm, and those without alerts. */
function withoutIrrelevant(messages: readonly RecentMessage[]): readonly RecentMessage[] {
  let from = 0
  let left = sumOf(messages)
  for (const { alerts } of messages.slice(0, -1)) {
    if (alerts > 0 && left - alerts <= stormSize) break
    left -= alerts
    from++
  }
  return messages.slice(from)
}

function sumOf(messages: readonly RecentMessage[]): number {
  return messages.reduce((sum, { alerts }) => sum + alerts, 0)
}
