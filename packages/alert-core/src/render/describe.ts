/**
 * One alert as text for one channel: everything that a card, a subject or a user's template may show of it.
 */

import { findOwnFrame, frameText } from '../fingerprint/own-frame.ts'
import type { Alert, LogRecord, NotificationItem } from '../model.ts'
import { getPath } from '../text/get-path.ts'
import { fillTemplate } from '../text/template.ts'
import { cutChars } from '../text/text.ts'
import { formatDuration, type Zone } from '../time/time-text.ts'
import { concise } from './concise.ts'
import { metaAlertText, translateAbsence } from './meta-alert-text.ts'
import { type Locale, type Words, words } from './phrases.ts'
import type { Scrub } from './scrub.ts'

export interface DescribeOptions {
  readonly locale: Locale
  readonly zone: Zone
  readonly scrub: Scrub
  /** 'https://t/{traceId}'. */
  readonly traceUrl?: string
  readonly service?: string
  readonly env?: string
}

/** An alert as text. Every text is redacted, clean, one line and bounded; '' if there is nothing to show. */
export interface Description {
  readonly item: NotificationItem
  /** The record that is shown: the latest while the alert fires, the first once it is resolved. */
  readonly record: LogRecord
  /** 'CRITICAL', or 'RESOLVED'. */
  readonly tag: string
  readonly headline: string
  /** '×37'; '' if it happened once, or if the headline already has the count. */
  readonly times: string
  readonly message: string
  /** What the record says in addition to the headline. */
  readonly text: string
  readonly code: string
  readonly frame: string
  readonly service: string
  readonly env: string
  readonly status: string
  readonly since: string
  readonly last: string
  readonly count: string
  /** 'alice ×12, bob ×3 and 7 more': the words in which the messages of merged alerts differ. */
  readonly variants: string
  readonly requestId: string
  readonly traceId: string
  readonly traceUrl?: string
  readonly runbook: string
  /** The value of a '{field}' placeholder: the names above, 'labels.x', 'err.x', any field of the record. */
  get(path: string): string
}

const longest = {
  headline: 120,
  message: 1000,
  code: 80,
  frame: 200,
  name: 60,
  id: 128,
  value: 500,
  url: 2000,
}

/**
 * Makes the function that describes alerts for one channel; times of the day of `now` are written without a
 * date.
 */
export function createDescribe(options: DescribeOptions) {
  const { locale, zone, scrub, traceUrl } = options
  const word = words[locale]

  return function describe(item: NotificationItem, now: number): Description {
    const { alert } = item
    const isResolved = item.reason === 'resolved'
    const shownKey = (key: string) => scrub.key(key, longest.value)
    const record = translateAbsence(isResolved ? alert.first : alert.latest, alert.key, locale, shownKey)
    const translated = metaAlertText(alert, locale, zone)
    const brief = concise(record, (raw) => scrub.line(raw, longest.message))
    const code = scrub.line(alert.code ?? record.err?.code ?? '', longest.code)
    const { stack, message } = record.err ?? { message: '' }
    const frame = stack === undefined ? undefined : findOwnFrame(stack, message)
    const clock = (ms: number) => zone.clock(ms, now)
    const count =
      item.notifiedAt !== undefined && item.added > 0
        ? word.countSince(alert.count, item.added, clock(item.notifiedAt))
        : String(alert.count)
    const name = (key: 'service' | 'env') => scrub.line(alert.labels[key] ?? options[key] ?? '', longest.name)

    const known = {
      message: brief.message,
      msg: scrub.line(record.msg, longest.message),
      code,
      frame: frame === undefined ? '' : scrub.line(frameText(frame), longest.frame),
      service: name('service'),
      env: name('env'),
      status: statusOf(item, word.status, word.resolvedUnnotified),
      since: zone.full(alert.firstSeen),
      last: zone.full(alert.lastSeen),
      count,
      variants: variantsOf(alert, word, scrub),
      requestId: scrub.line(record.requestId ?? '', longest.id),
      traceId: scrub.line(record.traceId ?? '', longest.id),
      runbook: scrub.line(alert.runbook ?? '', longest.value),
      tag: isResolved ? word.resolved : word.severity[alert.severity],
    }
    const placeholders: Readonly<Record<string, string>> = {
      ...known,
      severity: alert.severity,
      state: alert.state,
      reason: item.reason,
      rule: scrub.line(alert.rule, longest.name),
      id: alert.id,
      count: String(alert.count),
      added: String(item.added),
      time: zone.full(record.time),
      duration: formatDuration(alert.lastSeen - alert.firstSeen, locale),
    }
    const get = (path: string) => lookUp(path, placeholders, alert, record, scrub)
    const link = traceLink(traceUrl, record, known, get)
    const summary =
      alert.summary === undefined
        ? ''
        : scrub.line(translated ?? fillTemplate(alert.summary, get), longest.message)
    const shared = alert.variants === undefined ? '' : scrub.key(alert.variants.message, longest.message)
    const headline = cutChars(
      summary || shared || brief.message || code || placeholders['rule']!,
      longest.headline,
    )
    const counted = summary !== '' && /\{count\}/.test(alert.summary ?? '')

    return {
      item,
      record,
      ...known,
      headline,
      times: alert.count > 1 && !counted ? `×${alert.count}` : '',
      text: cutChars(
        withoutRepeats(
          headline,
          translated === undefined ? [summary, brief.message, brief.error] : [summary],
        ),
        longest.message,
      ),
      ...(link === undefined ? {} : { traceUrl: link }),
      get: (path) => {
        if (path === 'summary' || path === 'title') return headline
        return path === 'traceUrl' ? (link ?? '') : get(path)
      },
    }
  }
}

