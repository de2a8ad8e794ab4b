/**
 * Messages for systems that keep incidents: each alert is an event of its own, opened and closed by its
 * fingerprint. Alerts that have no card (a storm, more than `max`) share one further event, which a person
 * closes.
 */

import { withoutEmpty } from '../text/get-path.ts'
import { cutChars, hash64 } from '../text/text.ts'
import {
  type Dialect,
  dataLinks,
  listAndClosing,
  plainDialect,
  safeHref,
  writeCard,
  writeFacts,
} from './markup.ts'
import type { Piece } from './pieces.ts'
import type { AlertCard, Message } from './provider.ts'

/** What one event says; its texts are raw, apart from `text`. */
export interface Incident {
  /** The same from the first message to the resolved one, on every replica. */
  readonly key: string
  readonly isOver: boolean
  /** '[CRITICAL] payments prod: card gateway timeout ×37' */
  readonly subject: string
  /** The subject without its '[CRITICAL] ': these systems show the severity themselves, and no test. */
  readonly title: string
  /** All that is known, in lines. */
  readonly text: string
  /** What is known, by names that are the same in every language; numbers stay numbers. */
  readonly details: Readonly<Record<string, unknown>>
  /** Where to look: the trace and the runbook, http(s) only. */
  readonly links: readonly { readonly label: string; readonly url: string }[]
  /** Of the alert; for the event that several alerts share, what they have in common. */
  readonly data: AlertCard['data']
}

const most = { context: 20, line: 300, text: 4_000, fact: 500, facts: 40, logLines: 20 }

/** A message as one message for each card, and one for all that has none. */
export function splitAlerts(message: Message): readonly Piece[] {
  const { cards, brief, more, reason } = message
  const isOnly = cards.length === 1 && brief.length === 0 && more === 0
  if (isOnly) return [{ key: cards[0]!.id, message }]
  const {
    body: _body,
    link: _link,
    links: _links,
    storm: _storm,
    others: _others,
    common: _,
    answer: _answer,
    facts: _facts,
    ...shared
  } = message
  const closing = more > 0 ? message.closing.slice(1) : message.closing
  const own = cards.map((card) => {
    const { severity, reason } = card
    // What is over has no next reminder.
    const last = reason === 'resolved' ? [] : closing
    const parts = {
      severity,
      reason,
      subject: subjectOf(card, message.locale),
      lead: '',
      cards: [card],
      brief: [],
      more: 0,
      closing: last,
      ...(card.answer !== undefined && { answer: card.answer }),
    }
    return { key: card.id, message: { ...shared, ...parts } }
  })
  if (cards.length > 0 && brief.length === 0 && more === 0) return own
  // A message without any alert consists of its subject and the user's own body.
  const rest = cards.length === 0 ? message : { ...message, ...listOnly(message), cards: [], body: undefined }
  return [...own, { key: restKey(message), message: { ...withoutBody(rest), reason } }]
}

/** The same, and of a test also its end: nothing is wrong, so nothing stays open. */
export function splitEvents(message: Message): readonly Piece[] {
  const pieces = splitAlerts(message)
  if (message.test !== true) return pieces
  const ends = pieces.map(({ key, message: part }) => {
    const cards = part.cards.map((card) => ({ ...card, reason: 'resolved' as const }))
    return { key: `${key} end`, message: { ...part, cards, reason: 'resolved' as const } }
  })
  return [...pieces, ...ends]
}

/** The alert that the message answers has a card, and is not among the rest. */
function listOnly({ answer }: Message): Pick<Message, 'answer'> {
  if (answer === undefined) return {}
  return { answer: { text: '', links: answer.links.filter(({ rel }) => rel === 'details') } }
}

/** Reads a message that {@link splitAlerts} made; its text is in the dialect. */
export function readIncident(message: Message, dialect: Dialect = plainDialect): Incident {
  const [card] = message.cards
  const { subject, reason, link, answer } = message
  const data = card?.data ?? message.common ?? {}
  const links = [
    ...(answer?.links ?? []).filter(({ rel }) => rel === 'details'),
    ...(link ? [link] : []),
    ...dataLinks(data, message.locale),
  ].flatMap(({ label, url }) => {
    const href = safeHref(url)
    return href === undefined ? [] : [{ label, url: href }]
  })
  return {
    key: card?.id ?? restKey(message),
    isOver: (card?.reason ?? reason) === 'resolved',
    subject,
    title: message.test === true ? subject : subject.replace(/^\[[^\]]{1,20}\] /, ''),
    text: textOf(message, card, dialect),
    details: {
      ...(card === undefined ? sharedDetails(message, data) : detailsOf(card)),
      ...(message.body !== undefined && { text: cutChars(message.body, most.text) }),
    },
    links: links.filter(({ url }, index) => links.findIndex((one) => one.url === url) === index),
    data,
  }
}

