/** The command line as a value: what `cli.ts` runs, and what tests run without a process. */
import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { type CommandIo, createInboxCommand } from './commands/inbox.ts'

/** Creates the program with all its commands. */
export function createProgram(io: CommandIo): Command {
  return new Command('alert-kit')
    .description('Try alerts before they page you')
    .version(version())
    .addCommand(createInboxCommand(io))
}

function version(): string {
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    readonly version: string
  }
  return manifest.version
}
