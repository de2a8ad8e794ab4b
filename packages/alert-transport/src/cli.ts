/** The `alert-transport` command: signals, exit codes and the terminal; everything else is in the program. */
import { cleanLine } from './clean.ts'
import { createProgram } from './program.ts'

const stop = new AbortController()
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort())

// A reader that closes early, such as `head`, ends the command without an error.
process.stdout.on('error', () => stop.abort())

createProgram({
  out: (text) => process.stdout.write(text),
  signal: stop.signal,
  exit: (code) => {
    process.exitCode = code
  },
})
  .parseAsync()
  .catch((cause: unknown) => {
    process.stderr.write(`alert-transport: ${explain(cause)}\n`)
    process.exitCode = 1
  })

function explain(cause: unknown): string {
  const { code, port, address, message } = cause as NodeJS.ErrnoException & {
    port?: number
    address?: string
  }
  if (code === 'EADDRINUSE') return `port ${port} is taken; choose another with --port or --smtp-port`
  if (code === 'EADDRNOTAVAIL') return `this machine has no address ${address}`
  if (code === 'EACCES') return `port ${port} needs more rights; choose one above 1023`
  // One line for each problem.
  return message
    .split('\n')
    .map((line) => line.replace(/^( *).*/s, '$1') + cleanLine(line))
    .join('\n')
}
