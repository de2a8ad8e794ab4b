// Runs a program in a process of its own and resolves with the object it printed as its last line of JSON.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/** `{ result, stdout, code, signal, ms }`; `timeoutMs` kills it. */
export async function runChild(file, args = [], { timeoutMs = 120_000, nodeArgs = [], env = {} } = {}) {
  const started = performance.now()
  const child = spawn(process.execPath, [...nodeArgs, file, ...args.map(String)], {
    cwd: root,
    env: { ...process.env, NODE_OPTIONS: '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk) => {
    stdout = (stdout + chunk).slice(-100_000)
  })
  child.stderr.on('data', (chunk) => {
    stderr = (stderr + chunk).slice(-10_000)
  })
  const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs)
  const [code, signal] = await once(child, 'close')
  clearTimeout(timer)
  const last = stdout
    .trim()
    .split('\n')
    .findLast((line) => line.startsWith('{'))
  return {
    result: last === undefined ? undefined : JSON.parse(last),
    stdout,
    code,
    signal,
    stderr,
    ms: performance.now() - started,
  }
}
