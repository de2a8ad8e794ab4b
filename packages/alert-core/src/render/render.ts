/**
 * A notification becomes a message: its content, order and language. The provider decides how it looks.
 *
 *   subject · cards (what, when, ids, labels, runbook, context) · one line for each further alert ·
 *   and N more · when the next reminder comes
 */

import { byWeight, inStorm, isNotice, itemsReason, withLaterReminders } from '../alerts/notification.ts'
import {
  type Answered,
  type Digest,
  type Notification,
  type NotificationItem,
  type Severity,
  severityRank,
} from '../model.ts'
import { otherOf } from '../provider/alert-data.ts'
import { writeSubject } from '../provider/markup.ts'
import type { AlertCard, Answer, Message, MessageLink, SubjectParts } from '../provider/provider.ts'
import { createRedactor } from '../redact/redact.ts'
import { fillTemplate } from '../text/template.ts'
import { cutChars } from '../text/text.ts'
import { createZone, type Zone } from '../time/time-text.ts'
import { cardOf, commonOf, rooms, shortDataOf, titleOf } from './card.ts'
import {
  type Answering,
  answerOf,
  answerOfAll,
  type ClosingOptions,
  nextReminder,
  notesOf,
} from './closing.ts'
import { createDescribe, type Description, isTest } from './describe.ts'
import { digestMessage, itemOf } from './digest-text.ts'
import { isWebUrl } from './links.ts'
import { createRecipients, type Recipient } from './on-call.ts'
import { type Locale, type Words, words } from './phrases.ts'
import { createScrub } from './scrub.ts'
import { isOfStorm, isReminder, severalOf, stormFacts, stormLines, stormOf } from './several.ts'
import { moreWord } from './shorten.ts'

/** Short, full, or templates of the user with '{field}' placeholders. */
export type MessageFormat = 'short' | 'full' | { readonly subject?: string; readonly body?: string }

/** The options of one channel's messages. */
export interface RendererOptions {
  readonly channel: string
  /** The title of its provider. */
  readonly provider?: string
  readonly locale: Locale
  /** IANA name; default: the machine's zone. */
  readonly timeZone?: string
  /** Maximum number of alerts with a card; the others get one line each, then 'and N more'. */
  readonly max: number
  readonly format: MessageFormat
  /** What to hide in addition to the built-in list. */
  readonly redact: { readonly paths?: readonly string[]; readonly patterns?: readonly string[] }
  /** Paths of additional fields to show. */
  readonly include: readonly string[]
  /** 'https://t/{traceId}'. */
  readonly traceUrl?: string
  /** 'https://logs/?q={requestId}'. */
  readonly logsUrl?: string
  /** Shown for alerts without a label of that name. */
  readonly service?: string
  readonly env?: string
  /** Its messages list the alerts without a card as data, up to 500 of them. */
  readonly listsOthers?: boolean
  /** `false`: the channel sends no reminders. */
  readonly repeatMs?: number | false
  /** `limits.alerts`: said of too many kinds of errors. */
  readonly maxAlerts?: number | undefined
  readonly mentions: Readonly<Partial<Record<Severity, readonly Recipient[]>>>
  readonly to: readonly Recipient[]
  /** What the channel has room for; default: a mail. */
  readonly family?: 'chat' | 'robot' | undefined
  /** How people answer; absent: a message says nothing of it. */
  readonly answering?: Answering
  /** Whether the processes of the fleet notify separately at present. */
  readonly isAlone?: () => boolean
}

/**
 * Makes a message of a notification; never throws, whatever the record. `now` is the time of the attempt,
 * epoch ms.
 */
export type Renderer = (notification: Notification, options?: { readonly now: number }) => Message

const most = {
  subject: 200,
  body: 20_000,
  line: 200,
  name: 60,
  lines: 20,
  stormLines: 10,
  others: 500,
  labels: 20,
}

/**
 * Makes the renderer of one channel. Without `now`, a notification is rendered as of the time of its
 * decision.
 */
