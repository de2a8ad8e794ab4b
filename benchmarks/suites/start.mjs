// Import of an adapter and start of its worker, against import of pino and start of pino.transport with a
// no-op target.
import { fileURLToPath } from 'node:url'
import { runChild } from '../lib/child.mjs'
import { openEndpoint } from '../lib/endpoint.mjs'
import { atMost } from '../lib/goals.mjs'
import { marksIn, watched } from '../lib/marks.mjs'
import { rounds as roundsOf } from '../lib/size.mjs'
import { median, spread } from '../lib/stats.mjs'

const child = fileURLToPath(new URL('./start.child.mjs', import.meta.url))
const rounds = roundsOf(7) * 2
const floor = 'pino + no-op target'
const handlerFloor = 'handler: pino + one fetch'
const emptyThread = 'winston: a transport and a thread that do nothing'
const winston = 'winston-alert-transport'
const names = [
  floor,
  'pino + pino-alert-transport target',
  'pino + alertStream',
  emptyThread,
  winston,
  'winston-alert-transport with a state directory',
  'winston-alert-transport, winston loaded before',
  handlerFloor,
  'handler: pino + alertStream',
  "handler: pino + alertStream, runIn 'inline'",
  'handler: winston-alert-transport',
]

export async function start() {
  const taken = new Map(names.map((name) => [name, []]))
  const parts = new Map(points.map(([, part]) => [part, []]))
  const endpoint = await openEndpoint()
  for (let round = 0; round < rounds; round++) {
    for (const name of names) taken.get(name).push((await runChild(child, [name, endpoint.url])).result)
    addParts(await runChild(child, [winston, endpoint.url], { nodeArgs: watched }), parts)
  }
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
  const floorMs = median(taken.get(floor).map(({ ms }) => ms))
  const partRows = [...parts].map(([part, times]) => ({
    contestant: `${winston}: ${part}`,
    'up after, ms': median(times).toFixed(0),
    ratio: (median(times) / floorMs).toFixed(2),
  }))
  const why = whyOf(median(ratios(emptyThread, 'ms')), (part) => median(parts.get(part)) / floorMs)
  const measured = median(ratios(winston, 'ms'))
  return {
    rows: [...rows, ...partRows],
    goals: [atMost('import of the winston adapter and start of its worker', 1.4, measured, { why })],
  }
}

const reading = 'the thread reads its files'
const setup = 'Node sets up the thread'
const importing = 'import of the adapter'
const opening = 'the hub is opened'

/** What the thread that logs and its thread pass, in this order, each with the part that ends there. */
const points = [
  ['imported', importing],
  ['created', 'check of the options'],
  ['started', 'link, until the thread starts'],
  ['set up', setup],
  ['loaded', reading],
  ['open', opening],
  ['text read', 'the first line is read'],
  ['ends', 'an answer comes back'],
]

function addParts({ result, stdout }, parts) {
  const passed = { ...result.moments }
  for (const { name, at } of marksIn(stdout)) passed[name] ??= at
  let from = passed.begins
  for (const [point, part] of points) {
    parts.get(part).push(passed[point] - from)
    from = passed[point]
  }
}

function whyOf(emptyRatio, share) {
  const times = (ratio) => `${ratio.toFixed(2)}×`
  return `A transport of winston and a thread that do nothing already take ${times(emptyRatio)}. By its parts, measured in the same run: importing the adapter, which is reading its files and those of winston’s base class, ${times(share(importing))}; Node’s own setting up of a thread ${times(share(setup))}, the thread’s reading of its files ${times(share(reading))}, and opening the hub ${times(share(opening))}. The engine takes 0.03 to 0.04 ms for each kB that it reads, in minified files for the same functions too; neither zod nor what writes messages is among them: see docs/decisions/0003-few-files.md. Node’s compile cache saves it where the application has turned it on.`
}

function floorOf(name) {
  return name.startsWith('handler') ? handlerFloor : floor
}
