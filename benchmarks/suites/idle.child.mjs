// One process: opens a hub, lets it take a line below the threshold, and prints what it holds and how often
// its threads wake while nothing is logged.
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { isShort } from '../lib/size.mjs'

const [what] = process.argv.slice(2)
// What the engine still does after a start ends within seconds.
const settleMs = isShort ? 500 : 25_000
const idleMs = isShort ? 500 : 10_000

const opened = {
  'nothing more': async () => () => {},
  'a thread without code': async () => {
    const worker = new Worker('setInterval(() => {}, 2 ** 30)', { eval: true })
    await new Promise((resolve) => worker.once('online', resolve))
  },
  'a hub with one channel': async () => {
    const transport = new AlertTransport({
      channels: { hook: { type: 'webhook', url: 'http://127.0.0.1:9/' } },
    })
    await transport.explain({ level: 'info', message: 'up' })
  },
}

const { AlertTransport } = await import('winston-alert-transport')
const older = wakeups()
const before = process.memoryUsage.rss()
await opened[what]()
await sleep(settleMs)
const mib = (process.memoryUsage.rss() - before) / 1024 / 1024
const from = wakeups()
await sleep(idleMs)
const until = wakeups()
// The others belong to the engine, or are this one.
const woken = [...until].filter(([id]) => !older.has(id)).map(([id, n]) => n - (from.get(id) ?? 0))
const perSecond = woken.reduce((sum, n) => sum + n, 0) / (idleMs / 1000)
console.log(JSON.stringify({ mib, perSecond: until.size === 0 ? null : perSecond }))
process.exit(0)

/** How often each thread has slept by its own will; nothing on systems other than Linux. */
function wakeups() {
  try {
    return new Map(readdirSync('/proc/self/task').map((id) => [id, sleepsOf(id)]))
  } catch {
    return new Map()
  }
}

function sleepsOf(id) {
  const status = readFileSync(`/proc/self/task/${id}/status`, 'utf8')
  return Number(/^voluntary_ctxt_switches:\s+(\d+)/m.exec(status)?.[1] ?? 0)
}
