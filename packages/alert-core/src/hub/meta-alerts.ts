/**
 * Problems of the library itself as alerts: a channel that fails, a quota that is exhausted, a state
 * directory that cannot be used, processes that do not notify as one. They pass the pipeline like every
 * other alert, so that their `repeat` keeps them few, and they are never about themselves.
 */
import { adviceOn } from '../http/advice.ts'
import { briefFailure, shortFailure } from '../http/failure-brief.ts'
import type { Alert, Notification, Occurrence, SuppressedReason } from '../model.ts'
import { hash64 } from '../text/text.ts'
import type { Clock } from '../time/clock.ts'
import { limitFor, type RateLimit } from '../time/rate-limit.ts'
import type { OptionsInForce } from './compiled-options.ts'
import type { InternalErrors } from './internal-errors.ts'
import type { Signals } from './signals.ts'

export interface MetaAlertsOptions {
  readonly inForce: OptionsInForce
  readonly internalErrors: InternalErrors
  readonly clock: Clock
  readonly signals: Signals
}

export interface QuotaExhausted {
  readonly channel: string
  /** Alerts that wait for it. */
  readonly alerts: number
  /** When the quota allows the next message, epoch ms. */
  readonly until: number
}

export interface StateProblem {
  /** Of our own table: 'ALERT_STATE_UNUSABLE'. */
  readonly code: string
  readonly message: string
  readonly directory: string
}

/** Notes what happened, and raises or resolves a meta-alert where one is due. */
export interface MetaAlerts {
  /** An attempt failed on a channel that has delivered nothing yet: people should hear of it at once. */
  noteUnproven(channel: string, why: string): void
  /** The channel will not attempt this notification again. */
  noteFailure(channel: string, notification: Notification, reason: SuppressedReason, why: string): void
  /** A failing channel delivers again. */
  noteRecovery(channel: string): void
  noteQuotaExhausted(quota: QuotaExhausted): void
  /** The quota has room again. */
  noteQuotaRenewed(channel: string): void
  noteStateProblem(problem: StateProblem): void
  /** This process notifies for itself: why. */
  noteFleetAlone(why: string): void
  /** It is one of the fleet again. */
  noteFleetTogether(): void
  /** A process has other options than this one, which notifies for all. */
  noteFleetDiffers(process: string): void
  /** Ends those of these alerts that are about a channel which the options no longer have. */
  endRemoved(alerts: readonly Alert[]): void
  /** Every channel has failed lately, and delivered nothing since. */
  areAllFailing(): boolean
  /** The channels whose last outcome was a failure. */
  readonly failing: Pick<ReadonlySet<string>, 'has'>
}

/** What became of the notifications of a channel since it fails. */
interface Outage {
  /** Epoch ms. */
  readonly since: number
  /** When the provider was asked last, epoch ms: while a channel is paused it is not. */
  askedAt: number
  /** Epoch ms. */
  failedAt: number
  /** The channel that took over the latest one. */
  next?: string
  /** Notifications that the fallback took over. */
  moved: number
  lost: number
}

const createOutage = (now: number): Outage => ({
  since: now,
  askedAt: now,
  failedAt: now,
  moved: 0,
  lost: 0,
})

const quietMs = 900_000
/** A fleet has so long another process notify for it, whose network may be better. */
const latelyMs = 300_000
/** Longer than any quota of a day: for one whose channel is gone. */
const longestQuietMs = 86_400_000
/** The names of our own rules start with it; those of users may not. */
const ownRulePrefix = '@'
const rulesAboutChannels = ['@delivery', '@quota']