function variantsOf({ variants }: Alert, word: Words, scrub: Scrub): string {
  if (variants === undefined) return ''
  const { values, more } = variants
  const shown = values.map(({ value, count }) => `${scrub.line(value, longest.name)} ×${count}`).join(', ')
  return more === 0 ? shown : `${shown} ${word.more(more)}`
}

function lookUp(
  path: string,
  placeholders: Readonly<Record<string, string>>,
  alert: Alert,
  record: LogRecord,
  scrub: Scrub,
): string {
  const known = Object.hasOwn(placeholders, path) ? placeholders[path] : undefined
  if (known !== undefined && known !== '') return known
  const sources: readonly unknown[] = [{ labels: alert.labels, err: record.err }, record.fields, alert.labels]
  for (const source of sources) {
    const value = getPath(source, path)
    if (value !== undefined && value !== null) return scrub.value(value, path, longest.value)
  }
  return ''
}

function statusOf(
  item: NotificationItem,
  status: Readonly<Record<NotificationItem['reason'], string>>,
  resolvedUnnotified: string,
): string {
  if (item.reason === 'resolved') return item.notifiedAt === undefined ? resolvedUnnotified : status.resolved
  if (item.alert.state === 'resolved' && item.notifiedAt === undefined) return resolvedUnnotified
  // The first notification of an alert is neither a repeat nor an escalation to its reader.
  if (item.notifiedAt === undefined && item.reason !== 'regression') return ''
  return status[item.reason]
}

/** The link to the trace, if each of its placeholders has a value that redaction did not change. */
function traceLink(
  template: string | undefined,
  record: LogRecord,
  known: { readonly requestId: string; readonly traceId: string },
  get: (path: string) => string,
): string | undefined {
  if (template === undefined) return undefined
  let isComplete = true
  const url = fillTemplate(template, (path) => {
    const value = get(path)
    const raw = path === 'traceId' ? record.traceId : path === 'requestId' ? record.requestId : value
    if (value === '' || value !== raw) isComplete = false
    return encodeURIComponent(value)
  })
  const linked = known.traceId !== '' || known.requestId !== ''
  return isComplete && linked && url.length <= longest.url && isWebUrl(url) ? url : undefined
}

/** Whether a browser may open the address: log data could contain 'javascript:'. */
export function isWebUrl(text: string): boolean {
  return /^https?:\/\//i.test(text) && URL.canParse(text)
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
