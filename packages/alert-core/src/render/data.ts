/**
 * A described alert as data: what webhooks and incident systems are sent of it.
 */
import { withSafeRequest } from '../fingerprint/fingerprint.ts'
import type { Alert, NotificationItem } from '../model.ts'
import type { AlertData, CommonData, LogLineData } from '../provider/alert-data.ts'
import { isoTime } from '../time/time-text.ts'
import type { Description } from './describe.ts'
import type { Scrub } from './scrub.ts'

/** What the card has made of the alert already. */
export interface DataParts {
  readonly scrub: Scrub
  readonly labels: Readonly<Record<string, string>>
  readonly fields: Readonly<Record<string, string>>
  readonly logLines: readonly LogLineData[]
}

const most = { key: 500, message: 500, name: 120, value: 200, labels: 20 }

/** The data of one alert; what is empty or unknown is left out. */
export function dataOf(description: Description, parts: DataParts): AlertData {
  const { item, headline, message, code, frame, service, env, rule } = description
  const { requestId, traceId, traceUrl, logsUrl, route, runbook, variants } = description
  const { alert, reason, added, notifiedAt, nextAt, previousSeverity } = item
  const firstSeen = isoTime(alert.firstSeen) ?? ''
  const data = {
    id: alert.id,
    fingerprint: alert.id,
    rule,
    key: keyOf(alert, parts.scrub),
    state: alert.state,
    severity: alert.severity,
    previousSeverity,
    reason,
    headline,
    latestMessage: message,
    count: alert.count,
    newCount: added,
    firstSeen,
    lastSeen: alert.lastSeen === alert.firstSeen ? firstSeen : (isoTime(alert.lastSeen) ?? ''),
    lastNotifiedAt: isoTime(notifiedAt),
    nextReminderAt: isoTime(nextAt),
    notifiedChannels: item.notifiedChannels,
    ...endOf(description, parts.scrub),
    condition: conditionOf(alert),
    code,
    error: errorOf(description),
    location: frame,
    service,
    env,
    // What the library itself raises was met nowhere.
    ...(description.isOwn || alert.isAbsence ? {} : placeOf(alert, parts.scrub)),
    route,
    requestId,
    traceId,
    traceUrl,
    logsUrl,
    runbook,
    labels: parts.labels,
    fields: parts.fields,
    variants,
    logLines: parts.logLines,
  }
  return Object.fromEntries(
    Object.entries(data).filter(([, value]) => !isEmpty(value)),
  ) as unknown as AlertData
}

/** As much of it as the data of several alerts say of each. */
export function shortDataOf({ item, headline, rule }: Description, scrub: Scrub): Partial<AlertData> {
  const { alert, added } = item
  return {
    id: alert.id,
    rule,
    key: keyOf(alert, scrub),
    state: alert.state,
    severity: alert.severity,
    headline,
    count: alert.count,
    newCount: added,
  }
}

/** Service, env and labels that all alerts of a message share: routes of incident systems go by them. */
export function commonOf(
  items: readonly NotificationItem[],
  { scrub, service, env }: { readonly scrub: Scrub; readonly service?: string; readonly env?: string },
): CommonData {
  const all = items.map(({ alert }): Readonly<Record<string, string | undefined>> => {
    return { service, env, ...alert.labels }
  })
  const shared = Object.entries(all[0] ?? {}).filter(([name, value]) =>
    all.every((labels) => labels[name] === value),
  )
  const safe = shared.slice(0, most.labels).flatMap(([name, value]) => {
    const text = value === undefined ? '' : scrub.value(value, `labels.${name}`, most.value)
    return text === '' ? [] : [[scrub.line(name, most.name), text] as const]
  })
  const { service: itsService, env: itsEnv, ...labels } = Object.fromEntries(safe)
  return {
    ...(itsService !== undefined && { service: itsService }),
    ...(itsEnv !== undefined && { env: itsEnv }),
    ...(Object.keys(labels).length > 0 && { labels }),
  }
}

function keyOf({ key, first }: Alert, scrub: Scrub): string {
  return scrub.key(withSafeRequest(key, first, scrub.fields), most.key)
}

/** What its rule asked for, durations in ms. */
function conditionOf({ condition, spike }: Alert): AlertData['condition'] {
  if (spike !== undefined) {
    const { count, usual, threshold, withinMs } = spike
    return { type: 'spike', threshold, within: withinMs, value: count, usual }
  }
  if (condition === undefined) return undefined
  const { type, threshold, withinMs, value, field, forMs, lastSuccessAt } = condition
  const within = withinMs
  const given = { type, threshold, within, value, field, for: forMs, lastSuccessAt: isoTime(lastSuccessAt) }
  return Object.fromEntries(Object.entries(given).filter(([, part]) => part !== undefined))
}

/** Which processes and which release met it, and how many of each `impact` it concerns. */
function placeOf(alert: Alert, scrub: Scrub) {
  const { processes = [], processesTotal, release = '', releaseNote, impact = [] } = alert
  return {
    release: scrub.line(release, most.name),
    releaseNote: releaseNote && {
      type: releaseNote.type,
      previous: scrub.line(releaseNote.previous, most.name),
    },
    processes: processes.map(({ name, count }) => ({ name: scrub.line(name, most.name), count })),
    processesTotal,
    impact: Object.fromEntries(impact.map(({ field, count }) => [field, count])),
  }
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === '') return true
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0
}

function endOf({ item }: Description, scrub: Scrub): Pick<AlertData, 'resolvedAt' | 'resolvedBy'> {
  const { endedAt, endedBy, endRecord, state } = item.alert
  if (state !== 'resolved') return {}
  const at = isoTime(endRecord?.time ?? endedAt)
  const message = endRecord === undefined ? '' : scrub.line(endRecord.msg, most.message)
  const type = endedBy === 'record' || endedBy === 'quiet' ? endedBy : 'rule-removed'
  return {
    ...(at !== undefined && { resolvedAt: at }),
    ...(endedBy !== undefined && { resolvedBy: { type, ...(message !== '' && { message }) } }),
  }
}

function errorOf({ record, error }: Description): AlertData['error'] {
  const { err } = record
  if (err === undefined) return undefined
  return {
    ...(err.type !== undefined && { type: error.type }),
    message: error.message,
    ...(err.code !== undefined && { code: error.code }),
    ...(error.root !== '' && { rootCause: error.root }),
  }
}
