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
import { marksIn, steadyMs, watched } from '../lib/marks.mjs'
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

/**
 * Ends whose time is a goal run alone. The others share the two cores of a small machine; if a provider is
 * slow or silent, processes only wait.
 */
const timedEnds = ['warm', 'cold']
const busyWidth = 2
const waitingWidth = 6

/** The longest that a process may take, and that news of it may take to come. */
const giveUpMs = 20_000
const newsMs = 10_000

export async function exitMatrix() {
  const runs = rounds(20)
  const fewRuns = Math.min(runs, 3)
  const healthy = await table('healthy', 'worker', few(ends, 3), runs, busyWidth)
  const child = await table('healthy', 'process', few([...ends, ...sudden]), Math.min(runs, 5), busyWidth)
  const slow = await table('slow', 'worker', few(boundedEnds), fewRuns, waitingWidth)
  const hung = await table('hung', 'worker', few(boundedEnds), fewRuns, waitingWidth)
  const childHung = await table('hung', 'process', ['cold'], fewRuns, waitingWidth)
  const refused = await table('refused', 'worker', few(boundedEnds), fewRuns, busyWidth)
  const kept = await restarts(runs)
  const others = hasPeers ? await peerRows(fewRuns) : []
  const floors = await floorRows(runs)
  const parts = await coldParts(runs)
  const groups = [healthy, child, slow, hung, childHung, refused, kept, others, floors, parts]
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
        why: whyCold(floors, parts),
      }),
      atMost('Exit, every provider hangs (longest)', 3.5, Math.max(...exits(hung)) / 1000, {
        unit: ' s',
        why: whyHung(hung),
      }),
    ],
  }
}

async function table(provider, runIn, ways, runs, width) {
  const cells = (provider === 'healthy' ? adapters : few(adapters)).flatMap((adapter) =>
    ways.map((end) => ({ provider, runIn, adapter, end, once: 0, runs, times: [] })),
  )
  const isTimed = ({ end }) => provider === 'healthy' && timedEnds.includes(end)
  for (const cell of cells.filter(isTimed)) await runCell(cell)
  await inTurns(
    cells.filter((cell) => !isTimed(cell)).map((cell) => () => runCell(cell)),
    width,
  )
  return cells
}

async function runCell(cell) {
  const { adapter, end, runIn, runs } = cell
  for (let run = 0; run < runs; run++) {
    // In the same tick pino passes on only fatal records.
    const severity = run % 2 === 0 || sudden.includes(end) ? 'critical' : 'error'
    const way = end === 'signal' ? ['SIGTERM', 'SIGINT'][run % 2] : end
    await oneRun(cell, { adapter, way, severity }, { runIn })
  }
}

/** Runs the jobs, `width` of them at a time. */
async function inTurns(jobs, width) {
  const left = [...jobs]
  const lane = async () => {
    for (let job = left.shift(); job !== undefined; job = left.shift()) await job()
  }
  await Promise.all(Array.from({ length: width }, lane))
}

async function oneRun(cell, setup, more) {
  const hook = await openHook(cell.provider)
  const options = { ...optionsOf(hook), ...more }
  cell.times.push((await endOf(ours, [JSON.stringify({ ...setup, options })])).ms)
  if (more.runIn === 'process') await until(() => deliveredOf(hook) > 0 && hook.isQuiet())
  if (deliveredOf(hook) === 1) cell.once++
  await hook.close()
}

/** Killed in the tick of its last words, and started again. */
async function restarts(runs) {
  const cells = adapters.map((adapter) => ({
    provider: 'healthy',
    runIn: 'worker',
    adapter,
    end: 'SIGKILL, next start',
    once: 0,
    runs,
    times: [],
  }))
  for (const cell of cells) await restartCell(cell)
  return cells
}

