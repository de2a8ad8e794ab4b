// Whether the last records are delivered, and how long the exit takes: adapters × ways to end × behaviour of
// the provider.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { atLeast, atMost } from '../lib/goals.mjs'
import { openHook } from '../lib/hook.mjs'
import { few, hasPeers, rounds } from '../lib/size.mjs'
import { median } from '../lib/stats.mjs'

const ours = fileURLToPath(new URL('./exit-matrix.child.mjs', import.meta.url))
const theirs = fileURLToPath(new URL('./exit-matrix-peer.child.mjs', import.meta.url))

const adapters = ['target', 'stream', 'winston']
const ends = ['natural', 'cold', 'warm', 'exception', 'rejection', 'end', 'handler', 'signal']
const sudden = ['SIGTERM at once', 'SIGKILL at once', 'abort at once']
const boundedEnds = ['natural', 'cold', 'end', 'signal']
const peers = [
  'pino-slack-transport',
  'pino-discord-transport',
  'pino-loki',
  'winston-slack-webhook-transport',
]

/** The longest that a process may take, and that news of it may take to come. */
const giveUpMs = 20_000
const newsMs = 10_000

export async function exitMatrix() {
  const runs = rounds(20)
  const fewRuns = Math.min(runs, 3)
  const healthy = await table('healthy', 'worker', few(ends, 3), runs)
  const child = await table('healthy', 'process', few([...ends, ...sudden]), Math.min(runs, 5))
  const slow = await table('slow', 'worker', few(boundedEnds), fewRuns)
  const hung = await table('hung', 'worker', few(boundedEnds), fewRuns)
  const childHung = await table('hung', 'process', ['cold'], fewRuns)
  const refused = await table('refused', 'worker', few(boundedEnds), fewRuns)
  const kept = await restarts(runs)
  const others = hasPeers ? await peerRows(fewRuns) : []
  const groups = [healthy, child, slow, hung, childHung, refused, kept, others]
  const exits = (cells) => cells.flatMap(({ times }) => times)
  const warm = healthy.filter(({ end }) => end === 'warm')
  const cold = healthy.filter(({ end }) => end === 'cold')
  return {
    rows: groups.flat().map(rowOf),
    goals: [
      deliveredOnce('Last records delivered exactly once, healthy provider, 3 adapters × 8 ends', healthy),
      deliveredOnce("The same with runIn 'process', and SIGTERM, SIGKILL and abort in the same tick", child),
      deliveredOnce(
        'state.dir, critical then SIGKILL in the same tick: delivered at the next start, once',
        kept,
      ),
      atMost('Exit, provider healthy, long up (median)', 0.3, median(exits(warm)) / 1000, { unit: ' s' }),
      atMost('Exit in the tick of the first record (median)', 0.3, median(exits(cold)) / 1000, {
        unit: ' s',
      }),
      atMost('Exit, every provider hangs (longest)', 3.5, Math.max(...exits(hung)) / 1000, { unit: ' s' }),
    ],
  }
}

async function table(provider, runIn, ways, runs) {
  const cells = []
  for (const adapter of provider === 'healthy' ? adapters : few(adapters)) {
    for (const end of ways) {
      const cell = { provider, runIn, adapter, end, once: 0, runs, times: [] }
      for (let run = 0; run < runs; run++) {
        // In the same tick pino passes on only fatal records.
        const severity = run % 2 === 0 || sudden.includes(end) ? 'critical' : 'error'
        const way = end === 'signal' ? ['SIGTERM', 'SIGINT'][run % 2] : end
        await oneRun(cell, { adapter, way, severity }, { runIn })
      }
      cells.push(cell)
    }
  }
  return cells
}

async function oneRun(cell, setup, more) {
  const hook = await openHook(cell.provider)
  const options = { ...optionsOf(hook), ...more }
  cell.times.push(await endOf(ours, [JSON.stringify({ ...setup, options })]))
  if (more.runIn === 'process') await until(() => deliveredOf(hook) > 0 && hook.isQuiet())
  if (deliveredOf(hook) === 1) cell.once++
  await hook.close()
}

/** Killed in the tick of its last words, and started again. */
async function restarts(runs) {
  const cells = []
  for (const adapter of adapters) {
    const cell = {
      provider: 'healthy',
      runIn: 'worker',
      adapter,
      end: 'SIGKILL, next start',
      once: 0,
      runs,
      times: [],
    }
    for (let run = 0; run < runs; run++) {
      const hook = await openHook('healthy')
      const dir = await mkdtemp(join(tmpdir(), 'alert-bench-'))
      const options = { ...optionsOf(hook), state: { dir } }
      await endOf(ours, [JSON.stringify({ adapter, way: 'SIGKILL at once', options })])
      const early = deliveredOf(hook)
      // A start with another record, which lives until the stored one is delivered.
      await endOf(ours, [JSON.stringify({ adapter, way: 'next start', options })])
      // If the thread that logs is delayed, the worker may have sent it before the kill, which may hit
      // between the message and its journal entry.
      if (early > 0 || deliveredOf(hook) === 1) cell.once++
      await hook.close()
      await rm(dir, { recursive: true, force: true })
    }
    cells.push(cell)
  }
  return cells
}

async function peerRows(runs) {
  const cells = []
  for (const provider of ['healthy', 'hung']) {
    for (const adapter of peers) {
      const cell = { provider, runIn: '', adapter, end: 'warm', once: 0, runs, times: [] }
      for (let run = 0; run < runs; run++) {
        const hook = await openHook(provider)
        cell.times.push(await endOf(theirs, [adapter, hook.url]))
        if (deliveredOf(hook) === 1) cell.once++
        await hook.close()
      }
      cells.push(cell)
    }
  }
  return cells
}

function optionsOf({ url }) {
  return {
    service: 'bench',
    crashes: false,
    channels: { hook: { type: 'webhook', url: `${url}/hook`, interval: 0 } },
  }
}

/** Runs a program to its end; ms from what it says is its end until it is gone. */
async function endOf(file, args) {
  const child = spawn(process.execPath, [file, ...args], {
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  let stdout = ''
  child.stdout.on('data', (chunk) => {
    stdout += chunk
  })
  const timer = setTimeout(() => child.kill('SIGKILL'), giveUpMs)
  await once(child, 'exit')
  const goneAt = Date.now()
  clearTimeout(timer)
  const last = stdout.match(/\{"endsAt":(\d+)\}/)
  return last === null ? Number.NaN : goneAt - Number(last[1])
}

async function until(isSo) {
  const deadline = performance.now() + newsMs
  while (!isSo() && performance.now() < deadline) await sleep(10)
}

/** How often the last words came, ends apart. */
function deliveredOf({ bodies }) {
  return bodies.filter((body) => body.includes('last words') && !body.includes('"reason":"resolved"')).length
}

function deliveredOnce(what, cells) {
  const sum = (key) => cells.reduce((total, cell) => total + cell[key], 0)
  return atLeast(what, sum('runs'), sum('once'), { digits: 0 })
}

function rowOf({ provider, runIn, adapter, end, once, runs, times }) {
  const known = times.filter(Number.isFinite)
  const seconds = (ms) => (known.length === 0 ? '' : (ms / 1000).toFixed(2))
  return {
    provider,
    adapter,
    'runs in': runIn,
    end,
    'delivered exactly once': `${once} of ${runs}`,
    'exit, median s': seconds(median(known)),
    'longest s': seconds(Math.max(...known)),
  }
}
