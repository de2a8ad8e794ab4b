/**
 * How far one fatal line travels through the sources of alert-core, hub to receipt: how many files it enters,
 * and how often a call crosses from one file to another. `node benchmarks/trace.mjs` fails above a limit;
 * `--files` and `--calls` list what there is to shorten.
 *
 * Every function of the sources is rewritten to say when it is entered and left, so that a shadow of the call
 * stack knows the caller's file. An async function leaves the stack while it waits. What Node calls (timers,
 * promises) has no caller, and what runs while a file is first loaded is not counted.
 */
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { rolldown } from 'rolldown'
import { parseAst } from 'rolldown/parseAst'

/** It may not grow: what a line does not need is not entered, and small files of one concept are one. */
const limit = { files: 60, changes: 250 }

const core = fileURLToPath(new URL('../packages/alert-core/', import.meta.url))
const source = join(core, 'src')

// ── instrumented sources
// ────────────────────────────────────────────────────────────────────────────────────────────

/** The source with a call at the start and the end of each function, and around all that it waits for. */
function instrument(code, file) {
  const id = JSON.stringify(file)
  const inserts = [
    [0, `const $module=$trace.enterModule(${id});`],
    [code.length, '\n;$trace.leave($module);'],
  ]
  const enter = `const $frame=$trace.enter(${id});try{`
  const leave = '}finally{$trace.leave($frame)}'

  function visit(node) {
    if (node === null || typeof node !== 'object') return
    if (Array.isArray(node)) {
      for (const child of node) visit(child)
      return
    }
    if (/^(Function|ArrowFunction)/.test(node.type) && node.body) {
      if (node.body.type === 'BlockStatement') {
        if (node.body.body.length === 0) inserts.push([node.body.start + 1, enter + leave])
        else inserts.push([node.body.start + 1, enter], [node.body.end - 1, leave])
      } else {
        const head = node.returnType?.end ?? node.params.at(-1)?.end ?? node.start
        inserts.push([code.indexOf('=>', head) + 2, `{${enter}return (`], [node.end, `)${leave}}`])
      }
    }
    if (node.type === 'AwaitExpression' || (node.type === 'YieldExpression' && node.argument)) {
      inserts.push([node.start, '$trace.resume($frame,'], [node.argument.start, '$trace.suspend($frame,('])
      inserts.push([node.end, ')))'])
    }
    // A rejected promise comes back here, past the call that resumes.
    if (node.type === 'CatchClause') inserts.push([node.body.start + 1, '$trace.resume($frame);'])
    if (node.type === 'TryStatement' && node.finalizer) {
      inserts.push([node.finalizer.start + 1, '$trace.resume($frame);'])
    }
    for (const [key, child] of Object.entries(node)) if (key !== 'type') visit(child)
  }

  visit(parseAst(code, { lang: 'ts' }, file).body)
  // At one place, what ends comes before what begins, and of two that begin the outer one first.
  const ordered = inserts.map(([at, text], order) => ({ at, text, order, isEnd: /^[)}]/.test(text) }))
  ordered.sort((a, b) => {
    if (a.at !== b.at) return a.at - b.at
    if (a.isEnd !== b.isEnd) return a.isEnd ? -1 : 1
    return a.isEnd ? b.order - a.order : a.order - b.order
  })
  let last = 0
  let out = ''
  for (const { at, text } of ordered) {
    out += code.slice(last, at) + text
    last = at
  }
  return out + code.slice(last)
}

/**
 * Builds the instrumented hub beside the package's dependencies; returns its folder and the way to its entry.
 */
async function buildTraced() {
  const dir = mkdtempSync(join(core, 'node_modules', '.trace-'))
  const { dependencies, peerDependencies } = JSON.parse(readFileSync(join(core, 'package.json'), 'utf8'))
  const external = Object.keys({ ...dependencies, ...peerDependencies }).filter((name) => name !== 'zod')
  const bundle = await rolldown({
    input: join(source, 'hub', 'create-hub.ts'),
    platform: 'node',
    treeshake: false,
    external: external.map((name) => new RegExp(`^${name}(/|$)`)),
    plugins: [
      {
        name: 'trace',
        transform: (code, id) => (id.startsWith(source) ? instrument(code, relative(source, id)) : null),
      },
    ],
  })
  await bundle.write({ dir, format: 'esm', entryFileNames: 'hub.mjs', chunkFileNames: '[name]-[hash].mjs' })
  await bundle.close()
  return { dir, entry: pathToFileURL(join(dir, 'hub.mjs')).href }
}

// ── the shadow of the call stack
// ────────────────────────────────────────────────────────────────────────────────────