export function createMetaAlerts(options: MetaAlertsOptions): MetaAlerts {
  const { inForce, internalErrors, clock, signals } = options
  const { labels } = inForce.compiled.plan
  const plans = () => inForce.compiled.plan.channels
  const names = () => plans().map(({ name }) => name)
  const failing = new Map<string, Outage>()
  /** Failing channels that a warning reported: once, until they deliver again. */
  const reported = new Set<string>()
  const track = (occurrence: Occurrence) => void signals.emit('metaAlert', occurrence)

  /** `fields` are the parts of its words, which each channel makes in its own language. */
  function occurrence(
    rule: string,
    key: string,
    text: string,
    fields: Readonly<Record<string, unknown>>,
    more: Partial<Occurrence> = {},
  ): Occurrence {
    const at = clock.now()
    return {
      id: hash64(JSON.stringify([rule, key, labels])),
      rule,
      key,
      severity: 'warning',
      action: 'fire',
      record: { time: at, level: 40, levelLabel: 'warn', msg: text, fields },
      labels,
      resolveAfterMs: quietMs,
      ...more,
    }
  }

  function reportOnce(channel: string, why: string): void {
    if (reported.has(channel)) return
    reported.add(channel)
    const short = shortFailure(why)
    const sentence = `Channel ${channel} is not delivering: ${short}${/[.…]$/.test(short) ? '' : '.'}`
    internalErrors.report('ALERT_CHANNEL_FAILED', `${sentence} ${adviceOn(why)}`.trimEnd())
  }

  return {
    noteFailure(channel, { items }, reason, why) {
      if (reason === 'closed') return
      const outage = failing.get(channel) ?? createOutage(clock.now())
      failing.set(channel, outage)
      outage.failedAt = clock.now()
      if (reason !== 'breaker') outage.askedAt = outage.failedAt
      // That a meta-alert about one channel failed on another is counted, and raises no second one.
      const isOwn = items.length > 0 && items.every(({ alert }) => alert.rule.startsWith(ownRulePrefix))
      if (isOwn) return
      const next = nextOf(inForce, channel)
      if (next.next === undefined) outage.lost += 1
      else outage.moved += 1
      outage.next = next.next ?? outage.next
      const others = names().filter((name) => !failing.has(name))
      const provider = titleOf(inForce, channel)
      const undelivered = outage.moved + outage.lost
      const text = `channel ${channel} (${provider}) is not delivering: ${briefFailure(why).said}`
      const asked = { ...briefFailure(why), askedAt: outage.askedAt }
      const fields = { channel, provider, ...asked, undelivered, ...next }
      const metaAlert = occurrence('@delivery', channel, text, fields, {
        severity: 'error',
        channels: others,
      })
      if (others.some((other) => inForce.compiled.takes(other, metaAlert))) {
        track(metaAlert)
        return
      }
      reportOnce(channel, why)
    },
    noteUnproven: reportOnce,
    noteRecovery(channel) {
      reported.delete(channel)
      const outage = failing.get(channel)
      if (!failing.delete(channel) || outage === undefined) return
      const { since, moved, lost, next } = outage
      const taken = next === undefined ? {} : { next, nextProvider: titleOf(inForce, next) }
      const fields = { channel, provider: titleOf(inForce, channel), since, moved, lost, ...taken }
      const text = `channel ${channel} (${titleOf(inForce, channel)}) delivers again`
      track(occurrence('@delivery', channel, text, fields, { severity: 'error', action: 'resolve' }))
    },
    noteQuotaExhausted(quota) {
      const { channel, until } = quota
      const { next } = nextOf(inForce, channel)
      const others = next === undefined ? names() : [next]
      const channels = others.filter((name) => name !== channel)
      // A removed channel sends a last time what it can.
      if (channels.length === 0 || !names().includes(channel)) return
      const text = `channel ${channel} reached its limit`
      const leftMs = until - clock.now()
      const fields = quotaFields(inForce, quota, leftMs)
      // It ends when the quota has room again, not because nothing new was counted.
      const resolveAfterMs = longestQuietMs + (Number.isFinite(leftMs) ? Math.max(0, leftMs) : 0)
      track(occurrence('@quota', channel, text, fields, { channels, resolveAfterMs }))
    },
    noteQuotaRenewed(channel) {
      // A reload may have changed them since one was reached.
      const fields = { channel, limits: limitsOf(inForce, channel) }
      track(occurrence('@quota', channel, `channel ${channel} sends again`, fields, { action: 'resolve' }))
    },
    noteStateProblem({ code, message, directory }) {
      const why = { code: causeOf(code, message), why: message, directory }
      if (code !== 'ALERT_STATE_RECOVERED') track(occurrence('@state', code, message, why))
      else track(occurrence('@state', 'ALERT_STATE_UNUSABLE', message, { directory }, { action: 'resolve' }))
    },
    ...createFleetAlerts((...given) => track(occurrence(...given))),
    endRemoved(alerts) {
      for (const { channel, id, rule, key } of aboutRemoved(alerts, names())) {
        failing.delete(channel)
        reported.delete(channel)
        const text = `channel ${channel} is no longer in the configuration`
        track(occurrence(rule, key, text, { channel, isRemoved: true }, { id, action: 'resolve' }))
      }
    },
    areAllFailing: () => haveFailedLately(names(), failing, clock.now()),
    failing,
  }
}

