/**
 * The nouns of the library as types: record, alert, notification, receipt. No behaviour lives here, so that every
 * room can speak of the same things without importing another room.
 */

/** How bad it is, from least to most; compared by rank, see {@link severityRank}. */
export type Severity = 'info' | 'warning' | 'error' | 'critical'

/** All severities, least first; the index of one is its rank. */
export const severities: readonly Severity[] = ['info', 'warning', 'error', 'critical']

/** The rank of a severity: 0 for `info` to 3 for `critical`. */
export function severityRank(severity: Severity): number {
  return severities.indexOf(severity)
}

/** What the record's `err` said, normalised; `causes` are the messages of its cause chain, outermost first. */
export interface ErrorInfo {
  readonly type?: string
  readonly message: string
  readonly code?: string
  readonly stack?: string
  readonly causes?: readonly string[]
}

/** The `alert` field of a record (`alert: true | 'CODE' | {…}`), normalised; it beats the rules. */
export interface AlertDirective {
  readonly code?: string
  readonly severity?: Severity
  readonly key?: string
  readonly resolve?: true
  readonly labels?: Readonly<Record<string, string>>
  readonly runbook?: string
  readonly channels?: readonly string[]
  readonly summary?: string
}

/** One log line, parsed and normalised. `fields` is what the line carried beside the named ones, no prototype. */
export interface LogRecord {
  /** Epoch ms; the arrival time where the line had none. */
  readonly time: number
  /** pino's scale: 10 trace, 20 debug, 30 info, 40 warn, 50 error, 60 fatal. */
  readonly level: number
  readonly levelLabel: string
  readonly msg: string
  readonly err?: ErrorInfo
  readonly fields: Readonly<Record<string, unknown>>
  readonly requestId?: string
  readonly traceId?: string
  /** `false`: never alert on this record. Absent: the rules decide. */
  readonly alert?: false | AlertDirective
}

/** What has to come together, for one key, before it is an alert; durations in ms. */
export type When =
  /** So many records, or records with so many different values, in so long. */
  | { readonly kind: 'window' | 'distinct'; readonly count: number; readonly withinMs: number }
  /** So many in a row: a resolve record between them begins the row anew. */
  | { readonly kind: 'streak'; readonly count: number }
  /** None for so long. */
  | { readonly kind: 'absence'; readonly absentMs: number }

/** What else is asked of the records of one key, beside that the rule matches. */
export interface AlertCondition {
  readonly when?: When
  /** How long it must stay true, ms. */
  readonly forMs: number
  /** The value that counts for 'distinct'; absent where the record has none. */
  readonly value?: string
  /** The fields of the group, for 'absence': what is missed has no record to take them from. */
  readonly group?: Readonly<Record<string, unknown>>
  /** What a resolve record names that knows no fingerprint: rule and group; absent where the group is the whole key. */
  readonly scope?: string
}

/** A record that a rule took: what the state machine counts. */
export interface Occurrence {
  /** Fingerprint: 16 hex digits, equal on every replica for the same trouble. */
  readonly id: string
  readonly rule: string
  /** The part of the fingerprint that a person can read: group values, or code, frame and parameterised message. */
  readonly key: string
  readonly severity: Severity
  readonly action: 'fire' | 'resolve'
  readonly record: LogRecord
  readonly labels: Readonly<Record<string, string>>
  readonly code?: string
  /** Template with `{field}` placeholders, not yet filled. */
  readonly summary?: string
  readonly runbook?: string
  /** Only these channels; absent: every channel whose own filter takes it. */
  readonly channels?: readonly string[]
  /** Quiet time that ends the alert, ms; `false`: only a resolve record ends it. */
  readonly resolveAfterMs: number | false
  /** Absent: the record is enough. */
  readonly condition?: AlertCondition
}

export type AlertState = 'firing' | 'resolved'

/** One trouble while it lasts, as it stood when a channel was told: an immutable copy. */
export interface Alert {
  readonly id: string
  readonly rule: string
  readonly key: string
  readonly state: AlertState
  readonly severity: Severity
  readonly code?: string
  readonly summary?: string
  readonly runbook?: string
  readonly labels: Readonly<Record<string, string>>
  readonly channels?: readonly string[]
  /** Records matched since it began to fire. */
  readonly count: number
  /** Epoch ms, by the records' own times. */
  readonly firstSeen: number
  readonly lastSeen: number
  /** The first record and the latest one (the same object when there is only one). */
  readonly first: LogRecord
  readonly latest: LogRecord
  /** The lines before it began, oldest first, where they are wanted. */
  readonly context?: readonly ContextLine[]
}

/** One of the lines that led to an alert, as it was logged. */
export interface ContextLine {
  /** Epoch ms. */
  readonly time: number
  /** 'info', or a number where the level has no name. */
  readonly level: string
  readonly text: string
}

/** Why a channel is told. */
export type Reason = 'first' | 'repeat' | 'escalated' | 'regression' | 'resolved' | 'storm'

/** All reasons, least urgent first: where several fall together in one notification, the last of them names it. */
export const reasons: readonly Reason[] = ['resolved', 'repeat', 'first', 'regression', 'escalated', 'storm']

