/** The command line as a value: what `cli.ts` runs, and what tests run without a process. */
import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { createAnswerCommands } from './commands/answer-commands.ts'
import { createCheckCommand } from './commands/check-command.ts'
import type { CommandIo } from './commands/command-io.ts'
import { createExplainCommand } from './commands/explain-command.ts'
import { createInboxCommand } from './commands/inbox-command.ts'
import { createReplayCommand } from './commands/replay-command.ts'
import { createSendTestCommand } from './commands/send-test-command.ts'
import { createWatchCommand } from './commands/watch-command.ts'
import { packageRoot } from './package-root.ts'

export function createProgram(io: CommandIo): Command {
  const program = new Command('alert-transport')
    .description('Test, replay and send the alerts of pino-alert-transport and winston-alert-transport')
    .version(version())
    .addCommand(createInboxCommand(io))
    .addCommand(createCheckCommand(io))
    .addCommand(createExplainCommand(io))
    .addCommand(createSendTestCommand(io))
    .addCommand(createReplayCommand(io))
    .addCommand(createWatchCommand(io))
  for (const command of createAnswerCommands(io)) program.addCommand(command)
  // `addCommand` passes no settings on: without this, a wrong option of a command shows no help.
  for (const command of [program, ...program.commands]) command.showHelpAfterError()
  return program
}

function version(): string {
  const manifest = JSON.parse(readFileSync(new URL('package.json', packageRoot), 'utf8')) as {
    readonly version: string
  }
  return manifest.version
}
