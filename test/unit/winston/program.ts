/**
 * A program of its own that logs through the built package: for what happens at the end of a process.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Hook } from './hook.ts'

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
  /** From the program's last call of `mark()` to its end. */
  readonly ms: number
}

/** Runs `body` after a `logger` and its `transport` have been made with the hook's options and `extra`. */
export async function run(hook: Hook, body: string, extra: object = {}, prelude = ''): Promise<Ended> {
  const source = `
    ${prelude}
    const { default: winston } = await import('winston')
    const { AlertTransport } = await import('winston-alert-transport')
    const options = ${JSON.stringify({ ...hook.options, ...extra })}
    const transport = new AlertTransport(options)
    const logger = winston.createLogger({ transports: [transport] })
    const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
    const mark = () => process._rawDebug('mark ' + Date.now())
    mark()
    ${body}
  `
  const child = spawn(process.execPath, ['--input-type=module', '--eval', source], {
    cwd: fileURLToPath(new URL('../../', import.meta.url)),
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
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
  const ended = Date.now()
  const marks = [...stderr.matchAll(/mark (\d+)\n/g)]
  const marked = Number(marks.at(-1)?.[1] ?? ended)
  return { code, signal, stdout, stderr: stderr.replace(/mark \d+\n/g, ''), ms: ended - marked }
}
