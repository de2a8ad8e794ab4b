/**
 * The lead of an alert: one or two sentences that say what kind of notification it is, how often it happened,
 * how long it lasted and what ended it; and the suffix that its subject takes for it.
 */
import type { Alert, NotificationItem, SpikeValue } from '../model.ts'
import { formatCount, formatDuration } from '../time/time-text.ts'
import { absenceLead, endsLikeOthers, type Lead, type LeadOptions } from './absence-text.ts'
import { type Words, words } from './phrases.ts'

const most = { message: 200 }

/**
 * The lead and the suffix of an item. `now` is the time of the message, epoch ms; `isUnsent`: the alert ended
 * before this channel could be notified of it.
 */
export function leadOf(item: NotificationItem, options: LeadOptions, now: number, isUnsent: boolean): Lead {
  const word = words[options.locale]
  const { alert, reason } = item
  const isUnsentNews = isUnsent && reason !== 'resolved'
  if (alert.isAbsence && !endsLikeOthers(alert) && !isUnsentNews) return absenceLead(item, options)
  if (isUnsent) return plain(word, [unsentEnd(alert, word, options)])
  if (reason === 'resolved') return plain(word, ended(alert, word, options))
  return firing(item, word, options, now)
}

function plain(word: Words, sentences: readonly string[], suffix = ''): Lead {
  const said = sentences.filter(Boolean)
  return { text: said.length === 0 ? '' : word.sentences(said), suffix }
}

function unsentEnd(alert: Alert, word: Words, { zone }: LeadOptions): string {
  const { firstSeen, lastSeen, count } = alert
  return word.lead.unsent(zone.near(firstSeen, firstSeen), zone.near(lastSeen, firstSeen), count)
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
  const said = [...(isBurst ? [] : sentences), spikeSentence(spike, word, options)]
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

/** What a notification of a firing alert is. */
interface Kind {
  readonly sentences: readonly string[]
  readonly suffix: string
  /** All that it says is how often in how long. */
  readonly isBurst?: true
}

function kindOf(item: NotificationItem, word: Words, { locale, zone }: LeadOptions, now: number): Kind {
  const { alert, reason, added, notifiedAt, previousSeverity, nextAt } = item
  const { count, firstSeen, lastSeen } = alert
  const { lead, suffix } = word
  const lastedMs = lastSeen - firstSeen
  // What the channel was not sent before is neither a reminder nor an escalation to its reader.
  const isKnown = notifiedAt !== undefined
  if (reason === 'escalated' && isKnown && previousSeverity !== undefined) {
    const former = word.severity[previousSeverity]
    const lasted = lastedMs < 1000 ? '' : formatDuration(lastedMs, locale)
    const said = lead.escalated(former, word.severity[alert.severity], lasted, count)
    return { sentences: said, suffix: suffix.escalated(former) }
  }
  if (alert.startsInDay !== undefined) {
    const next = nextAt === undefined ? '' : zone.soon(nextAt, now)
    return { sentences: lead.flapping(alert.startsInDay, next), suffix: suffix.flapping }
  }
  if (reason === 'regression') {
    const { formerEndedAt } = alert
    if (formerEndedAt === undefined) return { sentences: [burst()], suffix: suffix.recurred, isBurst: true }
    const gap = formatDuration(firstSeen - formerEndedAt, locale)
    const said = lead.recurred(gap, zone.near(formerEndedAt, firstSeen), count)
    return { sentences: [said], suffix: suffix.recurred }
  }
  if (reason === 'repeat' && isKnown) {
    const said = lead.repeat(added, zone.near(notifiedAt, firstSeen), count)
    return { sentences: [said], suffix: suffix.repeat }
  }
  return { sentences: [burst()], suffix: '', isBurst: true }

  function burst(): string {
    return count > 1 ? lead.burst(count, formatDuration(Math.max(1000, lastedMs), locale)) : ''
  }
}
