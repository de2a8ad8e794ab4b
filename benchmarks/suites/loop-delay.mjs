// The event loop's delay at a steady rate of log calls while the provider hangs.
import { fileURLToPath } from 'node:url'
import { runChild } from '../lib/child.mjs'
import { openEndpoint } from '../lib/endpoint.mjs'
import { few, hasPeers } from '../lib/size.mjs'

const child = fileURLToPath(new URL('./loop-delay.child.mjs', import.meta.url))
const ours = [
  'pino alone',
  'pino + alertStream',
  'pino-alert-transport target',
  'winston alone',
  'winston + AlertTransport',
]
const peers = [
  'pino-slack-transport',
  'pino-loki',
  '@sentry/node (pino)',
  'winston-slack-webhook-transport',
  '@sentry/node (winston)',
]
const names = hasPeers ? [...ours, ...peers] : ours

export async function loopDelay() {
  const rows = []
  for (const rate of few([10_000, 50_000])) {
    for (const name of names) {
      const endpoint = await openEndpoint('hang')
      const { result } = await runChild(child, [name, rate, endpoint.url, endpoint.smtpPort], {
        timeoutMs: 20_000,
      })
      await endpoint.close()
      rows.push({
        'lines/s': rate.toLocaleString('en'),
        contestant: name,
        'of that rate': result ? `${Math.min(100, 100 * result.kept).toFixed(0)} %` : '–',
        'p99, ms': result?.p99.toFixed(1) ?? 'failed',
        'max, ms': result?.max.toFixed(1) ?? '–',
      })
    }
  }
  return rows
}
