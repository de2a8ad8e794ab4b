/**
 * `alert-transport replay`: which notifications these rules would have sent for these logs. Sends nothing.
 */
import { writeFile } from 'node:fs/promises'
import { SingleBar } from 'cli-progress'
import Table from 'cli-table3'
import { Command } from 'commander'
import { cleanLine } from '../clean.ts'
import { decideWithoutSecrets } from '../replay/decide-only.ts'
import { noJson } from '../replay/log-line.ts'
import { openSource, type Source } from '../replay/log-source.ts'
import { type ReplayResult, replay } from '../replay/replay.ts'
import { writePage } from '../replay/replay-page.ts'
import { number, type ReplayView, viewOf } from '../replay/replay-view.ts'
import { toJson } from '../replay/summary.ts'
import { writeProblems } from './check-command.ts'
import { type CommandIo, exitCodes } from './command-io.ts'
import { configText, readConfig } from './read-config.ts'

interface ReplayFlags {
  readonly config?: string
  readonly html?: string
  readonly json: boolean
}

/** Creates the command; it rejects if the configuration has a problem or a file cannot be read. */
export function createReplayCommand({
  out,
  note = (text) => process.stderr.write(text),
}: CommandIo): Command {
  return new Command('replay')
    .description(
      'run old logs through the rules and show the notifications they would have sent; sends nothing',
    )
    .argument('<logs...>', 'files of JSON lines, gzipped or not, merged by time; - is standard input')
    .option('--config <file>', `${configText}; default: the defaults`)
    .option('--html <file>', 'write one self-contained HTML page with a timeline')
    .option('--json', 'print the result as JSON', false)
    .addHelpText('after', exitCodes('0, or 1 if the configuration has a problem or a file cannot be read'))
    .action(async (logs: string[], { config, html, json }: ReplayFlags) => {
      const options = config === undefined ? {} : await readConfig(config)
      const { env, problems, leftOut } = decideWithoutSecrets(options)
      if (problems.length > 0) throw new Error(`${config} has problems:\n${writeProblems(problems)}`)
      if (leftOut.length > 0) note(`ignored:\n${writeProblems(leftOut)}\n`)
      const sources = logs.map(openSource)
      const progress = openProgress(sources)
      const result = await replay(options, sources, { env, onProgress: progress.update })
      progress.stop()
      if (result.lines - (result.stats.failures['not-json'] ?? 0) === 0) note(`${noJson(result.lines)}\n`)
      const view = viewOf(result, options)
      if (html !== undefined) await writeFile(html, writePage(result, view))
      out(json ? `${JSON.stringify(toJson(result), null, 2)}\n` : writeSummary(result, view))
      if (html !== undefined && !json) out(`\nThe page is in ${html}\n`)
    })
}

// ── the result as text for a terminal

const mostMessages = 50
const widest = 100

/** Totals, what was kept back or suppressed and why, the top alerts, and the first messages. */
function writeSummary(
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

// ── progress

interface Progress {
  update(lines: number): void
  stop(): void
}

/** A bar with rate and time left on standard error, if that is a terminal. */
function openProgress(sources: readonly Source[]): Progress {
  const total = sources.reduce((sum, source) => sum + source.totalBytes, 0)
  if (!process.stderr.isTTY || total === 0) return { update: () => {}, stop: () => {} }
  const bar = new SingleBar({
    format: '{bar} {percentage} % · {rate} lines/s · {eta_formatted} left',
    hideCursor: true,
    stream: process.stderr,
  })
  const started = performance.now()
  bar.start(total, 0, { rate: '…' })
  return {
    update(lines) {
      const rate = Math.round(lines / ((performance.now() - started) / 1000)).toLocaleString('en')
      bar.update(
        sources.reduce((sum, source) => sum + source.readBytes(), 0),
        { rate },
      )
    },
    stop: () => bar.stop(),
  }
}
