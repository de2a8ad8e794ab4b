/**
 * A described alert becomes a card: title, text, and facts in the order in which they are shown, and the same
 * as data, which webhooks and incident systems are sent.
 */

import { isNotice } from '../alerts/notification.ts'
import { withSafeRequest } from '../fingerprint/fingerprint.ts'
import type { Alert, NotificationItem } from '../model.ts'
import type { AlertData, CommonData, LogLineData } from '../provider/alert-data.ts'
import type { AlertCard, Fact } from '../provider/provider.ts'
import { withoutEmpty } from '../text/get-path.ts'
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
  /** A card of several says its id. */
  readonly showsId?: boolean
  readonly shortIdOf?: ((id: string) => string) | undefined
  readonly room: Room
}

/** How much a family of channels shows of one alert; texts in characters. */
export interface Room {
  readonly subject: number
  readonly text: number
  /** Labels are shown while there are fewer facts. */
  readonly facts: number
  readonly logLines: number
  readonly logLine: number
}

/** Chats with cards, robots of one Markdown text, and all others. */
export const rooms = {
  chat: { subject: 150, text: 600, facts: 10, logLines: 5, logLine: 200 },
  robot: { subject: 100, text: 300, facts: 8, logLines: 3, logLine: 200 },
  other: { subject: 200, text: 1000, facts: 40, logLines: 20, logLine: 300 },
} as const satisfies Readonly<Record<string, Room>>

const most = { line: 300, title: 200, labels: 6, include: 20, label: 60, level: 20, value: 500 }

/** '[CRITICAL] card gateway timeout ×37 (still firing)': the alert in one line, without its service. */
export function titleOf(description: Description): string {
  const { tag, headline, times, suffix } = description
  const end = times + suffix
  return within(`[${tag}] ${headline}`, most.title - end.length) + end
}

/**
 * Makes the card. `naming` adds service and env to the facts, for a subject that cannot name them; `said` are
 * the messages of all alerts beside it.
 */
export function cardOf(
  description: Description,
  options: CardOptions,
  naming: boolean,
  said: ReadonlySet<string>,
): AlertCard {
  const { item, runbook, lead, text } = description
  const labels = labelsOf(description, options.scrub)
  const logLines = contextOf(description, options, said)
  const notice = item.answered !== undefined && isNotice(item)
  const extra = options.include.slice(0, most.include).map((path) => [path, description.get(path)] as const)
  return {
    id: item.alert.id,
    severity: item.alert.severity,
    reason: item.reason,
    title: titleOf(description),
    lead,
    // Of what is over, only what ended it and how long it lasted is news.
    text: item.reason === 'resolved' || notice ? '' : within(text, options.room.text),
    ...(notice && { answered: item.answered?.type }),
    facts: notice ? [] : factsOf(description, options, naming, labels, extra),
    ...(runbook === '' || item.reason === 'resolved' || notice ? {} : { runbook }),
    context: logLines
      .slice(-options.room.logLines)
      .map(({ at, level, text }) =>
        cutChars(
          `${options.zone.exact(at)} ${level.toUpperCase()} ${text}`.trimEnd(),
          options.room.logLine + prefixChars,
        ),
      ),
    data: dataOf(description, {
      scrub: options.scrub,
      shortId: options.shortIdOf?.(item.alert.id),
      labels: Object.fromEntries(labels),
      fields: Object.fromEntries(extra),
      logLines: logLines.map(({ at, level, text }) => ({ time: isoTime(at) ?? '', level, text })),
    }),
  }
}

/**
 * The log lines before the alert: only in its first messages, and neither its own records nor those of the
 * alerts beside it. What came before an alert of our own is not about it.
 */