async function restartCell(cell) {
  const { adapter } = cell
  for (let run = 0; run < cell.runs; run++) {
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
}

async function peerRows(runs) {
  const cells = ['healthy', 'hung'].flatMap((provider) =>
    peers.map((adapter) => ({ provider, runIn: '', adapter, end: 'warm', once: 0, runs, times: [] })),
  )
  const isHung = ({ provider }) => provider === 'hung'
  for (const cell of cells) if (!isHung(cell)) await runPeer(cell)
  await inTurns(
    cells.filter(isHung).map((cell) => () => runPeer(cell)),
    waitingWidth,
  )
  return cells
}

async function runPeer(cell) {
  for (let run = 0; run < cell.runs; run++) {
    const hook = await openHook(cell.provider)
    cell.times.push((await endOf(theirs, [cell.adapter, hook.url, cell.end])).ms)
    if (deliveredOf(hook) === 1) cell.once++
    await hook.close()
  }
}

/** What pino itself takes for the same end, with a worker that does nothing. */
async function floorRows(runs) {
  const adapter = 'no-op target'
  const cells = timedEnds.map((end) => ({ provider: 'none', runIn: 'worker', adapter, end, runs, times: [] }))
  for (const cell of cells)
    for (let run = 0; run < runs; run++) cell.times.push((await endOf(theirs, [adapter, '', cell.end])).ms)
  return cells
}

/** The points of an end in the tick of the first record, each with the part that ends there. */
const points = [
  ['started', 'until the thread starts'],
  ['set up', 'Node sets up the thread'],
  ['loaded', 'the thread reads its files'],
  ['open', 'the hub is opened'],
  ['sent', 'the line is read, what writes and sends is loaded, the message is written'],
  ['delivered', 'the provider has answered'],
  ['gone', 'the hub closes, the process ends'],
]

async function coldParts(runs) {
  const [adapter, end] = ['stream', 'cold']
  const cells = points.map(([point, part]) => ({
    provider: 'healthy',
    runIn: 'worker',
    adapter,
    end: `${end}: ${part}`,
    point,
    runs,
    times: [],
  }))
  for (let run = 0; run < runs; run++) {
    const hook = await openHook('healthy')
    const options = optionsOf(hook)
    const { endsAt, marks, ms } = await endOf(ours, [JSON.stringify({ adapter, way: end, options })], watched)
    let from = endsAt
    for (const { point, times } of cells) {
      const at = point === 'gone' ? endsAt + ms : marks.find(({ name }) => name === point)?.at
      // The thread may have started before the end begins.
      const to = Math.max(from, at ?? Number.NaN)
      times.push(to - from)
      from = to
    }
    await hook.close()
  }
  return cells
}

const inSeconds = (ms) => `${(ms / 1000).toFixed(2)} s`

function whyCold(floors, parts) {
  const of = (point) => inSeconds(median(parts.find((part) => part.point === point).times))
  const floor = floors.find(({ end }) => end === 'cold')
  return `The worker has to start first: pino’s own end with a target that does nothing takes ${inSeconds(median(floor.times))}. By its parts, measured in the same run: Node sets up the thread in ${of('set up')}, the thread reads its files in ${of('loaded')}, opens the hub in ${of('open')}, and needs ${of('sent')} to read the line, load what writes and sends messages, and write the message; the provider has answered after ${of('delivered')}, and the rest of the end takes ${of('gone')}.`
}

function whyHung(hung) {
  const longest = hung.reduce((a, b) => (Math.max(...b.times) > Math.max(...a.times) ? b : a))
  const medians = hung.map(({ times }) => median(times))
  return `Three seconds are \`closeTimeout\`; the longest is that of the adapter ${longest.adapter} on the end ${longest.end}, and the median of each row is between ${inSeconds(Math.min(...medians))} and ${inSeconds(Math.max(...medians))}. The worker of a target hears of the end by the stream that ends, which it reads after its own start. Unless that was a moment before, its three seconds begin then: it cannot know how long the process has waited, and a shorter time could lose the last records on a slow machine. Six processes start and end at once on two cores.`
}

function optionsOf({ url }) {
  return {
    service: 'bench',
    crashes: false,
    channels: { hook: { type: 'webhook', url: `${url}/hook`, interval: 0 } },
  }
}

/**
 * Runs a program to its end. `ms` is from what it says is its end until it is gone; `endsAt` is that moment
 * on the clock of the marks.
 */
async function endOf(file, args, flags = []) {
  const child = spawn(process.execPath, [...flags, file, ...args], {
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
  const steadyGoneAt = steadyMs()
  clearTimeout(timer)
  const last = stdout.match(/\{"endsAt":(\d+)\}/)
  const ms = last === null ? Number.NaN : goneAt - Number(last[1])
  return { ms, endsAt: steadyGoneAt - ms, marks: marksIn(stdout) }
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
    'delivered exactly once': once === undefined ? '' : `${once} of ${runs}`,
    'exit, median s': seconds(median(known)),
    'longest s': seconds(Math.max(...known)),
  }
}
