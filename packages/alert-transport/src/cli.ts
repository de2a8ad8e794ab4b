/** The `alert-transport` command: signals, exit codes and the terminal; everything else is in the program. */
import { getEventListeners } from 'node:events'
import { cleanLine } from './clean.ts'
import { createProgram } from './program.ts'

const stop = new AbortController()
for (const name of ['SIGINT', 'SIGTERM'] as const)
  process.once(name, () => {
    const isAwaited = getEventListeners(stop.signal, 'abort').length > 0
    stop.abort()
    // A command that does not wait for it ends by the signal, as any program.
    if (!isAwaited && process.listenerCount(name) === 0) process.kill(process.pid, name)
  })

// A reader that closes early, such as `head`, ends the command without an error.
process.stdout.on('error', () => stop.abort())

void createProgram({
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
  .then(end)

/**
 * A configuration that is a module may leave a timer or a socket open, which would keep the process running.
 * What is printed goes out first: a pipe takes only a part at once.
 */
function end(): void {
  process.stdout.write('', () => process.stderr.write('', () => process.exit()))
}

// Nothing is left to wait for, but the command has not ended: without this, its exit code would be 0.
process.once('beforeExit', () => {
  process.stderr.write('alert-transport: not done: the configuration awaits something that never comes\n')
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