function contextOf({ item, isOwn }: Description, { format, scrub }: CardOptions, said: ReadonlySet<string>) {
  const { context = [], formerEndedAt = Number.NEGATIVE_INFINITY } = item.alert
  if (format === 'short' || item.reason === 'repeat' || item.reason === 'resolved') return []
  if (context.length === 0 || isOwn) return []
  return (
    context
      // What came before belongs to its former life, the record that ended it too.
      .filter(({ text, time }) => time > formerEndedAt && !said.has(text))
      .map(({ time, level, text }) => ({
        at: time,
        level: scrub.line(level, most.level),
        text: scrub.line(text, most.line),
      }))
  )
}

/** Most texts are short enough. */
function within(text: string, chars: number): string {
  return text.length <= chars ? text : cutChars(text, chars)
}

/** '21:05:11.874 CRITICAL ' before the text of a log line. */
const prefixChars = 30

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
  const { fact: word, answer } = words[options.locale]
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
    { name: word.firstEver, value: full ? firstEverOf(item, options) : '' },
    { name: word.variants, value: variants },
    { name: word.alsoNotified, value: full ? alsoNotified(item, options) : '' },
    { name: word.acknowledged, value: acknowledgedBy(item.alert, options) },
    { name: 'requestId', value: requestId, url: logsUrl ?? (traceId === '' ? traceUrl : undefined) },
    linked('traceId', traceId),
    { name: word.logs, value: requestId === '' ? (logsUrl ?? '') : '', url: logsUrl },
    { name: word.record, value: cutFrom === undefined ? '' : words[options.locale].cut(cutFrom) },
  ]
  rows.push({ name: answer.id, value: (options.showsId && options.shortIdOf?.(alert.id)) || '' })
  const shown = rows.filter(({ value }) => value !== '').length
  const left = Math.max(0, options.room.facts - shown)
  if (full) for (const [name, value] of labels.slice(0, left)) rows.push({ name, value })
  if (full) for (const [name, value] of extra) rows.push({ name: cutChars(name, most.label), value })

  // Of an alert of our own its lead says what is known; the rest would be of one sample.
  const isOver = item.reason === 'resolved' || description.isOwn
  const times = [word.time, word.since, word.last]
  const ofEnd = new Set<string>([word.service, word.env, ...times, word.acknowledged, answer.id])
  return rows
    .filter(({ name, value }) => value !== '' && (!isOver || ofEnd.has(name)))
    .map(({ name, value, url }) => ({ label: name, value, ...(url === undefined ? {} : { url }) }))
}

function acknowledgedBy({ acknowledged }: Alert, { scrub, locale }: CardOptions): string {
  if (acknowledged === undefined) return ''
  const { by, comment } = acknowledged
  const who = by === undefined ? words[locale].answer.somebody : scrub.line(by, most.label)
  return comment === undefined ? who : `${who}: ${scrub.line(comment, most.line)}`
}

function labelsOf({ item }: Description, scrub: Scrub): Pairs {
  return Object.entries(item.alert.labels)
    .filter(([name]) => name !== 'service' && name !== 'env')
    .slice(0, most.labels)
    .map(([name, value]) => [scrub.line(name, most.label), scrub.value(value, `labels.${name}`, most.value)])
}

/** When it was seen for the first time, in a message that it fires again. */
function firstEverOf({ alert, reason }: NotificationItem, { zone }: CardOptions): string {
  const { firstEverAt, firstSeen } = alert
  if (firstEverAt === undefined || reason === 'repeat' || reason === 'resolved') return ''
  return firstSeen - firstEverAt < 1000 ? '' : zone.near(firstEverAt, firstSeen)
}

const mostChannels = 5

/** The channels that were notified before this one, unless that is known from an earlier message. */
function alsoNotified(item: NotificationItem, { scrub, locale }: CardOptions): string {
  const { notifiedChannels = [], reason, notifiedAt } = item
  if (reason === 'repeat' || reason === 'resolved' || notifiedAt !== undefined) return ''
  if (notifiedChannels.length === 0) return ''
  const names = notifiedChannels.slice(0, mostChannels).map((name) => scrub.line(name, most.label))
  const more = notifiedChannels.length - names.length
  return words[locale].channelNames(names, more)
}

