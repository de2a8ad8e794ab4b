/**
 * The last lines of a message: why it comes late or from another channel, and when the next one comes.
 */
import type { Notification, NotificationItem } from '../model.ts'
import type { Note } from '../provider/provider.ts'
import { formatDuration, type Zone } from '../time/time-text.ts'
import { isOwn } from './own-alert.ts'
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
  const { at, items, late, digest } = notification
  const delay = formatDuration(Math.max(0, now - at), locale)
  const said =
    late || now - at >= lateMs
      ? [words[locale].delayed(zone.near(at, now), delay, late ? 'process' : 'channel')]
      : []
  return [
    ...said.map((text): Note => ({ type: 'late', text })),
    ...fallbackNotes(digest === undefined ? items : [digest], options).map(
      (text): Note => ({ type: 'fallback', text }),
    ),
  ]
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
