// What a state directory costs: alerts decided a second with and without one, and a start that takes over a
// large journal.
import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { atMost } from '../lib/goals.mjs'
import { amount, rounds as roundsOf } from '../lib/size.mjs'

const run = promisify(execFile)
const child = fileURLToPath(new URL('./journal.child.mjs', import.meta.url))
const rounds = roundsOf(5)
const alerts = amount(400)
const entries = amount(100_000)

async function measure(...args) {
  const { stdout } = await run(process.execPath, ['--expose-gc', '--no-warnings', child, ...args.map(String)])
  return JSON.parse(stdout)
}

async function inDirectory(use) {
  const directory = mkdtempSync(join(tmpdir(), 'alert-bench-'))
  try {
    return await use(directory)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

/** Rows for the page: alerts a second with and without a state directory, then the start. */
export async function journal() {
  const rows = []
  for (const severity of ['error', 'critical']) {
    const without = []
    const with_ = []
    for (let round = 0; round < rounds; round++) {
      without.push((await measure('decide', '-', severity, alerts)).perSecond)
      with_.push(
        await inDirectory(
          async (directory) => (await measure('decide', directory, severity, alerts)).perSecond,
        ),
      )
    }
    rows.push({
      what: `alerts decided and delivered per second, ${severity}`,
      'without state.dir': median(without).toFixed(0),
      'with state.dir': median(with_).toFixed(0),
      'cost an alert, µs': (1e6 / median(with_) - 1e6 / median(without)).toFixed(0),
    })
  }
  const starts = []
  const least = []
  let size = 0
  for (let round = 0; round < rounds; round++) {
    await inDirectory(async (directory) => {
      size = await largeJournal(directory)
      least.push((await measure('read', directory)).ms)
      starts.push(await measure('adopt', directory))
    })
  }
  const empty = []
  for (let round = 0; round < rounds; round++)
    empty.push(await inDirectory((directory) => measure('adopt', directory)))
  rows.push({
    what: `start that adopts ${entries.toLocaleString('en')} entries (${(size / 1024 / 1024).toFixed(0)} MiB), ms`,
    'without state.dir': '',
    'with state.dir': `${median(starts.map(({ ms }) => ms)).toFixed(0)} (an empty directory: ${median(empty.map(({ ms }) => ms)).toFixed(0)})`,
    'cost an alert, µs': '',
  })
  rows.push({
    what: 'the least of that: read and cut it, parse the latest line of each key, write these again, ms',
    'without state.dir': '',
    'with state.dir': median(least).toFixed(0),
    'cost an alert, µs': '',
  })
  rows.push({
    what: 'the same start, growth of the resident set at its largest, MiB',
    'without state.dir': '',
    'with state.dir': `${median(starts.map(({ grownMiB }) => grownMiB)).toFixed(0)} (an empty directory: ${median(empty.map(({ grownMiB }) => grownMiB)).toFixed(0)})`,
    'cost an alert, µs': '',
  })
  const ms = median(starts.map((start) => start.ms))
  return { rows, goals: [atMost('start that adopts 100,000 entries', 500, ms, { unit: ' ms', digits: 0 })] }
}

/** A journal of 1 000 live alerts, each written a hundred times; returns its size in bytes. */
async function largeJournal(directory) {
  await measure('decide', directory, 'error', amount(1000))
  const name = readdirSync(directory).find((file) => file.endsWith('.journal'))
  const path = join(directory, name)
  const [header, ...lines] = readFileSync(path, 'utf8').trimEnd().split('\n')
  const latest = new Map()
  for (const line of lines) {
    for (const change of JSON.parse(line)) if (change[0].startsWith('alert/')) latest.set(change[0], change)
  }
  const written = [...latest.values()]
    .filter((change) => change.length === 2)
    .map((change) => JSON.stringify([change]))
  const all = [header]
  for (let n = 0; n < entries; n++) all.push(written[n % written.length])
  writeFileSync(path, `${all.join('\n')}\n`)
  return statSync(path).size
}

function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]
}
