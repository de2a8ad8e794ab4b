/**
 * Which keys the state has in the spool, and how what a former process wrote is read again: anything may stand there, a
 * person may have edited it, so every value is looked at before it is used.
 */
import type { Absence } from '../alerts/absence.ts'
import type { ChannelTiming } from '../alerts/channel-timing.ts'
import type { PastAlert } from '../alerts/history.ts'
import type { SavedAlert, SavedKey, TrackerSnapshot } from '../alerts/tracker.ts'
import type { FormerJournal } from '../journal/journal-types.ts'
import { type Notification, reasons, severities } from '../model.ts'
import type { RuntimeSilence } from '../mute/silences.ts'
import { isObject } from '../text/is-object.ts'
import { isAbsence, isGathered, isSilence } from './condition-format.ts'
import { isContext, isList, isMaybe, isNumber, isOneOf, isRecord, isText, isTexts } from './plain-checks.ts'

/** How keys begin: the id or the name follows. */
export const keys = {
  delivery: 'delivery/',
  alert: 'alert/',
  /** What has changed of an alert since it was written whole. */
  since: 'since/',
  past: 'past/',
  channel: 'channel/',
  gathered: 'gathered/',
  absence: 'absence/',
  silence: 'silence/',
  tracker: 'tracker',
} as const

/** The contents of one former journal. */
export interface Remembered {
  readonly snapshot: TrackerSnapshot
  readonly deliveries: readonly Notification[]
  /** The ids of those that are too old to be told. */
  readonly expired: readonly string[]
  /** Those made at run time that have not ended. */
  readonly silences: readonly RuntimeSilence[]
  /** Entries that made no sense. */
  readonly unreadable: number
}

/** What is older than this is told to nobody, and counted: ms. */
const oldestDeliveryMs = 7 * 24 * 3_600_000

/** Reads what a former process left; `now` is epoch ms. */
export function readFormerJournal(formerJournal: FormerJournal, now: number): Remembered {
  const alerts: SavedAlert[] = []
  const past: PastAlert[] = []
  const channels: ChannelTiming[] = []
  const deliveries: Notification[] = []
  const expired: string[] = []
  const silences: RuntimeSilence[] = []
  const gathered: SavedKey[] = []
  const absences: Absence[] = []
  let rest: object = {}
  let unreadable = 0
  for (const [key, written] of formerJournal) {
    const value = whole(key, written, formerJournal)
    if (key.startsWith(keys.since)) continue
    if (key === keys.tracker && isObject(value)) rest = value
    else if (key.startsWith(keys.alert) && isAlert(value)) alerts.push(value)
    else if (key.startsWith(keys.past) && isPast(value)) past.push(value)
    else if (key.startsWith(keys.channel) && isChannel(value)) channels.push(value)
    else if (key.startsWith(keys.gathered) && isGathered(value)) gathered.push(value)
    else if (key.startsWith(keys.absence) && isAbsence(value)) absences.push(value)
    else if (key.startsWith(keys.silence) && isSilence(value)) {
      if (value.untilMs > now) silences.push(value)
    } else if (key.startsWith(keys.delivery) && isNotification(value)) {
      if (value.at > now - oldestDeliveryMs) deliveries.push(value)
      else expired.push(value.id)
    } else unreadable++
  }
  const ended = alerts
    .filter(({ endedAt }) => endedAt !== undefined)
    .sort((a, b) => (a.endedAt ?? 0) - (b.endedAt ?? 0))
    .map(({ id }) => id)
  past.sort((a, b) => a.endedAt - b.endedAt)
  const { dropped } = rest as { readonly dropped?: unknown }
  const snapshot: TrackerSnapshot = {
    ...(rest as Partial<TrackerSnapshot>),
    version: 1,
    alerts,
    ended,
    past,
    channels,
    conditions: { keys: gathered, absences },
    dropped: isNumber(dropped) ? dropped : 0,
  }
  return { snapshot, deliveries, expired, silences, unreadable }
}

/** An alert with what has changed of it since; one with a single record has that written once, also in what is to be told. */
function whole(key: string, value: unknown, formerJournal: FormerJournal): unknown {
  if (!isObject(value)) return value
  if (key.startsWith(keys.alert)) {
    const since = formerJournal.get(keys.since + key.slice(keys.alert.length))
    return withLatest(isObject(since) ? { ...value, ...since } : value)
  }
  if (!key.startsWith(keys.delivery) || !Array.isArray(value['items'])) return value
  const items = value['items'].map((item) =>
    isObject(item) ? { ...item, alert: withLatest(item['alert']) } : item,
  )
  return { ...value, items }
}

