/**
 * Programs of their own that log through the built packages: for what happens at the end of a process or of
 * a thread.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** Source texts that set `logger` and `alerts`, for `options`. The logger's own lines go nowhere. */
export const adapters = {
  alertStream: `const { default: pino } = await import('pino')
    const { alertStream } = await import('pino-alert-transport')
    alerts = alertStream(options)
    logger = pino({}, pino.multistream([{ stream: { write() {} } }, alerts]))`,
  alertTransport: `const { default: pino } = await import('pino')
    const { alertTransport } = await import('pino-alert-transport')
    alerts = alertTransport(options)
    logger = pino({ transport: alerts })`,
  winston: `const { default: winston } = await import('winston')
    const { AlertTransport } = await import('winston-alert-transport')
    alerts = new AlertTransport(options)
    logger = winston.createLogger({ transports: [alerts] })`,
} as const

export type Adapter = keyof typeof adapters

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

interface RunOptions {
  /** A command before it, such as `unshare`. */
  readonly under?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** It is killed after these milliseconds: a program that does not end would keep the test. */
  readonly timeout?: number
}

/** Where the packages are found. */
export const root = fileURLToPath(new URL('../../', import.meta.url))

/** Node's arguments for a module that has no file. */
export const inline = (source: string) => ['--input-type=module', '--eval', source]

/** Runs Node with these arguments to its end. */
export async function runNode(
  args: readonly string[],
  { under = [], env = {}, timeout }: RunOptions = {},
): Promise<Ended> {
  const [first, ...rest] = [...under, process.execPath, ...args]
  const child = spawn(first!, rest, {
    cwd: root,
    env: { ...process.env, NODE_OPTIONS: '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(timeout !== undefined && { timeout, killSignal: 'SIGKILL' }),
  })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk) => {
    stdout += chunk
  })
  child.stderr.on('data', (chunk) => {
    stderr += chunk
  })
  const [code, signal] = await once(child, 'close')
  return { code, signal, stdout, stderr }
}
