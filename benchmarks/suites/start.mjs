// Import of an adapter and start of its worker, against import of pino and start of pino.transport with a
// no-op target.
import { fileURLToPath } from 'node:url'
import { runChild } from '../lib/child.mjs'
import { openEndpoint } from '../lib/endpoint.mjs'
import { atMost } from '../lib/goals.mjs'
import { rounds as roundsOf } from '../lib/size.mjs'
import { median, spread } from '../lib/stats.mjs'

const child = fileURLToPath(new URL('./start.child.mjs', import.meta.url))
const rounds = roundsOf(7) * 2
const floor = 'pino + no-op target'
const handlerFloor = 'handler: pino + one fetch'
const names = [
  floor,
  'pino + pino-alert-transport target',
  'pino + alertStream',
  'winston-alert-transport',
  'winston-alert-transport, winston loaded before',
  handlerFloor,
  'handler: pino + alertStream',
  "handler: pino + alertStream, runIn 'inline'",
  'handler: winston-alert-transport',
]

export async function start() {
  const taken = new Map(names.map((name) => [name, []]))
  const endpoint = await openEndpoint()
  for (let round = 0; round < rounds; round++)
    for (const name of names) taken.get(name).push((await runChild(child, [name, endpoint.url])).result)
  await endpoint.close()

  const ratios = (name, what) =>
    taken.get(name).map((one, round) => one[what] / taken.get(floorOf(name))[round][what])
  const rows = names.map((name) => ({
    contestant: name,
    'up after, ms': median(taken.get(name).map(({ ms }) => ms)).toFixed(0),
    ratio: median(ratios(name, 'ms')).toFixed(2),
    spread: spread(ratios(name, 'ms')),
    'CPU of both threads, ms': median(taken.get(name).map(({ cpuMs }) => cpuMs)).toFixed(0),
    'CPU ratio': median(ratios(name, 'cpuMs')).toFixed(2),
    'CPU spread': spread(ratios(name, 'cpuMs')),
  }))
  const measured = median(ratios('winston-alert-transport', 'ms'))
  return { rows, goals: [atMost('import of the winston adapter and start of its worker', 1.2, measured)] }
}

function floorOf(name) {
  return name.startsWith('handler') ? handlerFloor : floor
}
