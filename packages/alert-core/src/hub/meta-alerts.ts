/**
 * The library's own troubles as alerts: a channel that refuses, a quota that is used up, a state directory that fails. They
 * take the road of every other alert, so that their own `repeat` keeps them few, and they are never about themselves.
 */

import type { Notification, Occurrence, Severity, SuppressedReason } from '../model.ts'
import { hash64 } from '../text/hash.ts'
import type { Clock } from '../time/clock.ts'

/** What the alerts about ourselves need to know. */
export interface MetaAlertsOptions {
  /** All channels by name, each with the one that takes over from it. */
  readonly channels: () => readonly { readonly name: string; readonly fallback?: string }[]
  readonly labels: Readonly<Record<string, string>>
  readonly clock: Clock
  /** Where they go: into the state machine. */
  readonly track: (occurrence: Occurrence) => void
  /** Whether the channel's own filter takes it. */
  readonly takes?: (channel: string, occurrence: Occurrence) => boolean
  /** No other channel works and takes the news of this one's refusal; said once, until the channel works again. */
  readonly onAlone?: (channel: string, why: string) => void
}

/** Notes troubles of our own, each as an alert. */
export interface MetaAlerts {
  /** The channel will not tell this notification. */
  noteFailure(channel: string, notification: Notification, reason: SuppressedReason, why: string): void
  /** The channel works (again). */
  noteDelivery(channel: string): void
  /** The last the channel did was to refuse. */
  isFailing(channel: string): boolean
  noteQuotaExhausted(channel: string, alerts: number, severity: Severity, until: number): void
  noteStateProblem(code: string, message: string): void
}

const quietMs = 900_000
/** The rules of alerts about ourselves begin so; those of users may not. */
const ownRule = '@'

/** Makes the part that notes our own troubles. */
export function createMetaAlerts(options: MetaAlertsOptions): MetaAlerts {
  const { labels, clock, track, takes = () => true, onAlone = () => {} } = options
  const names = () => options.channels().map(({ name }) => name)
  const fallbackOf = (channel: string) => options.channels().find(({ name }) => name === channel)?.fallback
  const failing = new Set<string>()
  const alone = new Set<string>()

  /** `fields` are the parts of the text, for channels that speak another language. */
  function occurrence(
    rule: string,
    key: string,
    text: string,
    more: Partial<Occurrence>,
    fields: Readonly<Record<string, unknown>> = {},
  ): Occurrence {
    const at = clock.now()
    return {
      id: hash64(JSON.stringify([rule, key, labels])),
      rule,
      key,
      severity: 'error',
      action: 'fire',
      record: { time: at, level: 50, levelLabel: 'error', msg: text, fields },
      labels,
      summary: text.replaceAll('{', '{{'),
      resolveAfterMs: quietMs,
      ...more,
    }
  }

  return {
    noteFailure(channel, { items }, reason, why) {
      if (reason === 'closed') return
      failing.add(channel)
      // That the news of one channel's trouble was refused by another is counted, and is no news itself.
      if (items.every(({ alert }) => alert.rule.startsWith(ownRule))) return
      const others = names().filter((name) => !failing.has(name))
      const next = fallbackOf(channel)
      const instead = next === undefined ? 'nobody takes over' : `going to ${next} instead`
      const text = `Channel ${channel} could not tell an alert (${reason}): ${why}; ${instead}`
      const news = occurrence(
        '@delivery',
        channel,
        text,
        { channels: others },
        { channel, reason, why, next },
      )
      if (others.some((other) => takes(other, news))) {
        track(news)
        return
      }
      if (!alone.has(channel)) onAlone(channel, why)
      alone.add(channel)
    },
    noteDelivery(channel) {
      alone.delete(channel)
      if (failing.delete(channel)) track(occurrence('@delivery', channel, '', { action: 'resolve' }))
    },
    isFailing: (channel) => failing.has(channel),
    noteQuotaExhausted(channel, alerts, severity, until) {
      const next = fallbackOf(channel)
      const others = next === undefined ? names() : [next]
      const instead =
        next === undefined ? `until ${new Date(until).toISOString()}` : `going to ${next} instead`
      const text = `${channel} quota reached, ${alerts} held, ${instead}`
      const notified = others.filter((name) => name !== channel)
      if (notified.length === 0) return
      const fields = { channel, deferred: alerts, next, until }
      track(occurrence('@quota', channel, text, { severity, channels: notified }, fields))
    },
    noteStateProblem(code, message) {
      if (code === 'ALERT_STATE_RECOVERED') {
        track(occurrence('@state', 'ALERT_STATE_UNUSABLE', message, { action: 'resolve' }))
        return
      }
      track(occurrence('@state', code, message, {}, { code, why: message }))
    },
  }
}