function withLatest(alert: unknown): unknown {
  return isObject(alert) && alert['latest'] === undefined ? { ...alert, latest: alert['first'] } : alert
}

function isAlert(value: unknown): value is SavedAlert {
  if (!isObject(value) || !isText(value['id']) || !isText(value['rule']) || !isText(value['key']))
    return false
  const times = [value['firstSeen'], value['lastSeen'], value['startedAt'], value['lastAt']]
  const { rank, count, resolveAfterMs, endedAt, escalatedAt, channelStates } = value
  return (
    times.every(isNumber) &&
    isNumber(rank) &&
    severities[rank] === value['severity'] &&
    isNumber(count) &&
    (resolveAfterMs === false || isNumber(resolveAfterMs)) &&
    [endedAt, escalatedAt].every(isMaybe(isNumber)) &&
    isTexts(value['labels']) &&
    isRecord(value['first']) &&
    isRecord(value['latest']) &&
    isMaybe(isList)(value['channels']) &&
    isMaybe(isContext)(value['context']) &&
    [value['code'], value['summary'], value['runbook']].every(isMaybe(isText)) &&
    isObject(channelStates) &&
    Object.values(channelStates).every(isView)
  )
}

function isView(value: unknown): boolean {
  if (!isObject(value)) return false
  const { admitted, notifiedCount, carried, repeats, since, nextAt, notified, past, mute } = value
  return (
    typeof admitted === 'boolean' &&
    [notifiedCount, carried, repeats].every(isNumber) &&
    [since, nextAt].every(isMaybe(isNumber)) &&
    [notified, past].every(isMaybe(isNotified)) &&
    isMaybe(isMute)(mute)
  )
}

function isMute(value: unknown): boolean {
  const reasons = ['silenced', 'inhibited', 'schedule']
  return isObject(value) && isOneOf(reasons, value['reason']) && isMaybe(isNumber)(value['untilMs'])
}

function isPast(value: unknown): value is PastAlert {
  if (!isObject(value) || !isText(value['id']) || !isNumber(value['endedAt'])) return false
  return isObject(value['notified']) && Object.values(value['notified']).every(isNotified)
}

function isChannel(value: unknown): value is ChannelTiming {
  if (!isObject(value) || !isText(value['name'])) return false
  const { sentAt, heldUntil, notedUntil, recent, quota } = value
  const isMessage = (message: unknown) =>
    isObject(message) && isNumber(message['at']) && isNumber(message['alerts'])
  return (
    [sentAt, heldUntil, notedUntil].every(isMaybe(isNumber)) &&
    Array.isArray(recent) &&
    recent.every(isMessage) &&
    Array.isArray(quota) &&
    quota.every(isNumber)
  )
}

function isNotification(value: unknown): value is Notification {
  if (!isObject(value) || !isText(value['id']) || !isText(value['channel']) || !isNumber(value['at']))
    return false
  const { reason, severity, items } = value
  if (!isOneOf(reasons, reason) || !isOneOf(severities, severity)) return false
  return Array.isArray(items) && items.length > 0 && items.every(isItem)
}

function isItem(value: unknown): boolean {
  if (!isObject(value) || !isOneOf(reasons, value['reason']) || !isNumber(value['added'])) return false
  const { alert, notifiedAt, nextAt, fallbackFrom } = value
  const isPlace = (place: unknown) => isObject(place) && isText(place['channel']) && isText(place['reason'])
  if (!isMaybe(isPlace)(fallbackFrom)) return false
  if (!isObject(alert) || ![notifiedAt, nextAt].every(isMaybe(isNumber))) return false
  const { id, rule, key, state, severity, labels, count, firstSeen, lastSeen, first, latest, context } = alert
  return (
    [id, rule, key].every(isText) &&
    (state === 'firing' || state === 'resolved') &&
    isOneOf(severities, severity) &&
    isTexts(labels) &&
    [count, firstSeen, lastSeen].every(isNumber) &&
    [first, latest].every(isRecord) &&
    isMaybe(isContext)(context)
  )
}

function isNotified(value: unknown): boolean {
  return isObject(value) && isNumber(value['at']) && isNumber(value['rank'])
}
