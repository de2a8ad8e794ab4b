/**
 * The nouns of the library as types: record, alert, notification, receipt. Every room imports them from here.
 * All times are epoch milliseconds, all durations milliseconds.
 */
import type { Accepted, Refused, Retry } from './http/classify.ts'

/** How severe an alert is, from least to most severe; compared by {@link severityRank}. */
export type Severity = 'info' | 'warning' | 'error' | 'critical'

/** All severities, least severe first; the index is the rank. */
export const severities: readonly Severity[] = ['info', 'warning', 'error', 'critical']

/** The rank of a severity, from 0 for `info` to 3 for `critical`. */
export function severityRank(severity: Severity): number {
  return severities.indexOf(severity)
}

/** The severity of a level on pino's scale: 40 warn, 50 error, 60 fatal and above. */
export function severityOfLevel(level: number): Severity {
  if (level >= 60) return 'critical'
  if (level >= 50) return 'error'
  return level >= 40 ? 'warning' : 'info'
}

/**
 * The error of a record. `causes` are the messages of its chain of causes, outermost first; `root` is the
 * cause that began it: the last of the chain, or the first of several errors beside each other, and then the
 * others stand behind it in `causes`.
 */
export interface ErrorInfo {
  readonly type?: string
  readonly message: string
  readonly code?: string
  readonly stack?: string
  /** The stack names places in built files: no source map is read for it. */
  readonly isBuilt?: true
  readonly causes?: readonly string[]
  readonly root?: { readonly message: string; readonly type?: string; readonly code?: string }
}

/**
 * The `alert` field of a record (`alert: true | 'CODE' | {…}`), normalised. It takes precedence over the
 * rules.
 */
export interface AlertDirective {
  readonly code?: string
  readonly severity?: Severity
  /** Makes records with an equal key one alert, whatever their messages. */
  readonly key?: string
  /** The record resolves the alert, and fires none. */
  readonly resolve?: true
  readonly labels?: Readonly<Record<string, string>>
  readonly runbook?: string
  readonly channels?: readonly string[]
  readonly summary?: string
  /** Keys of the field that are not known, or whose value has a wrong type or is not one of those allowed. */
  readonly ignored?: readonly string[]
  /** The word that is none of the severities, if that is what is ignored. */
  readonly wrongSeverity?: string
}

/**
 * One log line, parsed and normalised. `fields` are all other fields of the line; the object has no
 * prototype.
 */
export interface LogRecord {
  /** Epoch ms: the time in the line, or if it has none, the time of arrival. */
  readonly time: number
  /** pino's scale: 10 trace, 20 debug, 30 info, 40 warn, 50 error, 60 fatal. */
  readonly level: number
  readonly levelLabel: string
  readonly msg: string
  readonly err?: ErrorInfo
  readonly fields: Readonly<Record<string, unknown>>
  readonly requestId?: string
  readonly traceId?: string
  /**
   * The record was too large to be kept whole. Its line had so many UTF-16 units, 0 if unknown. Absent:
   * nothing is missing.
   */
  readonly cutFrom?: number
  /** `false`: this record never raises an alert. Absent: the rules decide. */
  readonly alert?: false | AlertDirective
}

/** The condition that the records of one key must meet before an alert fires; durations in ms. */
export type When =
  /** `count` records within `withinMs`. */
  | { readonly kind: 'window'; readonly count: number; readonly withinMs: number }
  /** Records with `count` different values of `field` within `withinMs`. */
  | {
      readonly kind: 'distinct'
      readonly count: number
      readonly withinMs: number
      readonly field?: string
    }
  /**
   * At least `atLeast` records within `withinMs`, and `factor` times the median of the `windows` windows
   * before it, which must be at least `referenceAtLeast`.
   */
  | {
      readonly kind: 'spike'
      readonly factor: number
      readonly withinMs: number
      readonly atLeast: number
      readonly windows: number
      readonly referenceAtLeast: number
    }
  /** `count` records in a row. A resolve record between them restarts the row. */
  | { readonly kind: 'streak'; readonly count: number }
  /** No record for `absentMs`. */
  | { readonly kind: 'absence'; readonly absentMs: number }

