// Old logs through the rules: a generated log of a gigabyte, read by `alert-transport replay` in a process of
// its own.
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runChild } from '../lib/child.mjs'
import { atLeast } from '../lib/goals.mjs'
import { amount } from '../lib/size.mjs'

const child = fileURLToPath(new URL('./replay.child.mjs', import.meta.url))
const bytes = amount(1_000_000_000)
const weekMs = 7 * 24 * 60 * 60_000
const start = Date.UTC(2026, 0, 5)
const rate = 300_000

const config = {
  service: 'shop',
  channels: {
    ops: { type: 'webhook', url: 'https://im.example.com/notify' },
    phone: { type: 'console', minSeverity: 'critical', after: '2m' },
  },
  rules: [
    {
      name: 'flaky',
      match: { level: { gte: 'error' }, code: 'ETIMEDOUT' },
      when: { count: 20, within: '10m' },
    },
    { name: 'known', match: { level: { gte: 'error' }, code: 'EKNOWN' }, severity: 'off' },
  ],
}

/** Rows for the page and the goal: lines with 1 % and without errors. */
export async function replay() {
  const folder = mkdtempSync(join(tmpdir(), 'alert-bench-'))
  try {
    writeFileSync(join(folder, 'config.json'), JSON.stringify(config))
    const rows = []
    let quiet
    for (const errors of [0, 0.01]) {
      const log = join(folder, 'app.log')
      const lines = writeLog(log, errors)
      const { result, code, stderr } = await runChild(child, [folder], { timeoutMs: 600_000 })
      if (code !== 0 || result.lines !== lines) throw new Error(`replay failed: ${stderr}`)
      const perSecond = lines / (result.ms / 1000)
      quiet ??= perSecond
      rows.push({
        'errors, %': errors * 100,
        log: `${(statSync(log).size / 1e9).toFixed(2)} GB, ${lines.toLocaleString('en')} lines`,
        'lines a second': Math.round(perSecond).toLocaleString('en'),
        'seconds in all': (result.ms / 1000).toFixed(1),
        'largest resident set, MiB': result.peakMiB.toFixed(0),
        messages: result.messages,
        'page, kB': (result.pageBytes / 1000).toFixed(0),
      })
    }
    return { rows, goals: [atLeast('replay, lines a second without errors', rate, quiet, { digits: 0 })] }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/**
 * A week of a web service. The same pieces again and again, with other times: to make each line anew would
 * take minutes. Returns its lines.
 */
function writeLog(file, errors) {
  const piece = 2_000
  const info = (n) =>
    `,"pid":4242,"hostname":"web-1","req":{"id":"req-${n}","method":"GET","url":"/orders/${n * 7}","headers":{"host":"shop.example.com","user-agent":"Mozilla/5.0"}},"res":{"statusCode":200},"responseTime":${n % 90},"msg":"request completed"}\n`
  const kinds = ['card gateway timeout', 'upstream 502 from inventory', 'deadlock detected']
  const error = (n) =>
    `,"pid":4242,"hostname":"web-1","requestId":"req-${n}","code":"${['EKNOWN', 'ETIMEDOUT', 'EPIPE'][n % 3]}","msg":"${kinds[n % 3]} after ${n % 900} ms","err":{"type":"Error","message":"no answer","stack":"Error: no answer\\n    at pay (/srv/app/pay.js:10:2)\\n    at run (/srv/app/run.js:3:4)"}}\n`
  const isError = (n) => errors > 0 && n % Math.round(1 / errors) === 0
  const tails = Array.from({ length: piece }, (_, n) => [
    isError(n) ? 50 : 30,
    isError(n) ? error(n) : info(n),
  ])
  const pieceBytes = tails.reduce(
    (sum, [, tail]) => sum + tail.length + '{"level":30,"time":1767571200000'.length,
    0,
  )
  const pieces = Math.ceil(bytes / pieceBytes)
  const stepMs = weekMs / (pieces * piece)
  const handle = openSync(file, 'w')
  for (let at = 0; at < pieces; at++) {
    let text = ''
    for (let n = 0; n < piece; n++) {
      text += `{"level":${tails[n][0]},"time":${Math.floor(start + (at * piece + n) * stepMs)}${tails[n][1]}`
    }
    writeSync(handle, text)
  }
  closeSync(handle)
  return pieces * piece
}
