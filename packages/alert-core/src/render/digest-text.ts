/**
 * A digest in words: a subject with its numbers, a lead with its time, and a line for each kind of alerts.
 */
import { type Digest, type DigestLine, lastedOf, type Notification, type SuppressedReason } from '../model.ts'
import { writeSubject } from '../provider/markup.ts'
import type { Message, Note, SubjectParts } from '../provider/provider.ts'
import { cutChars } from '../text/text.ts'
import { formatDuration, isoTime, type Zone } from '../time/time-text.ts'
import type { Description } from './describe.ts'
import { type DigestWords, digestWords } from './digest-phrases.ts'
import { impactText } from './impact-text.ts'
import type { Locale } from './phrases.ts'

interface DigestOptions {
  readonly locale: Locale
  readonly zone: Zone
  readonly service: string
  readonly env: string
  /** An alert in words. */
  readonly describe: (line: DigestLine) => Description
  readonly shortIdOf: (id: string) => string
}

type DigestText = Pick<Message, 'subject' | 'parts' | 'lead' | 'brief' | 'digest'>

const most = { subject: 200, line: 300, headline: 80 }
const hourMs = 3_600_000

/** What the message of a digest takes from its channel. */
export interface DigestMessageOptions
  extends Pick<DigestOptions, 'locale' | 'zone' | 'describe' | 'shortIdOf'> {
  readonly channel: string
  /** Where alerts come from that do not say it. */
  readonly origin: { readonly service?: string | undefined; readonly env?: string | undefined }
  /** What its alerts have in common. */
  readonly common: NonNullable<Message['common']>
  readonly notes: readonly Note[]
  readonly to: readonly string[]
}

export function digestMessage(
  { id, at }: Notification,
  digest: Digest,
  { channel, locale, zone, describe, shortIdOf, origin, common, notes, to }: DigestMessageOptions,
): Message {
  const names = namesOf(digest, describe, origin)
  return {
    id,
    channel,
    reason: 'digest',
    severity: 'info',
    ...writeDigest(digest, { locale, zone, ...names, describe, shortIdOf }),
    cards: [],
    common,
    more: 0,
    closing: notes.map(({ text }) => text),
    ...(notes.length > 0 && { notes }),
    mentions: [],
    to,
    locale,
    at,
    plain: false,
  }
}

function writeDigest(digest: Digest, options: DigestOptions): DigestText {
  const { locale, zone, service, env } = options
  const word = digestWords[locale]
  const span = spanOf(digest.to - digest.from, locale)
  const { fresh, firing, resolved } = digest
  const alerts = fresh + firing + resolved
  const names = [service, env].filter(Boolean).join(' ')
  const headline = alerts === 0 ? word.nothing(span) : word.subject(fresh, firing, resolved, span)
  const parts: SubjectParts = { tag: word.tag, names, headline, times: '', suffix: '', isReminder: false }
  const from = zone.minute(digest.from)
  const to = `${zone.minute(digest.to)} ${zone.offset(digest.to)}`
  return {
    subject: writeSubject(parts, locale, most.subject),
    parts,
    lead:
      alerts === 0
        ? word.nothingLead(digest.lastAlertAt === undefined ? '' : zone.full(digest.lastAlertAt))
        : word.lead(from, to, digest.records, alerts, digest.notifications),
    brief: sectionsOf(digest, options, word),
    digest: dataOf(digest, options),
  }
}

function sectionsOf(digest: Digest, options: DigestOptions, word: DigestWords): string[] {
  const { lines, from, to, suppressed } = digest
  const isFresh = ({ startedAt }: DigestLine) => startedAt >= from
  const isFiring = ({ endedAt }: DigestLine) => endedAt === undefined
  const firing = lines.filter((line) => isFiring(line) && !isFresh(line))
  const fresh = lines.filter(isFresh)
  const [longest] = lines
    .filter((line) => !isFiring(line) && !isFresh(line))
    .sort((a, b) => lastedOf(b) - lastedOf(a))
  const frequent = [...lines].sort((a, b) => b.records - a.records).slice(0, mostFrequent)
  // What the sections before name already need not be named again.
  const isNamed = (line: DigestLine) => firing.includes(line) || fresh.includes(line)

  const title = (line: DigestLine, tail: string) => {
    const { tag, headline } = options.describe(line)
    const count = line.records > 1 ? ` ×${word.count(line.records)}` : ''
    const impact = impactText(line.alert.impact, options.locale)
    const id = word.id(options.shortIdOf(line.alert.id))
    return `[${tag}] ${cutChars(headline, most.headline)}${count}${impact}${tail}${id}`
  }
  const since = (line: DigestLine) => word.since(options.zone.soon(line.startedAt, to))
  const ended = (line: DigestLine) => (isFiring(line) ? '' : word.ended)

  return [
    section(word.firing, firing, digest.firing, (line) => title(line, since(line)), word),
    section(word.fresh, fresh, digest.fresh, (line) => title(line, ended(line)), word),
    longest === undefined
      ? ''
      : `${word.resolved}${word.longest(digest.resolved, ...lastingOf(longest, options))}`,
    frequent.every(isNamed)
      ? ''
      : section(
          word.frequent,
          frequent,
          frequent.length,
          (line) =>
            word.frequently(
              line.records,
              options.describe(line).headline,
              impactText(line.alert.impact, options.locale),
            ),
          word,
        ),
    unsentOf(suppressed, word),
  ].filter(Boolean)
}

