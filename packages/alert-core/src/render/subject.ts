/**
 * The subject of a message: how severe, where, what and how often. Of several alerts it says how many there
 * are and names the most severe; a storm is counted by its kinds of errors.
 */
import type { Notification, NotificationItem, Severity } from '../model.ts'
import type { Message } from '../provider/provider.ts'
import { cutChars } from '../text/text.ts'
import { formatDuration } from '../time/time-text.ts'
import type { Description } from './describe.ts'
import { isUnsentEnd } from './lead.ts'
import type { Locale, Words } from './phrases.ts'

/** The longest subject. */
export const longestSubject = 200

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
export function subjectOf(input: SubjectInput): { readonly subject: string; readonly naming: boolean } {
  const { items, severity, described, word, locale, storm } = input
  const top = described.find((one) => !isOver(one.item)) ?? described[0]
  if (!top) return { subject: `[${word.severity[severity]}]`, naming: false }

  const naming = described.some((one) => one.service !== top.service || one.env !== top.env)
  const tag = isOver(top.item) ? word.resolved : word.severity[severity]
  const names = naming ? '' : [top.service, top.env].filter(Boolean).join(' ')
  const start = names === '' ? `[${tag}] ` : `[${tag}] ${names}${locale === 'en' ? ': ' : '：'}`
  return { subject: start + rest(longestSubject - start.length), naming }

  function rest(room: number): string {
    if (storm !== undefined) return cutChars(word.storm(storm.kinds, storm.span), room)
    const { headline, times, suffix } = top!
    if (items.length > 1) return cutChars(severalOf(items, headline, word), room)
    const end = times + suffix
    return cutChars(headline, room - end.length) + end
  }
}

/** What the subject says of several alerts: it never shows one of them as if it were all. */
function severalOf(items: readonly NotificationItem[], headline: string, { several }: Words): string {
  const all = items.length
  const resolved = items.filter(isOver).length
  if (resolved === all) return several.resolved(all, headline)
  if (resolved > 0) return several.mixed(all - resolved, resolved, headline)
  const reminders = items.filter(isReminder).length
  if (reminders === 0) return several.fresh(all, headline)
  return reminders === all ? several.firing(all, headline) : several.both(all, all - reminders, headline)
}

function isOver(item: NotificationItem): boolean {
  return item.reason === 'resolved' || isUnsentEnd(item)
}

/** Whether the channel was notified of this life of the alert before. */
export function isReminder({ reason, notifiedAt }: NotificationItem): boolean {
  return notifiedAt !== undefined && (reason === 'repeat' || reason === 'escalated')
}

/** What a storm consists of; undefined if the notification is none. */
export function stormOf({ reason, items }: Notification, locale: Locale): Message['storm'] {
  if (reason !== 'storm') return undefined
  const kinds = items.filter(isOfStorm)
  if (kinds.length < 2) return undefined
  const records = kinds.reduce((sum, { alert }) => sum + alert.count, 0)
  return { kinds: kinds.length, records, span: formatDuration(spanOf(kinds), locale) }
}

/** '812× connect ECONNREFUSED'; equal headlines are distinguished by the type of their errors. */
export function stormLines(listed: readonly Description[], word: Words): string[] {
  const seen = new Map<string, number>()
  for (const { headline } of listed) seen.set(headline, (seen.get(headline) ?? 0) + 1)
  return listed.map(({ headline, error, item }) => {
    const isAmbiguous = (seen.get(headline) ?? 0) > 1 && error.type !== ''
    return word.stormLine(item.alert.count, isAmbiguous ? `${headline} (${error.type})` : headline)
  })
}

/** From the first record of these alerts to the last, at least one second. */
function spanOf(items: readonly NotificationItem[]): number {
  let from = Number.POSITIVE_INFINITY
  let to = 0
  for (const { alert } of items) {
    from = Math.min(from, alert.firstSeen)
    to = Math.max(to, alert.lastSeen)
  }
  return Math.max(1000, to - from)
}

/** Whether an alert counts as one of the kinds of a storm. */
export function isOfStorm(item: NotificationItem): boolean {
  return item.alert.state === 'firing' && (item.reason === 'storm' || item.reason === 'first')
}
