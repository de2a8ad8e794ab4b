/**
 * Accidents at random, one life of an application after the other on one state directory: it is killed,
 * exits or closes, or only its hub is killed, a thread or a process of its own, while the provider refuses,
 * answers late or never, the disk is full, the clock jumps by hours, and records hold what makes a
 * backtracking pattern run for ever. Nothing is lost without a count: the count that the last message shows
 * of each kind is that of the records logged, less those counted as lost. ALERT_CHAOS_MS sets how long;
 * ALERT_SEED gives the same plan again.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { expect, it, type TestContext } from 'vitest'
import { adapters, inline, root } from '../unit/worker/program.ts'
import { createRandom } from './hostile-records.mjs'

/** By hand ten minutes; the gate has less time. */
const forMs = Number(process.env['ALERT_CHAOS_MS'] ?? (process.env['CI'] ? 30_000 : 600_000))
const seed = Number(process.env['ALERT_SEED'] ?? Date.now() % 2 ** 31)
const kinds = 6
const hour = 3_600_000

type Mood = 'ok' | 'refuses' | 'late' | 'silent'
type End = 'kill' | 'exit' | 'close'

interface Life {
  readonly adapter: 'alertStream' | 'winston'
  readonly end: End
  readonly mood: Mood
  readonly isDiskFull: boolean
  readonly isHubKilled: boolean
  readonly clockMs: number
  readonly ms: number
}

function planLife(random: () => number, hasSmallDisk: boolean): Life {
  const isDiskFull = hasSmallDisk && random() < 0.15
  const pick = <One>(...from: One[]) => from[Math.floor(random() * from.length)]!
  return {
    adapter: pick('alertStream', 'winston'),
    end: pick('kill', 'exit', 'close'),
    mood: pick<Mood>('ok', 'ok', 'refuses', 'late', 'silent'),
    isDiskFull,
    // On a full disk the state is in the memory of the hub only.
    isHubKilled: !isDiskFull && random() < 0.4,
    clockMs: random() < 0.3 ? pick(-1, 1) * Math.round(random() * 5 * hour) : 0,
    ms: 800 + random() * 2_500,
  }
}

interface Message {
  readonly alerts: readonly {
    readonly count: number
    readonly summary?: string
    readonly headline?: string
  }[]
}

/** A provider with moods, which remembers what it has accepted. */
async function openProvider(onTestFinished: TestContext['onTestFinished']) {
  const accepted: Message[] = []
  let mood: Mood = 'ok'
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      const answer = () => {
        accepted.push(JSON.parse(body))
        response.end('ok')
      }
      if (mood === 'refuses') response.writeHead(503).end()
      else if (mood === 'late') setTimeout(answer, 700)
      else if (mood === 'ok') answer()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    accepted,
    setMood(next: Mood) {
      mood = next
    },
  }
}

/** A disk of 4 MB, if this user may mount one. */
function openDisk(onTestFinished: TestContext['onTestFinished']) {
  const directory = mkdtempSync(join(tmpdir(), 'alert-chaos-'))
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'alerts', directory])
  const isSmall = mounted.status === 0
  onTestFinished(() => {
    if (isSmall) spawnSync('umount', ['-l', directory])
    rmSync(directory, { recursive: true, force: true })
  })
  const filler = join(directory, 'filler')
  const state = join(directory, 'state')
  mkdirSync(state, { mode: 0o700 })
  return {
    isSmall,
    state,
    fill() {
      for (let bytes = 1024 * 1024; bytes >= 1; bytes = Math.floor(bytes / 2)) {
        try {
          for (;;) writeFileSync(filler, Buffer.alloc(bytes), { flag: 'a' })
        } catch {
          // That much does not fit any more.
        }
      }
    },
    free: () => rmSync(filler, { force: true }),
  }
}

/** Loaded by every thread and process: the clock of the application, which a file shifts. */
const shiftedClock = (file: string) => `
  import { readFileSync } from 'node:fs'
  const Real = Date
  let shift = 0
  const look = () => { try { shift = Number(readFileSync(${JSON.stringify(file)}, 'utf8')) || 0 } catch {} }
  look()
  setInterval(look, 20).unref()
  globalThis.Date = class Date extends Real {
    constructor(...given) { if (given.length > 0) super(...given); else super(Real.now() + shift) }
    static now() { return Real.now() + shift }
  }`

/**
 * Logs until it is ended by a word on stdin; says each record once it is logged, and what was lost. What is
 * not critical is in the journal a second after it was read. The hub is killed when that is over: a process
 * then counts as lost what it has not been said to have read, and what a thread may have read in that moment
 * is counted by no one.
 */