/** One event for each service and environment, however often they storm. */
function restKey({ channel, common = {} }: Message): string {
  const names = [common.service, common.env].filter(Boolean).join(' ')
  return `more-${hash64(`${channel} ${names}`)}`
}

/** The details of one alert, each name once. */
function detailsOf({ id, lead, data }: AlertCard): Readonly<Record<string, unknown>> {
  const { error, route } = data
  return withoutEmpty({
    alert_id: data.shortId ?? id,
    rule: data.rule,
    lead,
    count: data.count,
    new_count: data.newCount,
    condition: data.condition,
    first_seen: data.firstSeen,
    last_seen: data.lastSeen,
    first_ever: data.firstEver,
    processes: data.processes,
    release: data.release,
    release_note: data.releaseNote,
    impact: data.impact,
    code: data.code,
    error_type: error?.type,
    error_message: error?.message,
    root_cause: error?.rootCause,
    location: data.location,
    route: route === undefined ? undefined : [route['method'], route['path']].filter(Boolean).join(' '),
    http_status: route?.['status'],
    request_id: data.requestId,
    trace_id: data.traceId,
    labels: data.labels,
    fields: data.fields,
    log_lines: data.logLines
      ?.slice(-most.logLines)
      .map(({ time, level, text }) => `${time} ${level} ${text}`),
    runbook: data.runbook,
  })
}

/** The event that several alerts share says how many they are, and lists them. */
function sharedDetails(message: Message, { labels }: AlertCard['data']): Readonly<Record<string, unknown>> {
  const { lead, brief, more } = message
  return withoutEmpty({ lead, count: brief.length + more, labels, alerts: brief })
}

/** 'web-1', '7 of 10 processes'; undefined if no process is known. */
export function processText({ processes = [], processesTotal = 0 }: AlertCard['data']): string | undefined {
  const [first] = processes
  if (first === undefined) return undefined
  if (processes.length === 1 && processesTotal <= 1) return String(first['name'] ?? '') || undefined
  return `${processes.length} of ${Math.max(processesTotal, processes.length)} processes`
}

function subjectOf(card: AlertCard, locale: Message['locale']): string {
  const { service, env } = card.data
  const names = [service, env].filter((name) => typeof name === 'string' && name !== '').join(' ')
  if (names === '' || card.title.includes(names)) return card.title
  return card.title.replace(/^(\[[^\]]*\] )?/, (tag) => `${tag}${names}${locale === 'en' ? ': ' : '：'}`)
}

function textOf(message: Message, card: AlertCard | undefined, dialect: Dialect): string {
  const { body, lead, facts = [], locale } = message
  const escaped = (lines: readonly string[]) => lines.map(dialect.escape)
  const { list, closing } = listAndClosing(message)
  const lines =
    card === undefined
      ? [...escaped([lead, ...list].filter(Boolean)), ...writeFacts(facts, locale, dialect)]
      : cardLines(card, message, dialect)
  const shown = body === undefined ? lines : escaped(cutChars(body, most.text).split('\n'))
  return [...shown, ...escaped(closing)].join(dialect.newline)
}

function cardLines(card: AlertCard, message: Message, dialect: Dialect): string[] {
  const context = card.context.slice(-most.context).map((line) => cutChars(line, most.line))
  const facts = card.facts
    .slice(0, most.facts)
    .map((fact) => ({ ...fact, value: cutChars(fact.value, most.fact) }))
  return writeCard({ ...card, text: cutChars(card.text, most.text), facts, context }, message, dialect)
}

function withoutBody(message: Omit<Message, 'body'> & { readonly body?: string | undefined }): Message {
  const { body, ...rest } = message
  return body === undefined ? rest : { ...rest, body }
}
