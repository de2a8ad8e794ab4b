/**
 * The lead of an alert: one or two sentences that say what kind of notification it is, how often it happened,
 * how long it lasted and what ended it; and the suffix that its subject takes for it.
 */
import { isNotice } from '../alerts/notification.ts'
import { crashOf } from '../fingerprint/message.ts'
import type { Alert, Answered, NotificationItem, SpikeValue } from '../model.ts'
import { formatCount, formatDuration } from '../time/time-text.ts'
import { absenceLead, endsLikeOthers, type Lead, type LeadOptions } from './absence-text.ts'
import { countedText, lastingText } from './condition-text.ts'
import { impactText } from './impact-text.ts'
import { type Words, words } from './phrases.ts'
import { releaseText } from './place-text.ts'

const most = { message: 200, name: 60 }

/** What is sent sooner after an end is not late. */
const leastLateMs = 60_000

/**
 * The lead and the suffix of an item. `now` is the time of the message, epoch ms; `isUnsent`: the alert ended
 * before this channel could be notified of it.
 */
export function leadOf(item: NotificationItem, options: LeadOptions, now: number, isUnsent: boolean): Lead {
  const word = words[options.locale]
  const { alert, reason, answered } = item
  if (answered !== undefined && isNotice(item)) return answeredLead(answered, alert, options, now)
  const isUnsentNews = isUnsent && reason !== 'resolved'
  if (alert.isAbsence && !endsLikeOthers(alert) && !isUnsentNews) return absenceLead(item, options)
  if (isUnsent && alert.startsInDay !== undefined) {
    const said = flappedUnsent(alert, alert.startsInDay, word, options, now)
    return plain(word, said, word.suffix.flapping)
  }
  if (isUnsent) return plain(word, [unsentEnd(alert, word, options)])
  if (reason === 'resolved') return plain(word, ended(alert, word, options))
  return firing(item, word, options, now)
}

function plain(word: Words, sentences: readonly string[], suffix = ''): Lead {
  const said = sentences.filter(Boolean)
  return { text: said.length === 0 ? '' : word.sentences(said), suffix }
}

/** Who takes care of it, and until when it is quiet. */
function answeredLead(answered: Answered, { firstSeen }: Alert, options: LeadOptions, now: number): Lead {
  const { locale, zone, scrub } = options
  const { type, by, at, until, comment = '' } = answered
  const word = words[locale]
  const who = by === undefined ? word.answer.somebody : scrub.line(by, most.name)
  if (type === 'acknowledged')
    return plain(word, word.lead.acknowledged(who, zone.near(at, firstSeen)), word.suffix.acknowledged)
  const silenced = word.lead.silenced(who, until === undefined ? '' : zone.soon(until, now))
  const said = scrub.line(comment, most.message)
  // The comment stays as it was written.
  const stop = locale === 'en' ? '. ' : '。'
  const text = said === '' ? word.sentences([silenced]) : silenced + stop + said
  return { text, suffix: word.suffix.silenced }
}

function unsentEnd(alert: Alert, word: Words, { zone }: LeadOptions): string {
  const { firstSeen, count } = alert
  return word.lead.unsent(zone.near(firstSeen, firstSeen), zone.near(overAt(alert), firstSeen), count)
}

/** A flapping alert is notified less often: what its latest life was, and how late that is. */
function flappedUnsent(
  alert: Alert,
  starts: number,
  word: Words,
  { locale, zone }: LeadOptions,
  now: number,
): readonly string[] {
  const { firstSeen } = alert
  const lateMs = now - (alert.endedAt ?? overAt(alert))
  const late = lateMs < leastLateMs ? '' : formatDuration(lateMs, locale)
  const from = zone.near(firstSeen, firstSeen)
  return word.lead.flappedUnsent(starts, from, zone.near(overAt(alert), firstSeen), late)
}

/** When it was over, epoch ms: at the record that ended it, or at its last one before the quiet. */
function overAt({ lastSeen, endedAt = lastSeen, endedBy, endRecord }: Alert): number {
  return endedBy === 'quiet' ? lastSeen : (endRecord?.time ?? endedAt)
}

function ended(alert: Alert, word: Words, { locale, zone, scrub }: LeadOptions): string[] {
  const { firstSeen, lastSeen, count, endedBy, endRecord, quietMs } = alert
  const { lead } = word
  const endedAt = endRecord?.time ?? alert.endedAt
  const lasted = (toMs: number) =>
    toMs - firstSeen < 1000 ? '' : lead.lasted(formatDuration(toMs - firstSeen, locale), count)
  switch (endedBy) {
    case 'rule-removed':
      return [lead.ruleRemoved]
    case 'channel-removed':
      return [lead.channelRemoved]
    case 'merged':
      return [lead.merged]
    case 'quiet': {
      const quiet = formatDuration(quietMs ?? (endedAt ?? lastSeen) - lastSeen, locale)
      return [lead.endedByQuiet(quiet, zone.near(lastSeen, firstSeen)), lasted(lastSeen)]
    }
    default: {
      const message = endRecord === undefined ? '' : scrub.line(endRecord.msg, most.message)
      const at = endedAt === undefined ? '' : zone.near(endedAt, firstSeen)
      return [at === '' ? '' : lead.endedByRecord(at, message), lasted(endedAt ?? lastSeen)]
    }
  }
}