// ── as data

/** What the card has made of the alert already. */
interface DataParts {
  readonly scrub: Scrub
  readonly shortId: string | undefined
  readonly labels: Readonly<Record<string, string>>
  readonly fields: Readonly<Record<string, string>>
  readonly logLines: readonly LogLineData[]
}

const mostData = { key: 500, message: 500, name: 120, value: 200, labels: 20 }

/** The data of one alert; what is empty or unknown is left out. */
function dataOf(description: Description, parts: DataParts): AlertData {
  const { item, headline, message, code, frame, service, env, rule } = description
  const { requestId, traceId, traceUrl, logsUrl, route, runbook, variants } = description
  const { alert, reason, added, notifiedAt, nextAt, previousSeverity } = item
  const firstSeen = isoTime(alert.firstSeen) ?? ''
  const data = {
    id: alert.id,
    shortId: parts.shortId,
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
    firstEver: alert.firstEverAt === undefined ? undefined : isoTime(alert.firstEverAt),
    lastNotifiedAt: isoTime(notifiedAt),
    nextReminderAt: isoTime(nextAt),
    notifiedChannels: item.notifiedChannels,
    ...endOf(description, parts.scrub),
    condition: conditionOf(alert),
    code,
    error: errorDataOf(description),
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
  return withoutEmpty(data) as unknown as AlertData
}

/** As much of it as the data of several alerts say of each. */
export function shortDataOf(
  { item, headline, rule }: Description,
  scrub: Scrub,
  shortId: string | undefined,
): Partial<AlertData> {
  const { alert, added } = item
  return {
    id: alert.id,
    ...(shortId !== undefined && { shortId }),
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
  // A digest may be about no alert.
  if (all.length === 0) all.push({ service, env })
  const shared = Object.entries(all[0] ?? {}).filter(([name, value]) =>
    all.every((labels) => labels[name] === value),
  )
  const safe = shared.slice(0, mostData.labels).flatMap(([name, value]) => {
    const text = value === undefined ? '' : scrub.value(value, `labels.${name}`, mostData.value)
    return text === '' ? [] : [[scrub.line(name, mostData.name), text] as const]
  })
  const { service: itsService, env: itsEnv, ...labels } = Object.fromEntries(safe)
  return {
    ...(itsService !== undefined && { service: itsService }),
    ...(itsEnv !== undefined && { env: itsEnv }),
    ...(Object.keys(labels).length > 0 && { labels }),
  }
}

function keyOf({ key, first }: Alert, scrub: Scrub): string {
  return scrub.key(withSafeRequest(key, first, scrub.fields), mostData.key)
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
    release: scrub.line(release, mostData.name),
    releaseNote: releaseNote && {
      type: releaseNote.type,
      previous: scrub.line(releaseNote.previous, mostData.name),
    },
    processes: processes.map(({ name, count }) => ({ name: scrub.line(name, mostData.name), count })),
    processesTotal,
    impact: Object.fromEntries(impact.map(({ field, count }) => [field, count])),
  }
}

function endOf({ item }: Description, scrub: Scrub): Pick<AlertData, 'resolvedAt' | 'resolvedBy'> {
  const { endedAt, endedBy, endRecord, state } = item.alert
  if (state !== 'resolved') return {}
  const at = isoTime(endRecord?.time ?? endedAt)
  const message = endRecord === undefined ? '' : scrub.line(endRecord.msg, mostData.message)
  return {
    ...(at !== undefined && { resolvedAt: at }),
    ...(endedBy !== undefined && { resolvedBy: { type: endedBy, ...(message !== '' && { message }) } }),
  }
}

function errorDataOf({ record, error }: Description): AlertData['error'] {
  const { err } = record
  if (err === undefined) return undefined
  return {
    ...(err.type !== undefined && { type: error.type }),
    message: error.message,
    ...(err.code !== undefined && { code: error.code }),
    ...(error.root !== '' && { rootCause: error.root }),
  }
}
