// One process. `hub <rules> <alerts> <channels> <kind>`: prints the µs that a record costs a hub with so many
// of each, `kind` of its rules' conditions being 'equal' or 'regex'. `logger <contestant> <seconds> <url>`:
// prints how many lines a second one core takes, 1 % of them errors, all threads counted.
import { createHub } from 'alert-core'
import { contestants } from '../contestants/index.mjs'
import { threadUs } from '../lib/busy.mjs'
import { isShort } from '../lib/size.mjs'

const [task, ...given] = process.argv.slice(2)
// The engine has compiled for good after the first 100,000, which are not counted.
const records = isShort ? 2_000 : 100_000
const nowhere = { type: 'webhook', url: 'http://127.0.0.1:9/', wait: '1h', repeat: '4h' }

console.log(JSON.stringify(task === 'hub' ? await hub(...given) : await logger(...given)))
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
  // Half of the records are those of a rule, in turn; the others meet none.
  const lines = Array.from({ length: Math.max(Number(alerts), 1_000) }, (_, n) =>
    line(n % Number(alerts), n % 2 === 0 ? `E${n % Number(rules)}` : 'none'),
  )
  for (const each of lines) opened.write(each)
  await new Promise(setImmediate)
  write(opened, lines, records)
  await new Promise(setImmediate)
  const from = threadUs()
  write(opened, lines, records)
  const us = (threadUs() - from) / records
  const { alerts: live } = opened.stats()
  return { us, live }
}

function write(to, lines, count) {
  for (let n = 0; n < count; n++) to.write(lines[n % lines.length])
}

function line(alert, code) {
  const err = {
    type: 'Error',
    message: 'connect ECONNREFUSED 127.0.0.1:5432',
    stack: 'Error: connect\n    at pay (/srv/shop/pay.js:12:9)',
  }
  return JSON.stringify({
    level: 50,
    time: Date.now(),
    msg: 'payment failed',
    code,
    err,
    alert: { key: `${alert}` },
  })
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
