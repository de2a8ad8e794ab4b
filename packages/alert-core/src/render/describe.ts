/**
 * One alert as text for one channel: everything that a card, a subject or a user's template may show of it.
 */

import { isGenericMessage } from '../fingerprint/message.ts'
import { findOwnFrame, frameText } from '../fingerprint/own-frame.ts'
import type { Alert, ErrorInfo, LogRecord, NotificationItem } from '../model.ts'
import { needsReason, reasonOf, severalOf } from '../read/reason.ts'
import { getPath } from '../text/get-path.ts'
import { fillTemplate } from '../text/template.ts'
import { cutChars } from '../text/text.ts'
import { formatCount, formatDuration, type Zone } from '../time/time-text.ts'
import { absenceHeadline } from './absence-text.ts'
import { leadOf } from './lead.ts'
import { recordLink } from './links.ts'
import { ownAlertOf, testCode } from './own-alert.ts'
import { type Locale, type Words, words } from './phrases.ts'
import {
  processText,
  type RequestParts,
  releaseName,
  requestOf,
  requestParts,
  requestText,
} from './place-text.ts'
import type { Scrub } from './scrub.ts'

export interface DescribeOptions {
  readonly locale: Locale
  readonly zone: Zone
  readonly scrub: Scrub
  /** 'https://t/{traceId}'. */
  readonly traceUrl?: string
  /** 'https://logs/?q={requestId}'. */
  readonly logsUrl?: string
  readonly service?: string
  readonly env?: string
  /** The channel and the title of its provider. */
  readonly channel?: string
  readonly provider?: string | undefined
  /** `limits.alerts`. */
  readonly maxAlerts?: number | undefined
  /** Whether the processes of the fleet notify separately at present. */
  readonly isAlone?: () => boolean
}

/** An alert as text. Every text is redacted, clean, one line and bounded; '' if there is nothing to show. */
export interface Description {
  readonly item: NotificationItem
  /** Whether the library itself raised it. */
  readonly isOwn: boolean
  /** The record that is shown: the latest while the alert fires, the first once it is resolved. */
  readonly record: LogRecord
  /** 'CRITICAL', or 'RESOLVED'. */
  readonly tag: string
  readonly headline: string
  /** ' ×37'; '' if it happened once, or if the headline already has the count. */
  readonly times: string
  /** ' (still firing)': what the subject ends with. */
  readonly suffix: string
  /** What kind of notification it is, how often, how long; '' if that is all said. */
  readonly lead: string
  readonly message: string
  /** What the record says in addition to the headline. */
  readonly text: string
  readonly code: string
  /** Of the record's error. */
  readonly error: {
    readonly type: string
    readonly message: string
    readonly code: string
    /** The message of the cause that began it. */
    readonly root: string
  }
  readonly rule: string
  readonly frame: string
  readonly service: string
  readonly env: string
  readonly since: string
  readonly last: string
  /** 'alice ×12, bob ×3 and 7 more': the words in which the messages of merged alerts differ. */
  readonly variants: string
  readonly requestId: string
  readonly traceId: string
  readonly traceUrl?: string
  readonly runbook: string
  /** 'POST /orders/… → 502': how a request failed; '' if the headline says it. */
  readonly request: string
  /** The same in parts, whatever the headline says. */
  readonly route?: RequestParts
  /** 'web-1 (pid 41)': where it was met. */
  readonly process: string
  readonly release: string
  readonly logsUrl?: string
  /** The value of a '{field}' placeholder: the names above, 'labels.x', 'err.x', any field of the record. */
  get(path: string): string
}

/** As long as a message may be, so that no word is cut off it. */
const longestVariant = 10_000

const longest = { headline: 120, message: 1000, name: 60, value: 500 }

/** The most characters of each text that is shown. */
/** Browsers and servers take as much. */
const maxLink = 2_000
const longestText = {
  sharedMessage: longest.message,
  sharedOwn: longest.message,
  sharedRoot: longest.message,
  message: longest.message,
  own: longest.message,
  type: longest.name,
  root: longest.message,
  errorMessage: longest.value,
  errorCode: longest.name,
  code: 80,
  frame: 200,
  service: longest.name,
  env: longest.name,
  rule: longest.name,
  requestId: 128,
  traceId: 128,
  runbook: maxLink,
}

/** A link that is cut leads nowhere. */
function wholeLink(url = ''): string {
  return url.length > maxLink ? '' : url
}

