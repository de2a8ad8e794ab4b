// How much a hub takes: what a record costs with many rules, alerts and channels, and how many lines a second
// one core takes for a whole process, logger included.
import { fileURLToPath } from 'node:url'
import { runChild } from '../lib/child.mjs'
import { openEndpoint } from '../lib/endpoint.mjs'
import { atLeast, atMost } from '../lib/goals.mjs'
import { few, hasPeers, isShort, rounds as roundsOf } from '../lib/size.mjs'
import { median, spread } from '../lib/stats.mjs'

const child = fileURLToPath(new URL('./scale.child.mjs', import.meta.url))
const rounds = roundsOf(5)
const seconds = isShort ? 0.5 : Number(process.env.BENCH_SECONDS ?? 60)
// They are steady within seconds, or out of memory within a minute.
const peerSeconds = Math.min(seconds, 15)

// An alert has one rule: 200 alerts fire with 10 rules and with 200.
const fewRules = { rules: 10, alerts: 200, channels: 1, kind: 'equal' }
const sizes = {
  '10 rules, 200 alerts, 1 channel': fewRules,
  '200 rules, each with an equality': { ...fewRules, rules: 200 },
  '200 rules, each with a regular expression': { ...fewRules, rules: 200, kind: 'regex' },
  '50 channels': { ...fewRules, channels: 50 },
  '10,000 alerts that fire': { ...fewRules, alerts: 10_000 },
  'all three, equalities': { rules: 200, alerts: 10_000, channels: 50, kind: 'equal' },
}

// What the records of the first row cost if they are only parsed, and the latest one of each alert is kept.
const parsing = { 'a line of 200 alerts, only parsed': 200, 'a line of 10,000 alerts, only parsed': 10_000 }

// Errors without a key of their own: message and stack say which alert they belong to.
const kinds = { 'an error of 20 kinds': 20, 'an error of 1,000 kinds': 1_000 }

const flat = [
  { size: '200 rules, each with an equality', what: '200 rules against 10' },
  { size: '50 channels', what: '50 channels against 1' },
  { size: '10,000 alerts that fire', what: '10,000 alerts against 200' },
]

const loggers = [
  { base: 'pino alone', ours: ['pino + alertStream'], peers: ['@sentry/node (pino)'] },
  {
    base: 'no-op target',
    ours: ['pino-alert-transport target'],
    peers: ['pino-slack-transport', 'pino-discord-transport', 'pino-loki', '@logtail/pino'],
  },
  {
    base: 'winston alone',
    ours: ['winston + AlertTransport'],
    peers: ['@sentry/node (winston)', '@logtail/winston', 'winston-slack-webhook-transport'],
  },
]

export async function scale() {
  const hub = await hubRows()
  const logger = await loggerRows()
  return { rows: [...hub.rows, ...logger.rows], goals: [...hub.goals, ...logger.goals] }
}

async function hubRows() {
  const hubs = Object.entries(sizes).map(([name, { rules, alerts, channels, kind }]) => [
    `a record in a hub with ${name}`,
    ['hub', rules, alerts, channels, kind],
  ])
  const taken = [
    await costs(few(hubs, 2)),
    await costs(Object.entries(parsing).map(([what, alerts]) => [what, ['parse', alerts]])),
    await costs(Object.entries(kinds).map(([what, count]) => [what, ['errors', count]])),
  ]
  const rows = taken.flatMap((each) =>
    [...each].map(([what, { us, ratios }]) => ({
      what,
      µs: median(us).toFixed(1),
      'lines/s a core': '',
      ratio: median(ratios).toFixed(2),
      spread: spread(ratios),
    })),
  )
  const goals = flat.flatMap(({ size, what }) => {
    const measured = taken[0].get(`a record in a hub with ${size}`)
    const name = `cost of a record, ${what}`
    return measured === undefined ? [] : [atMost(name, 1.3, median(measured.ratios), { unit: '×' })]
  })
  return { rows, goals }
}

/** What a record costs in each case, in turn, µs; and that as times the first case. */
async function costs(cases) {
  const taken = new Map(cases.map(([what]) => [what, []]))
  for (let round = 0; round < rounds; round++)
    for (const [what, given] of cases)
      taken.get(what).push(requireResult(what, await runChild(child, given)).us)
  const [[first]] = cases
  const ratiosOf = (us) => us.map((each, round) => each / taken.get(first)[round])
  return new Map([...taken].map(([what, us]) => [what, { us, ratios: ratiosOf(us) }]))
}

async function loggerRows() {
  const rows = []
  const goals = []
  for (const { base, ours, peers } of few(loggers)) {
    const rates = new Map([base, ...ours, ...(hasPeers ? peers : [])].map((name) => [name, []]))
    for (let round = 0; round < rounds; round++) {
      for (const [name, each] of rates) {
        const isPeer = peers.includes(name)
        // One round of a minute is long enough, and five of them would take half an hour.
        if (round > 0 && isPeer) continue
        each.push(await rateOf(name, isPeer ? peerSeconds : seconds / rounds))
      }
    }
    for (const [name, each] of rates) {
      const ratios = each.map((rate, round) => rate / rates.get(base)[round]).filter(Number.isFinite)
      rows.push({
        what: `${name}, 1 % errors`,
        µs: '',
        'lines/s a core': ratios.length === 0 ? 'failed' : Math.round(median(each)).toLocaleString('en'),
        ratio: ratios.length === 0 ? '–' : median(ratios).toFixed(2),
        spread: ratios.length === 0 ? '–' : spread(ratios),
      })
      if (ours.includes(name))
        goals.push(
          atLeast(`lines a second and core, ${name} against ${base}`, 0.8, median(ratios), { unit: '×' }),
        )
    }
  }
  return { rows, goals }
}

/** NaN where it failed. */
async function rateOf(name, forSeconds) {
  const endpoint = await openEndpoint()
  const { result } = await runChild(child, ['logger', name, forSeconds, endpoint.url])
  await endpoint.close()
  return result?.perCore ?? Number.NaN
}

function requireResult(name, { result, stderr }) {
  if (result === undefined) throw new Error(`${name} failed: ${stderr}`)
  return result
}
