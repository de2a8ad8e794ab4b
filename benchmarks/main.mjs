// Runs the suites one after the other and writes docs/benchmarks.md from what each measured. `node main.mjs reader storm` runs only these;
// the results of the others stay as they were.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('./results/', import.meta.url))
const page = fileURLToPath(new URL('../docs/benchmarks.md', import.meta.url))

const suites = {
  'call-cost': {
    title: 'What a log call costs the application',
    note: 'Time that the main thread is busy per call, µs. Ratios are against the first row of each group, taken inside each round.',
    run: async () => (await import('./suites/call-cost.mjs')).callCost(),
  },
  'loop-delay': {
    title: 'Delay of the event loop while the provider hangs',
    note: '1 % errors.',
    run: async () => (await import('./suites/loop-delay.mjs')).loopDelay(),
  },
  reader: {
    title: 'Reading in the worker',
    note: 'The same chunks of text, in one thread.',
    run: async () => (await import('./suites/reader.mjs')).reader(),
  },
  storm: {
    title: 'A storm of errors',
    note: 'Every line an error of 700 bytes with a stack, as fast as pino produces them.',
    run: async () => (await import('./suites/storm.mjs')).storm(),
  },
  memory: {
    title: 'Memory over a million errors, provider never answers',
    note: 'Growth of the resident set at its largest.',
    run: async () => (await import('./suites/memory.mjs')).memory(),
  },
  stall: {
    title: 'A sibling sink while the provider hangs',
    note: '5 000 error records.',
    run: async () => (await import('./suites/stall.mjs')).stall(),
  },
  start: {
    title: 'Start',
    note: 'From the first import until the worker has taken its first line.',
    run: async () => (await import('./suites/start.mjs')).start(),
  },
}

mkdirSync(folder, { recursive: true })
const wanted = process.argv.slice(2)
for (const [name, { title, run }] of Object.entries(suites)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  console.log(`\n${title} …`)
  const rows = await run()
  console.table(rows)
  writeFileSync(
    `${folder}${name}.json`,
    `${JSON.stringify({ date: new Date().toISOString().slice(0, 10), node: process.version, rows }, null, 2)}\n`,
  )
}
writePage()

function writePage() {
  const versions = [
    'pino',
    'winston',
    'pino-slack-transport',
    'pino-discord-transport',
    'pino-loki',
    '@logtail/pino',
    '@logtail/winston',
    '@sentry/node',
    'winston-slack-webhook-transport',
    'winston-mail',
  ]
  const version = (name) => {
    try {
      return `${name} ${JSON.parse(readFileSync(fileURLToPath(new URL(`./node_modules/${name}/package.json`, import.meta.url)), 'utf8')).version}`
    } catch {
      return `${name} not installed`
    }
  }
  const parts = [
    '# Benchmarks',
    `Written by \`npx -y pnpm@10 bench\`. Everything runs on one machine, side by side and interleaved; trust ratios, not absolute figures.`,
    `Machine: ${os.availableParallelism()} cores, ${Math.round(os.totalmem() / 2 ** 30)} GiB, ${os.platform()} ${os.arch()}. ${versions.map(version).join(', ')}.`,
  ]
  const names = [
    ...Object.keys(suites),
    ...readdirSync(folder)
      .map((file) => file.replace('.json', ''))
      .filter((name) => !(name in suites))
      .sort(),
  ]
  for (const name of names) {
    let result
    try {
      result = JSON.parse(readFileSync(`${folder}${name}.json`, 'utf8'))
    } catch {
      continue
    }
    parts.push(
      `## ${suites[name]?.title ?? result.title ?? name}`,
      suites[name]?.note ?? result.note ?? '',
      tableOf(result.rows),
      `Measured ${result.date} on Node ${result.node.slice(1)}.`,
    )
  }
  writeFileSync(page, `${parts.filter(Boolean).join('\n\n')}\n`)
  console.log(`\nwritten to ${page}`)
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