/**
 * Makes the function that describes alerts for one channel; times of the day of `now` are written without a
 * date.
 */
export function createDescribe(options: DescribeOptions) {
  const { locale, zone, scrub, traceUrl, logsUrl } = options
  const word = words[locale]
  const leadOptions = { locale, zone, scrub }
  const { channel, provider, maxAlerts } = options
  const ownOptions = { locale, zone, scrub, channel, provider, maxAlerts }

  return function describe(item: NotificationItem, now: number): Description {
    const { alert } = item
    const isResolved = item.reason === 'resolved'
    const logged = isResolved ? alert.first : alert.latest
    const isUnsent = isUnsentEnd(item)
    const isAbsence = alert.isAbsence === true
    const key = isAbsence ? scrub.key(alert.key, longest.name) : ''
    const record = isAbsence ? { ...logged, msg: absenceHeadline(item, locale, key) } : logged
    const isOurs = isOwn(alert)
    const own = isOurs ? ownAlertOf(item, ownOptions, now) : undefined
    const { stack, message, code: errorCode = '', isBuilt } = record.err ?? { message: '' }
    const frame = stack === undefined ? undefined : findOwnFrame(stack, message, isBuilt)
    const safe = scrub.lines(
      {
        ...textsOf(record, word),
        ...sharedTexts(alert, word),
        errorMessage: message,
        errorCode,
        code: alert.code ?? errorCode,
        frame: frame === undefined ? '' : frameText(frame),
        service: alert.labels['service'] ?? options.service ?? '',
        env: alert.labels['env'] ?? options.env ?? '',
        rule: alert.rule,
        requestId: record.requestId ?? '',
        traceId: record.traceId ?? '',
        runbook: wholeLink(alert.runbook),
      },
      longestText,
    )
    const { code, service, env, requestId, traceId, runbook } = safe
    const brief = concise(safe)
    const since = zone.full(alert.firstSeen)

    const known = {
      message: brief.message,
      code,
      frame: safe.frame,
      rule: safe.rule,
      service,
      env,
      since,
      last: alert.lastSeen === alert.firstSeen ? since : zone.near(alert.lastSeen, alert.firstSeen),
      variants: variantsOf(alert, word, scrub),
      requestId,
      traceId,
      runbook,
      process: processOf(alert, options),
      release: alert.release === undefined ? '' : releaseName(alert.release, scrub),
      // What ended before it was sent is news: its title has its severity, and its lead says that it ended.
      tag: own?.tag ?? (isResolved ? word.resolved : word.severity[alert.severity]),
    }
    let placeholders: Placeholders | undefined
    const get = (path: string) => {
      placeholders ??= createPlaceholders({ item, record, known, scrub, zone, locale })
      return placeholders(path)
    }
    const link = traceUrl === undefined ? undefined : recordLink(traceUrl, record, known, get)
    const logs = logsUrl === undefined ? undefined : recordLink(logsUrl, record, known, get)
    const summary =
      alert.summary === undefined ? '' : scrub.line(fillTemplate(alert.summary, get), longest.message)
    // A failed request that says no more is its method, route and status.
    const request = scrub.line(requestOf(record, scrub).replaceAll('<*>', '…'), longest.message)
    const requested = isResolved ? undefined : requestParts(record, scrub)
    const said = request || brief.message
    const shared =
      alert.variants === undefined
        ? sharedOf(request === '' ? safe : undefined)
        : scrub.key(alert.variants.message, longest.message)
    const headline = cutChars(
      own?.headline ?? (summary || shared || said || code || safe.rule),
      longest.headline,
    )
    const isCounted =
      isAbsence || own !== undefined || (summary !== '' && /\{(?:count|times)\}/.test(alert.summary ?? ''))
    const lead = isPlain(item) ? noLead : leadOf(item, leadOptions, now, isUnsent)

    const textOf = () => {
      const error = request === '' ? brief.error : ''
      if (own !== undefined) return own.text
      if (summary !== '' || shared === '' || said === '')
        return cutChars(withoutRepeats(headline, [summary, said, error]), longest.message)
      // The headline is that of all records: the latest one is an example of them.
      const lines = [withoutRepeats(headline, [error]), `${word.latest}${said}`]
      return lines
        .filter(Boolean)
        .map((line) => cutChars(line, longest.message))
        .join('\n')
    }

    return {
      item,
      isOwn: isOurs,
      record,
      ...known,
      headline,
      times: alert.count > 1 && !isCounted ? ` ×${formatCount(alert.count)}` : '',
      suffix: lead.suffix,
      // What ended before it was sent has no other lead than that.
      lead: isUnsent ? lead.text : (own?.lead ?? lead.text),
      error: { type: safe.type, message: safe.errorMessage, code: safe.errorCode, root: safe.root },
      text: textOf(),
      request: request === '' ? requestText(requested) : '',
      ...(requested === undefined ? {} : { route: requested }),
      ...(link === undefined ? {} : { traceUrl: link }),
      ...(logs === undefined ? {} : { logsUrl: logs }),
      get: (path) => {
        if (path === 'summary' || path === 'title') return headline
        if (path === 'logsUrl') return logs ?? ''
        return path === 'traceUrl' ? (link ?? '') : get(path)
      },
    }
  }
}