function createTrace() {
  const stack = []
  const entered = new Map()
  const changes = new Map()
  let loading = 0
  let isCounting = false

  function remove(frame) {
    const at = stack.lastIndexOf(frame)
    if (at >= 0) stack.splice(at, 1)
    return at >= 0
  }

  return {
    entered,
    changes,
    count(on) {
      isCounting = on
    },
    enterModule(file) {
      const frame = { file, isModule: true }
      loading++
      stack.push(frame)
      return frame
    },
    enter(file) {
      const frame = { file }
      if (isCounting && loading === 0) {
        entered.set(file, (entered.get(file) ?? 0) + 1)
        const caller = stack.at(-1)
        if (caller !== undefined && caller.file !== file) {
          const change = `${caller.file} → ${file}`
          changes.set(change, (changes.get(change) ?? 0) + 1)
        }
      }
      stack.push(frame)
      return frame
    },
    leave(frame) {
      if (remove(frame) && frame.isModule) loading--
    },
    suspend(frame, value) {
      remove(frame)
      return value
    },
    resume(frame, value) {
      if (!stack.includes(frame)) stack.push(frame)
      return value
    },
  }
}

// ── one fatal line
// ──────────────────────────────────────────────────────────────────────────────────────────────────

function fatalLine() {
  const err = new Error('connect ECONNREFUSED 10.0.3.17:5432')
  err.stack = [
    `Error: ${err.message}`,
    '    at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1611:16)',
    '    at connect (/srv/payments/src/database/pool.js:48:11)',
    '    at async settle (/srv/payments/src/orders/settle.js:112:5)',
  ].join('\n')
  return JSON.stringify({
    level: 60,
    time: Date.now(),
    pid: 17,
    hostname: 'payments-1',
    name: 'payments',
    requestId: 'req-8f2c',
    err: { type: 'Error', message: err.message, stack: err.stack, code: 'ECONNREFUSED' },
    msg: 'no order can be charged: the database refuses connections',
  })
}

async function run() {
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.end('ok'))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const trace = createTrace()
  globalThis.$trace = trace
  const { dir, entry } = await buildTraced()
  try {
    const { createHub } = await import(entry)
    const url = `http://127.0.0.1:${server.address().port}/`
    const hub = createHub({ service: 'payments', channels: { ops: { type: 'webhook', url } } })
    const receipt = new Promise((resolve) => hub.subscribe(resolve, ({ type }) => type === 'delivered'))
    const problem = new Promise((resolve) =>
      hub.subscribe(resolve, ({ type }) => type === 'failed' || type === 'error' || type === 'retrying'),
    )
    // What a hub makes in the two turns after its start is not for this line.
    for (let turn = 0; turn < 2; turn++) await new Promise(setImmediate)
    trace.count(true)
    hub.write(fatalLine())
    const event = await Promise.race([receipt, problem])
    trace.count(false)
    await hub.close()
    if (event.type !== 'delivered') throw new Error(`The line was not delivered: ${JSON.stringify(event)}`)
    return trace
  } finally {
    rmSync(dir, { recursive: true })
    server.close()
    server.closeAllConnections()
  }
}

// ── what it says
// ────────────────────────────────────────────────────────────────────────────────────────────────────

const roomOf = (file) => (dirname(file) === '.' ? file : file.split('/')[0])
const sum = (numbers) => numbers.reduce((total, number) => total + number, 0)

function list(title, counts, most = Number.POSITIVE_INFINITY) {
  console.log(`\n${title}`)
  const sorted = [...counts].sort(([, a], [, b]) => b - a).slice(0, most)
  for (const [name, count] of sorted) console.log(`${String(count).padStart(5)}  ${name}`)
}

function byRoom(files, changes) {
  const rooms = new Map()
  const row = (file) => {
    const name = roomOf(file)
    if (!rooms.has(name)) rooms.set(name, { room: name, files: 0, inside: 0, 'to others': 0 })
    return rooms.get(name)
  }
  for (const file of files) row(file).files++
  for (const [change, count] of changes) {
    const [from, to] = change.split(' → ')
    row(from)[roomOf(from) === roomOf(to) ? 'inside' : 'to others'] += count
  }
  return [...rooms.values()].sort((a, b) => b.inside + b['to others'] - a.inside - a['to others'])
}

const { entered, changes } = await run()
const found = { files: entered.size, changes: sum([...changes.values()]) }
console.table(byRoom(entered.keys(), changes))
if (process.argv.includes('--files')) list('Calls into each file', entered)
if (process.argv.includes('--calls')) list('Changes of file', changes)
console.log(
  `One fatal line enters ${found.files} files (at most ${limit.files}) with ${found.changes} changes of file (at most ${limit.changes}).`,
)
if (found.files > limit.files || found.changes > limit.changes) {
  console.error('That is more than the limit.')
  process.exitCode = 1
}
