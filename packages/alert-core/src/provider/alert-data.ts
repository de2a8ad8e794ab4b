/**
 * One alert as data, for webhooks and incident systems. Every name is listed here once, in the order in which
 * it is sent; a name that is absent has no value. Times are ISO 8601 in UTC, names are English in every
 * language.
 */
import type { EndCause, Reason, Severity } from '../model.ts'

/** A log line before the alert. */
export interface LogLineData {
  readonly time: string
  readonly level: string
  readonly text: string
}

/** What is known of one alert. */
export interface AlertData {
  /** The fingerprint: the same for the same problem, on every replica. */
  readonly id: string
  /** What people write in commands. */
  readonly shortId?: string
  readonly fingerprint: string
  readonly rule: string
  readonly key: string
  readonly state: 'firing' | 'resolved'
  readonly severity: Severity
  readonly previousSeverity?: Severity
  readonly reason: Reason
  readonly headline: string
  readonly latestMessage?: string
  /** Records since it fired. */
  readonly count: number
  /** Records since this channel was last notified. */
  readonly newCount: number
  readonly firstSeen: string
  readonly lastSeen: string
  /** When the first of its lives began, if there were others and that is known. */
  readonly firstEver?: string
  readonly lastNotifiedAt?: string
  readonly nextReminderAt?: string
  /** The other channels that were notified of the alert before. */
  readonly notifiedChannels?: readonly string[]
  readonly resolvedAt?: string
  readonly resolvedBy?: { readonly type: EndCause; readonly message?: string }
  /** What its rule asks for: durations in ms. */
  readonly condition?: Readonly<Record<string, unknown>>
  readonly code?: string
  readonly error?: {
    readonly type?: string
    readonly message: string
    readonly code?: string
    readonly rootCause?: string
  }
  /** The first stack frame of the application: 'charge (src/pay.ts:42)'. */
  readonly location?: string
  readonly service?: string
  readonly env?: string
  readonly release?: string
  readonly releaseNote?: Readonly<Record<string, unknown>>
  readonly processes?: readonly Readonly<Record<string, unknown>>[]
  readonly processesTotal?: number
  /** How many different values each field has: `{ userId: 41 }`. */
  readonly impact?: Readonly<Record<string, number>>
  readonly route?: Readonly<Record<string, unknown>>
  readonly requestId?: string
  readonly traceId?: string
  readonly traceUrl?: string
  readonly logsUrl?: string
  readonly runbook?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly fields?: Readonly<Record<string, string>>
  /** The words in which the messages of merged alerts differ. */
  readonly variants?: string
  readonly logLines?: readonly LogLineData[]
}

/** One alert of a message that has no card of its own. */
export type OtherAlert = Partial<
  Pick<
    AlertData,
    'id' | 'shortId' | 'rule' | 'key' | 'state' | 'severity' | 'headline' | 'count' | 'newCount'
  >
>

/** What all alerts of a message have in common. */
export type CommonData = Pick<AlertData, 'service' | 'env' | 'labels'>

/** As much of an alert as `others` say of it. */
export function otherOf(data: Partial<AlertData>): OtherAlert {
  const { id, shortId, rule, key, state, severity, headline, count, newCount } = data
  const other = { id, shortId, rule, key, state, severity, headline, count, newCount }
  return Object.fromEntries(Object.entries(other).filter(([, value]) => value !== undefined))
}

// ── the processes that met it, where there is room for a few words

/** The name that the default option makes: 'web-1 (pid 41)'. */
export const processWithNumber = /^(.*\S) \(((?:pid|instance) [^()]+)\)$/

/** 'web-1（pid 41）' */
export function chineseProcess(name: string): string {
  return name.replace(processWithNumber, '$1（$2）')
}

/** 'web-1', '7 of 10 processes'; '' if no process is known. */
export function briefProcesses(
  { processes = [], processesTotal = 0 }: Partial<AlertData>,
  locale: 'en' | 'zh-CN',
): string {
  const met = processes.length
  const name = String(processes[0]?.['name'] ?? '')
  if (met < 2) return locale === 'en' ? name : chineseProcess(name)
  const all = Math.max(processesTotal, met)
  return locale === 'en' ? `${met} of ${all} processes` : `${met}/${all} 实例`
}
