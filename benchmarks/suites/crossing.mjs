// What it costs to pass a text on to the worker once a turn: posted, or through the ring in shared memory
// that the product uses while its worker is awake. Both sides take turns inside a round.
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { busyOf, threadUs } from '../lib/busy.mjs'
import { atMost } from '../lib/goals.mjs'
import { amount, few, rounds as roundsOf } from '../lib/size.mjs'
import { withSource } from '../lib/source.mjs'
import { median } from '../lib/stats.mjs'

const rounds = roundsOf(15)
const kept = 4_096

const stack = '\\n    at save (/srv/app/src/orders/save.js:42:11)'.repeat(8)
const line = (n, msg) =>
  `{"level":50,"time":${1_790_000_000_000 + n},"reqId":"req-${n}","err":{"type":"Error","stack":"${stack}"},"msg":"order ${n} ${msg}"}\n`
const english = (n) => line(n, 'could not be saved')
const chinese = (n) => line(n, '订单无法保存，数据库连接失败')

const cases = [
  { title: 'in each turn of 50 µs', turns: amount(2_000), busy: 8_000, write: english },
  { title: 'the same, not ASCII', turns: amount(2_000), busy: 8_000, write: chinese },
  { title: 'each 5 ms', turns: amount(100), gapMs: 5, write: english },
  { title: 'each 14 ms: asleep each time', turns: amount(50), gapMs: 14, write: english },
  { title: '100 lines in each turn', turns: amount(500), busy: 0, lines: 100, write: english },
]

export async function crossing() {
  return withSource('alert-core/src/worker/ring.ts', async (source) => {
    const ring = await import(source)
    const rows = []
    const goals = []
    for (const one of few(cases)) {
      const sides = [
        { way: 'no line passes', cost: [], pass() {} },
        await openSide('posted', source),
        await openSide('ring', source, ring),
      ]
      for (let round = 0; round < rounds; round++) for (const side of sides) await measure(side, one)
      for (const { way, cost, workerCost = [], latencies = [], worker } of sides) {
        const added = cost.map((us, round) => us - sides[0].cost[round])
        rows.push({
          'an error': one.title,
          way,
          'added, µs a turn': median(added).toFixed(2),
          'worker, µs a turn': workerCost.length === 0 ? '–' : median(workerCost).toFixed(2),
          'p50, ms': latencies.length === 0 ? '–' : part(latencies, 0.5),
          'p99, ms': latencies.length === 0 ? '–' : part(latencies, 0.99),
        })
        await worker?.terminate()
      }
      const [nothing, posted, own] = sides.map(({ cost }) => cost)
      const ratios = own.map((us, round) => (us - nothing[round]) / (posted[round] - nothing[round]))
      if (one === cases[0])
        goals.push(atMost('a turn with an error, ring against posted', 0.5, median(ratios)))
    }
    return { rows, goals }
  })
}

async function openSide(way, source, module) {
  const shared = (bytes) => new SharedArrayBuffer(bytes)
  const writtenAt = new Float64Array(shared(kept * 8))
  const tookMs = new Float64Array(shared(kept * 8))
  const count = new Int32Array(shared(4))
  const ring = module?.createRing()
  const before = threads()
  const worker = new Worker(new URL('./crossing.worker.mjs', import.meta.url), {
    workerData: { source, ring, writtenAt, tookMs, count },
  })
  await once(worker, 'message')
  const writer = ring && module.createRingWriter(ring)
  let sent = 0
  let postedUntil = 0
  const read = () => Atomics.load(count, 0)
  const pass = (text) => {
    writtenAt[sent++ % kept] = performance.timeOrigin + performance.now()
    if (writer?.isAwake() && read() >= postedUntil && writer.write(text)) {
      if (!writer.isAwake()) worker.postMessage('')
      return
    }
    postedUntil = sent
    worker.postMessage(text)
  }
  const allRead = async () => {
    while (read() < sent) await sleep(1)
  }
  const threadIds = threads().filter((id) => !before.includes(id))
  return { way, pass, allRead, worker, threadIds, tookMs, read, cost: [], workerCost: [], latencies: [] }
}

async function measure(side, { turns, busy = 0, gapMs, lines = 1, write }) {
  const { pass, allRead, threadIds, tookMs, read, cost, workerCost, latencies } = side
  const firstRead = read?.()
  const workerFrom = threadIds && busyOf(threadIds)
  const from = threadUs()
  let sink = 0
  for (let n = 0; n < turns; n++) {
    for (let index = 0; index < busy; index++) sink = (sink * 31 + index) | 0
    let text = ''
    for (let index = 0; index < lines; index++) text += write(n)
    pass(text)
    if (gapMs === undefined) await new Promise(setImmediate)
    else await sleep(gapMs)
  }
  cost.push((threadUs() - from) / turns)
  if (allRead === undefined) return sink
  await allRead()
  // Until it sleeps.
  await sleep(20)
  workerCost.push((busyOf(threadIds) - workerFrom) / turns)
  for (let n = firstRead; n < read(); n++) latencies.push(tookMs[n % kept])
  return sink
}

function threads() {
  try {
    return readdirSync('/proc/self/task')
  } catch {
    return []
  }
}

function part(numbers, share) {
  const sorted = [...numbers].sort((a, b) => a - b)
  return sorted[Math.floor(share * (sorted.length - 1))].toFixed(2)
}