/** What a spike is measured by: records in its latest window, their usual number, and what is a spike. */
export interface SpikeValue {
  readonly withinMs: number
  readonly count: number
  /** The median of the windows before it; while an alert fires, of those before the alert. */
  readonly usual: number
  /** So many records or more are a spike. */
  readonly threshold: number
}

/** What the records of one key must meet before an alert fires, in addition to the rule's match. */
export interface AlertCondition {
  readonly when?: When
  /** How long the condition must stay true, ms. */
  readonly forMs: number
  /** For 'distinct': the value of the record that is counted; absent if the record has none. */
  readonly value?: string
  /** For 'absence': the fields of the group, since an absent record cannot give them. */
  readonly group?: Readonly<Record<string, unknown>>
  /**
   * Rule and group, by which a resolve record without a fingerprint finds its alerts; absent if the group is
   * the whole key.
   */
  readonly scope?: string
}

/** A record that a rule has taken; the state machine counts occurrences. */
export interface Occurrence {
  /** Fingerprint: 16 hex digits, the same on every replica for the same problem. */
  readonly id: string
  readonly rule: string
  /**
   * The readable part of the fingerprint: the values of the group, or code, frame and parameterised message.
   */
  readonly key: string
  /**
   * How the rule groups records, if only a record ends its alerts: after a reload another grouping could not
   * end them.
   */
  readonly grouping?: string
  readonly severity: Severity
  readonly action: 'fire' | 'resolve'
  readonly record: LogRecord
  readonly labels: Readonly<Record<string, string>>
  readonly code?: string
  /** Template with `{field}` placeholders, not yet filled. */
  readonly summary?: string
  readonly runbook?: string
  /** The channels to notify; absent: every channel whose filter takes the alert. */
  readonly channels?: readonly string[]
  /** Time without a record that resolves the alert, ms; `false`: only a resolve record does. */
  readonly resolveAfterMs: number | false
  /** Absent: one record is enough. */
  readonly condition?: AlertCondition
  /** It may become one alert with others whose messages differ in one word: no group or key separates it. */
  readonly mergeable?: true
  /** The process that met it; absent: this one. */
  readonly process?: string
  /** The release of that process; absent: that of this one. */
  readonly release?: string
  /** For each field of `impact`: what stands for the values of its records. */
  readonly impact?: ImpactSigns
}

/** By field: numbers that stand for its different values, so that no value is kept. */
export type ImpactSigns = Readonly<Record<string, readonly number[]>>

/** How many records of an alert one process had. */
export interface ProcessCount {
  readonly name: string
  readonly count: number
}

/**
 * Whether an alert is new in the release, or came back in it; `previous` is the release before, or the one in
 * which it was last seen.
 */
export interface ReleaseNote {
  readonly type: 'new' | 'back'
  readonly previous: string
}

/** How many different values of a field the records of an alert had. */
export interface ImpactCount {
  readonly field: string
  readonly count: number
  /** There are more: so many are counted. */
  readonly isMore?: true
}

/** The condition by which an alert fired; times are epoch ms, durations ms. */
export interface FiredBy {
  readonly type: 'count' | 'distinct' | 'consecutive' | 'spike' | 'absent' | 'for'
  /** Records, different values, or records in a row that were needed. */
  readonly threshold?: number
  readonly withinMs?: number
  /** For 'distinct': the field. */
  readonly field?: string
  /** How many there are: records, different values, or records in a row. */
  readonly value?: number
  /** There are more different values than `value`. */
  readonly isMore?: true
  /** For 'consecutive': when a record ended the row before. */
  readonly lastSuccessAt?: number
  /** How long the condition must stay true. */
  readonly forMs?: number
}

