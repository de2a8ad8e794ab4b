// What a log call costs the main thread, against the same logger without alerting: interleaved rounds, ratios
// inside a round.
import { fileURLToPath } from 'node:url'
import { runChild } from '../lib/child.mjs'
import { openEndpoint } from '../lib/endpoint.mjs'
import { atMost } from '../lib/goals.mjs'
import { amount, few, hasPeers, isShort, rounds } from '../lib/size.mjs'
import { median, spread } from '../lib/stats.mjs'

const child = fileURLToPath(new URL('./call-cost.child.mjs', import.meta.url))
const ourRounds = rounds(5)
const peerRounds = Math.min(2, ourRounds)
const ourCalls = amount(Number(process.env.BENCH_CALLS ?? 60_000))
// Some of them need milliseconds for an error.
const peerCalls = amount(15_000)

// What can say that a line is interesting, each alone: every stream around a destination costs at least that.
const waysToLook = [
  'pino + a wrapper that only writes',
  'pino + a wrapper that is given the metadata',
  'pino + a hook, and a wrapper that reads its mark',
  'pino + a wrapper that searches each line',
]

const groups = [
  {
    title: 'own destination kept, pino to nothing',
    base: 'pino alone',
    ours: 'pino + alertStream',
    floor: 'pino + a second stream that does nothing',
    peers: ['@sentry/node (pino)'],
    destination: 'null',
  },
  {
    title: 'own destination kept, pino to a file, sync',
    base: 'pino alone',
    ours: 'pino + alertStream',
    floor: 'pino + a second stream that does nothing',
    also: [...waysToLook, 'pino + alertStream in a multistream', 'pino + alertStream in a fleet'],
    peers: [],
    destination: 'sync',
    limits: { info: 1.02, error: 1.05 },
  },
  {
    title: 'own destination kept, pino to a file, async',
    base: 'pino alone',
    ours: 'pino + alertStream',
    floor: 'pino + a second stream that does nothing',
    also: waysToLook.slice(0, 2),
    peers: [],
    destination: 'async',
    limits: { info: 1.02, error: 1.05 },
  },
  {
    title: 'own destination kept, winston to nothing',
    base: 'winston alone',
    ours: 'winston + AlertTransport',
    floor: "winston + reading the error's stack",
    peers: ['@sentry/node (winston)', '@logtail/winston', 'winston-slack-webhook-transport'],
    destination: 'null',
  },
  {
    title: 'own destination kept, winston to a file as JSON',
    base: 'winston alone',
    ours: 'winston + AlertTransport',
    floor: "winston + reading the error's stack",
    also: ['winston + a transport that does nothing'],
    peers: [],
    destination: 'file',
    limits: { info: 1.02, error: 1.1 },
  },
  {
    title: 'own destination kept, winston to a file by printf',
    base: 'winston alone',
    ours: 'winston + AlertTransport',
    floor: "winston + reading the error's stack",
    also: ['winston + a transport that does nothing'],
    peers: [],
    destination: 'printf',
    limits: { info: 1.02, error: 1.2 },
  },
  {
    title: 'every line crosses, pino target',
    base: 'no-op target',
    ours: 'pino-alert-transport target',
    floor: 'a target that only cuts and parses lines',
    peers: ['pino-slack-transport', 'pino-discord-transport', 'pino-loki', '@logtail/pino'],
    destination: 'null',
    limits: { info: 1.02, error: 1.02 },
  },
]

const shares = [
  [0.01, '1 % errors', 'info'],
  [1, 'all errors', 'error'],
]

export async function callCost() {
  const rows = []
  const goals = []
  // In a quick run each contestant once.
  const measured = isShort ? groups.filter(({ destination }) => destination === 'null') : groups
  for (const { title, base, ours, floor, also = [], peers, destination, limits } of measured) {
    for (const [share, what, kind] of few(shares)) {
      const names = [base, ours, floor, ...also, ...(hasPeers ? peers : [])].filter(Boolean)
      const times = new Map(names.map((name) => [name, []]))
      for (let round = 0; round < ourRounds; round++) {
        for (const [name, each] of times) {
          const isPeer = peers.includes(name)
          if (isPeer && round >= peerRounds) continue
          each.push(await costOf(name, isPeer ? peerCalls : ourCalls, share, destination))
        }
      }
      for (const [name, each] of times) {
        const ratios = each.map((time, round) => time / times.get(base)[round]).filter(Number.isFinite)
        const isMeasured = ratios.length > 0
        rows.push({
          group: title,
          share: what,
          contestant: name,
          us: isMeasured ? median(each.filter(Number.isFinite)).toFixed(1) : 'failed',
          ratio: isMeasured ? median(ratios).toFixed(2) : '–',
          spread: isMeasured ? spread(ratios) : '–',
        })
        if (name === ours && limits !== undefined)
          goals.push(atMost(`${kind} line, ${title}`, limits[kind], median(ratios)))
      }
    }
  }
  return { rows, goals }
}

/** µs of the main thread a call; NaN where it failed. */
async function costOf(name, calls, share, destination) {
  const endpoint = await openEndpoint()
  const given = [name, calls, share, endpoint.url, endpoint.smtpPort, destination]
  const { result } = await runChild(child, given, { timeoutMs: 40_000 })
  await endpoint.close()
  return result?.us ?? Number.NaN
}
