// Runs the suites one after the other and writes docs/benchmarks.md. `node main.mjs reader storm` runs only
// these; the page is written once there is a result of each suite. `--quick` shows that each suite works, and
// writes nothing.
import { keepResult, unmeasured, writePage } from './lib/page.mjs'
import { isShort } from './lib/size.mjs'

// `run` resolves to the rows of the suite's table, or to `{ rows, goals }` with goals made by lib/goals.mjs.
// The page has this order.
const suites = {
  'call-cost': {
    title: 'What a log call costs the application',
    note: 'Time of the main thread per call, µs: CPU time, plus the time it waited for the worker. Ratios are against the first row of each group, taken inside each round. Each failure creates its own error; the engine writes an error’s stack when it is first read. If winston writes to nothing, the error is a field that bare winston turns into `{}`: there, the row that only reads the stack is the minimum for anything that distinguishes errors. If winston writes to a file, the error is passed as winston’s documentation says, and the stack is in the file. A wrapper is an object with `write` around the application’s own destination: its rows show what each way to look at a line costs by itself.',
    run: async () => (await import('./suites/call-cost.mjs')).callCost(),
  },
  crossing: {
    title: 'From the application to the worker',
    note: 'One text of one or more error lines passes on at the end of each turn of the event loop: posted, or through the ring in shared memory while the worker is awake ([decision 13](decisions/0013-ring.md)). CPU time of both threads, and the time until the text is read.',
    run: async () => (await import('./suites/crossing.mjs')).crossing(),
  },
  latency: {
    title: 'From the log call to the provider',
    note: 'A fatal record of a new problem, each some ms after the one before, in a process whose connection to the provider is open. Time from the call until the first byte of the message is at a provider on the same machine.',
    run: async () => (await import('./suites/latency.mjs')).latency(),
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
    note: 'Every line is an error of 700 bytes with a stack, as fast as pino produces them.',
    run: async () => (await import('./suites/storm.mjs')).storm(),
  },
  scale: {
    title: 'Many rules, alerts and channels, and a core that only logs',
    note: 'CPU time of a record in a hub with so many of each; half of the records meet a rule, in turn. Then the same lines only parsed, and errors that message and stack make different; ratios are to the first row of each. Below, log calls as fast as one thread makes them, 1 % of them errors: how many a second of CPU time takes, all threads of the process counted.',
    run: async () => (await import('./suites/scale.mjs')).scale(),
  },
  memory: {
    title: 'Memory over a million errors, provider never answers',
    note: 'Largest growth of the resident set.',
    run: async () => (await import('./suites/memory.mjs')).memory(),
  },
  idle: {
    title: 'A hub with nothing to do',
    note: 'Growth of the resident set by a hub that has been up for 25 s and took one line, and how often the threads that it started woke in the 10 s after.',
    run: async () => (await import('./suites/idle.mjs')).idle(),
  },
  stall: {
    title: 'A sibling sink while the provider hangs',
    note: '5 000 error records.',
    run: async () => (await import('./suites/stall.mjs')).stall(),
  },
  'exit-matrix': {
    title: 'The end of a process',
    note: 'Whether the last records reach the provider exactly once, and how long the process takes to end. `cold` is process.exit in the tick of the first record, `warm` in a running process, `handler` winston’s handleExceptions or a handler of the application that logs and exits. `warm` and `cold`, whose time is a goal, and the next start run alone; of the others two run side by side, and six where a provider is slow or hangs, because those processes only wait. A slow provider answers after three seconds; one that hangs has received the message, which counts as delivered; one that refuses accepts no connection.',
    run: async () => (await import('./suites/exit-matrix.mjs')).exitMatrix(),
  },
  start: {
    title: 'Start',
    note: 'From the first import until the worker has read its first line. Users of the winston adapter have already loaded winston: see that row. A *handler* is a function in a fresh process, as a Lambda’s cold start: it logs one error, flushes, and returns when the provider has answered; its ratio is to a handler that sends one request with `fetch` itself.',
    run: async () => (await import('./suites/start.mjs')).start(),
  },
  journal: {
    title: 'The state directory',
    note: 'One alert at a time, each delivered before the next one starts.',
    run: async () => (await import('./suites/journal.mjs')).journal(),
  },
  fleet: {
    title: 'One voice from many processes',
    note: 'Ten processes on this machine, which share a state directory or a Redis: eight new problems one after the other, eight critical ones, a storm of 8 kinds at 2 000 records a second for 10 s over all of them, and the speaker killed three times. Times are from the log call in a process that does not notify until the first byte of the message is at a provider here; calls of Redis are those of clients, as the server counts them. In the last rows one process notifies for a thousand that are simulated: they only submit.',
    run: async () => (await import('./suites/fleet.mjs')).fleet(),
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
  if (goals.length > 0 && !isShort) console.table(goals, ['what', 'goal', 'measured', 'met'])
  console.log(`${name}: ${((performance.now() - from) / 1000).toFixed(0)} s`)
  if (!isShort) keepResult(name, { title, note, rows, goals })
}
console.log(`\nin all ${((performance.now() - started) / 60_000).toFixed(1)} min`)
const names = Object.keys(suites)
const missing = unmeasured(names)
if (isShort) console.log('a quick run: every suite works, its figures mean nothing')
else if (missing.length === 0) console.log(`written to ${writePage(names)}`)
else
  console.log(`docs/benchmarks.md stays: it needs results of this machine for ${missing.join(', ')} as well`)
