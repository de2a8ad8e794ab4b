// All lines errors with stacks, as fast as pino produces them: does the worker keep up, and do the counts stay exact?
import { fileURLToPath } from 'node:url'
import { runChild } from '../lib/child.mjs'
import { openEndpoint } from '../lib/endpoint.mjs'

const child = fileURLToPath(new URL('./storm.child.mjs', import.meta.url))

export async function storm() {
  const rows = []
  for (const total of [200_000, 1_000_000]) {
    const endpoint = await openEndpoint()
    const { result } = await runChild(child, [total, endpoint.url], { timeoutMs: 300_000 })
    const requests = endpoint.count()
    await endpoint.close()
    if (result === undefined) {
      rows.push({ records: total, result: 'failed' })
      continue
    }
    rows.push({
      records: total,
      'produced, lines/s': Math.round(total / (result.producedMs / 1000)).toLocaleString('en'),
      'taken, lines/s': Math.round(total / (result.takenMs / 1000)).toLocaleString('en'),
      "worker's rate against pino's": (result.producedMs / result.takenMs).toFixed(2),
      'largest backlog, KiB': Math.round(result.backlog / 1024),
      counted: result.matched?.toLocaleString('en'),
      requests,
    })
  }
  return rows
}