function haveFailedLately(
  names: readonly string[],
  failing: ReadonlyMap<string, Outage>,
  now: number,
): boolean {
  return names.every((name) => (failing.get(name)?.failedAt ?? Number.NEGATIVE_INFINITY) > now - latelyMs)
}

type Track = (
  rule: string,
  key: string,
  text: string,
  fields: Readonly<Record<string, unknown>>,
  more?: Partial<Occurrence>,
) => void

/** Why a fleet cannot use its Redis, by what redis-connection.ts says of it. */
const aloneCauses: readonly (readonly [cause: string, sentence: RegExp])[] = [
  ['unreachable', /does not answer|cannot be found|\(E(?!RR_)[A-Z]/],
  ['password', /refuses the user or the password/],
  ['rights', /refuses (?:a command|access)/],
  ['keys', /holds something else/],
  ['memory', /answers OOM/],
  ['read-only', /answers READONLY/],
]

/** The alerts about processes that do not notify as one. */
function createFleetAlerts(
  track: Track,
): Pick<MetaAlerts, 'noteFleetAlone' | 'noteFleetTogether' | 'noteFleetDiffers'> {
  let isAlone = false
  /** Processes with other options than this one. */
  const unlike = new Set<string>()
  return {
    noteFleetAlone(why) {
      isAlone = true
      const [, code = ''] = /(?:\(|answers )([A-Z][A-Z_\d]+)/.exec(why) ?? []
      const cause = aloneCauses.find(([, sentence]) => sentence.test(why))?.[0] ?? 'other'
      track('@fleet', 'alone', why, { cause, code, why }, { resolveAfterMs: longestQuietMs })
    },
    noteFleetTogether() {
      if (!isAlone) return
      isAlone = false
      track('@fleet', 'alone', 'Redis works again', {}, { action: 'resolve' })
    },
    noteFleetDiffers(process) {
      unlike.add(process)
      track('@fleet', 'differs', 'processes run different alert configurations', {
        names: [...unlike].join(', '),
      })
    },
  }
}

/** The alerts about channels that are not among these. */
function aboutRemoved(alerts: readonly Alert[], names: readonly string[]) {
  return alerts.flatMap((alert) => {
    const { channel } = alert.latest.fields
    if (!rulesAboutChannels.includes(alert.rule) || typeof channel !== 'string') return []
    return names.includes(channel) ? [] : [{ ...alert, channel }]
  })
}

/** The name of a channel's provider; '' for a channel that is no longer among the options. */
function titleOf({ compiled }: OptionsInForce, channel: string): string {
  return compiled.plan.channels.find(({ name }) => name === channel)?.definition.title ?? ''
}

function limitsOf({ compiled }: OptionsInForce, channel: string): readonly RateLimit[] {
  return compiled.plan.channels.find(({ name }) => name === channel)?.limits ?? []
}

/** The fallback of a channel and its provider, as fields. */
function nextOf(inForce: OptionsInForce, channel: string) {
  const next = inForce.compiled.fallbackOf(channel)
  return next === undefined ? {} : { next, nextProvider: titleOf(inForce, next) }
}

function quotaFields(inForce: OptionsInForce, { channel, alerts, until }: QuotaExhausted, leftMs: number) {
  const limits = limitsOf(inForce, channel)
  const { count = 0, perMs = 0 } = limitFor(limits, leftMs) ?? {}
  // `Infinity` is not a time that JSON could keep.
  const known = { count, perMs, until: Number.isFinite(until) ? until : 0 }
  return { channel, deferred: alerts, ...known, ...nextOf(inForce, channel) }
}

/** 'ENOSPC' if nothing can be written; '' for another problem, of which its sentence says more. */
function causeOf(code: string, message: string): string {
  if (code !== 'ALERT_STATE_UNUSABLE' || !/cannot be used/.test(message)) return ''
  return /\((E[A-Z]{3,15})\)/.exec(message)?.[1] ?? code
}
