// Runs a command of `alert-transport` in this process.
import { createProgram } from '#cli/program.ts'

/** What the command prints; rejects with what it says if it fails. */
export async function run(...argv: string[]): Promise<string> {
  let output = ''
  const out = (text: string) => {
    output += text
  }
  const program = createProgram({ out, signal: new AbortController().signal })
  for (const command of [program, ...program.commands])
    command.exitOverride().configureOutput({ writeErr() {}, writeOut: out })
  await program.parseAsync(argv, { from: 'user' })
  return output
}
