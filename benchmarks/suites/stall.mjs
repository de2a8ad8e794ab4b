// The share of lines that reach a sibling sink of the same winston logger while the provider hangs.
import { fileURLToPath } from 'node:url'
import { runChild } from '../lib/child.mjs'
import { openEndpoint } from '../lib/endpoint.mjs'
import { atLeast } from '../lib/goals.mjs'
import { amount, hasPeers } from '../lib/size.mjs'

const child = fileURLToPath(new URL('./stall.child.mjs', import.meta.url))
const total = amount(5_000)
const ours = ['winston alone', 'winston + AlertTransport']
const peers = ['@logtail/winston', 'winston-slack-webhook-transport', 'winston-mail']

export async function stall() {
  const rows = []
  const goals = []
  for (const name of hasPeers ? [...ours, ...peers] : ours) {
    const endpoint = await openEndpoint('hang')
    const { result } = await runChild(child, [name, total, endpoint.url, endpoint.smtpPort])
    await endpoint.close()
    if (name === ours[1])
      goals.push(
        atLeast(
          'lines that reach a sibling winston sink while the provider hangs',
          100,
          result ? (100 * result.seen) / total : undefined,
          { unit: ' %', digits: 1 },
        ),
      )
    rows.push({
      contestant: name,
      'lines that reached the sibling': result ? `${((100 * result.seen) / total).toFixed(1)} %` : 'crashed',
    })
  }
  return { rows, goals }
}
