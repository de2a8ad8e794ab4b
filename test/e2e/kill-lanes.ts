/**
 * Processes that are killed at random moments, one generation after the other on one state directory, while
 * their provider fails now and then.
 */
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, inject } from 'vitest'
import { openInbox, type Received, webhookBody } from './app.ts'

type Adapter = 'core' | 'pino' | 'winston'

/** One directory, on which processes are started and killed one generation after the other. */
export interface Lane {
  readonly adapter: Adapter
  readonly generations: number
  /** Processes that live at the same time. */
  readonly together?: number
  /** Characters that each record carries besides: so many that the journal is written anew now and then. */
  readonly padding?: number
  /** From its sign to the kill, at most. */
  readonly longestLifeMs?: number
}

/** How many processes the lanes kill. */
export function killsOf(lanes: readonly Lane[]): number {
  return lanes.reduce((sum, { generations, together = 1 }) => sum + generations * together, 0)
}

/** So many that none of them sees a storm, of which a message would name only the ten most frequent. */
const channels = 72
const moods = [
  'ok',
  { status: 429, headers: { 'retry-after': '1' } },
  'error',
  'hang',
  'reset',
  'ok',
] as const

const opened: Record<Adapter, string> = {
  core: `
    import { createHub } from 'alert-core'
    const hub = createHub(options)
    const log = (level, alert, pad) => hub.write(JSON.stringify({ level, time: Date.now(), msg: 'it broke', alert, pad }))
  `,
  pino: `
    import pino from 'pino'
    const transport = pino.transport({ target: 'pino-alert-transport', options })
    const logger = pino(transport)
    const log = (level, alert, pad) => logger[level === 60 ? 'fatal' : 'error']({ alert, pad }, 'it broke')
  `,
  winston: `
    import winston from 'winston'
    import { AlertTransport } from 'winston-alert-transport'
    const logger = winston.createLogger({ transports: [new AlertTransport(options)] })
    const log = (level, alert, pad) => logger.error('it broke', { alert: { ...alert, severity: level === 60 ? 'critical' : 'error' }, pad })
  `,
}

/**
 * A fatal() of pino waits for its worker, but not longer than 10 s: on a busy machine it may return before
 * the record is in the journal.
 */
const fatalWaitMs = 9_000

// Each record is an alert of its own. What stands on stdout was in the journal before it was written there: a
// hub has written it when write() returns, pino's worker when fatal() does; winston promises nothing, there
// the journal itself is asked.
const program = ({ adapter, padding = 0 }: Lane, dir: string, channel: object, life: string) => `
  import { writeSync } from 'node:fs'
  writeSync(1, 'up\\n')
  const isLast = process.argv.includes('last')
  const channel = { ...${JSON.stringify(channel)}, type: 'webhook', wait: 0, interval: 0, repeat: '1h', max: 1_000, sendResolved: false, timeout: isLast ? '30s' : '1s', retry: { first: '20ms', max: '100ms' } }
  const names = Array.from({ length: ${channels} }, (_, n) => 'hook' + n)
  const options = {
    service: 'orders',
    state: { dir: ${JSON.stringify(dir)} },
    limits: { alerts: 10_000, queue: 10_000 },
    closeTimeout: '9s',
    channels: Object.fromEntries(names.map((name) => [name, channel])),
  }
  ${opened[adapter]}
  let n = 0
  const next = () => {
    const key = 'key-${life}-' + n
    const channels = [names[Math.floor(Math.random() * names.length)]]
    const startedAt = performance.now()
    log(n % 2 ? 50 : 60, { key, summary: key, channels }, 'x'.repeat(${padding}))
    const isWritten = n % 2 === 0 && performance.now() - startedAt < ${fatalWaitMs}
    if (isWritten && ${adapter !== 'winston'}) writeSync(1, key + '\\n')
    n++
  }
  if (isLast) {
    const isWaiting = () => !hub.stats().state.ready || Object.values(hub.stats().channels).some(({ waiting }) => waiting > 0)
    do await hub.flush(); while (isWaiting())
    await hub.close()
  } else {
    next()
    writeSync(1, 'open\\n')
    setInterval(next, 50)
  }
`

/** Kills one generation after another on the same directory, then lets one process live. */
async function run(lane: Lane, number: number) {
  const dir = await mkdtemp(join(tmpdir(), 'alert-kill-'))
  const inbox = await openInbox({ rateLimits: false })
  const received: Received[] = []
  inbox.subscribe((one) => one && received.push(one))
  const mood = setInterval(
    () => inbox.behave('webhook', moods[Math.floor(Math.random() * moods.length)]!),
    150,
  )
  const owed = new Set<string>()
  let kills = 0
  try {
    for (let generation = 0; generation < lane.generations; generation++) {
      const names = Array.from(
        { length: lane.together ?? 1 },
        (_, place) => `${number}-${generation}-${place}`,
      )
      const source = (name: string) => program(lane, dir, inbox.channels.webhook, name)
      const lives = await Promise.all(names.map((name) => live(source(name), lane, generation === 0)))
      for (const { acknowledged, wasKilled } of lives) {
        for (const key of acknowledged) owed.add(key)
        if (wasKilled) kills++
      }
      for (const key of await keysIn(dir)) owed.add(key)
    }
    clearInterval(mood)
    inbox.behave('webhook', 'ok')
    await live(
      program({ ...lane, adapter: 'core' }, dir, inbox.channels.webhook, `${number}-last`),
      'to its end',
    )
    return { owed, received, kills, left: await readdir(dir) }
  } finally {
    clearInterval(mood)
    await inbox.close()
    await rm(dir, { recursive: true, force: true })
  }
}

