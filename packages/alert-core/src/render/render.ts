/**
 * A notification becomes a message: its content, order and language. The provider decides how it looks.
 *
 *   subject · cards (what, when, ids, labels, runbook, context) · one line for each further alert ·
 *   and N more · when the next reminder comes
 */

import { itemsReason } from '../alerts/notification.ts'
import { type Notification, type NotificationItem, type Severity, severityRank } from '../model.ts'
import type { Message } from '../provider/provider.ts'
import { createRedactor } from '../redact/redact.ts'
import { fillTemplate } from '../text/template.ts'
import { cutChars } from '../text/text.ts'
import { createZone, formatDuration } from '../time/time-text.ts'
import { cardOf, titleOf } from './card.ts'
import { createDescribe, type Description } from './describe.ts'
import { isWebUrl } from './links.ts'
import { createRecipients, type Recipient } from './on-call.ts'
import { type Locale, type Words, words } from './phrases.ts'
import { createScrub } from './scrub.ts'
import { isOfStorm, isReminder, severalOf, stormLines, stormOf } from './several.ts'

/** Short, full, or templates of the user with '{field}' placeholders. */
export type MessageFormat = 'short' | 'full' | { readonly subject?: string; readonly body?: string }

/** The options of one channel's messages. */
export interface RendererOptions {
  readonly channel: string
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
  readonly mentions: Readonly<Partial<Record<Severity, readonly Recipient[]>>>
  readonly to: readonly Recipient[]
}

/**
 * Makes a message of a notification; never throws, whatever the record. `now` is the time of the attempt,
 * epoch ms.
 */
export type Renderer = (notification: Notification, options?: { readonly now: number }) => Message

type Fallback = NonNullable<NotificationItem['fallbackFrom']>

const most = { subject: 200, body: 20_000, line: 200, name: 60, lines: 20, stormLines: 10 }
/** A message that is sent later than this says so. */
const lateMs = 120_000

/**
 * Makes the renderer of one channel. Without `now`, a notification is rendered as of the time of its
 * decision.
 */
export function createRenderer(options: RendererOptions): Renderer {
  const { channel, locale, format, include } = options
  const toAt = createRecipients(options.to)
  const mentionsAt = Object.fromEntries(
    Object.entries(options.mentions).map(([severity, ids]) => [severity, createRecipients(ids ?? [])]),
  )
  const word = words[locale]
  const zone = createZone(options.timeZone)
  const scrub = createScrub(createRedactor(options.redact))
  const { traceUrl, logsUrl, service, env } = options
  const describe = createDescribe({ locale, zone, scrub, traceUrl, logsUrl, service, env })
  const templates = typeof format === 'string' ? {} : format
  const cardOptions = { locale, scrub, zone, include, format: format === 'short' ? 'short' : 'full' } as const

  return (notification, { now } = { now: notification.at }) => {
    const { items, at } = notification
    const { inFull, inLines } = divide(notification, Math.max(0, options.max))
    const shown = inFull.map((item) => describe(item, now))
    const listed = inLines.map((item) => describe(item, now))
    // An alert that ended before it was sent is still news.
    const news = items.filter(isNews)
    const severity = worst(news.length > 0 ? news : items, notification.severity)
    const storm = notification.reason === 'storm' ? stormOf(notification, locale) : undefined
    const described = [...shown, ...listed]
    const { subject, naming } = subjectOf({ items, severity, described, word, locale, storm })
    const titles = storm === undefined ? listed.map(titleOf) : stormLines(listed, word)
    const lines = listed.map((one, index) =>
      cutChars(`${naming ? namesOf(one) : ''}${titles[index]}`, most.line),
    )
    const more = items.length - shown.length - lines.length
    const top = shown[0] ?? listed[0]

    const own = templates.subject === undefined || !top ? '' : fillTemplate(templates.subject, top.get)
    const link = linkOf(top)
    return {
      id: notification.id,
      channel,
      reason: itemsReason(items, notification.reason),
      severity,
      subject: (own && scrub.line(own, most.subject)) || subject,
      ...(items.length === 1 ? { lead: '' } : leadOfAll(items, lines.length, storm)),
      cards: shown.map((one) => cardOf(one, cardOptions, naming)),
      brief: lines,
      more,
      closing: closing(),
      ...(templates.body === undefined ? {} : { body: body(templates.body) }),
      // A resolved alert mentions no one: there is nothing to do at once.
      mentions: news.length > 0 ? (mentionsAt[severity]?.(now) ?? []) : [],
      to: toAt(now),
      ...(link === undefined ? {} : { link }),
      locale,
      at,
      plain: false,
    }

    function body(template: string): string {
      const filled = shown.map((one) => scrub.text(fillTemplate(template, one.get), most.body))
      return cutChars([...filled, lines.join('\n')].filter(Boolean).join('\n\n'), most.body)
    }

    function closing(): string[] {
      const moreOf = storm === undefined ? word.more : word.moreKinds
      const notes = more > 0 ? [moreOf(more)] : []
      const next = news.map((item) => item.nextAt ?? Number.POSITIVE_INFINITY).filter((due) => due > now)
      const due = Math.min(...next)
      if (Number.isFinite(due)) notes.push(word.nextReminder.replace('{time}', zone.soon(due, now)))
      if (notification.late || now - at >= lateMs) {
        const delay = formatDuration(Math.max(0, now - at), locale)
        notes.push(word.delayed(zone.near(at, now), delay, notification.late ? 'process' : 'channel'))
      }
      return [...notes, ...fallbackNotes(items)]
    }
  }

  /** What a message says of its alerts together; the lead of one alert is in its card. */
  function leadOfAll(
    items: readonly NotificationItem[],
    shown: number,
    storm: Message['storm'],
  ): Pick<Message, 'lead' | 'storm'> {
    if (storm !== undefined) {
      const { kinds, records, span } = storm
      return { storm, lead: word.stormLead(kinds, records, span, shown) }
    }
    const since = items.map(({ notifiedAt = Number.NaN }) => notifiedAt)
    if (!items.every(isReminder)) return { lead: '' }
    const added = items.reduce((sum, item) => sum + item.added, 0)
    const from = Math.min(...since)
    return { lead: word.sentences([word.several.added(added, zone.near(from, items[0]!.alert.firstSeen))]) }
  }

  /** One line for each channel on whose behalf alerts are sent. */
  function fallbackNotes(items: readonly NotificationItem[]): string[] {
    const fallbacks = new Map<string, { readonly from: Fallback; readonly alerts: number }>()
    for (const { fallbackFrom: from } of items) {
      if (from === undefined) continue
      const key = `${from.reason} ${from.channel}`
      fallbacks.set(key, { from, alerts: (fallbacks.get(key)?.alerts ?? 0) + 1 })
    }
    return [...fallbacks.values()].map(({ from: { channel, reason }, alerts }) =>
      word.fellBack(scrub.line(channel, most.name), reason, alerts === items.length ? undefined : alerts),
    )
  }

  function linkOf(top: Description | undefined): Message['link'] {
    if (top?.traceUrl !== undefined) return { label: word.trace, url: top.traceUrl }
    return top && top.runbook !== '' && isWebUrl(top.runbook)
      ? { label: word.runbook, url: top.runbook }
      : undefined
  }
}