/** The one of two reasons that names what is told. */
export function moreUrgent(a: Reason, b: Reason): Reason {
  return reasons.indexOf(b) > reasons.indexOf(a) ? b : a
}

/** One alert inside a notification: what is new about it for this channel. */
export interface NotificationItem {
  readonly alert: Alert
  readonly reason: Reason
  /**
   * Records this channel had not been told of yet: the sum over all notifications is what was matched. More than
   * `alert.count` when the alert ended and fired again before the channel was told of its earlier records.
   */
  readonly added: number
  /** When this channel was last told of it, epoch ms; absent on the first time. */
  readonly notifiedAt?: number
  /** When the next reminder comes if it goes on, epoch ms; absent: none will come. */
  readonly nextAt?: number
  /** It was handed on: the channel that was to tell it, and why that did not. */
  readonly fallbackFrom?: { readonly channel: string; readonly reason: SuppressedReason }
}

/** What one channel is to be told at one moment, before any wording: the decision, and the unit of a delivery. */
export interface Notification {
  /** Unique; the idempotency key of every attempt. */
  readonly id: string
  readonly channel: string
  readonly reason: Reason
  /** The highest severity among the items. */
  readonly severity: Severity
  /** When it was decided, epoch ms. */
  readonly at: number
  /** Most severe first, then most frequent. Never empty. */
  readonly items: readonly NotificationItem[]
  /** Set when it is told long after it was decided (a restart lay between). */
  readonly late?: true
  /** The ids of those that became one in it while they waited; absent where it is one by itself. */
  readonly joined?: readonly string[]
}

/** Outcome of one attempt. Failures are values: nothing on the road of a notification throws. */
export type Receipt =
  | {
      readonly status: 'delivered' /** Some recipients were refused while others took it. */
      readonly note?: string /** It wants to be left alone for so long, ms. */
      readonly delayMs?: number
    }
  | {
      readonly status: 'retry'
      readonly why: string /** The provider's own hint, ms. */
      readonly delayMs?: number
      readonly httpStatus?: number /** The provider may have taken it. */
      readonly uncertain?: true
    }
  | {
      readonly status: 'failed'
      readonly why: string
      readonly httpStatus?: number /** It said "too long": worth one try in the shortest plain form. */
      readonly tooLong?: true /** Address or credentials were turned down: the next message would be refused as well. */
      readonly lasting?: true
    }

/** Why something was not told; every such case is counted under one of these. */
export type SuppressedReason =
  | 'filtered' // the channel's own filter does not take the alert
  | 'off' // a rule with severity 'off', or alert: false
  | 'silenced'
  | 'inhibited'
  | 'schedule' // outside the channel's times
  | 'ended' // it ended before the channel's `after` was over, or nobody was to be told of its last records
  | 'quota' // the channel's limit is reached
  | 'alert-limit' // more live alerts than limits.alerts
  | 'queue-limit' // more waiting deliveries than limits.queue
  | 'already-notified' // fell back from another channel, and this one had been notified of just that by itself
  | 'failed'
  | 'expired'
  | 'breaker'
  | 'closed'

/** An alert by its id, the rule that took its records, and what makes two records the same trouble, readable. */
export interface AlertName {
  readonly alert: string
  readonly rule: string
  readonly key: string
}

/** What a channel makes of an alert. */
export interface ChannelPreview {
  readonly channel: string
  /** Its own filter takes the alert. */
  readonly takes: boolean
  /**
   * What keeps it from being told at once: 'condition' (not all has come together), a reason that is recorded, a time of the alert
   * ('after', 'wait', 'repeat'), or 'busy' (interval, quota, a provider that asked to wait). Absent: it is told now.
   */
  readonly why?: SuppressedReason | 'condition' | 'after' | 'wait' | 'repeat' | 'busy'
  /** When that is over, epoch ms; absent where nobody knows. */
  readonly at?: number
}

/** What the library says of itself: `transport.on('alert', event)`, `hub.subscribe(listener)`. Never holds a secret. */
export type AlertEvent =
  | ({
      /** A rule took a record, and its alert began to fire or came back: which channels take it, and what holds them back. */
      readonly type: 'fired'
      readonly severity: Severity
      readonly channels: readonly ChannelPreview[]
      readonly at: number
    } & AlertName)
  | {
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
      readonly type: 'retrying'
      readonly channel: string
      readonly notification: string
      readonly why: string
      readonly delayMs: number
      readonly attempts: number
      readonly at: number
    }
  | {
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
      readonly type: 'suppressed'
      readonly channel: string
      readonly reason: SuppressedReason
      /** Records that this channel will not be told of, where it would have been. */
      readonly count?: number
      readonly at: number
    } & AlertName)
  | {
      readonly type: 'dropped'
      readonly reason: SuppressedReason
      readonly count: number
      readonly at: number
    }
  | { readonly type: 'error'; readonly code: string; readonly message: string; readonly at: number }

/** The alerts of a notification by name. */
export function alertNamesOf({ items }: Notification): readonly AlertName[] {
  return items.map(({ alert: { id, rule, key } }) => ({ alert: id, rule, key }))
}