const program = (life: Life, options: object, isLast: boolean) => `
  import { readFileSync, writeSync } from 'node:fs'
  import { syncBuiltinESMExports } from 'node:module'
  import { createInterface } from 'node:readline'
  import threads from 'node:worker_threads'
  const workers = new Set()
  threads.Worker = class extends threads.Worker { constructor(...given) { super(...given); workers.add(this) } }
  syncBuiltinESMExports()
  const options = ${JSON.stringify(options)}
  const say = (word, what) => writeSync(1, word + ' ' + what + '\\n')
  let alerts, logger
  ${adapters[life.adapter]}
  alerts.on('alert', (event) => {
    if (event.type === 'error') say('code', event.code)
    if (event.type === 'dropped') say('dropped', event.count)
  })
  const bomb = 'a'.repeat(5_000) + '!'
  let logged = 0
  const log = (kind = Math.floor(Math.random() * ${kinds})) => {
    logged++
    const fields = { kind: 'kind-' + kind, bomb: Math.random() < 0.05 ? bomb : 'a' }
    if (${life.adapter === 'winston'}) logger.error('order failed', fields)
    else logger[kind === 0 ? 'fatal' : 'error'](fields, 'order failed')
    say('logged', kind)
  }
  const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
  const failed = ({ failures = {} } = {}) => (failures.lost ?? 0) + (failures.full ?? 0)
  const sayLost = async () => say('lost', failed(await alerts.stats()))
  const until = async (isSo) => { while (!isSo(await alerts.stats())) await sleep(20) }
  const children = () => readFileSync('/proc/self/task/' + process.pid + '/children', 'utf8').trim().split(' ').filter(Boolean)
  const killHub = async () => {
    clearTimeout(timer)
    await until((stats) => stats?.state?.ready === true && stats.lines >= logged)
    await sleep(1_000)
    // On a busy machine its timers are late: after each answer it has had its turn.
    for (let turns = 0; turns < 5; turns++) {
      await sleep(100)
      await alerts.stats()
    }
    let isReplaced = false
    alerts.on('alert', ({ code }) => { if (code === 'ALERT_WORKER_LOST') isReplaced = true })
    const before = logged
    for (let left = Math.random() * 8; left > 0; left--) log()
    const pids = children()
    for (const pid of pids) process.kill(Number(pid), 'SIGKILL')
    if (pids.length === 0) for (const worker of workers) worker.terminate()
    const unwritten = pids.length === 0 ? logged - before : 0
    again()
    // An application that is killed itself says no more what was lost, and until the next hub has what was
    // logged meanwhile, it has that in its memory only.
    if (${life.end === 'kill'}) {
      await until((stats) => isReplaced && stats?.state?.ready === true && stats.lines > 0)
      await sayLost()
    }
    say('unwritten', unwritten)
  }
  let timer
  const again = () => { for (let left = Math.random() * 8; left > 0; left--) log(); timer = setTimeout(again, Math.random() * 60) }
  if (${isLast}) {
    timer = setInterval(() => {}, 1_000)
    const waiting = async () => (await alerts.stats())?.channels.hook?.records.waiting
    const isReady = async () => (await alerts.stats())?.state?.ready === true
    while (!(await isReady())) await sleep(50)
    // The start of two lives may be sent in one message, which shows the total of one of them.
    for (let kind = 0; kind < ${kinds}; kind++) log(kind)
    while ((await waiting()) !== 0) await sleep(50)
    await alerts.close()
    clearInterval(timer)
  } else again()
  createInterface({ input: process.stdin }).on('line', async (word) => {
    if (word === 'kill-hub') return killHub()
    if (word === 'wait-for-disk') {
      await until((stats) => stats?.state?.place === 'disk')
      return say('on-disk', '')
    }
    clearTimeout(timer)
    await sayLost()
    if (word === 'exit') process.exit(0)
    await alerts.close()
    process.exit(0)
  }).on('close', () => {})
  process.stdin.unref()`

