/**
 * A replay's result as text for a terminal.
 */
import Table from 'cli-table3'
import { cleanLine } from '../clean.ts'
import type { ReplayResult } from './replay.ts'
import { channelTotals, isoOf, ruleTotals, topAlerts } from './summary.ts'

const mostMessages = 50
const widest = 100

/** Totals, what was suppressed and why, the top alerts, and the first messages. */
export function writeSummary(result: ReplayResult): string {
  const { lines, stats, notified, more, suppressed } = result
  const parts = [
    `${counted(lines, 'line')} from ${isoOf(result.from) ?? '?'} to ${isoOf(result.to) ?? '?'}: ${counted(stats.matched, 'record')} matched, ${counted(notified.length + more, 'message')} would have been sent.`,
    '',
    'By channel',
    table(
      ['channel', 'messages', 'reasons'],
      channelTotals(result).map(({ channel, messages, reasons }) => [
        channel,
        number(messages),
        Object.entries(reasons)
          .map(([reason, count]) => `${reason} ${number(count)}`)
          .join(' · '),
      ]),
    ),
  ]
  parts.push(
    '',
    'By rule',
    table(
      ['rule', 'records', 'off', 'notified', 'messages', 'suppressed'],
      ruleTotals(result).map(({ rule, matched, off, notified, messages, suppressed }) => [
        cut(rule),
        number(matched),
        number(off),
        number(notified),
        number(messages),
        Object.entries(suppressed)
          .map(([reason, count]) => `${reason} ${number(count)}`)
          .join(' · '),
      ]),
    ),
  )
  if (suppressed.length > 0) {
    parts.push(
      '',
      'Not notified',
      table(
        ['channel', 'rule', 'reason', 'times'],
        suppressed.map(({ channel, rule, reason, count }) => [channel, cut(rule), reason, number(count)]),
      ),
    )
  }
  const failures = Object.entries(stats.failures)
  if (failures.length > 0) {
    parts.push(
      '',
      `Lines that are not records: ${failures.map(([why, count]) => `${why} ${number(count)}`).join(', ')}`,
    )
  }
  parts.push(
    '',
    'Top alerts',
    table(
      ['records', 'messages', 'severity', 'alert'],
      topAlerts(result, 10).map(({ count, messages, severity, title }) => [
        number(count),
        number(messages),
        severity,
        cut(title),
      ]),
    ),
    '',
    'Messages',
    table(
      ['when', 'channel', 'reason', 'subject'],
      shown(notified).map(({ at, channel, message }) => [
        isoOf(at) ?? '',
        channel,
        message.reason,
        cut(message.subject),
      ]),
    ),
  )
  const hidden = notified.length + more - Math.min(notified.length, mostMessages)
  if (hidden > 0) parts.push(`… and ${number(hidden)} more: --html shows them, and --json.`)
  return `${parts.join('\n')}\n`
}

function shown<Item>(notified: readonly Item[]): readonly Item[] {
  return notified.slice(0, mostMessages)
}

function table(head: string[], rows: string[][]): string {
  if (rows.length === 0) return '  none'
  const drawn = new Table({ head, style: { head: [], border: [] } })
  drawn.push(...rows)
  return drawn.toString()
}

function cut(text: string): string {
  const chars = Array.from(cleanLine(text))
  return chars.length > widest ? `${chars.slice(0, widest - 1).join('')}…` : chars.join('')
}

function counted(count: number, noun: string): string {
  return `${number(count)} ${noun}${count === 1 ? '' : 's'}`
}

function number(value: number): string {
  return value.toLocaleString('en')
}