/**
 * `firing`: the problem lasts. `resolved`: a resolve record came, no record came for the rule's
 * `resolveAfter`, or the rule was removed.
 */
export type AlertState = 'firing' | 'resolved'

/**
 * What ended an alert: a record, quiet time, a start or reload without its rule or channel, or a similar
 * alert.
 */
export type EndCause = 'record' | 'quiet' | 'rule-removed' | 'channel-removed' | 'merged'

/** Somebody has taken on an alert. */
export interface Acknowledgement {
  /** When, epoch ms. */
  readonly at: number
  /** Who, if that is known. */
  readonly by?: string
  readonly comment?: string
}

/** One problem of the watched service: an immutable copy, made when a channel was notified. */
export interface Alert {
  /** Fingerprint: 16 hex digits. */
  readonly id: string
  readonly rule: string
  /** The readable part of the fingerprint. */
  readonly key: string
  readonly state: AlertState
  /** What ended it; absent while it fires. */
  readonly endedBy?: EndCause
  /** When it ended, epoch ms; absent while it fires. */
  readonly endedAt?: number
  /** For `endedBy: 'quiet'`: how long no record had come, ms. */
  readonly quietMs?: number
  /** The record that ended it, if one did. */
  readonly endRecord?: LogRecord
  /** When its life before this one ended, within a day, epoch ms. */
  readonly formerEndedAt?: number
  /** It fires because no record comes: its records are our own. */
  readonly isAbsence?: true
  /** It fires because there are many more records than usual. */
  readonly spike?: SpikeValue
  /** Who has taken it on; absent if it is not acknowledged, or became worse since. */
  readonly acknowledged?: Acknowledgement
  /**
   * How often it started within 24 h, of which at most 100 are counted; present only if it flaps, and is
   * notified less often for it.
   */
  readonly startsInDay?: number
  readonly severity: Severity
  readonly code?: string
  readonly summary?: string
  readonly runbook?: string
  readonly labels: Readonly<Record<string, string>>
  readonly channels?: readonly string[]
  /** Records counted since the alert fired, those of its condition included. */
  readonly count: number
  /** Epoch ms, by the times of the records, but not later than they were read. */
  readonly firstSeen: number
  readonly lastSeen: number
  /** Which of its lives this is: when it began. Unlike all other times it stays if the clock is set. */
  readonly life?: number
  /**
   * The first and the latest of the records that are as severe as the alert, so that severity and text are of
   * one record; the same object if there is only one.
   */
  readonly first: LogRecord
  readonly latest: LogRecord
  /**
   * What the messages of its records have in common, with '…' where they differ; absent where all are equal.
   */
  readonly varied?: { readonly message?: string; readonly error?: string }
  /** The log lines before the alert, oldest first; absent without option `context`. */
  readonly context?: readonly ContextLine[]
  /** Absent unless several alerts became this one. */
  readonly variants?: Variants
  /** The processes that met it, the most frequent first, at most 64. */
  readonly processes?: readonly ProcessCount[]
  /** How many processes there are; absent if only this one is known. */
  readonly processesTotal?: number
  /** The release of the process that met it last. */
  readonly release?: string
  /** Present only in a life of the alert that began in a new release. */
  readonly releaseNote?: ReleaseNote
  /** When the first of its lives began, if there were others and that is known; epoch ms. */
  readonly firstEverAt?: number
  /** In the order of the option `impact`; absent without it. */
  readonly impact?: readonly ImpactCount[]
  /** Absent if one record was enough. */
  readonly condition?: FiredBy
}

/** The word in which the messages of one alert differ: alerts that were merged because there were many. */
export interface Variants {
  /** The message with '…' in place of the word. */
  readonly message: string
  /** The most frequent words, with the number of their records. */
  readonly values: readonly { readonly value: string; readonly count: number }[]
  /** How many other words there are. */
  readonly more: number
}

/** One log line before an alert. */
export interface ContextLine {
  /** Epoch ms. */
  readonly time: number
  /** 'info', or the number of a level without a name. */
  readonly level: string
  readonly text: string
}