function firing(item: NotificationItem, word: Words, options: LeadOptions, now: number): Lead {
  const { sentences, suffix, isBurst } = kindOf(item, word, options, now)
  const { spike } = item.alert
  if (spike === undefined) return plain(word, sentences, suffix)
  const said = isBurst ? sentences : [...sentences, spikeSentence(spike, word, options)]
  return plain(word, said, suffix || word.suffix.spike)
}

function spikeSentence({ withinMs, count, usual }: SpikeValue, word: Words, { locale }: LeadOptions): string {
  const factor = usual === 0 ? '' : formatCount(rounded(count / usual))
  return word.lead.spike(count, formatDuration(withinMs, locale), formatCount(rounded(usual)), factor)
}

/** '3.4', '12'. */
function rounded(value: number): number {
  return value < 10 ? Math.round(value * 10) / 10 : Math.round(value)
}

/** The error of the latest record was not caught; '' otherwise. */
function crashSentence({ latest, isAbsence }: Alert, word: Words): string {
  const kind = isAbsence ? undefined : crashOf(latest)
  return kind === undefined ? '' : word.crash[kind]
}

/** What a notification of a firing alert is. */
interface Kind {
  readonly sentences: readonly string[]
  readonly suffix: string
  /** All that it says is how often in how long. */
  readonly isBurst?: true
}

function kindOf(item: NotificationItem, word: Words, options: LeadOptions, now: number): Kind {
  const { locale, zone, scrub } = options
  const { alert, reason, added, notifiedAt, previousSeverity, nextAt } = item
  const { count, firstSeen, lastSeen } = alert
  const { lead, suffix } = word
  const lastedMs = lastSeen - firstSeen
  const impact = impactText(alert.impact, locale)
  const release = releaseText(alert, locale, scrub)
  // What the channel was not sent before is neither a reminder nor an escalation to its reader.
  const isKnown = notifiedAt !== undefined
  if (reason === 'escalated' && isKnown && previousSeverity !== undefined) {
    const former = word.severity[previousSeverity]
    const lasted = lastedMs < 1000 ? '' : formatDuration(lastedMs, locale)
    const said = lead.escalated(former, word.severity[alert.severity], lasted, count)
    return { sentences: said, suffix: suffix.escalated(former) }
  }
  if (item.unacknowledgedMs !== undefined) {
    const duration = formatDuration(item.unacknowledgedMs, locale)
    const said = [lead.unacknowledged(duration), ...begun()].slice(0, 2)
    return { sentences: said, suffix: suffix.unacknowledged(duration) }
  }
  if (alert.startsInDay !== undefined) {
    const next = nextAt === undefined ? '' : zone.soon(nextAt, now)
    return { sentences: lead.flapping(alert.startsInDay, next), suffix: suffix.flapping }
  }
  if (reason === 'regression') {
    const { formerEndedAt } = alert
    const isBack = release?.type === 'back'
    const suffixOfReturn = isBack ? release.suffix : suffix.recurred
    if (formerEndedAt === undefined) return { sentences: begun(), suffix: suffixOfReturn, isBurst: true }
    const gap = formatDuration(firstSeen - formerEndedAt, locale)
    const endedAt = zone.near(formerEndedAt, firstSeen)
    const said = isBack
      ? lead.recurredInRelease(gap, endedAt, release.sentence, count, impact)
      : [lead.recurred(gap, endedAt, count, impact)]
    return { sentences: said, suffix: suffixOfReturn }
  }
  if (item.silenceEnded !== undefined) {
    const { by = '', at, count: silenced } = item.silenceEnded
    const who = by === '' ? '' : scrub.line(by, most.name)
    const said = lead.silenceEnded(who, zone.near(at, firstSeen), silenced)
    return { sentences: [said], suffix: release?.suffix ?? suffix.silenceEnded }
  }
  if (reason === 'repeat' && isKnown) {
    const said = lead.repeat(added, zone.near(notifiedAt, firstSeen), count, impact)
    return { sentences: [said], suffix: release?.suffix ?? suffix.repeat }
  }
  return { sentences: begun(), suffix: release?.suffix ?? '', isBurst: true }

  /** How often it happened or what its condition counted, how long it lasts, its release: two of them. */
  function begun(): string[] {
    const burst = count > 1 ? lead.burst(count, formatDuration(Math.max(1000, lastedMs), locale), impact) : ''
    const { spike } = alert
    const counted =
      spike === undefined ? countedText(alert, locale, zone) || burst : spikeSentence(spike, word, options)
    const lasting = lastingText(alert, locale, now)
    return [crashSentence(alert, word), counted, lasting, release?.sentence ?? ''].filter(Boolean).slice(0, 2)
  }
}