export function createRenderer(options: RendererOptions): Renderer {
  const { channel, locale, format, include, answering, service, env } = options
  const toAt = options.to.length === 0 ? () => [] : createRecipients(options.to)
  const mentionsAt = Object.fromEntries(
    Object.entries(options.mentions).map(([severity, ids]) => [severity, createRecipients(ids ?? [])]),
  )
  const word = words[locale]
  const zone = createZone(options.timeZone)
  const scrub = createScrub(createRedactor(options.redact))
  const describe = createDescribe({ ...options, zone, scrub })
  const closingOptions = { locale, zone, scrub, repeatMs: options.repeatMs }
  const templates = typeof format === 'string' ? {} : format
  const room = rooms[options.family ?? 'other']
  const cardFormat = format === 'short' ? 'short' : 'full'
  const cardOptions = { locale, scrub, zone, include, room, format: cardFormat } as const

  return (decided, attempt = { now: decided.at }) => {
    const notification = withLaterReminders(decided, attempt.now)
    const { digest } = notification
    return digest === undefined ? render(notification, attempt) : renderDigest(notification, digest, attempt)
  }

  /** A digest follows no format and mentions no one. */
  function renderDigest(
    notification: Notification,
    digest: Digest,
    { now }: { readonly now: number },
  ): Message {
    return digestMessage(notification, digest, {
      channel,
      locale,
      zone,
      origin: { service, env },
      common: commonOf(digest.lines.map(itemOf), { scrub, service, env }),
      describe: (line) => describe(itemOf(line), now),
      shortIdOf: answering?.shortIdOf ?? ((id) => id.slice(0, shortIdChars)),
      notes: notesOf(notification, closingOptions, now),
      to: toAt(now),
    })
  }

  function render(notification: Notification, { now }: { readonly now: number }): Message {
    const { items, at } = notification
    const storm = notification.reason === 'storm' ? stormOf(notification, locale) : undefined
    const { inFull, inLines } = divide(items, Math.max(0, options.max), storm !== undefined)
    const shown = inFull.map((item) => describe(item, now))
    const listed = inLines.map((item) => describe(item, now))
    const unlisted = options.listsOthers
      ? restOf(items, inFull, inLines).map((item) => describe(item, now))
      : []
    // An alert that ended before it was sent is still news.
    const news = items.filter(isNews)
    const severity = worst(news.length > 0 ? news : items, notification.severity)
    const described = [...shown, ...listed]
    const { parts, naming } = subjectOf({ items, severity, described, word, storm })
    const subject = writeSubject(parts, locale, room.subject)
    const lines = linesOf(listed, { storm, naming, word })
    const more = items.length - shown.length - lines.length
    // What the subject is about: news, and of a storm what leads it.
    const top = storm === undefined ? topOf(described) : listed[0]

    const own = templates.subject === undefined || !top ? '' : fillTemplate(templates.subject, top.get)
    const answered = answeredOf(items)
    const isTrial = items.every(({ alert }) => isTest(alert))
    const said = new Set(items.flatMap(({ alert: { first, latest } }) => [first.msg, latest.msg]))
    const shortIdOf = answering?.shortIdOf
    const ownOptions = { ...cardOptions, shortIdOf, showsId: items.length > 1 }
    const ways = isTrial ? undefined : answering
    const ownWays = items.length > 1 ? ways : undefined
    const cards = shown.map((one) => withAnswer(cardOf(one, ownOptions, naming, said), one, ownWays, locale))
    const answer = ways && answerOfMessage(described, ways, locale)
    const notes = notesOf(notification, closingOptions, now)
    const counted = more === 0 ? [] : [moreWord({ storm }, word)(more)]
    const reminders = reminderOf(isTrial ? [] : items, closingOptions, now)
    return {
      id: notification.id,
      channel,
      reason: itemsReason(items, notification.reason),
      severity,
      ...subjectFields(own && scrub.line(own, most.subject), subject, parts),
      when: whenOf(top, zone),
      ...(items.length === 1
        ? { lead: '' }
        : leadOfAll(items, { shown: cards.length, lines: lines.length, storm }, { word, zone })),
      cards,
      brief: lines,
      ...(storm !== undefined && { facts: stormFacts(items, closingOptions) }),
      ...(items.length > shown.length && {
        others: [...listed, ...unlisted].map((one) =>
          otherOf(shortDataOf(one, scrub, shortIdOf?.(one.item.alert.id))),
        ),
      }),
      ...(items.length > 1 && { common: commonOf(items, { scrub, service, env }) }),
      more,
      // 'and N more' continues the list above it.
      closing: [...counted, ...notes.map(({ text }) => text), ...reminders],
      ...(notes.length > 0 && { notes }),
      ...(templates.body === undefined ? {} : { body: body(templates.body) }),
      // A resolved alert mentions no one: there is nothing to do at once.
      mentions:
        news.length > 0 && !isTrial && answered === undefined ? (mentionsAt[severity]?.(now) ?? []) : [],
      ...(isTrial && { test: true }),
      ...(answered !== undefined && { answered }),
      to: toAt(now),
      ...linkFields(answer?.links ?? [], linksOf(top, word), items.length === 1),
      ...(answer !== undefined && { answer }),
      locale,
      at,
      ...(options.timeZone !== undefined && { timeZone: options.timeZone }),
      plain: false,
    }

    function body(template: string): string {
      const filled = shown.map((one) => scrub.text(fillTemplate(template, one.get), most.body))
      return cutChars([...filled, lines.join('\n')].filter(Boolean).join('\n\n'), most.body)
    }
  }
}

