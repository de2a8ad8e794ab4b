/**
 * A message as text in a dialect. The order and the shape of the text are defined here; a dialect says how
 * one syntax writes data, bold, links, headings and verbatim lines. Data goes through `escape` and can never
 * become markup.
 */
import { cutWords } from '../text/text.ts'
import type { AlertCard, Fact, Message, MessageLink, SubjectParts } from './provider.ts'

/** How one syntax is written. `data` is raw, untrusted text; `markup` is already in the dialect. */
export interface Dialect {
  /** One line of data as harmless markup: no formatting, no link, no mention. */
  readonly escape: (data: string) => string
  readonly bold: (markup: string) => string
  /** `href` comes from {@link safeHref}. */
  readonly link: (markup: string, href: string) => string
  readonly heading: (markup: string) => string
  /** Log lines, oldest first, as one verbatim block (code or quote). */
  readonly code: (lines: readonly string[]) => string
  readonly newline: string
  /** Makes a line an item of a list; default: a line of its own. */
  readonly item?: (markup: string) => string
  /** What parts two blocks; default: an empty line. */
  readonly gap?: string
}

/** What a provider adds to or leaves out of the text. */
export interface TextParts {
  /** Follows the subject: mentions in the provider's own syntax, ready to be sent. */
  readonly mentions?: string
  /** False if the subject is shown elsewhere; default true. */
  readonly subject?: boolean
}

/** No markup at all: what people read in a mail client, a terminal or a plain chat message. */
export const plainDialect: Dialect = {
  escape: (data) => data,
  bold: (markup) => markup,
  link: (markup, href) => (markup === href ? href : `${markup} (${href})`),
  heading: (markup) => markup,
  code: (lines) => lines.map((line) => `  ${line}`).join('\n'),
  newline: '\n',
}

/** Lines between ``` and ```, which none of them can end. */
export function fenced(lines: readonly string[]): string {
  return ['```', ...lines.map((line) => line.replaceAll('``', '`\u200b`')), '```'].join('\n')
}

const words = {
  en: { trace: 'Open trace', logs: 'Search logs', runbook: 'Runbook', colon: ': ' },
  'zh-CN': { trace: '查看链路', logs: '查看日志', runbook: '处理手册', colon: '：' },
} as const

/** What a runbook is called. */
export const runbookWord = (locale: Message['locale']) => words[locale].runbook

/** Where to look into an alert, in the order to show. */
export function dataLinks(
  { traceUrl, logsUrl, runbook }: AlertCard['data'],
  locale: Message['locale'],
): readonly { readonly label: string; readonly url: string }[] {
  const { trace, logs, runbook: guide } = words[locale]
  const all = [
    [trace, traceUrl],
    [logs, logsUrl],
    [guide, runbook],
  ] as const
  return all.flatMap(([label, url]) => (url === undefined ? [] : [{ label, url }]))
}

/** The whole message: subject, cards (or the user's own body), one line per further alert, closing lines. */
export function writeMessage(message: Message, dialect: Dialect, parts: TextParts = {}): string {
  const { subject = true, mentions } = parts
  const head = subject ? [dialect.heading(dialect.escape(message.subject))] : []
  const lead = message.lead === '' || message.body !== undefined ? [] : [leadLine(message.lead, dialect)]
  const notified =
    message.body === undefined ? notifyAlerts(message, dialect) : [dataLines(message.body, dialect)]
  const blocks = [
    mentions ? [...head, mentions] : head,
    lead,
    ...notified,
    [...listAndClosing(message).closing.map(dialect.escape), ...answerLines(message, dialect)],
  ]
  return blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join(dialect.newline))
    .join(dialect.gap ?? dialect.newline + dialect.newline)
}

/**
 * The links that end a message or are its buttons, each address once: all of a message about one alert; of
 * others, and below a user's own body, those by which people answer.
 */
