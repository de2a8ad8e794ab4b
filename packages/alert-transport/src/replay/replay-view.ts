/**
 * The result of a replay as rows of text, in the language and the time zone of the options: what the terminal
 * and the page show alike.
 */
import { type AlertOptions, createZone, type Zone } from 'alert-core'
import type { ReplayResult } from './replay.ts'
import { type Locale, type ReplayWords, wordsOf } from './replay-words.ts'
import { channelTotals, ruleTotals, topAlerts } from './summary.ts'

/** One table. `numbers` are the columns that hold numbers only. */
export interface ShownTable {
  readonly title: string
  readonly note?: string
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
  readonly numbers: readonly number[]
}

export interface ReplayView {
  readonly locale: Locale
  readonly words: ReplayWords
  readonly zone: Zone
  readonly summary: string
  readonly failures: string | undefined
  readonly tables: readonly ShownTable[]
  /** The head of the table of messages. */
  readonly messageHead: readonly string[]
}

/** The options' own language and zone; a channel's own is for its messages only. */
export function viewOf(result: ReplayResult, { locale = 'en', timeZone }: AlertOptions): ReplayView {
  const words = wordsOf(locale)
  const zone = createZone(timeZone)
  const { columns } = words
  const at = (ms: number | undefined) => (ms === undefined ? '?' : zone.full(ms))
  const tables = [
    {
      title: words.byChannel,
      head: [columns.channel, columns.messages, columns.reasons],
      rows: channelTotals(result).map(({ channel, messages, reasons }) => [
        channel,
        number(messages),
        list(reasons, words.reasons),
      ]),
      numbers: [1],
    },
    {
      title: words.byRule,
      head: [
        columns.rule,
        columns.records,
        columns.off,
        columns.notified,
        columns.messages,
        columns.suppressed,
      ],
      rows: ruleTotals(result).map(({ rule, matched, off, notified, messages, suppressed }) => [
        rule,
        number(matched),
        number(off),
        number(notified),
        number(messages),
        list(suppressed),
      ]),
      numbers: [1, 2, 3, 4],
    },
    {
      title: words.keptBack,
      note: words.keptBackNote,
      head: [columns.rule, columns.condition, columns.records, columns.keptBack, columns.closest],
      rows: result.keptBack.map(({ rule, condition, matched, records, closest }) => [
        rule,
        condition,
        number(matched),
        number(records),
        closest === undefined
          ? ''
          : words.closest(number(closest.count), number(closest.of), zone.minute(closest.at)),
      ]),
      numbers: [2, 3],
    },
    {
      title: words.notNotified,
      head: [columns.channel, columns.rule, columns.reason, columns.times],
      rows: result.suppressed.map(({ channel, rule, reason, count }) => [
        channel,
        rule,
        reason,
        number(count),
      ]),
      numbers: [3],
    },
    {
      title: words.top,
      head: [columns.records, columns.messages, columns.severity, columns.alert],
      rows: topAlerts(result, 10).map(({ count, messages, severity, title }) => [
        number(count),
        number(messages),
        words.severities[severity] ?? severity,
        title,
      ]),
      numbers: [0, 1],
    },
  ]
  const failures = list(result.stats.failures)
  const sent = result.notified.length + result.more
  return {
    locale,
    words,
    zone,
    summary: words.summary(
      words.lines(number(result.lines), result.lines === 1),
      words.records(number(result.stats.matched), result.stats.matched === 1),
      words.messages(number(sent), sent === 1),
      at(result.from),
      at(result.to),
    ),
    failures: failures === '' ? undefined : words.failures(failures),
    tables,
    messageHead: [
      `${columns.when} (${result.from === undefined ? '?' : zone.offset(result.from)})`,
      columns.channel,
      columns.reason,
      columns.subject,
    ],
  }
}

function list(
  counts: Readonly<Record<string, number>>,
  names: Readonly<Record<string, string>> = {},
): string {
  return Object.entries(counts)
    .map(([name, count]) => `${names[name] ?? name} ${number(count)}`)
    .join(' · ')
}

/** The same in both languages, as in messages. */
export function number(value: number): string {
  return value.toLocaleString('en')
}