/** What a message says of its alerts together; the lead of one alert is in its card. */
function leadOfAll(
  items: readonly NotificationItem[],
  {
    shown,
    lines,
    storm,
  }: { readonly shown: number; readonly lines: number; readonly storm: Message['storm'] },
  { word, zone }: { readonly word: Words; readonly zone: Zone },
): Pick<Message, 'lead' | 'storm'> {
  if (storm !== undefined) {
    return { storm, lead: word.stormLead(storm, lines, shown) }
  }
  const since = items.map(({ notifiedAt = Number.NaN }) => notifiedAt)
  if (!items.every(isReminder)) return { lead: '' }
  const added = items.reduce((sum, item) => sum + item.added, 0)
  const from = Math.min(...since)
  return { lead: word.sentences([word.several.added(added, zone.near(from, items[0]!.alert.firstSeen))]) }
}

/** The card of one alert of several says how to answer that one. */
function withAnswer(
  card: AlertCard,
  { item }: Description,
  ways: Answering | undefined,
  locale: Locale,
): AlertCard {
  return ways === undefined ? card : { ...card, answer: answerOf(item, ways, locale) }
}

/** The last line: of one alert its own; of several it is about the first, in the order of the message. */
function answerOfMessage(
  described: readonly Description[],
  answering: Answering,
  locale: Locale,
): Answer | undefined {
  const items = described.map(({ item }) => item)
  const [only, ...others] = items
  return only !== undefined && others.length === 0
    ? answerOf(only, answering, locale)
    : answerOfAll(items, answering, locale)
}

/** Where there is no way to answer. */
const shortIdChars = 6

/** The answer of somebody, if the message says nothing else. */
function answeredOf(items: readonly NotificationItem[]): Answered['type'] | undefined {
  const answered = items[0]?.answered
  return answered !== undefined && items.every(isNotice) ? answered.type : undefined
}

/** When the next reminder comes of what fires; there is none of a test, and an answer is not repeated. */
function reminderOf(items: readonly NotificationItem[], options: ClosingOptions, now: number): string[] {
  const firing = items.filter((item) => isNews(item) && (item.answered === undefined || !isNotice(item)))
  return nextReminder(firing, options, now)
}

/**
 * The one worth a button is the page of the alert, if there is one. Trace and runbook of one alert are not
 * links of several: its card has them.
 */
function linkFields(
  answers: readonly MessageLink[],
  others: readonly MessageLink[],
  isOne: boolean,
): Pick<Message, 'link' | 'links'> {
  const all = [...answers, ...others]
  const link = all.find(({ rel }) => rel === 'details') ?? all[0]
  if (link === undefined) return {}
  const links = isOne ? all : answers
  return { link: { label: link.label, url: link.url }, ...(links.length > 0 && { links }) }
}

/** The links of a message, in the order in which to show them. */
function linksOf(top: Description | undefined, word: Words): MessageLink[] {
  const links: MessageLink[] = []
  // Of what is over or acknowledged there is nothing to look into at once.
  const { answered, reason } = top?.item ?? {}
  if (reason === 'resolved' || (answered !== undefined && top !== undefined && isNotice(top.item)))
    return links
  if (top?.traceUrl !== undefined) links.push({ rel: 'trace', label: word.trace, url: top.traceUrl })
  if (top?.logsUrl !== undefined) links.push({ rel: 'logs', label: word.fact.logs, url: top.logsUrl })
  if (top !== undefined && top.runbook !== '' && isWebUrl(top.runbook))
    links.push({ rel: 'runbook', label: word.runbook, url: top.runbook })
  return links
}