function start(source: string, clock: string): ChildProcess {
  return spawn(process.execPath, inline(source), {
    cwd: root,
    env: { ...process.env, NODE_OPTIONS: `--import ${pathToFileURL(clock)}` },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
}

it(`of ${forMs / 1_000} s of accidents nothing is lost without a count`, {
  timeout: forMs + 1_800_000,
}, async ({ onTestFinished }) => {
  const random = createRandom(seed)
  const disk = openDisk(onTestFinished)
  const provider = await openProvider(onTestFinished)
  const elsewhere = mkdtempSync(join(tmpdir(), 'alert-clock-'))
  onTestFinished(() => rmSync(elsewhere, { recursive: true, force: true }))
  const [clock, shift] = [join(elsewhere, 'clock.mjs'), join(elsewhere, 'shift')]
  writeFileSync(clock, shiftedClock(shift))
  const logged = Array.from({ length: kinds }, () => 0)
  const counts = {
    lives: 0,
    kill: 0,
    exit: 0,
    close: 0,
    hub: 0,
    full: 0,
    jumps: 0,
    lost: 0,
    dropped: 0,
    unwritten: 0,
  }
  const codes = new Map<string, number>()
  let clockMs = 0

  const options = (end: End) => ({
    service: 'orders',
    runIn: end === 'kill' ? 'process' : 'worker',
    state: { dir: disk.state },
    closeTimeout: '9s',
    rules: [
      { name: 'bomb', match: { bomb: { regex: '^(a+)+$' }, msg: 'never' } },
      { name: 'order', match: { msg: 'order failed' }, groupBy: ['kind'], summary: '{kind}' },
    ],
    channels: {
      hook: {
        type: 'webhook',
        url: provider.url,
        wait: 0,
        interval: 0,
        repeat: '1s',
        repeatMax: '1s',
        timeout: '1s',
        retryFor: '1d',
        retry: { first: '50ms', max: '500ms' },
      },
    },
  })

  async function live(life: Life, isLast = false): Promise<void> {
    const child = start(program(life, options(life.end), isLast), clock)
    const seen = new Set<string>()
    let stderr = ''
    child.stderr!.on('data', (chunk) => {
      stderr += chunk
    })
    const lines = createInterface({ input: child.stdout! })
    let hear = () => {}
    lines.on('line', (line) => {
      const [word, what = ''] = line.split(' ')
      if (word === 'logged') logged[Number(what)]!++
      if (word === 'lost') counts.lost += Number(what)
      if (word === 'dropped') counts.dropped += Number(what)
      if (word === 'unwritten') counts.unwritten += Number(what)
      if (word === 'code') codes.set(what, (codes.get(what) ?? 0) + 1)
      seen.add(`${word} ${word === 'code' ? what : ''}`)
      hear()
    })
    const closed = once(child, 'close')
    const came = async (what: string) => {
      const isOver = closed.then(() => true)
      while (!seen.has(what)) {
        const next = new Promise<false>((resolve) => {
          hear = () => resolve(false)
        })
        if (await Promise.race([isOver, next])) throw new Error(`it ended before '${what}': ${stderr}`)
      }
    }
    if (!isLast) {
      await came('logged ')
      if (life.clockMs !== 0) {
        clockMs += life.clockMs
        writeFileSync(shift, String(clockMs))
        counts.jumps++
      }
      if (life.isDiskFull) {
        disk.fill()
        counts.full++
        await sleep(life.ms)
        disk.free()
        // Tried every ten seconds if it was noticed. Until then all is in memory only.
        child.stdin!.write('wait-for-disk\n')
        await came('on-disk ')
      }
      if (life.isHubKilled) {
        child.stdin!.write('kill-hub\n')
        await came('unwritten ')
        counts.hub++
      }
      await sleep(life.ms)
      counts.lives++
      counts[life.end]++
      if (life.end === 'kill') child.kill('SIGKILL')
      else child.stdin!.write(`${life.end}\n`)
    }
    const [code, signal] = await closed
    expect({ code, signal, stderr: code === 0 ? '' : stderr }).toEqual(
      life.end === 'kill' && !isLast
        ? { code: null, signal: 'SIGKILL', stderr }
        : { code: 0, signal: null, stderr: '' },
    )
  }

  console.info(`ALERT_SEED=${seed}${disk.isSmall ? '' : ', no full disk: this user may not mount one'}`)
  const endsAt = performance.now() + forMs
  while (performance.now() < endsAt) {
    const life = planLife(random, disk.isSmall)
    provider.setMood(life.mood)
    await live(life)
  }
  provider.setMood('ok')
  const last: Life = {
    adapter: 'alertStream',
    end: 'close',
    mood: 'ok',
    isDiskFull: false,
    isHubKilled: false,
    clockMs: 0,
    ms: 0,
  }
  await live(last, true)

  const shown = logged.map((_, kind) => {
    const own = provider.accepted.flatMap(({ alerts }) =>
      alerts.filter((one) => nameOf(one) === `kind-${kind}`),
    )
    return Math.max(0, ...own.map(({ count }) => count))
  })
  const result = { ...counts, logged, shown, messages: provider.accepted.length, codes: [...codes] }
  console.info(JSON.stringify(result))
  const sum = (list: readonly number[]) => list.reduce((total, one) => total + one, 0)
  const missing = sum(logged.map((count, kind) => Math.max(0, count - shown[kind]!)))
  expect(missing).toBeLessThanOrEqual(counts.lost + counts.dropped + counts.unwritten)
  // A record may be taken before it is said that it was logged: one at each kill.
  for (const [kind, count] of shown.entries()) expect(count).toBeLessThanOrEqual(logged[kind]! + counts.kill)
})

const nameOf = ({ summary, headline }: Message['alerts'][number]) => String(summary ?? headline)