/** Whether it is the message by which a person tries a channel. */
export function isTest({ code }: Alert): boolean {
  return code === testCode
}

/** What the library itself raises was met nowhere. */
function processOf(alert: Alert, { locale, scrub, isAlone }: DescribeOptions): string {
  const isMet = alert.isAbsence !== true && !alert.rule.startsWith('@')
  return isMet ? processText(alert, locale, scrub, isAlone?.()) : ''
}

/** Whether the library itself raised it: the names of its rules start with '@', those of users may not. */
export function isOwn(alert: Alert): boolean {
  return alert.rule.startsWith('@') || isTest(alert)
}

const noLead = { text: '', suffix: '' }

/** Most alerts happen once: then there is nothing to say but what happened. */
function isPlain({ alert, reason, unacknowledgedMs, silenceEnded }: NotificationItem): boolean {
  const { count, state, startsInDay, isAbsence, spike, condition, releaseNote, latest } = alert
  // An error that was not caught has a lead that says so.
  if (latest.fields['crash'] !== undefined || /^un(?:caught|handled)/i.test(latest.msg)) return false
  if (reason !== 'first' || count > 1 || state !== 'firing' || isAbsence) return false
  const more = [startsInDay, spike, condition, releaseNote, unacknowledgedMs, silenceEnded]
  return more.every((one) => one === undefined)
}

/** Whether the alert ended before this channel could be notified of it. */
export function isUnsentEnd({ alert, reason, notifiedAt }: NotificationItem): boolean {
  if (alert.state !== 'resolved') return false
  return reason === 'regression' || (notifiedAt === undefined && reason !== 'repeat')
}

function variantsOf({ variants }: Alert, word: Words, scrub: Scrub): string {
  if (variants === undefined) return ''
  const { values, more } = variants
  const shown = values
    .map(({ value, count }) => `${variantText(value, variants.message, scrub)} ×${formatCount(count)}`)
    .join(', ')
  return more === 0 ? shown : `${shown} ${word.more(more)}`
}

/** A word may be a secret only in its place: 'customer alice' for a pattern that begins with 'customer'. */
function variantText(value: string, message: string, scrub: Scrub): string {
  const safe = scrub.line(value, longest.name)
  const inPlace = scrub.line(
    message.replace('…', () => value),
    longestVariant,
  )
  return inPlace.includes(safe) ? safe : '***'
}

/** The parts that the headline does not contain, as one text. */
function withoutRepeats(headline: string, parts: readonly string[]): string {
  const added: string[] = []
  for (const part of parts) {
    const isKnown = [headline, ...added].some((text) => text.includes(part))
    if (part !== '' && !isKnown) added.push(part)
  }
  return added.join(': ')
}

/** What a record says, and its error: raw texts, '' if there is none. */
export function textsOf({ msg, err }: LogRecord, word: Words = words.en) {
  const type = err?.type ?? ''
  const isOwn = msg === err?.message
  const message = inWords(msg, isOwn ? type : '', word)
  if (err === undefined) return { message, own: '', type, root: '' }
  const several = err.root === undefined ? '' : severalOf(err)
  // The errors beside each other are all that such an error says.
  if (several !== '' && (err.root?.message ?? err.message) === err.message)
    return { message: isOwn ? several : message, own: several, type, root: '' }
  return { message, own: inWords(err.message, type, word), type, root: rootOf(err, several, word) }
}

/** The text without a stack, and the reason in words if it is JSON or code. */
function inWords(text: string, type: string, word: Words): string {
  const message = withoutStack(text)
  const reason = needsReason.test(message) ? reasonOf(message) : undefined
  if (reason === undefined) return message
  const isNamed = reason.isListed && type !== '' && type !== 'Error' && type !== 'Object'
  const said = isNamed ? `${type}: ${reason.text}` : reason.text
  return reason.more === 0 ? said : word.reasons(said, reason.more)
}

