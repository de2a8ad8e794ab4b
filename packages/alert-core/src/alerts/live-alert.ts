/**
 * An alert in the tracker and its state on each channel: mutable, counted in place. Notifications get a copy.
 */
import {
  type Acknowledgement,
  type Alert,
  type ContextLine,
  type EndCause,
  type FiredBy,
  type LogRecord,
  type Occurrence,
  type ProcessCount,
  type ReleaseNote,
  type Severity,
  type SilenceEnded,
  type SpikeValue,
  severityRank,
} from '../model.ts'
import { addStart, isFlapping } from './flapping.ts'
import { distinctField, impactCounts, type LiveImpact } from './impact.ts'
import type { Template } from './open-templates.ts'
import type { Collected } from './pending.ts'
import { copyVariants, type LiveVariants } from './similar.ts'
import { noteVaried, type Varied, variedTexts } from './varied.ts'

/** One alert, from its first record until its end was sent to each channel that gets it. */
export interface LiveAlert {
  readonly id: string
  readonly rule: string
  key: string
  /** How its rule groups records: another grouping could not end it. */
  readonly grouping?: string
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
  readonly life?: number
  /**
   * The first and the latest of the records that are as severe as the alert: severity and text are of one
   * record.
   */
  first: LogRecord
  latest: LogRecord
  /** The parts in which the messages of its records differ; absent while all are equal. */
  varied?: Varied
  /** The lines that led to it. */
  context?: readonly ContextLine[]
  /** By our time, epoch ms: when it began to fire, was last seen, became worse, and ended. */
  readonly startedAt: number
  lastAt: number
  escalatedAt: number | undefined
  endedAt: number | undefined
  endedBy?: EndCause
  /** The record that ended it. */
  endRecord?: LogRecord
  /** When the life before this one ended, by our time, epoch ms. */
  readonly formerEndedAt?: number
  /** When it started within a day, this life included, by our time, epoch ms; oldest first. */
  readonly starts: readonly number[]
  /** It fired again so often that it is notified less often. */
  readonly isFlapping?: true
  /** Who has taken it on; it stays until the alert becomes worse or ends. */
  acknowledged?: Acknowledgement
  /** It is a lasting state (`for`, `absent`, `consecutive`): its end is news too. */
  lasts?: true
  /** It fires because no record comes. */
  isAbsence?: true
  /** It fires because there are many more records than usual. */
  spike?: SpikeValue
  /** The words of its message, if it may be merged with similar alerts. */
  template?: Template
  /** The words of the alerts that became this one. */
  variants?: LiveVariants
  /** The processes that met it; absent where this one has no name. */
  processes?: LiveProcess[]
  /** How many processes there are; absent if only this one is known. */
  processesTotal?: number
  /** The release of the process that met it last. */
  release?: string
  /** It is new in its release, or came back in it. */
  releaseNote?: ReleaseNote
  /** When the first of its lives began that is known, by our time, epoch ms. */
  firstEverAt?: number
  /** The values of the fields of `impact`, and of its rule's `distinct`. */
  impact?: LiveImpact
  /** The condition of its rule, as it was met. */
  firedBy?: LiveFiredBy
  /** It is muted on some channel. */
  hasMuted: boolean
  /** Its state on each channel, by the channel's name. */
  readonly channelStates: Map<string, ChannelState>
  /** It is scheduled on each channel with unsent records: counting one more changes nothing. */
  scheduled: boolean
}

/** The condition of an alert's rule; how many records there are is counted by the alert itself. */
export interface LiveFiredBy extends Omit<FiredBy, 'value' | 'isMore'> {
  /** Records of the same row that an earlier alert counted. */
  readonly rowBefore?: number
}

/** When a channel was last notified, epoch ms, and how severe the alert was. */
export interface LastNotified {
  readonly at: number
  readonly rank: number
  /** The highest rank while the alert flaps: only what is worse is an escalation. */
  readonly worst?: number
  /** When the last messages about the alert were sent within a day, ends included, epoch ms; oldest first. */
  readonly recent?: readonly number[]
  /** Reminders so far, and when the next one was to come: kept for the next life. */
  readonly repeats?: number
  readonly nextAt?: number
}

