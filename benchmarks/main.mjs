// Runs the suites one after the other and writes docs/benchmarks.md from what each measured. `node main.mjs reader storm` runs only these;
// the results of the others stay as they were. `BENCH_SHORT=1` tries whether they work, and writes nothing.
import { keepResult, writePage } from './lib/page.mjs'
import { isShort } from './lib/size.mjs'

// `run` resolves to the rows of the suite's table, or to `{ rows, goals }` with goals made by lib/goals.mjs. The page has this order.
const suites = {
  'call-cost': {
    title: 'What a log call costs the application',
    note: 'Time of the main thread a call, µs: what the processor spent on it, and what it stood waiting for the worker. Ratios are against the first row of each group, taken inside each round. Each failure makes an error of its own, whose stack the engine writes when it is first read. Where winston writes to nothing, the error is a field that bare winston makes `{}` of: there the row that only reads the stack is the floor of all that tell one error from another. Where it writes to a file, the error is given as winston’s own documentation has it, and the stack is in the file.',
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
  'reader-mixes': {
    title: 'Reading lines of many log calls',
    note: 'The reader of the worker, line to record, beside `JSON.parse` alone, over lines that 1, 5, 20 or 100 log calls write in turn.',
    run: async () => (await import('./suites/reader-mixes.mjs')).readerMixes(),
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
  'exit-matrix': {
    title: 'The end of a process',
    note: 'Whether the last words come to the provider exactly once, and how long the process takes to end. `cold` is process.exit in the tick of the first record, `warm` in a process that is up, `handler` winston’s handleExceptions or a handler of the application that logs and exits. A provider that is slow answers after three seconds; one that hangs has taken the message, and counts as told; one that refuses takes no connection.',
    run: async () => (await import('./suites/exit-matrix.mjs')).exitMatrix(),
  },
  start: {
    title: 'Start',
    note: 'From the first import until the worker has taken its first line; whoever uses the winston door has loaded winston before, which is the last row.',
    run: async () => (await import('./suites/start.mjs')).start(),
  },
  journal: {
    title: 'The state directory',
    note: 'One alert at a time, each told before the next one comes.',
    run: async () => (await import('./suites/journal.mjs')).journal(),
  },
  replay: {
    title: 'Replay of old logs',
    note: 'A week of a web service, and `alert-transport replay --html` over it.',
    run: async () => (await import('./suites/replay.mjs')).replay(),
  },
}

const wanted = process.argv.slice(2).filter((name) => name !== '--quick')
const unknown = wanted.filter((name) => !(name in suites))
if (unknown.length > 0)
  throw new Error(`no suite ${unknown.join(', ')}; there are ${Object.keys(suites).join(', ')}`)

const started = performance.now()
for (const [name, { title, note, run }] of Object.entries(suites)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  console.log(`\n${title} …`)
  const from = performance.now()
  const measured = await run()
  const { rows, goals = [] } = Array.isArray(measured) ? { rows: measured } : measured
  if (rows.length === 0) throw new Error(`the suite ${name} measured nothing`)
  console.table(rows)
  if (goals.length > 0 && !isShort) console.table(goals)
  console.log(`${name}: ${((performance.now() - from) / 1000).toFixed(0)} s`)
  if (!isShort) keepResult(name, { title, note, rows, goals })
}
console.log(`\nin all ${((performance.now() - started) / 60_000).toFixed(1)} min`)
if (isShort) console.log('a quick run: every suite works, its figures mean nothing')
else console.log(`written to ${writePage(Object.keys(suites))}`)