/** The message of the cause that began it, with its code unless the message says it. */
function rootOf({ message, root, causes }: ErrorInfo, several: string, word: Words): string {
  const cause = root?.message ?? causes?.at(-1) ?? ''
  if (withoutStack(cause) === message) return ''
  const text = several || inWords(cause, root?.type ?? '', word)
  const code = root?.code
  return code === undefined || text.includes(code) ? text : `${text} (${code})`
}

/** What the records of an alert have in common, '…' where they differ: raw texts, '' if all are equal. */
function sharedTexts({ varied, first, latest }: Alert, word: Words) {
  if (varied === undefined) return { sharedMessage: '', sharedOwn: '', sharedRoot: '' }
  const { message, own, root } = textsOf(first, word)
  const isSameRoot = root === textsOf(latest, word).root
  return {
    sharedMessage: varied.message ?? message,
    sharedOwn: varied.error ?? own,
    sharedRoot: isSameRoot ? root : '',
  }
}

/** The headline of records that differ: what they have in common, or what kind of error they are. */
function sharedOf(safe: Readonly<Record<keyof typeof longestText, string>> | undefined): string {
  if (safe === undefined) return ''
  const { sharedMessage, sharedOwn, sharedRoot, type, code, rule } = safe
  if (sharedMessage === '' && sharedOwn === '') return ''
  const parts = { message: sharedMessage, own: sharedOwn, type, root: sharedRoot }
  const { message } = concise(parts)
  const words = message.split(' ').filter((word) => /[\p{L}\p{N}]/u.test(word) && !word.includes('…'))
  if (words.length >= 2 || /\p{Script=Han}{2}/u.test(message)) return message
  const kind = code || (type === 'Error' ? '' : type)
  return kind === '' ? rule : `${kind}: …`
}

/** Some loggers append the stack to the message. */
function withoutStack(text: string): string {
  const stack = text.search(/\n[ \t]{1,20}at \S/)
  return stack < 0 ? text : text.slice(0, stack)
}

/**
 * What happened, in one line: the log message, or the error's when the message says nothing ('request
 * errored'). `error` is what the error adds to it. The texts are those of a record, safe to show.
 */
export function concise({ message, own, type, root }: ReturnType<typeof textsOf>): {
  readonly message: string
  readonly error: string
} {
  const error = errorOf(own || type, root)
  if (error === '') return { message, error: '' }
  if (isGenericMessage(message)) return { message: error, error: '' }
  if (own === '' || !message.includes(own)) return { message, error }
  return { message, error: message.includes(root) ? '' : root }
}

function errorOf(own: string, root: string): string {
  if (root === '' || own.includes(root)) return own
  // 'All promises were rejected', say.
  if (isGenericMessage(own)) return root
  return own === '' ? root : `${own}: ${root}`
}

// ── what a '{field}' placeholder of a user's template stands for

/** The value at a path, safe to show; '' for nothing. */
export type Placeholders = (path: string) => string

interface PlaceholdersOptions {
  readonly item: NotificationItem
  /** The record that is shown. */
  readonly record: LogRecord
  /** What the description says. */
  readonly known: Readonly<Record<string, string>>
  readonly scrub: Scrub
  readonly zone: Zone
  readonly locale: Locale
}

function createPlaceholders(options: PlaceholdersOptions): Placeholders {
  const { item, record, known, scrub, zone, locale } = options
  const { alert, reason, added } = item
  const values: Readonly<Record<string, string>> = {
    ...known,
    msg: scrub.line(record.msg, longest.message),
    severity: alert.severity,
    state: alert.state,
    reason,
    id: alert.id,
    count: String(alert.count),
    times: words[locale].times(alert.count),
    added: String(added),
    time: zone.full(record.time),
    duration: formatDuration(alert.lastSeen - alert.firstSeen, locale),
  }
  const sources: readonly unknown[] = [{ labels: alert.labels, err: record.err }, record.fields, alert.labels]

  return (path) => {
    const value = Object.hasOwn(values, path) ? values[path] : undefined
    if (value !== undefined && value !== '') return value
    for (const source of sources) {
      const found = getPath(source, path)
      if (found !== undefined && found !== null) return scrub.value(found, path, longest.value)
    }
    return ''
  }
}
