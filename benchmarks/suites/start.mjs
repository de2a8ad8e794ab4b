// Import of a door and start of its worker, against pino.transport with a no-op target.
import { fileURLToPath } from 'node:url'
import { runChild } from '../lib/child.mjs'
import { median, spread } from '../lib/stats.mjs'

const child = fileURLToPath(new URL('./start.child.mjs', import.meta.url))
const rounds = Number(process.env.BENCH_ROUNDS ?? 7)
const names = ['no-op target', 'pino-alert-transport', 'winston-alert-transport']

export async function start() {
  const times = new Map(names.map((name) => [name, []]))
  for (let round = 0; round < rounds * 2; round++) {
    for (const name of names)
      times.get(name).push((await runChild(child, [name, 'http://127.0.0.1:9'])).result)
  }
  const base = times.get('no-op target')
  return names.map((name) => {
    const each = times.get(name)
    const ratios = each.map((one, round) => one.ms / base[round].ms)
    return {
      contestant: name,
      'ready after, ms': median(each.map((one) => one.ms)).toFixed(0),
      'cpu, ms': median(each.map((one) => one.cpuMs)).toFixed(0),
      ratio: median(ratios).toFixed(2),
      spread: spread(ratios),
    }
  })
}
