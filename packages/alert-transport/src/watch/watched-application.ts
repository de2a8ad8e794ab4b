/**
 * An application as a child process: its output is read, its stderr is passed on and its last lines are
 * remembered, and signals that mean to end it reach it.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { constants } from 'node:os'
import type { Readable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'

/** How it ended. */
export interface Exited {
  /** As a shell gives it: 128 and the number of the signal if one ended it. */
  readonly exitCode: number
  readonly signal: NodeJS.Signals | undefined
  /** It was asked to end, or ended as it should. */
  readonly isExpected: boolean
  /** The end of its stderr. */
  readonly stderr: string
}

export interface WatchedApplication {
  readonly stdout: Readable
  /** Once it has ended and its output is read. */
  ended(): Promise<Exited>
}

const keptChars = 16_384
const stops = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const

/** Starts it; rejects with a sentence if that is not possible. */
export async function startApplication([
  program = '',
  ...args
]: readonly string[]): Promise<WatchedApplication> {
  const child = spawn(program, args, { stdio: ['inherit', 'pipe', 'pipe'] })
  const closed = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>
  // Awaited in ended(); until then a failure to start is reported below.
  closed.catch(() => undefined)
  await once(child, 'spawn').catch((cause: NodeJS.ErrnoException) => {
    throw new Error(`cannot start ${program}: ${cause.code ?? cause.message}`, { cause })
  })

  let isAsked = false
  const handlers = stops.map((signal) => {
    const handle = () => {
      isAsked = true
      // A terminal sends Ctrl-C to the application itself.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
    }
    process.on(signal, handle)
    return () => process.off(signal, handle)
  })

  let stderr = ''
  const decoder = new StringDecoder('utf8')
  child.stderr.on('data', (chunk: Buffer) => {
    process.stderr.write(chunk)
    stderr = (stderr + decoder.write(chunk)).slice(-keptChars)
  })

  return {
    stdout: child.stdout,
    async ended() {
      const [code, signal] = await closed
      for (const remove of handlers) remove()
      const exitCode = signal === null ? (code ?? 1) : 128 + constants.signals[signal]
      const isStopped = (stops as readonly unknown[]).includes(signal)
      return {
        exitCode,
        signal: signal ?? undefined,
        isExpected: isAsked || isStopped || exitCode === 0,
        stderr,
      }
    },
  }
}