const mostFrequent = 10

/** 'New: [ERROR] … (9b12de); [CRITICAL] … (a91d04) and 3 more', as many as one line has room for. */
function section(
  label: string,
  lines: readonly DigestLine[],
  total: number,
  write: (line: DigestLine) => string,
  word: DigestWords,
): string {
  if (total === 0) return ''
  const shown: string[] = []
  let room = most.line
  for (const line of lines) {
    const text = write(line)
    if (shown.length > 0 && text.length > room) break
    shown.push(text)
    room -= text.length
  }
  const left = total - shown.length
  return `${label}${shown.join(word.between)}${left > 0 ? word.andMore(left) : ''}`
}

function lastingOf(line: DigestLine, { describe, locale }: DigestOptions): readonly [string, string] {
  const { headline } = describe(line)
  const lastedMs = lastedOf(line)
  return [cutChars(headline, most.headline), lastedMs < 1000 ? '' : formatDuration(lastedMs, locale)]
}

function unsentOf(suppressed: Digest['suppressed'], word: DigestWords): string {
  const entries = Object.entries(suppressed) as [SuppressedReason, number][]
  const said = entries
    .filter(([, records]) => records > 0)
    .sort(([, a], [, b]) => b - a)
    .map(([reason, records]) => word.suppressed(reason, records))
  return said.length === 0 ? '' : `${word.unsent}${said.join(word.comma)}`
}

/** '24 h', not '1 d', up to two days; other times as usual. */
function spanOf(ms: number, locale: Locale): string {
  const hours = Math.round(ms / hourMs)
  if (hours < 23 || hours > 48) return formatDuration(ms, locale)
  return locale === 'en' ? `${hours} h` : `${hours} 小时`
}

/** For programs. */
function dataOf(digest: Digest, { describe, shortIdOf }: DigestOptions): Readonly<Record<string, unknown>> {
  const { from, to, records, fresh, firing, resolved, notifications, lines, suppressed } = digest
  return {
    from: isoTime(from),
    to: isoTime(to),
    records,
    new: fresh,
    firing,
    resolved,
    notifications,
    suppressed,
    alerts: lines.map((line) => {
      const { headline, rule } = describe(line)
      const { id, severity, impact = [] } = line.alert
      const state = line.endedAt === undefined ? 'firing' : 'resolved'
      return {
        id,
        shortId: shortIdOf(id),
        rule,
        state,
        severity,
        headline,
        count: line.records,
        ...(impact.length > 0 && {
          impact: Object.fromEntries(impact.map(({ field, count }) => [field, count])),
        }),
        startedAt: isoTime(line.startedAt),
        ...(line.endedAt === undefined ? {} : { endedAt: isoTime(line.endedAt) }),
      }
    }),
  }
}

/** The service and environment of its alerts, if they are all of the same. */
function namesOf(
  { lines }: Digest,
  describe: DigestOptions['describe'],
  otherwise: DigestMessageOptions['origin'],
): { readonly service: string; readonly env: string } {
  const [first, ...rest] = lines.map(describe)
  const { service = '', env = '' } = first ?? otherwise
  const isSame = rest.every((one) => one.service === service && one.env === env)
  return isSame ? { service, env } : { service: otherwise.service ?? '', env: otherwise.env ?? '' }
}

/** The alert of a line as an item, for its headline. */
export function itemOf({ alert, records }: DigestLine): Notification['items'][number] {
  return { alert: { ...alert, state: 'firing' }, reason: 'first', added: records }
}
