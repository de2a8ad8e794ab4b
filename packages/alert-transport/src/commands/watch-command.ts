/**
 * `alert-transport watch`: a hub at the end of a pipe, in a process of its own, that outlives a crashed
 * application: `node app.js | npx alert-transport watch --config config.json`. The input is copied to the
 * output unchanged.
 */
import { StringDecoder } from 'node:string_decoder'
import { checkOptions, createHub } from 'alert-core'
import { Command } from 'commander'
import { createLineReader, noJson } from '../replay/log-line.ts'
import { writeProblems } from './check-command.ts'
import { type CommandIo, exitCodes } from './command-io.ts'
import { configText, readConfig } from './read-config.ts'

const maxLineChars = 1024 * 1024

/** Creates the command; it ends once its input has ended and everything is delivered. */
export function createWatchCommand({ out }: CommandIo): Command {
  return new Command('watch')
    .description(
      'read log lines from standard input, send alerts about them, and write them to standard output',
    )
    .requiredOption('--config <file>', configText)
    .action(async ({ config }: { readonly config: string }) => {
      const options = await readConfig(config)
      const { problems } = checkOptions(options)
      if (problems.length > 0) throw new Error(`${config} has problems:\n${writeProblems(problems)}`)
      // The terminal's Ctrl-C is meant for the application; when it ends, our input ends.
      process.on('SIGINT', () => {})
      const hub = createHub(options)
      const decoder = new StringDecoder('utf8')
      const read = createLineReader()
      let rest = ''
      let lines = 0
      let objects = 0
      const take = (text: string) => {
        const line = read(text)
        if (line === undefined || line.trim() === '') return
        lines++
        if (line.startsWith('{')) objects++
        hub.write(line)
      }
      for await (const chunk of process.stdin) {
        const text = decoder.write(chunk as Buffer)
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
      await hub.close()
      if (objects === 0) process.stderr.write(`${noJson(lines)}\n`)
    })
}