/**
 * Why a channel is notified.
 * - `first`: the alert fired, and this channel has not been notified of it.
 * - `repeat`: a reminder; the alert occurred again.
 * - `escalated`: its severity rose.
 * - `regression`: it fired again within 24 h after it was resolved.
 * - `resolved`: it was resolved.
 * - `storm`: many new alerts at once, summed up in one message.
 * - `digest`: what happened since the last digest, at a time of day.
 */
export type Reason = 'first' | 'repeat' | 'escalated' | 'regression' | 'resolved' | 'storm' | 'digest'

/** All reasons, least urgent first. The most urgent reason of its items is the reason of a notification. */
export const reasons: readonly Reason[] = [
  'digest',
  'resolved',
  'repeat',
  'first',
  'regression',
  'escalated',
  'storm',
]

export function moreUrgent(a: Reason, b: Reason): Reason {
  return reasons.indexOf(b) > reasons.indexOf(a) ? b : a
}

/** A silence that ended while its alert fired; `at` is epoch ms. */
export interface SilenceEnded {
  readonly by?: string
  readonly at: number
  readonly count: number
}

/** Somebody acknowledged or silenced an alert; times are epoch ms. */
export interface Answered {
  readonly type: 'acknowledged' | 'silenced'
  readonly by?: string
  readonly comment?: string
  readonly at: number
  /** When the silence ends. */
  readonly until?: number
}

/** One alert inside a notification, and what is new about it for this channel. */
export interface NotificationItem {
  readonly alert: Alert
  readonly reason: Reason
  /**
   * Records since this channel was last notified; the sum over all notifications is the number of matched
   * records. It is more than `alert.count` if the alert was resolved and fired again before the channel was
   * notified of earlier records.
   */
  readonly added: number
  /** When this channel was last notified of the alert, epoch ms; absent the first time. */
  readonly notifiedAt?: number
  /** For `escalated`: how severe it was when this channel was last notified. */
  readonly previousSeverity?: Severity
  /** For a channel with `after`: how long the alert fired before it was notified, ms. */
  readonly unacknowledgedMs?: number
  /** The first message after a silence: who made that, when it ended, and the records that it suppressed. */
  readonly silenceEnded?: SilenceEnded
  /** A notice to those who were notified before: the answer of somebody is all that is new. */
  readonly answered?: Answered
  /**
   * When the next reminder is due if the alert continues and this is delivered at once, epoch ms; absent: no
   * reminder is due. A later delivery puts it off by as much.
   */
  readonly nextAt?: number
  /** The other channels that were notified of this life of the alert before; absent: none. */
  readonly notifiedChannels?: readonly string[]
  /** The notification fell back to this channel: the channel that should have sent it, and why it did not. */
  readonly fallbackFrom?: {
    readonly channel: string
    readonly reason: SuppressedReason
    /** Name of its provider: 'Slack'. */
    readonly provider?: string
    /** What that answered, at most 80 characters: '403 invalid_token'. */
    readonly answer?: string
    /** For `expired`: how long the notification had waited, ms. */
    readonly waitedMs?: number
  }
  /** How many of `added` fell back: another channel counts them. Absent: none. */
  readonly fellBack?: number
}

/** One alert of a digest: times are ours, epoch ms. */
export interface DigestLine {
  readonly alert: Alert
  /** Its records in the time of the digest. */
  readonly records: number
  readonly startedAt: number
  /** Absent while it fires. */
  readonly endedAt?: number
  /** If it ended more than once: how long its longest life lasted. */
  readonly lastedMs?: number
}

/** Whether both are of one life of the same alert. Copies that former versions wrote have no `life`. */
export function isSameLife(
  a: Pick<Alert, 'life' | 'firstSeen'>,
  b: Pick<Alert, 'life' | 'firstSeen'>,
): boolean {
  return lifeOf(a) === lifeOf(b)
}

