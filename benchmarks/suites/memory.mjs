// How far memory grows over a million error records while the provider never answers, against the same logger without alerting.
import { fileURLToPath } from 'node:url'
import { runChild } from '../lib/child.mjs'
import { openEndpoint } from '../lib/endpoint.mjs'

const child = fileURLToPath(new URL('./memory.child.mjs', import.meta.url))
const total = Number(process.env.BENCH_RECORDS ?? 1_000_000)
const groups = [
  ['pino alone', 'pino + alertStream'],
  [
    'no-op target',
    'pino-alert-transport target',
    'pino-slack-transport',
    'pino-discord-transport',
    'pino-loki',
    '@logtail/pino',
  ],
  [
    'winston alone',
    'winston + AlertTransport',
    '@logtail/winston',
    'winston-slack-webhook-transport',
    'winston-mail',
  ],
]

export async function memory() {
  const rows = []
  for (const group of groups) {
    let base
    for (const name of group) {
      const endpoint = await openEndpoint('hang')
      const { result, signal } = await runChild(child, [name, total, endpoint.url, endpoint.smtpPort], {
        timeoutMs: 300_000,
      })
      const requests = endpoint.count()
      await endpoint.close()
      base ??= result?.mib
      rows.push({
        contestant: name,
        'growth, MiB': result?.mib.toFixed(0) ?? (signal ? 'not done in 5 min' : 'crashed'),
        'against the logger alone': result && base ? (result.mib / base).toFixed(2) : '–',
        requests,
      })
    }
  }
  return rows
}
