/**
 * A described alert becomes a card: title, text, and facts in the order in which they are shown.
 */

import type { Alert } from '../model.ts'
import type { AlertCard, Fact } from '../provider/provider.ts'
import { cutChars } from '../text/text.ts'
import { isoTime, type Zone } from '../time/time-text.ts'
import { dataOf } from './data.ts'
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
  /** Makes the id that a card of several has. */
  readonly shortIdOf?: ((id: string) => string) | undefined
}

const most = { line: 300, title: 200, labels: 6, include: 20, label: 60, level: 20, value: 500 }

/** '[CRITICAL] card gateway timeout ×37 (still firing)': the alert in one line, without its service. */
export function titleOf(description: Description): string {
  const { tag, headline, times, suffix } = description
  const end = times + suffix
  return cutChars(`[${tag}] ${headline}`, most.title - end.length) + end
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
    ...(runbook === '' || item.reason === 'resolved' ? {} : { runbook }),
    context: logLines.map(({ at, level, text }) =>
      `${options.zone.exact(at)} ${level.toUpperCase()} ${text}`.trimEnd(),
    ),
    data: dataOf(description, {
      scrub: options.scrub,
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
  const { context = [] } = item.alert
  if (format === 'short' || item.reason === 'repeat' || item.reason === 'resolved') return []
  if (context.length === 0 || isOwn) return []
  return context
    .filter(({ text }) => !said.has(text))
    .map(({ time, level, text }) => ({
      at: time,
      level: scrub.line(level, most.level),
      text: scrub.line(text, most.line),
    }))
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
    { name: word.variants, value: variants },
    { name: word.acknowledged, value: acknowledgedBy(item.alert, options) },
    { name: 'requestId', value: requestId, url: logsUrl ?? (traceId === '' ? traceUrl : undefined) },
    linked('traceId', traceId),
    { name: word.logs, value: requestId === '' ? (logsUrl ?? '') : '', url: logsUrl },
    { name: word.record, value: cutFrom === undefined ? '' : words[options.locale].cut(cutFrom) },
  ]
  rows.push({ name: answer.id, value: options.shortIdOf?.(alert.id) ?? '' })
  if (full) for (const [name, value] of labels) rows.push({ name, value })
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
