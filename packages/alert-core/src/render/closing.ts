/**
 * The last lines of a message: why it comes late or from another channel, when the next one comes, and how to
 * answer it: by links where there is a page, else by the command line.
 */
import { isNotice } from '../alerts/notification.ts'
import type { Deferral, Notification, NotificationItem } from '../model.ts'
import type { Answer, Note } from '../provider/provider.ts'
import { formatCount, formatDuration, type Zone } from '../time/time-text.ts'
import { isOwn } from './describe.ts'
import { perText } from './own-alert-words.ts'
import { type Locale, words } from './phrases.ts'
import { channelName } from './provider-name.ts'
import type { Scrub } from './scrub.ts'

/** How one channel writes them. */
export interface ClosingOptions {
  readonly locale: Locale
  readonly zone: Zone
  readonly scrub: Scrub
  /** `false`: the channel sends no reminders. */
  readonly repeatMs?: number | false | undefined
}

type Fallback = NonNullable<NotificationItem['fallbackFrom']>

const most = { name: 60, answer: 80 }
/** A message that is sent later than this says so. */
const lateMs = 120_000

/** Remarks on the delivery of a notification that is sent at `now`, epoch ms. */
export function notesOf(notification: Notification, options: ClosingOptions, now: number): Note[] {
  const { locale, zone } = options
  const { items, late, digest, deferred } = notification
  // What waited for the quota is late only by what came after that.
  const at = late ? notification.at : Math.max(notification.at, deferred?.until ?? 0)
  const delay = formatDuration(Math.max(0, now - at), locale)
  const said =
    late || now - at >= lateMs
      ? [words[locale].delayed(zone.near(at, now), delay, late ? 'process' : 'channel')]
      : []
  return [
    ...(deferred === undefined ? [] : [deferredNote(deferred, options, now)]),
    ...said.map((text): Note => ({ type: 'late', text })),
    ...fallbackNotes(digest === undefined ? items : [digest], options).map(
      (text): Note => ({ type: 'fallback', text }),
    ),
  ]
}

function deferredNote({ from, count, perMs }: Deferral, { locale, zone }: ClosingOptions, now: number): Note {
  const text = words[locale].deferred(zone.near(from, now), formatCount(count), perText(perMs, locale))
  return { type: 'deferred', text }
}

/** When the next reminder of these alerts comes, as one line; empty if none is due and that is usual. */
export function nextReminder(
  news: readonly NotificationItem[],
  { locale, zone, repeatMs }: ClosingOptions,
  now: number,
): string[] {
  const word = words[locale]
  const next = news.map((item) => item.nextAt ?? Number.POSITIVE_INFINITY).filter((due) => due > now)
  const due = Math.min(...next)
  if (Number.isFinite(due)) return [word.nextReminder.replace('{time}', zone.soon(due, now))]
  const isSilent = repeatMs === false && news.length > 0 && !news.some(({ alert }) => isOwn(alert))
  return isSilent ? [word.noReminders] : []
}

/** One line for each channel on whose behalf alerts are sent. */
function fallbackNotes(
  items: readonly Pick<NotificationItem, 'fallbackFrom'>[],
  { locale, scrub }: ClosingOptions,
): readonly string[] {
  const fallbacks = new Map<string, { readonly from: Fallback; readonly alerts: number }>()
  for (const { fallbackFrom: from } of items) {
    if (from === undefined) continue
    const key = `${from.reason} ${from.channel}`
    fallbacks.set(key, { from, alerts: (fallbacks.get(key)?.alerts ?? 0) + 1 })
  }
  return [...fallbacks.values()].map(({ from, alerts }) => {
    const { channel, reason, provider = '', answer = '', waitedMs } = from
    const said = {
      channel: channelName(scrub.line(channel, most.name), provider, locale),
      reason,
      answer: scrub.line(answer, most.answer),
      waited: waitedMs === undefined ? '' : formatDuration(waitedMs, locale),
    }
    return words[locale].fellBack(said, alerts === items.length ? undefined : alerts)
  })
}

// ── the last line: its id, and how to answer

/** What a renderer knows of the ways to answer. */
export interface Answering {
  shortIdOf(id: string): string
  /** The command line reaches this hub. */
  readonly hasCommand: boolean
  /** The address of an alert's page, or of the list without an id; absent if there is no page. */
  readonly addressOf?: (id: string | undefined, locale: Locale) => string
}

/** The short id of one alert, and how to answer. */
export function answerOf(
  item: NotificationItem,
  { shortIdOf, hasCommand, addressOf }: Answering,
  locale: Locale,
): Answer {
  const { answer } = words[locale]
  const { id } = item.alert
  const shortId = shortIdOf(id)
  const named = `${answer.id} ${shortId}`
  const needsNoAnswer = isAnsweredOrOver(item)
  const command = hasCommand && !needsNoAnswer ? `npx alert-transport silence ${shortId} 1h` : ''
  if (addressOf === undefined) return { text: [named, command].filter(Boolean).join(' · '), links: [] }
  const url = addressOf(id, locale)
  const details = { rel: 'details', label: answer.details, url } as const
  if (needsNoAnswer) return { text: named, links: [details] }
  return {
    text: named,
    ...(command !== '' && { command }),
    links: [
      { rel: 'ack', label: answer.acknowledge, url: `${url}&do=ack` },
      { rel: 'silence', label: answer.silence, url: `${url}&do=silence&for=1h` },
      details,
    ],
  }
}

/**
 * Of several alerts, in the order in which the message shows them, it answers the first that still fires; the
 * page is the list of all.
 */
export function answerOfAll(
  items: readonly NotificationItem[],
  answering: Answering,
  locale: Locale,
): Answer | undefined {
  const top = items.find((item) => !isAnsweredOrOver(item))
  const first = top === undefined ? { text: '', links: [] } : answerOf(top, answering, locale)
  const { addressOf } = answering
  if (addressOf === undefined) return top === undefined ? undefined : first
  const label = words[locale].answer.details
  const list = { rel: 'details', label, url: addressOf(undefined, locale) } as const
  return { ...first, links: [...first.links.filter(({ rel }) => rel !== 'details'), list] }
}

/** There is nothing to do about it: it is over, or this is the notice of an answer. */
function isAnsweredOrOver(item: NotificationItem): boolean {
  return item.reason === 'resolved' || item.alert.state === 'resolved' || isNotice(item)
}
