// What a log call costs the main thread, against the same logger without alerting: interleaved rounds, ratios inside a round.
import { fileURLToPath } from 'node:url'
import { runChild } from '../lib/child.mjs'
import { openEndpoint } from '../lib/endpoint.mjs'
import { median, spread } from '../lib/stats.mjs'

const child = fileURLToPath(new URL('./call-cost.child.mjs', import.meta.url))
const calls = Number(process.env.BENCH_CALLS ?? 50_000)
const rounds = Number(process.env.BENCH_ROUNDS ?? 7)

const groups = [
  {
    title: 'own destination kept, pino to nothing',
    base: 'pino alone',
    others: ['pino + alertStream', '@sentry/node (pino)'],
    destination: 'null',
  },
  {
    title: 'own destination kept, pino to a file, sync',
    base: 'pino alone',
    others: ['pino + alertStream'],
    destination: 'sync',
  },
  {
    title: 'own destination kept, pino to a file, async',
    base: 'pino alone',
    others: ['pino + alertStream'],
    destination: 'async',
  },
  {
    title: 'own destination kept, winston',
    base: 'winston alone',
    others: [
      'winston + AlertTransport',
      '@sentry/node (winston)',
      '@logtail/winston',
      'winston-slack-webhook-transport',
    ],
    destination: 'null',
  },
  {
    title: 'every line crosses, pino target',
    base: 'no-op target',
    others: [
      'pino-alert-transport target',
      'pino-slack-transport',
      'pino-discord-transport',
      'pino-loki',
      '@logtail/pino',
    ],
    destination: 'null',
  },
]

export async function callCost() {
  const rows = []
  for (const { title, base, others, destination } of groups) {
    for (const [share, what] of [
      [0.01, '1 % errors'],
      [1, 'all errors'],
    ]) {
      const times = new Map([base, ...others].map((name) => [name, []]))
      for (let round = 0; round < rounds; round++) {
        for (const name of times.keys()) {
          const endpoint = await openEndpoint()
          const { result } = await runChild(child, [
            name,
            calls,
            share,
            endpoint.url,
            endpoint.smtpPort,
            destination,
          ])
          await endpoint.close()
          times.get(name).push(result?.activeUs ?? Number.NaN)
        }
      }
      for (const [name, each] of times) {
        const ratios = each.map((time, round) => time / times.get(base)[round]).filter(Number.isFinite)
        rows.push({
          group: title,
          share: what,
          contestant: name,
          us: ratios.length === 0 ? 'failed' : median(each.filter(Number.isFinite)).toFixed(1),
          ratio: ratios.length === 0 ? '–' : median(ratios).toFixed(2),
          spread: ratios.length === 0 ? '–' : spread(ratios),
        })
      }
    }
  }
  return rows
}