function lastLinks({ links = [], answer, body }: Message): readonly MessageLink[] {
  const shown = body === undefined && links.length > 0 ? links : (answer?.links ?? [])
  const safe = shown.flatMap((one) => {
    const url = safeHref(one.url)
    return url === undefined ? [] : [{ ...one, url }]
  })
  return safe.filter(({ url }, index) => safe.findIndex((one) => one.url === url) === index)
}

/** The same for a provider with buttons; without a page to answer on, the one link that is worth a button. */
export function buttonsOf(message: Message): readonly Pick<MessageLink, 'label' | 'url' | 'rel'>[] {
  const last = lastLinks(message)
  const { link } = message
  const url = link === undefined ? undefined : safeHref(link.url)
  if (link === undefined || url === undefined || last.some((one) => one.url === url)) return last
  return [...last, { rel: 'trace', label: link.label, url }]
}

/** The same message for a provider that shows `buttonsOf` apart: its text has none of these links. */
export function withoutButtons(message: Message): Message {
  const isButton = buttonsOf(message).some(({ rel }) => rel === 'runbook')
  const cards = isButton ? message.cards.map(({ runbook: _, ...card }) => card) : message.cards
  const { link: _, answer, ...rest } = message
  return { ...rest, cards, links: [], ...(answer && { answer: { ...answer, links: [] } }) }
}

/** The runbook of a card, unless it is among the links that end the message. */
export function runbookOf({ runbook }: AlertCard, message: Message): string | undefined {
  return lastLinks(message).some(({ rel }) => rel === 'runbook') ? undefined : runbook
}

/** The last line: the id and the links beside it; without markup a line for each link. */
export function answerLines(message: Message, dialect: Dialect): string[] {
  const { answer, locale } = message
  const text = answer === undefined || answer.text === '' ? [] : [dialect.escape(answer.text)]
  const links = lastLinks(message).map(({ label, url }) =>
    dialect.link === plainDialect.link
      ? `${label}${words[locale].colon}${url}`
      : dialect.link(dialect.escape(label), url),
  )
  if (dialect.link === plainDialect.link) return [...text, ...links]
  return links.length + text.length === 0 ? [] : [[...text, ...links].join(' · ')]
}

/** The message without any markup, as {@link writeMessage} writes it. */
export function writePlain(message: Message, parts?: TextParts): string {
  return writeMessage(message, plainDialect, parts)
}

/**
 * One alert in full as lines: its title unless the subject said it, text, facts, runbook, the lines before
 * it.
 */
export function writeCard(card: AlertCard, message: Message, dialect: Dialect): string[] {
  const { runbook } = words[message.locale]
  // Without markup an address that ends the message is not said twice.
  const last =
    dialect.link === plainDialect.link ? new Set(lastLinks(message).map(({ url }) => url)) : undefined
  const write = ({ label, value, url }: Fact) => {
    const isLast = url !== undefined && last?.has(safeHref(url) ?? '')
    return writeFact(isLast ? { label, value } : { label, value, url }, message.locale, dialect)
  }
  const lines = isSaid(card, message) ? [] : [dialect.bold(dialect.escape(card.title))]
  if (card.lead) lines.push(leadLine(card.lead, dialect))
  if (card.text) lines.push(...dataLines(card.text, dialect))
  const facts = card.facts.map(write)
  const guide = runbookOf(card, message)
  if (guide) facts.push(write({ label: runbook, value: guide, url: guide }))
  lines.push(...listOf(facts, dialect))
  if (card.context.length > 0) lines.push(dialect.code(card.context))
  return lines
}

/**
 * The address if it is http(s), without credentials, and with everything percent-encoded that could end a
 * link in any dialect; else `undefined`.
 */
