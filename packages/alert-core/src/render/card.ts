/**
 * A described alert becomes a card: title, text, and facts in the order in which they are shown.
 */

import { withSafeRequest } from '../fingerprint/fingerprint.ts'
import type { Alert } from '../model.ts'
import type { AlertCard, Fact } from '../provider/provider.ts'
import { cutChars } from '../text/text.ts'
import { isoTime, type Zone } from '../time/time-text.ts'
import type { Description } from './describe.ts'
import { type Locale, words } from './phrases.ts'
import type { Scrub } from './scrub.ts'

export interface CardOptions {
  readonly locale: Locale
  readonly scrub: Scrub
  readonly zone: Zone
  /** 'short' omits the frame, labels and included fields. */
  readonly format: 'short' | 'full'
  /** Paths of additional fields to show: 'userId', 'err.stack'. */
  readonly include: readonly string[]
}

const most = { line: 300, title: 200, labels: 6, include: 20, label: 60, level: 20, value: 500, process: 120 }

/** '[CRITICAL] card gateway timeout ×37 (still firing)': the alert in one line, without its service. */
export function titleOf(description: Description): string {
  const { tag, headline, times, suffix } = description
  const end = times + suffix
  return cutChars(`[${tag}] ${headline}`, most.title - end.length) + end
}

/** Makes the card. `naming` adds service and env to the facts, for a subject that cannot name them. */
export function cardOf(description: Description, options: CardOptions, naming: boolean): AlertCard {
  const { item, runbook, lead, text } = description
  const labels = labelsOf(description, options.scrub)
  const context = contextOf(description, options)
  const extra = options.include.slice(0, most.include).map((path) => [path, description.get(path)] as const)
  return {
    id: item.alert.id,
    severity: item.alert.severity,
    reason: item.reason,
    title: titleOf(description),
    lead,
    // Of what is over, only what ended it and how long it lasted is news.
    text: item.reason === 'resolved' ? '' : text,
    facts: factsOf(description, options, naming, labels, extra),
    ...(runbook === '' ? {} : { runbook }),
    context,
    data: dataOf(description, options.scrub, labels, extra),
  }
}

/**
 * The log lines before the alert, '14:05:09.120 INFO order 7 accepted': only in its first messages, and not
 * its own records. What came before an alert of our own is not about it.
 */
function contextOf({ item }: Description, { format, scrub, zone }: CardOptions): readonly string[] {
  const { context = [], first, latest, rule } = item.alert
  if (format === 'short' || item.reason === 'repeat' || item.reason === 'resolved') return []
  if (context.length === 0 || rule.startsWith('@')) return []
  const others = context.filter(({ text }) => text !== first.msg && text !== latest.msg)
  return others.map(({ time, level, text }) =>
    `${zone.exact(time)} ${scrub.line(level, most.level).toUpperCase()} ${scrub.line(text, most.line)}`.trimEnd(),
  )
}

type Pairs = readonly (readonly [name: string, value: string])[]

function factsOf(
  description: Description,
  options: CardOptions,
  naming: boolean,
  labels: Pairs,
  extra: Pairs,
): readonly Fact[] {
  const { code, frame, service, env, variants, requestId, traceId, traceUrl, logsUrl, item } = description
  const { request, process, release } = description
  const word = words[options.locale].fact
  const { alert } = item
  const { cutFrom } = description.record
  const full = options.format === 'full'
  // Of absent records the lead names the times.
  const timed = alert.isAbsence !== true
  // Both times are the same to the second.
  const once = alert.lastSeen - alert.firstSeen < 1000

  const linked = (name: string, value: string) => ({ name, value, url: traceUrl })
  const rows: { name: string; value: string; url?: string | undefined }[] = [
    { name: word.code, value: code },
    // 'Error' says no more than the message.
    {
      name: word.type,
      value: code === '' && description.error.type !== 'Error' ? description.error.type : '',
    },
    { name: word.frame, value: full ? frame : '' },
    { name: word.request, value: full ? request : '' },
    { name: word.process, value: process },
    { name: word.release, value: full ? release : '' },
    { name: word.service, value: naming ? service : '' },
    { name: word.env, value: naming ? env : '' },
    { name: once ? word.time : word.since, value: timed ? description.since : '' },
    { name: word.last, value: once || !timed ? '' : description.last },
    { name: word.variants, value: variants },
    { name: 'requestId', value: requestId, url: logsUrl ?? (traceId === '' ? traceUrl : undefined) },
    linked('traceId', traceId),
    { name: word.logs, value: requestId === '' ? (logsUrl ?? '') : '', url: logsUrl },
    { name: word.record, value: cutFrom === undefined ? '' : words[options.locale].cut(cutFrom) },
  ]
  if (full) for (const [name, value] of labels) rows.push({ name, value })
  if (full) for (const [name, value] of extra) rows.push({ name: cutChars(name, most.label), value })

  const isOver = item.reason === 'resolved'
  const ofEnd = new Set<string>([word.service, word.env, word.time, word.since, word.last])
  return rows
    .filter(({ name, value }) => value !== '' && (!isOver || ofEnd.has(name)))
    .map(({ name, value, url }) => ({ label: name, value, ...(url === undefined ? {} : { url }) }))
}