/** Why a channel is not notified of an alert that it takes. */
export type MuteReason = 'silenced' | 'inhibited' | 'schedule' | 'acknowledged'

export interface ChannelState {
  /** The channel's filter takes the alert. */
  admitted: boolean
  /**
   * When the alert began for this channel, epoch ms; missing on a channel that was added later, until it
   * occurs again.
   */
  since?: number
  /** The alert's count when the channel was last notified or was added. */
  notifiedCount: number
  /** When it was last notified that the alert fires, since the alert began. */
  notified?: LastNotified
  /** The same, from before the alert's last end. */
  past?: LastNotified
  /**
   * The life before as it ended, kept while something of it is unsent: the worst one with unsent records, or
   * one without its end; and the unsent records of all earlier lives.
   */
  former?: { readonly alert: Alert; readonly unsent: number }
  /** Reminders since the alert began or became worse; falls back after calm. */
  repeats: number
  /** When the next reminder may come, epoch ms; missing if there is none. */
  nextAt?: number
  /**
   * A message about this life (its `startedAt`) waits for its delivery; `isOver`: it says that the alert
   * ended.
   */
  sending?: { readonly life: number; readonly isOver?: true }
  /** The provider accepted a message about this life (its `startedAt`), and no end was sent since. */
  opened?: number
  /** When the provider accepted what fell back to this channel and opened that life, epoch ms. */
  fellBackAt?: number
  /**
   * What this channel could not send fell back to one that was removed since: no channel knows the alert any
   * more, and the next reminder is due also without new records.
   */
  isUnknown?: true
  /** Why the channel is not notified of it, and until when at least, epoch ms. */
  mute?: {
    readonly reason: MuteReason
    readonly untilMs?: number
    readonly by?: string
    /** Of a silence: the records of the alert before it that the channel was to be notified of. */
    readonly countBefore?: number
  }
  /** A silence ended; the next message says so. */
  silenceEnded?: SilenceEnded
}

/** What is known of the earlier lives of an alert. */
export interface FormerLives {
  readonly starts?: readonly number[]
  /** When the last of them ended, epoch ms. */
  readonly endedAt?: number | undefined
}

