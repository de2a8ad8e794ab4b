/**
 * `alert-transport replay`: which notifications these rules would have sent for these logs. Sends nothing.
 */
import { writeFile } from 'node:fs/promises'
import { SingleBar } from 'cli-progress'
import { Command } from 'commander'
import { decideWithoutSecrets } from '../replay/decide-only.ts'
import { noJson } from '../replay/log-line.ts'
import { openSource, type Source } from '../replay/log-source.ts'
import { replay } from '../replay/replay.ts'
import { writePage } from '../replay/replay-page.ts'
import { viewOf } from '../replay/replay-view.ts'
import { toJson } from '../replay/summary.ts'
import { writeSummary } from '../replay/terminal.ts'
import { writeProblems } from './check-command.ts'
import { type CommandIo, exitCodes } from './command-io.ts'
import { configText, readConfig } from './read-config.ts'

interface ReplayFlags {
  readonly config?: string
  readonly html?: string
  readonly json: boolean
}

/** Creates the command; it rejects if the configuration has a problem or a file cannot be read. */
export function createReplayCommand({ out }: CommandIo): Command {
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
      if (leftOut.length > 0) process.stderr.write(`ignored:\n${writeProblems(leftOut)}\n`)
      const sources = logs.map(openSource)
      const progress = openProgress(sources)
      const result = await replay(options, sources, { env, onProgress: progress.update })
      progress.stop()
      if (result.lines - (result.stats.failures['not-json'] ?? 0) === 0)
        process.stderr.write(`${noJson(result.lines)}\n`)
      const view = viewOf(result, options)
      if (html !== undefined) await writeFile(html, writePage(result, view))
      out(json ? `${JSON.stringify(toJson(result), null, 2)}\n` : writeSummary(result, view))
      if (html !== undefined && !json) out(`\nThe page is in ${html}\n`)
    })
}

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
