// How fast the worker reads: our reader against pino-abstract-transport with JSON.parse, on the same chunks,
// 1 % errors and all errors.
import { Writable } from 'node:stream'
import { finished } from 'node:stream/promises'
import build from 'pino-abstract-transport'
import { threadUs } from '../lib/busy.mjs'
import { atLeast } from '../lib/goals.mjs'
import { amount, rounds as roundsOf } from '../lib/size.mjs'
import { median, spread } from '../lib/stats.mjs'

const rounds = roundsOf(7)
const lines = amount(Number(process.env.BENCH_LINES ?? 300_000))

const info = (n) =>
  `{"level":30,"time":${1_790_000_000_000 + n},"pid":4711,"hostname":"web-1","requestId":"req-${n}","route":"/api/orders","status":200,"ms":${n % 900},"msg":"request done, all is well here"}\n`
const stack =
  'Error: connect ECONNREFUSED 127.0.0.1:5432\\n    at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1611:16)\\n    at save (/srv/app/src/orders/save.js:42:11)\\n    at async handler (/srv/app/src/routes/orders.js:17:5)\\n    at async next (/srv/app/node_modules/koa/lib/application.js:163:7)\\n    at async /srv/app/src/server.js:88:3'
const error = (n) =>
  `{"level":50,"time":${1_790_000_000_000 + n},"pid":4711,"hostname":"web-1","requestId":"req-${n}","err":{"type":"Error","message":"connect ECONNREFUSED 127.0.0.1:5432","stack":"${stack}","code":"ECONNREFUSED"},"msg":"order ${n} could not be saved"}\n`

function chunks(share) {
  const every = Math.round(1 / share)
  const made = []
  let text = ''
  for (let n = 1; n <= lines; n++) {
    text += n % every === 0 ? error(n) : info(n)
    if (text.length > 60_000) {
      made.push(text)
      text = ''
    }
  }
  made.push(text)
  return made
}

async function timed(input, stream) {
  const started = threadUs()
  for (const chunk of input)
    if (!stream.write(chunk)) await new Promise((resolve) => stream.once('drain', resolve))
  stream.end()
  await finished(stream, { readable: false })
  return (threadUs() - started) / 1000
}

async function ours(input) {
  const { openTarget } = await import('alert-core/worker')
  return timed(input, await openTarget({ channels: { console: { minSeverity: 'critical' } } }, build))
}

function abstract(input) {
  const seen = { errors: 0 }
  return timed(
    input,
    build(async (source) => {
      for await (const record of source) if (record.level >= 50) seen.errors++
    }),
  )
}

function floor(input) {
  return timed(input, new Writable({ decodeStrings: false, write: (_chunk, _encoding, done) => done() }))
}

export async function reader() {
  const rows = []
  const goals = []
  for (const [share, what] of [
    [0.01, '1 % errors'],
    [1, 'all errors, 560 bytes'],
  ]) {
    const input = chunks(share)
    const times = { ours: [], abstract: [], floor: [] }
    // Not counted: code that is run for the first time.
    await ours(input)
    await abstract(input)
    for (let round = 0; round < rounds; round++) {
      times.floor.push(await floor(input))
      times.ours.push(await ours(input))
      times.abstract.push(await abstract(input))
    }
    const perLine = (each) => ((median(each) * 1000) / lines).toFixed(2)
    const ratios = times.abstract.map((time, round) => time / times.ours[round])
    if (share < 1)
      goals.push(
        atLeast(`reader at ${what} against pino-abstract-transport + JSON.parse`, 2.5, median(ratios), {
          unit: '×',
        }),
      )
    rows.push({
      share: what,
      'lines alone, µs': perLine(times.floor),
      'pino-abstract-transport + JSON.parse, µs': perLine(times.abstract),
      'pino-alert-transport, µs': perLine(times.ours),
      ratio: median(ratios).toFixed(2),
      spread: spread(ratios),
    })
  }
  return { rows, goals }
}
