// The share of lines that reach a sibling sink of the same winston logger while the provider hangs.
import { fileURLToPath } from 'node:url'
import { runChild } from '../lib/child.mjs'
import { openEndpoint } from '../lib/endpoint.mjs'

const child = fileURLToPath(new URL('./stall.child.mjs', import.meta.url))
const total = 5_000

export async function stall() {
  const rows = []
  for (const name of [
    'winston alone',
    'winston + AlertTransport',
    '@logtail/winston',
    'winston-slack-webhook-transport',
    'winston-mail',
  ]) {
    const endpoint = await openEndpoint('hang')
    const { result } = await runChild(child, [name, total, endpoint.url, endpoint.smtpPort])
    await endpoint.close()
    rows.push({
      contestant: name,
      'lines that reached the sibling': result ? `${((100 * result.seen) / total).toFixed(1)} %` : 'crashed',
    })
  }
  return rows
}
