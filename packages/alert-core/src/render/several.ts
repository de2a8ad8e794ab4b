/**
 * What a message says of several alerts together: how many there are and which is the most severe; a storm is
 * counted by its kinds of errors.
 */
import { inStorm } from '../alerts/notification.ts'
import type { Notification, NotificationItem, ProcessCount } from '../model.ts'
import type { Fact, Message } from '../provider/provider.ts'
import { formatDuration, type Zone } from '../time/time-text.ts'
import { type Description, isUnsentEnd } from './describe.ts'
import { type Locale, type Words, words } from './phrases.ts'
import { processText } from './place-text.ts'
import type { Scrub } from './scrub.ts'

/** What the subject says of several alerts: it never shows one of them as if it were all. */
export function severalOf(items: readonly NotificationItem[], headline: string, { several }: Words): string {
  const all = items.length
  const resolved = items.filter(isOver).length
  if (items.every(isUnsentNews)) return several.fresh(all, headline)
  if (resolved === all) return several.resolved(all, headline)
  if (resolved > 0) return several.mixed(all - resolved, resolved, headline)
  const reminders = items.filter(isReminder).length
  if (reminders === 0) return several.fresh(all, headline)
  return reminders === all ? several.firing(all, headline) : several.both(all, all - reminders, headline)
}

function isOver(item: NotificationItem): boolean {
  return item.reason === 'resolved' || isUnsentEnd(item)
}

/** What ended before it was sent is new to the reader; that it ended is in its lead. */
function isUnsentNews(item: NotificationItem): boolean {
  return item.reason !== 'resolved' && isUnsentEnd(item)
}

/** Whether the channel was notified of this life of the alert before. */
export function isReminder({ reason, notifiedAt }: NotificationItem): boolean {
  return notifiedAt !== undefined && (reason === 'repeat' || reason === 'escalated')
}

/** What a storm consists of; undefined if it has fewer than two kinds. */
export function stormOf({ items }: Notification, locale: Locale): Message['storm'] {
  const kinds = items.filter(isOfStorm)
  if (kinds.length < 2) return undefined
  const records = kinds.reduce((sum, { alert }) => sum + alert.count, 0)
  const [worst, next] = inStorm(kinds)
  const isWorstApart = worst!.alert.count < next!.alert.count
  const span = formatDuration(spanOf(kinds), locale)
  const others = items.length - kinds.length
  return {
    kinds: kinds.length,
    records,
    span,
    ...(isWorstApart && { worstFirst: true }),
    ...(others > 0 && { others }),
  }
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

/** How one channel writes the facts of a storm. */
export interface StormFactsOptions {
  readonly locale: Locale
  readonly zone: Zone
  readonly scrub: Scrub
}

/** Where and when a storm was met: 'Process' is '7 of 10: web-1 (120) …'. */
export function stormFacts(
  items: readonly NotificationItem[],
  { locale, zone, scrub }: StormFactsOptions,
): Fact[] {
  const kinds = items.filter(isOfStorm)
  const { fact } = words[locale]
  const { from, to } = timesOf(kinds)
  const total = kinds.reduce((most, { alert }) => Math.max(most, alert.processesTotal ?? 0), 0)
  const met = { ...kinds[0]!.alert, processes: processesOf(kinds), processesTotal: total }
  const isOnce = to - from < 1000
  const rows: readonly Fact[] = [
    { label: fact.process, value: processText(met, locale, scrub) },
    { label: isOnce ? fact.time : fact.since, value: zone.full(from) },
    { label: fact.last, value: isOnce ? '' : zone.near(to, from) },
  ]
  return rows.filter(({ value }) => value !== '')
}

/** How often each process met one of the kinds, the most frequent first. */
function processesOf(kinds: readonly NotificationItem[]): readonly ProcessCount[] {
  const counts = new Map<string, number>()
  for (const { name, count } of kinds.flatMap(({ alert }) => alert.processes ?? []))
    counts.set(name, (counts.get(name) ?? 0) + count)
  return [...counts].map(([name, count]) => ({ name, count })).sort((a, b) => b.count - a.count)
}

/** From the first record of these alerts to the last, at least one second. */
function spanOf(items: readonly NotificationItem[]): number {
  const { from, to } = timesOf(items)
  return Math.max(1000, to - from)
}

function timesOf(items: readonly NotificationItem[]): { readonly from: number; readonly to: number } {
  let from = Number.POSITIVE_INFINITY
  let to = 0
  for (const { alert } of items) {
    from = Math.min(from, alert.firstSeen)
    to = Math.max(to, alert.lastSeen)
  }
  return { from, to }
}

/** Whether an alert counts as one of the kinds of a storm. */
export function isOfStorm(item: NotificationItem): boolean {
  return item.alert.state === 'firing' && (item.reason === 'storm' || item.reason === 'first')
}