/** The items that have neither a card nor a line. */
function restOf(items: readonly NotificationItem[], ...shown: readonly (readonly NotificationItem[])[]) {
  const known = new Set(shown.flat())
  return items.filter((item) => !known.has(item)).slice(0, Math.max(0, most.others - known.size))
}

const isNews = ({ reason }: NotificationItem) => reason !== 'resolved'

function worst(items: readonly NotificationItem[], otherwise: Severity): Severity {
  const [first, ...rest] = items.map((item) => item.alert.severity)
  if (first === undefined) return otherwise
  return rest.reduce((a, b) => (severityRank(b) > severityRank(a) ? b : a), first)
}

/** One line for each of these alerts. */
function linesOf(
  listed: readonly Description[],
  options: { readonly storm: Message['storm']; readonly naming: boolean; readonly word: Words },
): string[] {
  const { storm, naming, word } = options
  const titles = storm === undefined ? listed.map(titleOf) : stormLines(listed, word)
  return listed.map((one, index) => cutChars(`${naming ? namesOf(one) : ''}${titles[index]}`, most.line))
}

function namesOf({ service, env }: Description): string {
  const names = [service, env].filter(Boolean).join(' ')
  return names === '' ? '' : `${names}: `
}

/** The severity of a message is that of the worst news, and so is its headline. */
function topOf(described: readonly Description[]): Description | undefined {
  return described.find((one) => isNews(one.item)) ?? described[0]
}

interface SubjectInput {
  readonly items: readonly NotificationItem[]
  readonly severity: Severity
  /** The alerts that the message shows, in its order. */
  readonly described: readonly Description[]
  readonly word: Words
  readonly storm: Message['storm']
}

/**
 * What '[CRITICAL] payments prod: card gateway timeout ×37' is made of.
 * `naming` is true if the alerts belong to several services, so that each alert has to name its own.
 */
function subjectOf(input: SubjectInput): { readonly parts: SubjectParts; readonly naming: boolean } {
  const { items, severity, described, word, storm } = input
  const top = topOf(described)
  const bare = { names: '', headline: '', times: '', suffix: '', isReminder: false }
  if (!top) return { parts: { ...bare, tag: word.severity[severity] }, naming: false }

  const naming = described.some((one) => one.service !== top.service || one.env !== top.env)
  const isFixed = top.tag === word.resolved || isTest(top.item.alert)
  const tag = isFixed ? top.tag : word.severity[severity]
  const names = naming ? '' : [top.service, top.env].filter(Boolean).join(' ')
  const { headline, times, suffix } = top
  const isReminder = suffix === word.suffix.repeat
  if (storm !== undefined)
    return { parts: { ...bare, tag, names, headline: word.storm(storm.kinds, storm.span) }, naming }
  if (items.length > 1)
    return { parts: { ...bare, tag, names, headline: severalOf(items, headline, word) }, naming }
  return { parts: { tag, names, headline, times, suffix, isReminder }, naming }
}

/** A user's own subject has no parts. */
function subjectFields(
  own: string,
  subject: string,
  parts: SubjectParts,
): Pick<Message, 'subject' | 'parts'> {
  return own === '' ? { subject, parts } : { subject: own }
}

/** When the news happened: the start of a new alert, the end of a resolved one, else the latest record. */
function whenOf(top: Description | undefined, zone: Zone): NonNullable<Message['when']> {
  if (top === undefined) return { day: '', time: '' }
  const { alert, reason } = top.item
  const isNew = reason === 'first' || reason === 'storm'
  const ended = reason === 'resolved' ? (alert.endRecord?.time ?? alert.endedAt) : undefined
  return zone.brief(ended ?? (isNew ? alert.firstSeen : alert.lastSeen))
}

interface Division {
  /** Shown as cards. */
  readonly inFull: readonly NotificationItem[]
  /** One line each. All other alerts are only counted. */
  readonly inLines: readonly NotificationItem[]
}

/**
 * The first `max` in full, the next 20 in lines. In a storm the new kinds of errors are ten lines, the most
 * severe and then the most frequent; what else fell due with it keeps its card.
 */
function divide(items: readonly NotificationItem[], max: number, isStorm: boolean): Division {
  if (!isStorm) return { inFull: items.slice(0, max), inLines: items.slice(max, max + most.lines) }
  const kinds = inStorm(items.filter(isOfStorm))
  const others = items.filter((item) => !isOfStorm(item)).sort(byWeight)
  return { inFull: others.slice(0, max), inLines: kinds.slice(0, most.stormLines) }
}
