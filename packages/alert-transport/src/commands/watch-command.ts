/**
 * `alert-transport watch`: a hub in a process of its own that outlives a crashed application, at the end of a
 * pipe (`node app.js | npx alert-transport watch --config alerts.yaml`) or around the application
 * (`npx alert-transport watch --config alerts.yaml -- node app.js`). What the application writes is copied to
 * the output unchanged.
 */
import { StringDecoder } from 'node:string_decoder'
import { type AlertOptions, checkOptions, createHub, type Hub } from 'alert-core'
import { Command } from 'commander'
import { createLineReader, noJson } from '../replay/log-line.ts'
import { deathOf, isLogged, stderrField } from '../watch/death.ts'
import { startApplication } from '../watch/watched-application.ts'
import { writeProblems } from './check-command.ts'
import { type CommandIo, exitCodes } from './command-io.ts'
import { configText, readConfig } from './read-config.ts'

const maxLineChars = 1024 * 1024

/** Creates the command; it ends once its input has ended and everything is delivered. */
export function createWatchCommand(io: CommandIo): Command {
  const { exit } = io
  return new Command('watch')
    .description(
      'read log lines from standard input, or of an application that it starts, send alerts about them, and write them to standard output',
    )
    .argument(
      '[application...]',
      'after --, the command that starts the application: its death is an alert too, with its exit code and the last lines of its stderr',
    )
    .requiredOption('--config <file>', configText)
    .addHelpText(
      'after',
      exitCodes(
        'that of the application if it is started here, otherwise 0; 1 if the configuration has a problem, or the application cannot be started',
      ),
    )
    .action(async (command: string[], { config }: { readonly config: string }) => {
      const options = await readConfig(config)
      const { problems } = checkOptions(options)
      if (problems.length > 0) throw new Error(`${config} has problems:\n${writeProblems(problems)}`)
      if (command.length === 0) await watchInput(options, io)
      else exit?.(await watchApplication(command, options, io.out))
    })
}

async function watchInput(options: AlertOptions, io: CommandIo): Promise<void> {
  const { out, input = process.stdin, note = (text) => process.stderr.write(text) } = io
  // The terminal's Ctrl-C is meant for the application; when it ends, our input ends.
  const ignore = () => {}
  process.on('SIGINT', ignore)
  // The same holds for the first SIGTERM, which a supervisor sends to both; a second one ends us.
  process.once('SIGTERM', ignore)
  const hub = createHub(options)
  const read = await readAll(input, hub, out)
  await hub.close()
  process.off('SIGINT', ignore)
  process.off('SIGTERM', ignore)
  if (read.objects === 0) note(`${noJson(read.lines)}\n`)
}

async function watchApplication(
  command: readonly string[],
  options: AlertOptions,
  out: CommandIo['out'],
): Promise<number> {
  const application = await startApplication(command)
  const hub = createHub({ ...options, include: [...(options.include ?? []), stderrField] })
  const { latest } = await readAll(application.stdout, hub, out)
  const exited = await application.ended()
  const death = deathOf(exited)
  if (!exited.isExpected && !isLogged(death, latest, hub)) hub.publish(death)
  await hub.close()
  return exited.exitCode
}

interface Read {
  readonly lines: number
  /** Lines that are JSON objects. */
  readonly objects: number
  readonly latest: readonly string[]
}

const latestLines = 8

async function readAll(input: AsyncIterable<Buffer>, hub: Hub, out: CommandIo['out']): Promise<Read> {
  const decoder = new StringDecoder('utf8')
  const read = createLineReader()
  const latest: string[] = []
  let rest = ''
  let lines = 0
  let objects = 0
  const take = (text: string) => {
    const line = read(text)
    if (line === undefined || line.trim() === '') return
    lines++
    hub.write(line)
    if (!line.startsWith('{')) return
    objects++
    latest.push(line)
    if (latest.length > latestLines) latest.shift()
  }
  for await (const chunk of input) {
    const text = decoder.write(chunk)
    out(text)
    const whole = (rest + text).split('\n')
    rest = whole.pop() ?? ''
    if (rest.length > maxLineChars) {
      hub.countFailure('too-long')
      rest = ''
    }
    for (const line of whole) take(line)
  }
  take(rest)
  return { lines, objects, latest }
}
