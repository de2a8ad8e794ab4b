/**
 * A replay's result as text for a terminal.
 */
import Table from 'cli-table3'
import { cleanLine } from '../clean.ts'
import type { ReplayResult } from './replay.ts'
import { number, type ReplayView } from './replay-view.ts'

const mostMessages = 50
const widest = 100

/** Totals, what was kept back or suppressed and why, the top alerts, and the first messages. */
export function writeSummary(
  { notified, more }: ReplayResult,
  { words, zone, summary, failures, tables, messageHead }: ReplayView,
): string {
  const parts = [summary]
  // A table without rows says nothing, but of the channels: that nothing was sent.
  for (const [index, { title, note, head, rows }] of tables.entries()) {
    if (rows.length === 0 && index > 0) continue
    parts.push('', title, ...(note === undefined ? [] : [note]), table(head, rows, words.none))
  }
  if (failures !== undefined) parts.push('', failures)
  const shown = notified
    .slice(0, mostMessages)
    .map(({ at, channel, message: { reason, subject } }) => [
      zone.full(at).split(' ').slice(0, 2).join(' '),
      channel,
      words.reasons[reason] ?? reason,
      subject,
    ])
  parts.push('', words.all, table(messageHead, shown, words.none))
  const hidden = notified.length + more - shown.length
  if (hidden > 0) parts.push(words.hidden(number(hidden)))
  return `${parts.join('\n')}\n`
}

function table(head: readonly string[], rows: readonly (readonly string[])[], none: string): string {
  if (rows.length === 0) return `  ${none}`
  const drawn = new Table({ head: [...head], style: { head: [], border: [] } })
  drawn.push(...rows.map((row) => row.map(cut)))
  return drawn.toString()
}

function cut(text: string): string {
  const chars = Array.from(cleanLine(text))
  return chars.length > widest ? `${chars.slice(0, widest - 1).join('')}…` : chars.join('')
}
