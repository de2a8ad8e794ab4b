// docs/benchmarks.md, from what each suite wrote to results/: the goals first, then the tables.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import { fileURLToPath } from 'node:url'
import { drawCosts } from './picture.mjs'
import { whyMissed } from './why-missed.mjs'

const folder = fileURLToPath(new URL('../results/', import.meta.url))
const page = fileURLToPath(new URL('../../docs/benchmarks.md', import.meta.url))
const picture = fileURLToPath(new URL('../../docs/images/benchmarks.svg', import.meta.url))
const ours = /alert-?stream|alert-?transport/i

/** Keeps what a suite measured; `result` is `{ title, note, rows, goals }`. */
export function keepResult(name, result) {
  mkdirSync(folder, { recursive: true })
  const measured = { date: new Date().toISOString().slice(0, 10), node: process.version }
  writeFileSync(`${folder}${name}.json`, `${JSON.stringify({ ...measured, ...result }, null, 2)}\n`)
}

/** The suites of which this machine has no result: without them the page would lose a part. */
export function unmeasured(names) {
  return names.filter((name) => !existsSync(`${folder}${name}.json`))
}

/** Writes the page with the results of these suites, in their order. Returns its path. */
export function writePage(names) {
  const results = names.map((name) => JSON.parse(readFileSync(`${folder}${name}.json`, 'utf8')))
  const goals = results.flatMap((result) => result.goals ?? [])
  const costs = results[names.indexOf('call-cost')]
  writeFileSync(
    picture,
    drawCosts(costs.rows, (contestant) => ours.test(contestant)),
  )
  const parts = [
    '# Benchmarks',
    '![What a log call costs the application: ours, the logger alone, and others](images/benchmarks.svg)',
    'Written by `npx -y pnpm@10 bench`; with the name of a suite it runs only that one. Everything runs on one machine, side by side and interleaved: trust ratios, not absolute figures. A ratio is the median of the ratios inside each round, and its spread their middle half.',
    `Machine: ${os.availableParallelism()} cores${modelOf()}, ${Math.round(os.totalmem() / 2 ** 30)} GiB, ${os.platform()} ${os.arch()}. ${versions().join(', ')}.`,
    ...(goals.length === 0
      ? []
      : ['## Goals', tableOf(goals.map(({ why: _, ...goal }) => goal)), ...whyMissed(goals)]),
    ...results.flatMap(({ title, note, rows, date, node }) => [
      `## ${title}`,
      note,
      tableOf(rows),
      `Measured ${date} on Node ${node.slice(1)}.`,
    ]),
  ]
  writeFileSync(page, `${parts.filter(Boolean).join('\n\n')}\n`)
  return page
}

function modelOf() {
  const model = os.cpus()[0]?.model.trim() ?? ''
  return model === '' || model === 'unknown' ? '' : ` (${model})`
}

/** Ours is what is beside it; of the others, what is installed. */
function versions() {
  const { dependencies } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  const peers = Object.entries(dependencies).filter(([, range]) => !range.startsWith('link:'))
  return peers.map(([name]) => {
    try {
      const path = new URL(`../node_modules/${name}/package.json`, import.meta.url)
      return `${name} ${JSON.parse(readFileSync(path, 'utf8')).version}`
    } catch {
      return `${name} not installed`
    }
  })
}

function tableOf(rows) {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))]
  const line = (cells) => `| ${cells.map((cell) => String(cell ?? '').replaceAll('|', '\\|')).join(' | ')} |`
  return [
    line(columns),
    line(columns.map(() => '---')),
    ...rows.map((row) => line(columns.map((column) => row[column]))),
  ].join('\n')
}
