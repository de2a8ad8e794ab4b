/**
 * The subject line: severity, service, what happened, how often. Many people read nothing else of an alert.
 */
import type { Notification, NotificationItem, Severity } from '../model.ts'
import { cutChars } from '../text/text.ts'
import { formatDuration } from '../time/time-text.ts'
import type { Description } from './describe.ts'
import type { Locale, Words } from './phrases.ts'

const longest = 200

interface SubjectInput {
  readonly notification: Notification
  readonly severity: Severity
  /** The alerts that the message shows, in its order. */
  readonly described: readonly Description[]
  readonly word: Words
  readonly locale: Locale
}

/**
 * '[CRITICAL] payments prod: card gateway timeout ×37', at most 200 characters; the count is never cut off.
 * `naming` is true if the alerts belong to several services, so that each alert has to name its own.
 */
export function subjectOf(input: SubjectInput): { readonly subject: string; readonly naming: boolean } {
  const { notification, severity, described, word, locale } = input
  const { items } = notification
  const news = described.find((one) => one.item.reason !== 'resolved')
  const top = news ?? described[0]
  if (!top) return { subject: `[${word.severity[severity]}]`, naming: false }

  const naming = described.some((one) => one.service !== top.service || one.env !== top.env)
  const tag = news ? word.severity[severity] : word.resolved
  const names = naming ? '' : [top.service, top.env].filter(Boolean).join(' ')
  const start = names === '' ? `[${tag}] ` : `[${tag}] ${names}: `
  return { subject: start + rest(longest - start.length), naming }

  function rest(room: number): string {
    const kinds = items.filter(isOfStorm)
    if (notification.reason === 'storm' && kinds.length > 1) {
      return cutChars(word.storm(kinds.length, formatDuration(spanOf(kinds), locale)), room)
    }
    const times = top!.times === '' ? '' : ` ${top!.times}`
    const what = items.length > 1 ? word.several(items.length, top!.headline) : top!.headline
    return cutChars(what, room - times.length) + times
  }
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

export interface Division {
  /** Shown as cards. */
  readonly inFull: readonly NotificationItem[]
  /** One line each. All other alerts are only counted. */
  readonly inLines: readonly NotificationItem[]
}

const mostLines = 20
const mostStormLines = 10

/**
 * The first `max` in full, the next 20 in lines. In a storm the new kinds of errors are ten lines, most
 * frequent first; what else fell due with it keeps its card.
 */
export function divide({ items, reason }: Notification, max: number): Division {
  if (reason !== 'storm') return { inFull: items.slice(0, max), inLines: items.slice(max, max + mostLines) }
  const kinds = items.filter(isOfStorm).sort((a, b) => b.alert.count - a.alert.count)
  const others = items.filter((item) => !isOfStorm(item))
  return { inFull: others.slice(0, max), inLines: kinds.slice(0, mostStormLines) }
}

/** Whether an alert counts as one of the kinds of a storm. */
function isOfStorm(item: NotificationItem): boolean {
  return item.alert.state === 'firing' && (item.reason === 'storm' || item.reason === 'first')
}
