/**
 * Problems of the library itself as alerts: a channel that fails, a quota that is exhausted, a state
 * directory that cannot be used. They pass the pipeline like every other alert, so that their `repeat` keeps
 * them few, and they are never about themselves.
 */
import { adviceOn } from '../http/advice.ts'
import type { Notification, Occurrence, Severity, SuppressedReason } from '../model.ts'
import { hash64 } from '../text/text.ts'
import type { Clock } from '../time/clock.ts'
import type { OptionsInForce } from './compiled-options.ts'
import type { InternalErrors } from './internal-errors.ts'

/** What meta-alerts depend on. */
export interface MetaAlertsOptions {
  readonly inForce: OptionsInForce
  readonly internalErrors: InternalErrors
  readonly clock: Clock
}

/** A quota that is exhausted. */
export interface QuotaExhausted {
  readonly channel: string
  /** Alerts that wait for it. */
  readonly alerts: number
  /** Of the most severe among them. */
  readonly severity: Severity
  /** When the quota allows the next message, epoch ms. */
  readonly until: number
}

/** Notes what happened, and raises or resolves a meta-alert where one is due. */
export interface MetaAlerts {
  /**
   * Where the meta-alerts go, set once: the pipeline, which is made later than the channels that report here.
   */
  publishTo(track: (occurrence: Occurrence) => void): void
  /** An attempt failed on a channel that has delivered nothing yet: people should hear of it at once. */
  noteUnproven(channel: string, why: string): void
  /** The channel will not attempt this notification again. */
  noteFailure(channel: string, notification: Notification, reason: SuppressedReason, why: string): void
  /** A failing channel delivers again. */
  noteRecovery(channel: string): void
  noteQuotaExhausted(quota: QuotaExhausted): void
  noteStateProblem(code: string, message: string): void
  /** The channels whose last outcome was a failure. */
  readonly failing: ReadonlySet<string>
}

const quietMs = 900_000
/** The names of our own rules start with it; those of users may not. */
const ownRulePrefix = '@'

export function createMetaAlerts({ inForce, internalErrors, clock }: MetaAlertsOptions): MetaAlerts {
  const { labels } = inForce.compiled.plan
  const names = () => inForce.compiled.plan.channels.map(({ name }) => name)
  const failing = new Set<string>()
  /** Failing channels that a warning reported: once, until they deliver again. */
  const reported = new Set<string>()
  let track: (occurrence: Occurrence) => void = () => {}

  /** `fields` are the parts of the text, for channels of another language. */
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

  function reportOnce(channel: string, why: string): void {
    if (reported.has(channel)) return
    reported.add(channel)
    const sentence = `Channel ${channel} is not delivering: ${why}${/[.…]$/.test(why) ? '' : '.'}`
    internalErrors.report('ALERT_CHANNEL_FAILED', `${sentence} ${adviceOn(why)}`.trimEnd())
  }

  return {
    publishTo(receiver) {
      track = receiver
    },
    noteFailure(channel, { items }, reason, why) {
      if (reason === 'closed') return
      failing.add(channel)
      // That a meta-alert about one channel failed on another is counted, and raises no second one.
      if (items.every(({ alert }) => alert.rule.startsWith(ownRulePrefix))) return
      const others = names().filter((name) => !failing.has(name))
      const next = inForce.compiled.fallbackOf(channel)
      const instead = next === undefined ? 'no channel takes over' : `going to ${next} instead`
      const text = `Channel ${channel} is not delivering (${reason}): ${why}; ${instead}`
      const fields = { channel, reason, why, next }
      const metaAlert = occurrence('@delivery', channel, text, { channels: others }, fields)
      if (others.some((other) => inForce.compiled.takes(other, metaAlert))) {
        track(metaAlert)
        return
      }
      reportOnce(channel, why)
    },
    noteUnproven: reportOnce,
    noteRecovery(channel) {
      reported.delete(channel)
      if (failing.delete(channel)) track(occurrence('@delivery', channel, '', { action: 'resolve' }))
    },
    noteQuotaExhausted({ channel, alerts, severity, until }) {
      const next = inForce.compiled.fallbackOf(channel)
      const others = next === undefined ? names() : [next]
      const channels = others.filter((name) => name !== channel)
      if (channels.length === 0) return
      const instead =
        next === undefined ? `until ${new Date(until).toISOString()}` : `going to ${next} instead`
      const text = `${channel} quota reached, ${alerts} deferred, ${instead}`
      const fields = { channel, deferred: alerts, next, until }
      track(occurrence('@quota', channel, text, { severity, channels }, fields))
    },
    noteStateProblem(code, message) {
      if (code === 'ALERT_STATE_RECOVERED') {
        track(occurrence('@state', 'ALERT_STATE_UNUSABLE', message, { action: 'resolve' }))
        return
      }
      track(occurrence('@state', code, message, {}, { code, why: message }))
    },
    failing,
  }
}
