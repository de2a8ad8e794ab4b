// One process. `hub <rules> <alerts> <channels> <kind>`: prints the µs that a record costs a hub with so
// many of each, `kind` of its rules' conditions being 'equal' or 'regex'. `errors <kinds>`: the same for
// errors of so many kinds, each from a place of its own. `parse <alerts>`: what it costs to parse the lines
// of `hub` and keep the latest of each alert. `logger <contestant> <seconds> <url>`: prints how many lines
// a second one core takes, 1 % of them errors, all threads counted.
import { createHub } from 'alert-core'
import { contestants } from '../contestants/index.mjs'
import { threadUs } from '../lib/busy.mjs'
import { isShort } from '../lib/size.mjs'

const [task, ...given] = process.argv.slice(2)
// The engine has compiled for good after the first 100,000, which are not counted.
const records = isShort ? 2_000 : 100_000
const nowhere = { type: 'webhook', url: 'http://127.0.0.1:9/', wait: '1h', repeat: '4h' }

const tasks = { hub, errors, parse, logger }
console.log(JSON.stringify(await tasks[task](...given)))
process.exit(0)

async function hub(rules, alerts, channels, kind) {
  const opened = createHub({
    crashes: false,
    limits: { alerts: Number(alerts) + 1_000 },
    channels: namedUpTo(channels, () => nowhere),
    rules: Array.from({ length: Number(rules) }, (_, n) => ({
      name: `rule ${n}`,
      match: kind === 'regex' ? { code: { regex: `^E${n}$` } } : { code: `E${n}` },
    })),
  })
  return { us: await costOf(opened, linesOf(Number(alerts), Number(rules))) }
}

async function errors(kinds) {
  const opened = createHub({ crashes: false, limits: { alerts: 2_000 }, channels: { one: nowhere } })
  const lines = Array.from({ length: Number(kinds) }, (_, n) => {
    // Digits would not make it another problem.
    const name = [n % 26, Math.floor(n / 26) % 26, Math.floor(n / 676)].map(letterOf).join('')
    const message = `connect to ${name} refused`
    const stack = `Error: ${message}\n    at ${name} (/srv/shop/${name}.js:12:9)\n    at next (/srv/shop/next.js:7:2)`
    return line({ msg: `payment of ${name} failed`, err: { type: 'Error', message, stack } })
  })
  return { us: await costOf(opened, lines) }
}

async function parse(alerts) {
  const latest = new Map()
  const write = (text) => {
    const record = JSON.parse(text)
    const known = latest.get(record.alert.key)
    if (known === undefined) latest.set(record.alert.key, { count: 1, record })
    else {
      known.count++
      known.record = record
    }
  }
  return { us: await costOf({ write }, linesOf(Number(alerts), 10)) }
}

async function costOf(taker, lines) {
  for (const each of lines) taker.write(each)
  await new Promise(setImmediate)
  write(taker, lines, records)
  await new Promise(setImmediate)
  const from = threadUs()
  write(taker, lines, records)
  return (threadUs() - from) / records
}

function write(to, lines, count) {
  for (let n = 0; n < count; n++) to.write(lines[n % lines.length])
}

/** Half of the records are those of a rule, in turn; the others meet none. */
function linesOf(alerts, rules) {
  const err = {
    type: 'Error',
    message: 'connect ECONNREFUSED 127.0.0.1:5432',
    stack: 'Error: connect\n    at pay (/srv/shop/pay.js:12:9)',
  }
  return Array.from({ length: Math.max(alerts, 1_000) }, (_, n) => {
    const code = n % 2 === 0 ? `E${n % rules}` : 'none'
    return line({ msg: 'payment failed', code, err, alert: { key: `${n % alerts}` } })
  })
}

function line(fields) {
  return JSON.stringify({ level: 50, time: Date.now(), ...fields })
}

function letterOf(number) {
  return String.fromCharCode(97 + number)
}

function namedUpTo(count, make) {
  return Object.fromEntries(Array.from({ length: Number(count) }, (_, n) => [`channel${n}`, make(n)]))
}

async function logger(name, seconds, url) {
  const log = await contestants[name]({ url, destination: 'null' })
  const isPino = log.levels?.values !== undefined
  const until = performance.now() + Number(seconds) * 1_000
  const before = process.cpuUsage()
  let lines = 0
  while (performance.now() < until) {
    for (let n = 0; n < 99; n++) inform(log, isPino, n)
    fail(log, isPino, lines)
    lines += 100
    await new Promise(setImmediate)
  }
  const { user, system } = process.cpuUsage(before)
  return { perCore: lines / ((user + system) / 1e6), perSecond: lines / Number(seconds) }
}

function inform(log, isPino, n) {
  if (isPino) log.info({ n, requestId: `req-${n}` }, 'request done')
  else log.info('request done', { n, requestId: `req-${n}` })
}

function fail(log, isPino, n) {
  const err = new Error('connect ECONNREFUSED 127.0.0.1:5432')
  if (isPino) log.error({ err, requestId: `req-${n}` }, 'payment failed')
  else log.error('payment failed', { err, requestId: `req-${n}` })
}