/** Begins an alert at `now`, epoch ms; its first record, which came at `seenAt`, is not counted yet. */
export function beginAlert(
  occurrence: Occurrence,
  now: number,
  seenAt = now,
  { starts, endedAt: formerEndedAt }: FormerLives = {},
): LiveAlert {
  const { record } = occurrence
  const ownStarts = starts === undefined ? [now] : addStart(starts, now)
  return {
    id: occurrence.id,
    rule: occurrence.rule,
    key: occurrence.key,
    ...(occurrence.grouping === undefined ? {} : { grouping: occurrence.grouping }),
    severity: occurrence.severity,
    rank: severityRank(occurrence.severity),
    code: occurrence.code,
    summary: occurrence.summary,
    runbook: occurrence.runbook,
    labels: occurrence.labels,
    channels: occurrence.channels,
    resolveAfterMs: occurrence.resolveAfterMs,
    count: 0,
    firstSeen: timeOf(record, now),
    lastSeen: timeOf(record, now),
    life: now,
    first: record,
    latest: record,
    startedAt: now,
    lastAt: seenAt,
    escalatedAt: undefined,
    endedAt: undefined,
    starts: ownStarts,
    ...(formerEndedAt === undefined ? {} : { formerEndedAt }),
    ...(starts !== undefined && isFlapping(ownStarts) ? { isFlapping: true } : {}),
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

/** The condition by which the occurrence starts an alert; undefined if one record is enough. */
export function firedByOf({ condition }: Occurrence, collected?: Collected): LiveFiredBy | undefined {
  if (condition === undefined) return undefined
  const { when, forMs } = condition
  const lasting = forMs > 0 ? { forMs } : {}
  switch (when?.kind) {
    case 'window':
      return { type: 'count', threshold: when.count, withinMs: when.withinMs, ...lasting }
    case 'distinct': {
      const { count, withinMs, field } = when
      return { type: 'distinct', threshold: count, withinMs, ...(field && { field }), ...lasting }
    }
    case 'streak': {
      const { rowBefore, lastSuccessAt } = collected ?? {}
      return {
        type: 'consecutive',
        threshold: when.count,
        ...(rowBefore === undefined ? {} : { rowBefore }),
        ...(lastSuccessAt === undefined ? {} : { lastSuccessAt }),
        ...lasting,
      }
    }
    case 'spike':
      return { type: 'spike', withinMs: when.withinMs, ...lasting }
    case 'absence':
      return { type: 'absent', withinMs: when.absentMs }
    case undefined:
      return forMs > 0 ? { type: 'for', forMs } : undefined
  }
}

/** The same with how many there are. */
function firedByNow(alert: LiveAlert): FiredBy | undefined {
  const { firedBy, count, impact } = alert
  if (firedBy === undefined) return undefined
  const { rowBefore = 0, ...rest } = firedBy
  switch (firedBy.type) {
    case 'count':
      return { ...rest, value: count }
    case 'consecutive':
      return { ...rest, value: rowBefore + count }
    case 'distinct': {
      const known = impact?.get(distinctField)
      if (known === undefined) return rest
      return { ...rest, value: known.values.size, ...(known.isMore ? { isMore: true } : {}) }
    }
    case 'spike': {
      const { spike } = alert
      return spike === undefined ? rest : { ...rest, threshold: spike.threshold, value: spike.count }
    }
    case 'absent':
    case 'for':
      return rest
  }
}

/** Counts one record and those that its condition collected before it. */
export function countRecord(
  alert: LiveAlert,
  { record, severity, resolveAfterMs }: Occurrence,
  now: number,
  collected?: Collected,
): void {
  alert.count += collected?.count ?? 1
  if (severityRank(severity) >= alert.rank) {
    alert.latest = record
    if (record !== alert.first) noteVaried(alert, record)
  }
  for (const { msg, error, rank } of collected?.texts ?? [])
    if (rank >= alert.rank)
      noteVaried(alert, { msg, ...(error === undefined ? {} : { err: { message: error } }) })
  alert.resolveAfterMs = resolveAfterMs
  if (collected?.spike !== undefined) alert.spike = collected.spike
  const seenAt = collected?.lastAt ?? now
  if (seenAt > alert.lastAt) alert.lastAt = seenAt
  const time = timeOf(record, now)
  if (time > alert.lastSeen) alert.lastSeen = time
  else if (time < alert.firstSeen) alert.firstSeen = time
  // The earlier ones were timed by our clock; what counts is how long before this one they came.
  if (collected !== undefined)
    alert.firstSeen = Math.min(alert.firstSeen, time - (seenAt - collected.firstAt))
}

/** When it was logged. What logged it may have another clock, or one that has been set back since. */
export function timeOf({ time }: LogRecord, now: number): number {
  return Math.min(time, now)
}

/** Raises the alert to the severity, code and texts of this occurrence; false if it is not worse. */
export function raiseSeverity(alert: LiveAlert, occurrence: Occurrence, now: number): boolean {
  const rank = severityRank(occurrence.severity)
  if (rank <= alert.rank) return false
  delete alert.acknowledged
  alert.rank = rank
  alert.first = occurrence.record
  alert.latest = occurrence.record
  // What it has in common with milder records would hide what is worse.
  delete alert.varied
  alert.severity = occurrence.severity
  alert.escalatedAt = now
  alert.code = occurrence.code ?? alert.code
  alert.summary = occurrence.summary ?? alert.summary
  alert.runbook = occurrence.runbook ?? alert.runbook
  alert.labels = occurrence.labels
  alert.channels = occurrence.channels
  return true
}

/** Whether the alert is a state that still lasts until something ends it, not an event. */
export function isLasting({ endedAt, lasts, resolveAfterMs }: LiveAlert): boolean {
  return endedAt === undefined && (lasts === true || resolveAfterMs === false)
}

/** When it ends if nothing more happens, epoch ms; `Infinity` if only a resolve record ends it. */
export function quietAt(alert: LiveAlert): number {
  return alert.resolveAfterMs === false ? Number.POSITIVE_INFINITY : alert.lastAt + alert.resolveAfterMs
}

/** The alert as it stands now: an immutable copy that shares only its records and labels. */
export function copyAlert(alert: LiveAlert): Alert {
  const variants = alert.variants && copyVariants(alert.template, alert.variants)
  const varied = alert.varied && variedTexts(alert.varied)
  const impact = alert.impact && impactCounts(alert.impact)
  const condition = firedByNow(alert)
  const processes = alert.processes && sortedProcesses(alert.processes)
  const { processesTotal } = alert
  return {
    id: alert.id,
    rule: alert.rule,
    key: alert.key,
    state: alert.endedAt === undefined ? 'firing' : 'resolved',
    ...(alert.endedBy === undefined ? {} : { endedBy: alert.endedBy }),
    ...(alert.endedAt === undefined ? {} : { endedAt: alert.endedAt }),
    ...(alert.endedBy === 'quiet' && alert.endedAt !== undefined
      ? { quietMs: alert.endedAt - alert.lastAt }
      : {}),
    ...(alert.endRecord === undefined ? {} : { endRecord: alert.endRecord }),
    ...(alert.formerEndedAt === undefined ? {} : { formerEndedAt: alert.formerEndedAt }),
    ...(alert.isAbsence ? { isAbsence: true } : {}),
    ...(alert.spike === undefined ? {} : { spike: alert.spike }),
    ...(alert.acknowledged === undefined ? {} : { acknowledged: alert.acknowledged }),
    ...(alert.isFlapping ? { startsInDay: alert.starts.length } : {}),
    severity: alert.severity,
    ...(alert.code === undefined ? {} : { code: alert.code }),
    ...(alert.summary === undefined ? {} : { summary: alert.summary }),
    ...(alert.runbook === undefined ? {} : { runbook: alert.runbook }),
    labels: alert.labels,
    ...(alert.channels === undefined ? {} : { channels: alert.channels }),
    count: alert.count,
    firstSeen: alert.firstSeen,
    lastSeen: alert.lastSeen,
    ...(alert.life === undefined ? {} : { life: alert.life }),
    first: alert.first,
    latest: alert.latest,
    ...(alert.context === undefined ? {} : { context: alert.context }),
    ...(variants === undefined ? {} : { variants }),
    ...(varied === undefined ? {} : { varied }),
    ...(processes === undefined ? {} : { processes }),
    ...(processesTotal === undefined ? {} : { processesTotal }),
    ...(alert.release === undefined ? {} : { release: alert.release }),
    ...(alert.releaseNote === undefined ? {} : { releaseNote: alert.releaseNote }),
    ...(alert.firstEverAt === undefined ? {} : { firstEverAt: alert.firstEverAt }),
    ...(impact === undefined || impact.length === 0 ? {} : { impact }),
    ...(condition === undefined ? {} : { condition }),
  }
}

// ── the processes that met an alert

/** A process that met the alert, with the number of its records, counted in place. */
export interface LiveProcess {
  readonly name: string
  count: number
}

/** Of more processes the records are counted, but not under their names. */
export const mostProcesses = 64

/** Counts records of one process; the usual alert has one, which is found at once. */
export function addProcess(processes: LiveProcess[], name: string, count: number): void {
  for (const known of processes) {
    if (known.name !== name) continue
    known.count += count
    return
  }
  if (processes.length < mostProcesses) processes.push({ name, count })
}

/** The most frequent first. */
export function sortedProcesses(processes: readonly ProcessCount[]): readonly ProcessCount[] {
  const copy = processes.map(({ name, count }) => ({ name, count }))
  return copy.length < 2 ? copy : copy.sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1))
}

/** Both lists as one: what each process counted adds up. */
export function mergeProcesses(
  a: readonly ProcessCount[] = [],
  b: readonly ProcessCount[] = [],
): LiveProcess[] {
  const merged = a.map(({ name, count }) => ({ name, count }))
  for (const { name, count } of b) addProcess(merged, name, count)
  return merged
}
