/**
 * `alert-transport explain`: what would happen to records under a configuration: the rule that takes each,
 * its key, its channels, and why a channel would be notified later or not at all. Sends nothing.
 */
import { createHub, createVirtualClock, type Explanation } from 'alert-core'
import { Command } from 'commander'
import { cleanLine, jsonLine } from '../clean.ts'
import { decideOnly, decideWithoutSecrets } from '../replay/decide-only.ts'
import { batchesOf } from '../replay/line-batches.ts'
import { createLineReader } from '../replay/log-line.ts'
import { openSource } from '../replay/log-source.ts'
import { writeProblems } from './check-command.ts'
import { type CommandIo, exitCodes } from './command-io.ts'
import { configText, readConfig } from './read-config.ts'

interface ExplainFlags {
  readonly config?: string
  readonly json: boolean
}

/** Creates the command; each record is explained alone, as the first one after a start. */
export function createExplainCommand({ out }: CommandIo): Command {
  return new Command('explain')
    .description(
      'explain what would happen to log lines: which rule takes them, their key, their channels, and by what the others filter; sends nothing',
    )
    .argument('[records...]', 'lines of the log, or JSON objects; default: standard input')
    .option('--config <file>', `${configText}; default: the defaults`)
    .option('--json', 'print one line of JSON for each record', false)
    .addHelpText('after', `\n${alone}\n${exitCodes('0, or 1 if the configuration has a problem')}`)
    .action(async (records: string[], { config, json }: ExplainFlags) => {
      const options = config === undefined ? {} : await readConfig(config)
      const { env, problems } = decideWithoutSecrets(options)
      if (problems.length > 0) throw new Error(`${config} has problems:\n${writeProblems(problems)}`)
      const clock = createVirtualClock(Date.now())
      const hub = createHub(decideOnly(options), {
        clock,
        env,
        warn: () => {},
        sender: () => ({ send: async () => ({ status: 'delivered' }) }),
      })
      const explain = (line: string) => {
        const explanation = hub.explain(line)
        out(json ? `${jsonLine(explanation)}\n` : write(line, explanation, clock.now()))
      }
      const read = createLineReader()
      for (const record of records) explain(read(record) ?? record)
      if (records.length === 0) {
        for await (const lines of batchesOf(openSource('-')))
          for (const line of lines) if (line !== '') explain(line)
      }
      await hub.close()
      if (!json) out(`${alone}\n`)
    })
}

const alone =
  'Each line is looked at alone, as the first after a start: `replay` shows what lines bring about together.'

const outcomes: Readonly<Record<Explanation['outcome'], string>> = {
  failed: 'is not a record',
  below: 'is below the level, and no rule reads that level',
  nothing: 'matches no rule',
  off: 'matches a rule that is off',
  ends: 'ends alerts',
  seen: 'is what a rule with `absent` waits for',
  counts: 'counts for an alert',
}

function write(line: string, explanation: Explanation, now: number): string {
  const { outcome, failed, rule, key, severity, state, count, of, channels = [] } = explanation
  const facts = [
    rule === undefined ? '' : `  rule      ${cleanLine(rule)}`,
    severity === undefined ? '' : `  severity  ${severity}`,
    key === undefined ? '' : `  key       ${cleanLine(key)}`,
    state === undefined ? '' : `  state     ${state}${of === undefined ? '' : ` (${count} of ${of})`}`,
    ...channels.map(
      ({ channel, takes, why, at, filter }) =>
        `  ${takes ? '→' : '✗'} ${channel}${said(takes, filter ?? why, at, now)}`,
    ),
  ]
  const shown = Array.from(cleanLine(line))
  const head = shown.length > 160 ? `${shown.slice(0, 159).join('')}…` : shown.join('')
  const end = failed === undefined ? '' : `: ${failed}`
  return `${[head, `  ${outcomes[outcome]}${end}`, ...facts.filter(Boolean)].join('\n')}\n\n`
}

function said(takes: boolean, why: string | undefined, at: number | undefined, now: number): string {
  if (!takes) return `: ${why ?? 'filtered'}`
  if (why === undefined) return ': at once'
  return `: ${why}${at === undefined ? '' : `, ${Math.max(0, Math.round((at - now) / 1000))} s`}`
}