const isNews = ({ reason }: NotificationItem) => reason !== 'resolved'

function worst(items: readonly NotificationItem[], otherwise: Severity): Severity {
  const [first, ...rest] = items.map((item) => item.alert.severity)
  if (first === undefined) return otherwise
  return rest.reduce((a, b) => (severityRank(b) > severityRank(a) ? b : a), first)
}

function namesOf({ service, env }: Description): string {
  const names = [service, env].filter(Boolean).join(' ')
  return names === '' ? '' : `${names}: `
}

interface SubjectInput {
  readonly items: readonly NotificationItem[]
  readonly severity: Severity
  /** The alerts that the message shows, in its order. */
  readonly described: readonly Description[]
  readonly word: Words
  readonly locale: Locale
  readonly storm: Message['storm']
}

/**
 * '[CRITICAL] payments prod: card gateway timeout ×37', at most 200 characters; the count is never cut off.
 * `naming` is true if the alerts belong to several services, so that each alert has to name its own.
 */
function subjectOf(input: SubjectInput): { readonly subject: string; readonly naming: boolean } {
  const { items, severity, described, word, locale, storm } = input
  const [first] = described
  // The severity is that of the worst news, and so is the headline.
  const top = items.length === 1 ? first : (described.find((one) => isNews(one.item)) ?? first)
  if (!top) return { subject: `[${word.severity[severity]}]`, naming: false }

  const naming = described.some((one) => one.service !== top.service || one.env !== top.env)
  const tag = top.tag === word.resolved ? top.tag : word.severity[severity]
  const names = naming ? '' : [top.service, top.env].filter(Boolean).join(' ')
  const start = names === '' ? `[${tag}] ` : `[${tag}] ${names}${locale === 'en' ? ': ' : '：'}`
  return { subject: start + rest(most.subject - start.length), naming }

  function rest(room: number): string {
    if (storm !== undefined) return cutChars(word.storm(storm.kinds, storm.span), room)
    const { headline, times, suffix } = top!
    if (items.length > 1) return cutChars(severalOf(items, headline, word), room)
    const end = times + suffix
    return cutChars(headline, room - end.length) + end
  }
}

interface Division {
  /** Shown as cards. */
  readonly inFull: readonly NotificationItem[]
  /** One line each. All other alerts are only counted. */
  readonly inLines: readonly NotificationItem[]
}

/**
 * The first `max` in full, the next 20 in lines. In a storm the new kinds of errors are ten lines, most
 * frequent first; what else fell due with it keeps its card.
 */
function divide({ items, reason }: Notification, max: number): Division {
  if (reason !== 'storm') return { inFull: items.slice(0, max), inLines: items.slice(max, max + most.lines) }
  const kinds = items.filter(isOfStorm).sort((a, b) => b.alert.count - a.alert.count)
  const others = items.filter((item) => !isOfStorm(item))
  return { inFull: others.slice(0, max), inLines: kinds.slice(0, most.stormLines) }
}
