/**
 * The alerts that the library itself raises: a channel that fails or works again, a quota that is exhausted,
 * a state directory that cannot be written, processes that do not notify as one, too many kinds of errors.
 * Their words are made of the fields of their records, in the language of each channel.
 */
import type { NotificationItem } from '../model.ts'
import { isObject } from '../text/get-path.ts'
import { formatDuration, type Zone } from '../time/time-text.ts'
import { type Facts, type Limit, type Locale, type OwnWords, ownWords } from './own-alert-words.ts'
import { channelName } from './provider-name.ts'
import type { Scrub } from './scrub.ts'

/** What replaces the headline, the lead and the text of other alerts. */
export interface OwnAlert {
  readonly headline: string
  /** Absent: that of other alerts. */
  readonly lead?: string
  readonly text: string
  /** In place of the severity. */
  readonly tag?: string
}

export interface OwnAlertOptions {
  readonly locale: Locale
  readonly zone: Zone
  readonly scrub: Scrub
  /** The channel and the title of its provider. */
  readonly channel?: string | undefined
  readonly provider?: string | undefined
  /** `limits.alerts`. */
  readonly maxAlerts?: number | undefined
}

const most = { text: 120, message: 200, path: 200 }

/** The code of the message that `send-test` sends. */
export const testCode = 'ALERT_TEST'

/** The words of an alert of our own; undefined if they are those of other alerts. */
export function ownAlertOf(
  item: NotificationItem,
  options: OwnAlertOptions,
  now: number,
): OwnAlert | undefined {
  const { rule, code } = item.alert
  const word = ownWords[options.locale]
  if (code === testCode) return testMessage(item, options, word)
  switch (rule) {
    case '@delivery':
      return item.reason === 'resolved' ? deliversAgain(item, options, word) : failing(item, options, word)
    case '@quota':
      return quotaReached(item, options, word, now)
    case '@state':
      return stateProblem(item, options, word)
    case '@fleet':
      return fleetProblem(item, options, word)
    case '@too-many-kinds':
      return tooManyKinds(item, options, word)
    default:
      return undefined
  }
}

function testMessage({ alert }: NotificationItem, options: OwnAlertOptions, word: OwnWords): OwnAlert {
  const { channel = '', provider = '', scrub, zone } = options
  const name = channelName(scrub.line(channel, most.text), provider, options.locale)
  const lead = word.channelWorks(name, zone.near(alert.latest.time, alert.firstSeen))
  return { headline: word.testMessage, lead, text: '', tag: word.test }
}

function failing({ alert }: NotificationItem, options: OwnAlertOptions, word: OwnWords): OwnAlert {
  const facts = factsOf(alert.latest.fields, options)
  const at = options.zone.near(facts.number('askedAt') || alert.latest.time, alert.firstSeen)
  return { headline: word.failing(facts), lead: word.failed(facts, at), text: word.check(facts) }
}

function deliversAgain({ alert }: NotificationItem, options: OwnAlertOptions, word: OwnWords): OwnAlert {
  const { endRecord, firstSeen } = alert
  if (endRecord === undefined) {
    return { headline: word.noFurtherFailure(factsOf(alert.latest.fields, options)), text: '' }
  }
  const facts = factsOf(endRecord.fields, options)
  if (endRecord.fields['isRemoved'] === true) {
    const { failing } = word
    return { headline: failing(factsOf(alert.latest.fields, options)), lead: word.removed(facts), text: '' }
  }
  const since = facts.number('since')
  const lasted = formatDuration(Math.max(1000, endRecord.time - (since || firstSeen)), options.locale)
  const lead = word.delivered(facts, options.zone.near(endRecord.time, firstSeen), lasted)
  return { headline: word.deliversAgain(facts), lead, text: '' }
}

