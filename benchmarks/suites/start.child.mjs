// One process: imports an adapter, starts its worker, and prints how long that took until the worker was up,
// with the CPU time of both threads, and the moments of the thread that logs.
import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { steadyMs } from '../lib/marks.mjs'

const [what, url] = process.argv.slice(2)
// Never sent: the message waits.
const options = { channels: { hook: { type: 'webhook', url: 'http://127.0.0.1:9/hook', wait: '1h' } } }
const noOp = new URL('../contestants/no-op.mjs', import.meta.url).href
const require = createRequire(import.meta.url)
const moments = {}

const starts = {
  'pino + no-op target': () => startTarget(noOp, {}),
  'pino + pino-alert-transport target': () => startTarget('pino-alert-transport', options),
  'pino + alertStream': async () => {
    const { default: pino } = await import('pino')
    const { alertStream } = await import('pino-alert-transport')
    const stream = alertStream(options, { write() {} })
    pino(stream).error('first')
    await stream.stats()
  },
  // The floor of a transport with a thread.
  'winston: a transport and a thread that do nothing': async () => {
    const Transport = createRequire(require.resolve('winston'))('winston-transport')
    const worker = new Worker(answering, { eval: true })
    const log = (info, done) => done(null, worker.postMessage(info.message))
    new Transport({ log }).write({ level: 'error', message: 'first', [Symbol.for('level')]: 'error' })
    await new Promise((resolve) => worker.once('message', resolve))
  },
  'winston-alert-transport': startWinston,
  'winston-alert-transport with a state directory': async () => {
    const dir = mkdtempSync(join(tmpdir(), 'alert-bench-'))
    await startWinston({ state: { dir } })
    rmSync(dir, { recursive: true })
  },
  'winston-alert-transport, winston loaded before': startWinston,
  'handler: pino + one fetch': async () => {
    const { default: pino } = await import('pino')
    pino({}, { write() {} }).error('first')
    const response = await fetch(`${url}/hook`, { method: 'POST', body: '{}' })
    await response.text()
  },
  'handler: pino + alertStream': () => handle({}),
  "handler: pino + alertStream, runIn 'inline'": () => handle({ runIn: 'inline' }),
  'handler: winston-alert-transport': async () => {
    const { default: winston } = await import('winston')
    const { AlertTransport } = await import('winston-alert-transport')
    const transport = new AlertTransport(toEndpoint())
    winston.createLogger({ transports: [transport] }).error('first')
    await transport.flush()
  },
}

const answering = `const { parentPort } = require('node:worker_threads')
parentPort.on('message', (text) => parentPort.postMessage(text))`

if (what.endsWith('before')) await import('winston')
const before = process.cpuUsage()
moments.begins = steadyMs()
await starts[what]()
moments.ends = steadyMs()
const { user, system } = process.cpuUsage(before)
console.log(JSON.stringify({ ms: moments.ends - moments.begins, cpuMs: (user + system) / 1000, moments }))
process.kill(process.pid, 'SIGKILL')

async function startTarget(target, given) {
  const { default: pino } = await import('pino')
  const stream = pino.transport({ target, options: given })
  pino(stream).error('first')
  await new Promise((resolve) => stream.once('ready', resolve))
}

async function startWinston(more) {
  const { AlertTransport } = await import('winston-alert-transport')
  moments.imported = steadyMs()
  const transport = new AlertTransport({ ...options, ...more })
  moments.created = steadyMs()
  transport.write({ level: 'error', message: 'first', [Symbol.for('level')]: 'error' })
  await transport.stats()
}

async function handle(more) {
  const { default: pino } = await import('pino')
  const { alertStream } = await import('pino-alert-transport')
  const stream = alertStream({ ...toEndpoint(), ...more }, { write() {} })
  pino({}, stream).error('first')
  await stream.flush()
}

function toEndpoint() {
  return { channels: { hook: { type: 'webhook', url: `${url}/hook` } } }
}