export function safeHref(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined
  const { protocol, origin, pathname, search, hash } = new URL(url)
  if (protocol !== 'https:' && protocol !== 'http:') return undefined
  return origin + (pathname + search + hash).replace(/[()<>|"'`\\\s[\]{}]/g, percentEncode)
}

function percentEncode(char: string): string {
  return `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
}

function notifyAlerts(message: Message, dialect: Dialect): string[][] {
  const cards = message.cards.map((card) => writeCard(card, message, dialect))
  const list = listAndClosing(message).list.map(dialect.escape)
  const brief = listOf([...list, ...writeFacts(message.facts ?? [], message.locale, dialect)], dialect)
  // With no card shown its links are gone; the one that matters most is kept.
  const { link } = message
  const isLast = lastLinks(message).some(({ url }) => url === safeHref(link?.url ?? ''))
  if (cards.length === 0 && link && !isLast) brief.push(linked(link.label, link.url, dialect))
  return [...cards, brief]
}

/** The lines of further alerts with 'and N more' below them, and the lines that stay for the end. */
export function listAndClosing({ brief, more, closing, body }: Message) {
  const isCounted = more > 0 && brief.length > 0 && body === undefined
  return isCounted
    ? { list: [...brief, ...closing.slice(0, 1)], closing: closing.slice(1) }
    : { list: brief, closing }
}

/** Items as one block where the syntax has lists; else each a line. */
function listOf(items: readonly string[], { item }: Dialect): string[] {
  if (item === undefined || items.length === 0) return [...items]
  return [items.map(item).join('\n')]
}

/** Each fact as a line: '**Code**: GW_TIMEOUT'. */
export function writeFacts(facts: readonly Fact[], locale: Message['locale'], dialect: Dialect): string[] {
  return facts.map((fact) => writeFact(fact, locale, dialect))
}

function writeFact({ label, value, url }: Fact, locale: Message['locale'], dialect: Dialect): string {
  const name = dialect.bold(dialect.escape(label)) + dialect.escape(words[locale].colon)
  return name + linked(value, url, dialect)
}

function leadLine(lead: string, dialect: Dialect): string {
  return dialect.bold(dialect.escape(lead))
}

function dataLines(data: string, dialect: Dialect): string[] {
  return data.split('\n').map(dialect.escape)
}

function linked(value: string, url: string | undefined, dialect: Dialect): string {
  const href = url === undefined ? undefined : safeHref(url)
  return href === undefined ? dialect.escape(value) : dialect.link(dialect.escape(value), href)
}

/**
 * The subject is about the only card: its title, without the `[SEVERITY]` mark, need not be shown again.
 */
export function isSaid({ title }: AlertCard, { subject, cards, brief, more }: Message): boolean {
  if (title === '') return true
  return cards.length + brief.length + more <= 1 && subject.includes(title.replace(/^\[[^\]]*\] /, ''))
}

// ── the subject, within the length that a channel can show: only its headline is ever cut, at a word

/** '[ERROR] payments prod: card gateway timeout ×37' in at most `max` characters. */
export function writeSubject(parts: SubjectParts, locale: Message['locale'], max: number): string {
  const { tag, names, headline, times, suffix } = parts
  const start = names === '' ? `[${tag}] ` : `[${tag}] ${names}${locale === 'en' ? ': ' : '：'}`
  const end = times + suffix
  return start + cutWords(headline, max - start.length - end.length) + end
}

/** The subject of a message, cut to `max` characters. */
export function subjectWithin({ subject, parts, locale }: Message, max: number): string {
  if (subject.length <= max) return subject
  return parts === undefined ? cutWords(subject, max) : writeSubject(parts, locale, max)
}

/**
 * The subject of a mail: without the count and without '(still firing)', since mail programs put only mails
 * with one subject into one conversation. Both are in the lead.
 */
export function mailSubject({ subject, parts, locale }: Message, max: number): string {
  if (parts === undefined) return cutWords(subject, max)
  const { suffix, isReminder } = parts
  return writeSubject({ ...parts, times: '', suffix: isReminder ? '' : suffix }, locale, max)
}