async function live(source: string, until: Lane | 'to its end', isFirst = false) {
  const file = join(inject('app'), `life-${randomUUID()}.mjs`)
  await writeFile(file, source)
  const child = spawn(process.execPath, [file, ...(until === 'to its end' ? ['last'] : [])], {
    cwd: inject('app'),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let stdout = ''
  // Some die while they take over what those before left, most of them after they have logged.
  const sign = !isFirst && Math.random() < 0.25 ? 'up' : 'open'
  let killer: NodeJS.Timeout | undefined
  child.stdout.on('data', (chunk) => {
    stdout += chunk
    if (until === 'to its end' || !stdout.includes(sign)) return
    killer ??= setTimeout(() => child.kill('SIGKILL'), Math.random() * (until.longestLifeMs ?? 500))
  })
  const [code, signal] = await once(child, 'close')
  clearTimeout(killer)
  await rm(file, { force: true })
  if (until === 'to its end') expect(code).toBe(0)
  return { acknowledged: stdout.match(/key-[-\w]+(?=\n)/g) ?? [], wasKilled: signal === 'SIGKILL' }
}

async function keysIn(dir: string): Promise<string[]> {
  const names = await readdir(dir)
  const texts = await Promise.all(
    names.filter((name) => name.endsWith('.journal')).map((name) => readFile(join(dir, name), 'utf8')),
  )
  // A torn last line never reached the journal as a whole.
  return texts.flatMap(
    (text) => text.slice(0, text.lastIndexOf('\n') + 1).match(/(?<="summary":")key-[-\w]+/g) ?? [],
  )
}

/** The alerts in a message, without meta-alerts. */
function keysOf(received: Received): string[] {
  const { alerts, reason } = webhookBody(received)
  expect(reason).not.toBe('storm')
  return alerts.map(({ headline }) => String(headline)).filter((title) => title.startsWith('key-'))
}

/** What was delivered, and how many messages of each channel repeated something. */
function sentOf(received: readonly Received[]) {
  const notified = new Set<string>()
  const again = new Map<string, number>()
  for (const one of received.filter(({ ok }) => ok)) {
    const keys = keysOf(one)
    const { channel } = JSON.parse(one.request.body)
    if (keys.some((key) => notified.has(key))) again.set(channel, (again.get(channel) ?? 0) + 1)
    for (const key of keys) notified.add(key)
  }
  return { notified, again: [...again.values()] }
}

/**
 * Idempotency keys that came with one content and then with another: a receiver that knows them would have
 * lost the second.
 */
function keysOfTwoContents(received: readonly Received[]): string[] {
  const contents = new Map<string, string>()
  return received.flatMap((one) => {
    const key = one.request.headers['idempotency-key']!
    const content = keysOf(one).sort().join(' ')
    const known = contents.get(key) ?? content
    contents.set(key, content)
    return known === content ? [] : [`${key}: ${known} | ${content}`]
  })
}

const isCore = ({ adapter }: Lane) => adapter === 'core'
const firstOnly = (lane: Lane): Lane => ({ ...lane, generations: 1 })

/** Kills processes in all lanes; every alert that had reached the journal is delivered. */
export async function expectNoLoss(lanes: readonly Lane[]): Promise<void> {
  const results = await Promise.all(lanes.map(run))
  let kills = 0
  let owedInAll = 0
  let againInAll = 0
  for (const { owed, received, kills: ofLane, left } of results) {
    const { notified, again } = sentOf(received)
    expect([...owed].filter((key) => !notified.has(key))).toEqual([])
    // Each channel may have had one message under way that was taken, and not yet noted.
    expect(Math.max(0, ...again)).toBeLessThanOrEqual(ofLane)
    againInAll += again.reduce((sum, count) => sum + count, 0)
    expect(keysOfTwoContents(received)).toEqual([])
    // The last one had active alerts, and has replaced others; nothing is left of the dead ones.
    const leases = left.filter((name) => name.endsWith('.lease'))
    const others = left.filter((name) => !leases.includes(name))
    expect(leases.length).toBeLessThanOrEqual(1)
    expect(others.filter((name) => !name.endsWith('.journal'))).toEqual([])
    expect(others.length).toBeLessThanOrEqual(1)
    kills += ofLane
    owedInAll += owed.size
  }
  expect(kills).toBe(killsOf(lanes))
  expect(againInAll).toBeLessThanOrEqual(kills)
  // The first ones of each lane have logged; the journal of a hub in their thread has that at once.
  expect(owedInAll).toBeGreaterThanOrEqual(killsOf(lanes.filter(isCore).map(firstOnly)))
}
