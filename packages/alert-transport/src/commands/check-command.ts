/**
 * `alert-transport check`: every problem of a configuration with its path, or a summary if there is none.
 */
import { extname } from 'node:path'
import {
  type AlertOptions,
  checkOptions,
  type Plan,
  type Problem,
  type Rotation,
  ruleWarnings,
  turnsFrom,
} from 'alert-core'
import { Command } from 'commander'
import { stringify } from 'yaml'
import { isObject } from '../fake/json.ts'
import { decideWithoutSecrets } from '../replay/decide-only.ts'
import { type CommandIo, exitCodes } from './command-io.ts'
import { configText, readConfig } from './read-config.ts'
import { levelInWords, resolvedOptions } from './resolved-options.ts'

interface CheckFlags {
  readonly config?: string
  readonly strict: boolean
  readonly verbose: boolean
  /** `--no-env` makes it false. */
  readonly env: boolean
}

/** Creates the command; it rejects if there is a problem, so that the exit code is 1. */
export function createCheckCommand({ out }: CommandIo): Command {
  return new Command('check')
    .description('check a configuration: print every problem with its path, or what it comprises')
    .argument('[config]', `${configText}; default: ALERT_CONFIG of the environment`)
    .option('--config <file>', 'the same, as the other commands take it')
    .option(
      '--strict',
      'fail also if there are warnings: rules that reach no channel or have no effect',
      false,
    )
    .option('--verbose', 'print also all options with their defaults, ready to be pasted', false)
    .option('--no-env', 'take any value for a variable of the environment that is not set')
    .addHelpText('after', exitCodes('0 if it is valid, 1 if not, or with --strict if there are warnings'))
    .action(
      async (
        argument: string | undefined,
        { config, strict, verbose, env }: CheckFlags,
        command: Command,
      ) => {
        const file = argument ?? config ?? process.env['ALERT_CONFIG']
        if (file === undefined)
          command.error("error: missing argument 'config'", { code: 'commander.missingArgument' })
        if (argument !== undefined && config !== undefined)
          command.error("error: give the file once, as the argument or with '--config'", {
            code: 'commander.conflictingOption',
          })
        const options = await readConfig(file)
        const deciding = env ? undefined : decideWithoutSecrets(options)
        const checked = checkOptions(options, deciding?.env)
        const { plan } = checked
        const { problems } = deciding ?? checked
        if (problems.length > 0) {
          throw new Error(
            `${file} has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}:\n${writeProblems(problems)}`,
          )
        }
        const warnings = ruleWarnings(plan).map(({ message }) => `  ${withoutSecrets(message, plan)}`)
        const count = warnings.length === 1 ? 'a warning' : `${warnings.length} warnings`
        if (warnings.length > 0 && strict) throw new Error(`${file} has ${count}:\n${warnings.join('\n')}`)
        const found = warnings.length === 0 ? '.' : `, with ${count}:\n${warnings.join('\n')}\n`
        const onCall = withoutSecrets(writeTurns(plan.rotations, Date.now()), plan)
        const all = verbose ? `\n${writeAll(file, options, plan)}` : ''
        out(`${file} is valid${found}${onCall}\n${withoutSecrets(writePlan(plan), plan)}${all}`)
      },
    )
}

/** What it comprises, a line each. */
function writePlan({ level, service, env, channels, rules, stateDir, fleet, redis }: Plan): string {
  const name = [service, env].filter((part) => part !== undefined).join(' ')
  const place = redis === undefined ? stateDir : 'Redis'
  const isShared = redis !== undefined || fleet
  const facts = [
    ['service', name || 'as the logger, OTEL_SERVICE_NAME or npm_package_name says'],
    ['level', String(levelInWords(level))],
    ...channels.map(({ name: own, definition, minSeverity }) => [
      'channel',
      `${own}: ${definition.title}, from ${minSeverity}`,
    ]),
    ['rules', rules.map((rule) => rule.name).join(', ') || 'none'],
    [
      'state',
      place === undefined ? 'none' : `in ${place}${isShared ? ', one process notifies for all' : ''}`,
    ],
  ]
  return facts.map(([what = '', value]) => `  ${what.padEnd(8)} ${value}\n`).join('')
}

const shownTurns = 4

/** Who is on call in the next turns, in the zone of the turns; '' if no group takes turns. */
export function writeTurns(rotations: readonly Rotation[], now: number): string {
  const texts = rotations.map((rotation) => {
    const turns = turnsFrom(rotation, now, shownTurns)
    const lines = turns.map(({ members, from, to }) => {
      const [start, end] = [from, to].map((at) => localText(at, rotation.timeZone))
      return `  ${start} – ${end}  ${members.join(', ')}`
    })
    const zone = rotation.timeZone ?? "the machine's zone"
    return `\n\nOn call in \`recipients.${rotation.group}\` (${zone}):\n${lines.join('\n')}`
  })
  return texts.length === 0 ? '' : `${texts.join('')}\n\n`
}

/** '2026-11-30 09:00 GMT+1' */
function localText(at: number, timeZone: string | undefined): string {
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'shortOffset',
  })
  return format.format(at)
}

/** One line a problem. */
export function writeProblems(problems: readonly Problem[]): string {
  return problems.map(({ path, message }) => `  ${path}: ${message}`).join('\n')
}

/** All options in the format of the file, without secrets that stand in it. */
function writeAll(file: string, options: AlertOptions, plan: Plan): string {
  const all = masked(resolvedOptions(options, plan), plan)
  const text =
    extname(file) === '.json' ? `${JSON.stringify(all, null, 2)}\n` : stringify(all, { lineWidth: 0 })
  const note = text.includes(mask) ? `, and ${mask} for each secret that the file holds itself` : ''
  return `All options, with their defaults${note}:\n\n${text}`
}

const mask = '***'

function masked(value: unknown, plan: Plan): unknown {
  if (typeof value === 'string') return withoutSecrets(value, plan)
  if (Array.isArray(value)) return value.map((item) => masked(item, plan))
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, masked(part, plan)]))
}

function withoutSecrets(text: string, { secrets }: Pick<Plan, 'secrets'>): string {
  // The longest first: if a part of it were masked before, the rest would stay visible.
  return [...secrets]
    .sort((a, b) => b.length - a.length)
    .reduce((hidden, secret) => hidden.replaceAll(secret, mask), text)
}