function quotaReached(
  { alert, reason }: NotificationItem,
  options: OwnAlertOptions,
  word: OwnWords,
  now: number,
): OwnAlert {
  const facts = factsOf(alert.latest.fields, options)
  const headline = word.quotaReached(facts)
  const { endRecord, firstSeen } = alert
  if (reason === 'resolved' && endRecord?.fields['isRemoved'] === true)
    return { headline, lead: word.removed(facts), text: '' }
  if (reason === 'resolved' && endRecord !== undefined) {
    const lasted = formatDuration(Math.max(1000, endRecord.time - firstSeen), options.locale)
    const at = options.zone.near(endRecord.time, firstSeen)
    const lead = word.quotaRenewed(presentLimit(facts, endRecord.fields), at, lasted)
    return { headline: word.sendsAgain(facts), lead, text: '' }
  }
  if (reason === 'resolved') return { headline, text: '' }
  const until = facts.number('until')
  return {
    headline,
    lead: word.waitsForQuota(facts, until > 0 ? options.zone.soon(until, now) : ''),
    text: '',
  }
}

/** The limit that was reached, as it is now; undefined if there is none any more. */
function presentLimit(reached: Facts, { limits }: Readonly<Record<string, unknown>>): Limit | undefined {
  const before = { count: reached.number('count'), perMs: reached.number('perMs') }
  // A record of an earlier version does not have them.
  if (!Array.isArray(limits)) return before
  const known = limits.filter(isLimit)
  return known.find(({ perMs }) => perMs === before.perMs) ?? known[0]
}

function isLimit(value: unknown): value is Limit {
  return isObject(value) && typeof value['count'] === 'number' && typeof value['perMs'] === 'number'
}

function stateProblem(
  { alert, reason }: NotificationItem,
  options: OwnAlertOptions,
  word: OwnWords,
): OwnAlert {
  const { endRecord, firstSeen, latest } = alert
  const facts = factsOf(latest.fields, options)
  if (reason === 'resolved' && endRecord !== undefined) {
    const lasted = formatDuration(Math.max(1000, endRecord.time - firstSeen), options.locale)
    const lead = word.savedAgain(options.zone.near(endRecord.time, firstSeen), lasted)
    return { headline: word.stateRecovered, lead, text: '' }
  }
  const headline = facts.text('code') === '' ? word.stateOdd : word.stateFails(facts)
  if (reason === 'resolved') return { headline, text: '' }
  // Other problems of the directory than that it cannot be written have a sentence of their own.
  const lead = facts.text('code') === '' ? facts.text('why') : word.stateInMemory(facts)
  return { headline, lead, text: '' }
}

function fleetProblem(
  { alert, reason }: NotificationItem,
  options: OwnAlertOptions,
  word: OwnWords,
): OwnAlert {
  const { endRecord, firstSeen, key, latest } = alert
  const { zone, locale } = options
  const facts = factsOf(latest.fields, options)
  const since = zone.near(firstSeen, firstSeen)
  if (key === 'differs') {
    const lead = reason === 'resolved' ? {} : { lead: word.differs(facts.text('names'), since) }
    return { headline: word.fleetDiffers, ...lead, text: '' }
  }
  if (reason !== 'resolved')
    return { headline: word.fleetAlone(facts), lead: word.fleetCountsAlone(facts, since), text: '' }
  if (endRecord === undefined) return { headline: word.fleetAlone(facts), text: '' }
  const lasted = formatDuration(Math.max(1000, endRecord.time - firstSeen), locale)
  const lead = word.fleetWorks(zone.near(endRecord.time, firstSeen), lasted)
  return { headline: word.fleetTogether, lead, text: '' }
}

function tooManyKinds(
  { alert, reason }: NotificationItem,
  options: OwnAlertOptions,
  word: OwnWords,
): OwnAlert {
  const { scrub, zone, maxAlerts = 0 } = options
  const { count, firstSeen, latest } = alert
  if (reason === 'resolved') return { headline: word.tooManyKinds, text: '' }
  const message = scrub.line(latest.msg || (latest.err?.message ?? ''), most.message)
  const lead = word.countedTogether(maxAlerts, count, zone.near(firstSeen, firstSeen), message)
  return { headline: word.tooManyKinds, lead, text: '' }
}

/** The fields of the record, safe to show. */
function factsOf(fields: Readonly<Record<string, unknown>>, { scrub }: OwnAlertOptions): Facts {
  return {
    text(name) {
      const value = fields[name]
      const max = name === 'directory' || name === 'why' ? most.path : most.text
      return typeof value === 'string' ? scrub.line(value, max) : ''
    },
    number(name) {
      const value = fields[name]
      return typeof value === 'number' ? value : 0
    },
  }
}
