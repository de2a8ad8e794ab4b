// All lines errors with stacks: does the worker keep up with pino, do the counts stay exact, and how many
// messages leave?
import { fileURLToPath } from 'node:url'
import { runChild } from '../lib/child.mjs'
import { openEndpoint } from '../lib/endpoint.mjs'
import { atLeast, atMost } from '../lib/goals.mjs'
import { amount, isShort, rounds as roundsOf } from '../lib/size.mjs'
import { median, spread } from '../lib/stats.mjs'

const child = fileURLToPath(new URL('./storm.child.mjs', import.meta.url))
const rounds = roundsOf(5)
const burst = amount(400_000)
const million = amount(1_000_000)
const channels = 3
const number = (value) => Math.round(value).toLocaleString('en')

export async function storm() {
  const results = []
  for (let round = 0; round < rounds; round++) {
    const noOp = await run('no-op', burst)
    const least = await run('least-parsing', burst)
    const ours = await run('ours', burst)
    if (noOp !== undefined && least !== undefined && ours !== undefined) results.push({ noOp, least, ours })
  }
  const of = (pick) => median(results.map(pick))
  const ratiosOf = (name) => results.map((each) => each.noOp.mainUs / each[name].workerUs)
  const ratios = ratiosOf('ours')
  const flood = (name, what) => ({
    what,
    "pino's rate, lines/s": number(1e6 / of(({ noOp }) => noOp.mainUs)),
    "worker's rate, lines/s": number(1e6 / of((each) => each[name].workerUs)),
    "worker's against pino's": median(ratiosOf(name)).toFixed(2),
    spread: spread(ratiosOf(name)),
    'behind, first and second half, KiB': [0, 1]
      .map((half) => number(of((each) => each[name].behind[half]) / 1024))
      .join(', '),
    counted: name === 'ours' ? number(of(({ ours }) => ours.matched)) : '',
  })
  const minute = await run('ours', million, million / (isShort ? 2 : 60))
  const steady = {
    what: `${number(million)} equal errors in a minute`,
    "pino's rate, lines/s": number(million / ((minute?.takenMs ?? Number.NaN) / 1000)),
    counted: minute === undefined ? 'failed' : number(minute.matched),
    'requests a channel': ((minute?.requests ?? Number.NaN) / channels).toFixed(1),
  }
  const goals = [
    atLeast("storm of error lines: worker's rate against pino's own", 1.1, median(ratios), { unit: '×' }),
    atMost(
      'storm of error lines: most that waits on pino’s side, second half against the first',
      1.25,
      median(results.map(({ ours }) => ours.behind[1] / ours.behind[0])),
      { unit: '×' },
    ),
    atMost(
      'requests a channel for a million equal errors in a minute',
      3,
      (minute?.requests ?? Number.NaN) / channels,
      { digits: 1 },
    ),
  ]
  const rows = [
    flood('ours', `${number(burst)} records as fast as pino writes them`),
    flood('least', 'the same, a target that only cuts and parses lines'),
    flood('noOp', 'the same, a target that does nothing'),
    steady,
  ]
  return { rows, goals }
}

async function run(what, total, perSecond) {
  const endpoint = await openEndpoint()
  const given = [what, total, endpoint.url, ...(perSecond === undefined ? [] : [perSecond])]
  const { result, stderr } = await runChild(child, given, { timeoutMs: 120_000 })
  const requests = endpoint.count()
  await endpoint.close()
  if (result === undefined) console.error(stderr)
  return result && { ...result, requests }
}