/** Which life of the alert this is. */
export function lifeOf({ life, firstSeen }: Pick<Alert, 'life' | 'firstSeen'>): number {
  return life ?? firstSeen
}

/** How long an ended alert of a digest lasted, ms: its longest life. */
export function lastedOf({ alert, startedAt, endedAt = startedAt, lastedMs }: DigestLine): number {
  // The quiet that ended it is not a part of it.
  return lastedMs ?? (alert.endedBy === 'quiet' ? alert.lastSeen : endedAt) - startedAt
}

/** What happened between two moments, epoch ms. */
export interface Digest {
  readonly from: number
  readonly to: number
  /** Records of all its alerts. */
  readonly records: number
  /** Alerts that started in this time, that fired before and still do, and that fired before and ended. */
  readonly fresh: number
  readonly firing: number
  readonly resolved: number
  /** Notifications of all channels, digests apart. */
  readonly notifications: number
  /** The most severe, the most frequent and the longest of its alerts. */
  readonly lines: readonly DigestLine[]
  /** Records that were not sent, by reason. */
  readonly suppressed: Readonly<Partial<Record<SuppressedReason, number>>>
  /** When an alert was last seen before. */
  readonly lastAlertAt?: number
  /** It fell back to this channel: the channel that should have sent it, and why it did not. */
  readonly fallbackFrom?: NonNullable<NotificationItem['fallbackFrom']>
}

/** What waited for a quota: from when until when, epoch ms, and the limit that was reached. */
export interface Deferral {
  readonly from: number
  readonly until: number
  readonly count: number
  readonly perMs: number
}

/** What one channel is sent at one moment, before it is put into words; the unit of delivery. */
export interface Notification {
  /** Unique; the idempotency key of all attempts. */
  readonly id: string
  readonly channel: string
  readonly reason: Reason
  /** The highest severity among the items. */
  readonly severity: Severity
  /** When the notification was decided, epoch ms. */
  readonly at: number
  /** Most severe first, then most frequent. Never empty, but for a digest. */
  readonly items: readonly NotificationItem[]
  /** For `digest`: it has no items, and is a message of its own. */
  readonly digest?: Digest
  /** The process was restarted between the decision and the delivery. */
  readonly late?: true
  /** It was due earlier, and waited for the channel's quota. */
  readonly deferred?: Deferral
  /** The ids of the notifications that were merged into this one while they waited. */
  readonly joined?: readonly string[]
}

/** The outcome of one attempt to deliver. A failure is a value: senders do not throw. */
export type Receipt =
  | (Accepted & {
      /** Which recipients were refused while others were accepted. */
      readonly note?: string
      /** The provider asks for no further message for this time, ms. */
      readonly delayMs?: number
    })
  | Retry
  | Refused

/**
 * Why a notification was not sent. Every case is counted under one of these reasons.
 * - `filtered`: the channel's `minSeverity` or `match` does not take the alert.
 * - `off`: a rule has severity 'off', or the record has `alert: false`.
 * - `client-error`: the record only says that a request was wrong (status 400 to 499).
 * - `silenced`: a silence matches the alert.
 * - `inhibited`: another firing alert inhibits it.
 * - `acknowledged`: somebody has acknowledged it.
 * - `schedule`: outside the times of the channel's `schedules`.
 * - `ended`: the alert was resolved before the channel's `after`, or its last records need no message.
 * - `quota`: the channel's `limit` is exhausted.
 * - `alert-limit`: more live alerts than `limits.alerts`.
 * - `queue-limit`: more waiting notifications than `limits.queue`.
 * - `already-notified`: it fell back from another channel, but this channel had sent the same by itself.
 * - `failed`: the provider refused the message.
 * - `expired`: the retries took longer than `retryFor`, or a notification of an earlier process was too old.
 * - `breaker`: the channel is paused after failures.
 * - `unreadable`: another process of the fleet submitted what this one cannot read.
 * - `closed`: the hub was closed before the message could be sent.
 */