function labelsOf({ item }: Description, scrub: Scrub): Pairs {
  return Object.entries(item.alert.labels)
    .filter(([name]) => name !== 'service' && name !== 'env')
    .slice(0, most.labels)
    .map(([name, value]) => [scrub.line(name, most.label), scrub.value(value, `labels.${name}`, most.value)])
}

function dataOf(
  description: Description,
  scrub: Scrub,
  labels: Pairs,
  extra: Pairs,
): Record<string, unknown> {
  const {
    item,
    record,
    headline,
    message,
    code,
    frame,
    service,
    env,
    requestId,
    traceId,
    traceUrl,
    runbook,
  } = description
  const { alert, reason, added, notifiedAt, nextAt } = item
  const { type, message: errorMessage, code: errorCode } = description.error
  const error = record.err && {
    ...(record.err.type === undefined ? {} : { type }),
    message: errorMessage,
    ...(record.err.code === undefined ? {} : { code: errorCode }),
  }
  const isoAt = (ms: number | undefined) => (ms === undefined ? undefined : isoTime(ms))
  const firstSeen = isoTime(alert.firstSeen)
  const entries: readonly (readonly [string, unknown])[] = [
    ['id', alert.id],
    ['rule', description.rule],
    ['key', scrub.key(withSafeRequest(alert.key, alert.first, scrub.fields), most.value)],
    ['state', alert.state],
    ['severity', alert.severity],
    ['reason', reason],
    ['title', headline],
    ['message', message],
    ['error', error],
    ['code', code],
    ['frame', frame],
    ['service', service],
    ['env', env],
    ['labels', Object.fromEntries(labels)],
    ['count', alert.count],
    ['added', added],
    ['variants', description.variants],
    ['firstSeen', firstSeen],
    ['lastSeen', alert.lastSeen === alert.firstSeen ? firstSeen : isoTime(alert.lastSeen)],
    ['lastNotifiedAt', isoAt(notifiedAt)],
    ['nextAt', isoAt(nextAt)],
    ['requestId', requestId],
    ['traceId', traceId],
    ['traceUrl', traceUrl],
    ['logsUrl', description.logsUrl],
    [
      'processes',
      alert.processes?.map(({ name, count }) => ({ name: scrub.line(name, most.process), count })),
    ],
    ['processesTotal', alert.processesTotal],
    ['release', alert.release && scrub.line(alert.release, most.process)],
    ['releaseNote', alert.releaseNote],
    ['route', description.route],
    ['impact', impactOf(alert)],
    ['condition', conditionOf(alert)],
    ['runbook', runbook],
    ['fields', extra.length === 0 ? undefined : Object.fromEntries(extra)],
  ]
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined && value !== ''))
}

/** How many different values of each field the records had. */
function impactOf({ impact }: Alert): Readonly<Record<string, number>> | undefined {
  return impact && Object.fromEntries(impact.map(({ field, count }) => [field, count]))
}

/** What of the alert's condition a machine reads; durations in ms. */
function conditionOf({ condition }: Alert): Readonly<Record<string, unknown>> | undefined {
  if (condition === undefined) return undefined
  const { type, threshold, withinMs, field, value, forMs, lastSuccessAt } = condition
  return {
    type,
    ...(threshold === undefined ? {} : { threshold }),
    ...(withinMs === undefined ? {} : { within: withinMs }),
    ...(value === undefined ? {} : { value }),
    ...(field === undefined ? {} : { field }),
    ...(forMs === undefined ? {} : { for: forMs }),
    ...(lastSuccessAt === undefined ? {} : { lastSuccessAt: isoTime(lastSuccessAt) }),
  }
}
