// What reading a line costs beside `JSON.parse` alone, however many log calls write the lines and however
// long these are.
import { threadUs } from '../lib/busy.mjs'
import { atMost } from '../lib/goals.mjs'
import { amount, rounds as roundsOf } from '../lib/size.mjs'
import { importSource } from '../lib/source.mjs'
import { median, spread } from '../lib/stats.mjs'

const rounds = roundsOf(5)
const chars = amount(4_000_000)
/** A round shorter than this says more of the processor's clock than of the code. */
const roundUs = amount(100_000)

/** Each call site has keys and a message of its own, as log calls of one service do. */
const kinds = {
  'short info line': (site, n) =>
    `{"level":30,"time":${1_790_000_000_000 + n},"pid":4711,"hostname":"web-1","reqId":"req-${n}","part${site}":"area ${site}","ms":${n % 900},"msg":"step ${site} of request done"}`,
  'long info line': (site, n) =>
    `{"level":30,"time":${1_790_000_000_000 + n},"pid":4711,"hostname":"web-1","req":{"id":"req-${n}","method":"GET","url":"/api/orders/${n}?page=${n % 7}","headers":{${headers(site, n)}},"remoteAddress":"10.0.${site % 250}.${n % 250}"},"res":{"statusCode":200,"headers":{"content-type":"application/json","content-length":"${n % 9_000}"}},"part${site}":"area ${site}","responseTime":${n % 900},"msg":"request ${site} completed"}`,
  'error with a stack': (site, n) =>
    `{"level":50,"time":${1_790_000_000_000 + n},"pid":4711,"hostname":"web-1","reqId":"req-${n}","err":{"type":"Error","message":"connect ECONNREFUSED 127.0.0.1:5432","stack":"Error: connect ECONNREFUSED 127.0.0.1:5432${frames(site)}","code":"ECONNREFUSED"},"msg":"order ${n} could not be saved by part ${site}"}`,
  'error of 11 kB': (site, n) => failedCall(site, n, rows(n)),
  'error of 47 kB, rows of 90 bytes': (site, n) => failedCall(site, n, textRows(n, 500, 82)),
  'error of 100 kB, rows of 1 kB': (site, n) => failedCall(site, n, textRows(n, 100, 990)),
  'error of 2 MB, rows of 1 kB': (site, n) => failedCall(site, n, textRows(n, 2_000, 990)),
}

function failedCall(site, n, data) {
  return `{"level":50,"time":${1_790_000_000_000 + n},"pid":4711,"hostname":"web-1","reqId":"req-${n}","err":{"type":"AxiosError","message":"Request failed with status code 502","stack":"AxiosError: Request failed with status code 502${frames(site)}","response":{"status":502,"data":[${data}]}},"msg":"call ${site} failed"}`
}

function headers(site, n) {
  const names = Array.from(
    { length: 12 },
    (_, index) => `"x-header-${site}-${index}":"value ${index} of ${n}"`,
  )
  return names.join(',')
}

function frames(site) {
  const lines = Array.from(
    { length: 9 },
    (_, n) => `\\n    at step${n} (/srv/app/src/part${site}/file${n}.js:${n + 10}:11)`,
  )
  return lines.join('')
}

function rows(n) {
  return Array.from(
    { length: 180 },
    (_, row) => `{"id":${n + row},"name":"row ${row}","state":"open","tags":["a","b"]}`,
  ).join(',')
}

function textRows(n, count, chars) {
  return Array.from({ length: count }, (_, row) => `{"k":"${`${n}-${row} `.padEnd(chars, 'x')}"}`).join(',')
}

function perLineUs(read, lines) {
  const from = threadUs()
  let count = 0
  let tookUs = 0
  while (tookUs < roundUs) {
    for (let index = 0; index < lines.length; index++) read(lines[index])
    count += lines.length
    tookUs = threadUs() - from
  }
  return tookUs / count
}

export async function readerMixes() {
  const { createReader } = await importSource('alert-core/src/read/reader.ts')
  const rows = []
  const goals = []
  for (const [kind, write] of Object.entries(kinds)) {
    for (const sites of [1, 5, 20, 100]) {
      const count = Math.max(4, Math.min(5_000, Math.round(chars / write(0, 0).length)))
      const lines = Array.from({ length: count }, (_, n) => write((n * 7) % sites, n))
      const read = createReader({ now: Date.now })
      const times = { parse: [], read: [] }
      // Not counted: code that is run for the first time.
      perLineUs(JSON.parse, lines)
      perLineUs(read, lines)
      for (let round = 0; round < rounds; round++) {
        times.parse.push(perLineUs(JSON.parse, lines))
        times.read.push(perLineUs(read, lines))
      }
      const ratios = times.read.map((time, round) => time / times.parse[round])
      rows.push({
        line: kind,
        'log calls': sites,
        bytes: write(0, 0).length,
        'JSON.parse, µs': median(times.parse).toFixed(2),
        'reader, µs': median(times.read).toFixed(2),
        ratio: median(ratios).toFixed(2),
        spread: spread(ratios),
      })
    }
  }
  const worst = Math.max(...rows.map((row) => Number(row.ratio)))
  goals.push(atMost('reader against JSON.parse on the worst mix of lines', 1.5, worst, { unit: ' ×' }))
  return { rows, goals }
}
