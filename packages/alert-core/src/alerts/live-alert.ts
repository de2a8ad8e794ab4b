/**
 * An alert while it lives in the state machine: mutable, counted in place. Whoever is told gets a copy.
 */
import {
  type Alert,
  type ContextLine,
  type LogRecord,
  type Occurrence,
  type Severity,
  severityRank,
} from '../model.ts'
import type { ChannelState } from './channel-state.ts'
import type { Collected } from './pending.ts'

/** One trouble, from its first record until its end has been told where it is to be told. */
export interface LiveAlert {
  readonly id: string
  readonly rule: string
  readonly key: string
  severity: Severity
  /** The rank of `severity`: the highest it had since it began to fire. */
  rank: number
  code: string | undefined
  summary: string | undefined
  runbook: string | undefined
  labels: Readonly<Record<string, string>>
  channels: readonly string[] | undefined
  resolveAfterMs: number | false
  count: number
  /** By the records' own times, epoch ms. */
  firstSeen: number
  lastSeen: number
  readonly first: LogRecord
  latest: LogRecord
  /** The lines that led to it. */
  context?: readonly ContextLine[]
  /** By our time, epoch ms: when it began to fire, was last seen, became worse, and ended. */
  readonly startedAt: number
  lastAt: number
  escalatedAt: number | undefined
  endedAt: number | undefined
  /** It is a state that lasts (`for`, `absent`, `consecutive`): that it is over is news as well. */
  lasts?: true
  /** It fires because something stays away. */
  isAbsence?: true
  /** Some channel is to be quiet about it. */
  hasMuted: boolean
  /** What each channel knows of it, by the channel's name. */
  readonly channelStates: Map<string, ChannelState>
  /** Each channel has untold records of it and knows when they are due: counting one more changes nothing. */
  scheduled: boolean
}

/** Begins an alert at `now`, epoch ms; its first record, which came at `seenAt`, is not counted yet. */
export function beginAlert(occurrence: Occurrence, now: number, seenAt = now): LiveAlert {
  const { record } = occurrence
  return {
    id: occurrence.id,
    rule: occurrence.rule,
    key: occurrence.key,
    severity: occurrence.severity,
    rank: severityRank(occurrence.severity),
    code: occurrence.code,
    summary: occurrence.summary,
    runbook: occurrence.runbook,
    labels: occurrence.labels,
    channels: occurrence.channels,
    resolveAfterMs: occurrence.resolveAfterMs,
    count: 0,
    firstSeen: record.time,
    lastSeen: record.time,
    first: record,
    latest: record,
    startedAt: now,
    lastAt: seenAt,
    escalatedAt: undefined,
    endedAt: undefined,
    ...kindOf(occurrence),
    hasMuted: false,
    channelStates: new Map(),
    scheduled: false,
  }
}

function kindOf({ condition }: Occurrence): Pick<LiveAlert, 'lasts' | 'isAbsence'> {
  if (condition === undefined) return {}
  const kind = condition.when?.kind
  if (kind === 'absence') return { lasts: true, isAbsence: true }
  return kind === 'streak' || condition.forMs > 0 ? { lasts: true } : {}
}

/** Counts one record, kept as the latest sample, with those before it that it brings to the alert. */
export function countRecord(
  alert: LiveAlert,
  { record, resolveAfterMs }: Occurrence,
  now: number,
  collected?: Collected,
): void {
  alert.count += collected?.count ?? 1
  alert.latest = record
  alert.resolveAfterMs = resolveAfterMs
  const seenAt = collected?.lastAt ?? now
  if (seenAt > alert.lastAt) alert.lastAt = seenAt
  if (record.time > alert.lastSeen) alert.lastSeen = record.time
  else if (record.time < alert.firstSeen) alert.firstSeen = record.time
  // The earlier ones were seen by our clock; how long before this one is what counts.
  if (collected !== undefined)
    alert.firstSeen = Math.min(alert.firstSeen, record.time - (seenAt - collected.firstAt))
}

/** Makes the alert as bad as this occurrence and lets the occurrence speak for it; true when it became worse. */
export function raiseSeverity(alert: LiveAlert, occurrence: Occurrence, now: number): boolean {
  const rank = severityRank(occurrence.severity)
  if (rank <= alert.rank) return false
  alert.rank = rank
  alert.severity = occurrence.severity
  alert.escalatedAt = now
  alert.code = occurrence.code ?? alert.code
  alert.summary = occurrence.summary ?? alert.summary
  alert.runbook = occurrence.runbook ?? alert.runbook
  alert.labels = occurrence.labels
  alert.channels = occurrence.channels
  return true
}

/** When it ends if nothing more happens, epoch ms; `Infinity` when only a resolve record ends it. */
export function quietAt(alert: LiveAlert): number {
  return alert.resolveAfterMs === false ? Number.POSITIVE_INFINITY : alert.lastAt + alert.resolveAfterMs
}

/** The alert as it stands now: an immutable copy that shares only its records and labels. */
export function copyAlert(alert: LiveAlert): Alert {
  return {
    id: alert.id,
    rule: alert.rule,
    key: alert.key,
    state: alert.endedAt === undefined ? 'firing' : 'resolved',
    severity: alert.severity,
    ...(alert.code === undefined ? {} : { code: alert.code }),
    ...(alert.summary === undefined ? {} : { summary: alert.summary }),
    ...(alert.runbook === undefined ? {} : { runbook: alert.runbook }),
    labels: alert.labels,
    ...(alert.channels === undefined ? {} : { channels: alert.channels }),
    count: alert.count,
    firstSeen: alert.firstSeen,
    lastSeen: alert.lastSeen,
    first: alert.first,
    latest: alert.latest,
    ...(alert.context === undefined ? {} : { context: alert.context }),
  }
}
