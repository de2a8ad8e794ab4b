// How far memory grows over a million error records while the provider never answers, against the same logger
// without alerting.
import { fileURLToPath } from 'node:url'
import { runChild } from '../lib/child.mjs'
import { openEndpoint } from '../lib/endpoint.mjs'
import { atMost } from '../lib/goals.mjs'
import { amount, hasPeers, rounds as roundsOf } from '../lib/size.mjs'
import { median } from '../lib/stats.mjs'

const child = fileURLToPath(new URL('./memory.child.mjs', import.meta.url))
const total = amount(Number(process.env.BENCH_RECORDS ?? 1_000_000))
// Some of them are at hundreds of MiB by then.
const peerTotal = amount(50_000)
const rounds = roundsOf(2)
const groups = [
  {
    base: 'pino alone',
    ours: 'pino + alertStream',
    floor: 'pino + a thread that only parses errors',
    limit: 1.2,
    peers: [],
  },
  {
    base: 'no-op target',
    ours: 'pino-alert-transport target',
    floor: 'a target that only parses',
    limitToFloor: 1.1,
    peers: ['pino-slack-transport', 'pino-discord-transport', 'pino-loki', '@logtail/pino'],
  },
  {
    base: 'winston alone',
    ours: 'winston + AlertTransport',
    limit: 1.2,
    peers: ['@logtail/winston', 'winston-slack-webhook-transport', 'winston-mail'],
  },
]

export async function memory() {
  const rows = []
  const goals = []
  for (const { base, ours, floor, limit, limitToFloor, peers } of groups) {
    const grown = new Map([base, ours, floor].filter(Boolean).map((name) => [name, []]))
    let requests = 0
    for (let round = 0; round < rounds; round++) {
      for (const [name, each] of grown) {
        const row = await grow(name, total)
        each.push(row.mib)
        if (name === ours) requests = row.requests
      }
    }
    const against = (name, other = base) => median(grown.get(name)) / median(grown.get(other))
    for (const [name, each] of grown) {
      rows.push({
        contestant: name,
        records: total.toLocaleString('en'),
        'growth, MiB': median(each).toFixed(0),
        'least–most': `${Math.min(...each).toFixed(0)}–${Math.max(...each).toFixed(0)}`,
        'against the logger alone': against(name).toFixed(2),
        requests: name === ours ? requests : 0,
      })
    }
    const what = `memory growth over a million error lines, dead provider, ${ours}`
    if (limit !== undefined) goals.push(atMost(what, limit, against(ours), { unit: '×' }))
    if (limitToFloor !== undefined)
      goals.push(atMost(`${what} against ${floor}`, limitToFloor, against(ours, floor), { unit: '×' }))
    for (const name of hasPeers ? peers : []) {
      const { mib, requests, failed } = await grow(name, peerTotal)
      rows.push({
        contestant: name,
        records: peerTotal.toLocaleString('en'),
        'growth, MiB': failed ?? mib.toFixed(0),
        'least–most': '',
        'against the logger alone': failed === undefined ? (mib / median(grown.get(base))).toFixed(2) : '–',
        requests,
      })
    }
  }
  return { rows, goals }
}

async function grow(name, records) {
  const endpoint = await openEndpoint('hang')
  const given = [name, records, endpoint.url, endpoint.smtpPort]
  const { result, signal } = await runChild(child, given, { timeoutMs: records === total ? 90_000 : 40_000 })
  const requests = endpoint.count()
  await endpoint.close()
  const failed = result === undefined ? (signal ? 'not done in time' : 'crashed') : undefined
  return { mib: result?.mib ?? Number.NaN, requests, failed }
}