export type SuppressedReason =
  | 'filtered'
  | 'off'
  | 'client-error'
  | 'silenced'
  | 'inhibited'
  | 'acknowledged'
  | 'schedule'
  | 'ended'
  | 'quota'
  | 'alert-limit'
  | 'queue-limit'
  | 'already-notified'
  | 'failed'
  | 'expired'
  | 'breaker'
  | 'unreadable'
  | 'closed'

/** An alert by its fingerprint (`alert`), its rule, and the readable part of the fingerprint (`key`). */
export interface AlertName {
  readonly alert: string
  readonly rule: string
  readonly key: string
}

/** What one channel does with an alert: a preview. */
export interface ChannelPreview {
  readonly channel: string
  /** Whether the channel's filter takes the alert. */
  readonly takes: boolean
  /**
   * What delays or suppresses the notification: 'condition' (not met yet), a {@link SuppressedReason}, a time
   * of the channel ('after', 'wait', 'repeat'), or 'busy' (interval, quota, a provider that asked to wait).
   * Absent: it is sent now.
   */
  readonly why?: SuppressedReason | 'condition' | 'after' | 'wait' | 'repeat' | 'busy'
  /** When the delay ends, epoch ms; absent if that is not known. */
  readonly at?: number
}

/**
 * What the library reports: `transport.on('alert', event)`, `hub.subscribe(listener)`. An event never
 * contains a secret. `at` is epoch ms, `alerts` are fingerprints, `attempts` counts from 1.
 */
export type AlertEvent =
  | ({
      /**
       * An alert fired, or fired again: which channels take it, and what delays or suppresses their
       * notification.
       */
      readonly type: 'fired'
      readonly channel?: undefined
      readonly severity: Severity
      readonly channels: readonly ChannelPreview[]
      readonly at: number
    } & AlertName)
  | {
      /** A provider accepted a notification. */
      readonly type: 'delivered'
      readonly channel: string
      readonly notification: string
      readonly reason: Reason
      readonly alerts: readonly string[]
      /** The same alerts by name. */
      readonly about: readonly AlertName[]
      readonly attempts: number
      readonly at: number
      readonly note?: string
    }
  | {
      /** An attempt did not succeed; the next one follows in `delayMs`. */
      readonly type: 'retrying'
      readonly channel: string
      readonly notification: string
      readonly why: string
      readonly delayMs: number
      readonly attempts: number
      readonly at: number
    }
  | {
      /** A notification was not delivered. `fallback` is the channel that takes over, if there is one. */
      readonly type: 'failed'
      readonly channel: string
      readonly notification: string
      readonly why: string
      readonly reason: SuppressedReason
      readonly about: readonly AlertName[]
      readonly fallback?: string
      readonly at: number
    }
  | ({
      /** A notification of an alert was not sent, for a reason. */
      readonly type: 'suppressed'
      readonly channel: string
      readonly reason: SuppressedReason
      /** Records that this channel would have been notified of. */
      readonly count?: number
      readonly at: number
    } & AlertName)
  | ({
      /** Somebody acknowledged an alert, or it is not acknowledged any more. */
      readonly type: 'acknowledged'
      readonly channel?: undefined
      readonly by?: string
      readonly comment?: string
      /** Why it is not acknowledged any more. */
      readonly ended?: 'escalated' | 'undone'
      readonly at: number
    } & AlertName)
  | {
      /** Records or notifications were dropped: a limit was reached, they were too old, or the hub closed. */
      readonly type: 'dropped'
      readonly channel?: undefined
      readonly reason: SuppressedReason
      readonly count: number
      readonly at: number
    }
  | {
      /** An internal error, or a problem of the options. docs/errors.md lists the codes. */
      readonly type: 'error'
      readonly channel?: undefined
      readonly code: string
      readonly message: string
      readonly at: number
    }

export function alertNamesOf({ items }: Notification): readonly AlertName[] {
  return items.map(({ alert: { id, rule, key } }) => ({ alert: id, rule, key }))
}
