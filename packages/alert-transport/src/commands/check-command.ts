/**
 * `alert-transport check`: every problem of a configuration with its path, or the resolved options if there
 * is none.
 */
import { type ChannelPlan, checkOptions, type Plan, type Problem } from 'alert-core'
import { Command } from 'commander'
import type { CommandIo } from './command-io.ts'
import { readConfig } from './read-config.ts'

/** Creates the command; it rejects if there is a problem, so that the exit code is 1. */
export function createCheckCommand({ out }: CommandIo): Command {
  return new Command('check')
    .description(
      'check a configuration: print every problem with its path, or the resolved options with secrets masked',
    )
    .argument('<config>', 'the options of the transport, JSON or YAML')
    .action(async (file: string) => {
      const { plan, problems } = checkOptions(await readConfig(file))
      if (problems.length > 0) {
        throw new Error(
          `${file} has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}:\n${writeProblems(problems)}`,
        )
      }
      out(`${file} is valid. It resolves to:\n\n${JSON.stringify(masked(plan), null, 2)}\n`)
    })
}

/** One line a problem. */
export function writeProblems(problems: readonly Problem[]): string {
  return problems.map(({ path, message }) => `  ${path}: ${message}`).join('\n')
}

/** The plan without what must not be shown; durations are in milliseconds. */
function masked(plan: Plan): object {
  const { secrets, channels, ...rest } = plan
  const text = JSON.stringify({ ...rest, channels: channels.map(shownChannel) })
  return JSON.parse(
    // The longest first: if a part of it were masked before, the rest would stay visible.
    [...secrets]
      .sort((a, b) => b.length - a.length)
      .reduce((hidden, secret) => hidden.replaceAll(JSON.stringify(secret).slice(1, -1), '***'), text),
  )
}

function shownChannel({ definition, providerOptions, ...channel }: ChannelPlan): object {
  return { ...channel, provider: definition.title, options: providerOptions }
}
