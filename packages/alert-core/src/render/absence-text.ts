/**
 * An alert about records that do not come: its headline and its lead, from the fields of its own record.
 */
import type { Alert, NotificationItem } from '../model.ts'
import { formatChosenDuration, formatDuration, type Zone } from '../time/time-text.ts'
import { type Locale, words } from './phrases.ts'
import type { Scrub } from './scrub.ts'

export interface Lead {
  /** '' if there is nothing to add to the subject. */
  readonly text: string
  /** ' (was WARNING)'; '' if the subject takes none. */
  readonly suffix: string
}

/** How one channel writes it. */
export interface LeadOptions {
  readonly locale: Locale
  readonly zone: Zone
  readonly scrub: Scrub
}

const most = { message: 200 }

/** 'nightly (eu): no record for 25 h'; `shownKey` is the key as it may be shown. */
export function absenceHeadline(
  { alert, reason }: NotificationItem,
  locale: Locale,
  shownKey: string,
): string {
  const { absence } = words[locale]
  const what = shownKey === '' ? alert.rule : `${alert.rule} (${shownKey})`
  if (reason === 'resolved') return absence.back(what)
  const { lastSeen } = alert.latest.fields
  return lastSeen === undefined ? absence.never(what) : absence.missed(what, absentFor(alert, locale))
}

/**
 * What was expected, and when a record came last; no fact of the message names a time, so these are in full.
 */
export function absenceLead({ alert, reason }: NotificationItem, options: LeadOptions): Lead {
  const { locale, zone, scrub } = options
  const { absence, sentences } = words[locale]
  const { fields } = alert.latest
  const at = (value: unknown) => zone.full(Date.parse(String(value)))
  const last = fields['lastSeen'] === undefined ? '' : at(fields['lastSeen'])
  const message = (text: unknown) => scrub.line(typeof text === 'string' ? text : '', most.message)
  const lead = (sentence: string, suffix = ''): Lead => ({ text: sentences([sentence]), suffix })

  if (reason === 'resolved') {
    const { endRecord } = alert
    const since = Date.parse(String(fields['since']))
    const missedMs = endRecord === undefined ? Number.NaN : endRecord.time - since
    if (endRecord === undefined || Number.isNaN(missedMs)) return { text: '', suffix: '' }
    return lead(
      absence.firstAgain(zone.full(endRecord.time), formatDuration(missedMs, locale), message(endRecord.msg)),
    )
  }
  if (reason === 'repeat')
    return lead(absence.stillMissing(absentFor(alert, locale), last), absence.stillSuffix)
  const every = formatChosenDuration(numberIn(fields['expectedMs']), locale)
  return lead(
    last === ''
      ? absence.watching(at(fields['since']), every)
      : absence.expected(every, last, message(fields['lastMessage'])),
  )
}

/** Whether the alert ended in another way than by a record, as every alert may. */
export function endsLikeOthers({ state, endRecord }: Alert): boolean {
  return state === 'resolved' && endRecord === undefined
}

/** At first that is what its rule says; later, how long it has lasted. */
function absentFor({ latest: { fields } }: Alert, locale: Locale): string {
  const absentMs = numberIn(fields['absentMs'])
  const isChosen = absentMs === numberIn(fields['expectedMs'])
  return (isChosen ? formatChosenDuration : formatDuration)(absentMs, locale)
}

function numberIn(value: unknown): number {
  return typeof value === 'number' ? value : 0
}
