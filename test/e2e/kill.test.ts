import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, inject, it } from 'vitest'
import { openInbox, type Received, webhookBody } from './app.ts'

const lanes = 4
const livesPerLane = 75
/** So many that none of them sees a storm, of which a message would name only the ten most frequent. */
const channels = 24
/** From its sign to the kill, at most. */
const longestLifeMs = 500
const moods = [
  'ok',
  { status: 429, headers: { 'retry-after': '1' } },
  'error',
  'hang',
  'reset',
  'ok',
] as const

// Each record is an alert of its own. What stands on stdout was in the journal before it was written there.
const program = (dir: string, channel: object, life: string) => `
  import { writeSync } from 'node:fs'
  import { createHub } from 'alert-core'
  writeSync(1, 'up\\n')
  const channel = { ...${JSON.stringify(channel)}, type: 'webhook', wait: 0, interval: 0, repeat: '1h', max: 1_000, sendResolved: false, timeout: '300ms', retry: { first: '20ms', max: '100ms' } }
  const names = Array.from({ length: ${channels} }, (_, n) => 'hook' + n)
  const hub = createHub({
    service: 'orders',
    state: { dir: ${JSON.stringify(dir)} },
    limits: { alerts: 10_000, queue: 10_000 },
    closeTimeout: '9s',
    channels: Object.fromEntries(names.map((name) => [name, channel])),
  })
  const log = (level, key) => hub.write(JSON.stringify({ level, time: Date.now(), msg: 'it broke', alert: { key, summary: key, channels: [names[Math.floor(Math.random() * names.length)]] } }))
  let n = 0
  const next = () => {
    const key = 'key-${life}-' + n
    log(n % 2 ? 50 : 60, key)
    if (n % 2 === 0) writeSync(1, key + '\\n')
    n++
  }
  if (process.argv.includes('last')) {
    const until = Date.now() + 60_000
    do await hub.flush(); while (Object.values(hub.stats().channels).some(({ waiting }) => waiting > 0) && Date.now() < until)
    await hub.close()
  } else {
    next()
    writeSync(1, 'open\\n')
    setInterval(next, 50)
  }
`

/** Kills one process after another on the same directory, then lets one live. */
async function runLane(lane: number) {
  const dir = await mkdtemp(join(tmpdir(), 'alert-kill-'))
  const inbox = await openInbox({ rateLimits: false })
  const taken: Received[] = []
  inbox.subscribe((received) => received?.ok && taken.push(received))
  const mood = setInterval(
    () => inbox.behave('webhook', moods[Math.floor(Math.random() * moods.length)]!),
    150,
  )
  const owed = new Set<string>()
  let kills = 0
  try {
    for (let life = 0; life < livesPerLane; life++) {
      const { acknowledged, wasKilled } = await live(program(dir, inbox.channels.webhook, `${lane}-${life}`))
      for (const key of [...acknowledged, ...(await keysIn(dir))]) owed.add(key)
      if (wasKilled) kills++
    }
    clearInterval(mood)
    inbox.behave('webhook', 'ok')
    await live(program(dir, inbox.channels.webhook, `${lane}-last`), { toTheEnd: true })
    return { owed, taken, kills, left: await readdir(dir) }
  } finally {
    clearInterval(mood)
    await inbox.close()
    await rm(dir, { recursive: true, force: true })
  }
}

async function live(source: string, { toTheEnd = false } = {}) {
  const file = join(inject('app'), `life-${randomUUID()}.mjs`)
  await writeFile(file, source)
  const child = spawn(process.execPath, [file, ...(toTheEnd ? ['last'] : [])], {
    cwd: inject('app'),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let stdout = ''
  // Some die while they take over what those before left, most of them later.
  const sign = Math.random() < 0.25 ? 'up' : 'open'
  let killer: NodeJS.Timeout | undefined
  child.stdout.on('data', (chunk) => {
    stdout += chunk
    if (!toTheEnd && stdout.includes(sign))
      killer ??= setTimeout(() => child.kill('SIGKILL'), Math.random() * longestLifeMs)
  })
  const [code, signal] = await once(child, 'close')
  clearTimeout(killer)
  await rm(file, { force: true })
  if (toTheEnd) expect(code).toBe(0)
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

/** What was told, and how many messages told something again. */
function tellingsOf(taken: readonly Received[]) {
  const told = new Set<string>()
  let again = 0
  for (const received of taken) {
    const { alerts, reason } = webhookBody(received)
    // What it says of itself is no record of the application's.
    const keys = alerts.map((alert) => String(alert['title'])).filter((title) => title.startsWith('key-'))
    expect(reason).not.toBe('storm')
    if (keys.some((key) => told.has(key))) again++
    for (const key of keys) told.add(key)
  }
  return { told, again }
}

it('loses no alert that had reached the journal over 300 kills with a provider that comes and goes, and tells again at most once a kill', async () => {
  const results = await Promise.all(Array.from({ length: lanes }, (_, lane) => runLane(lane)))
  let kills = 0
  let owedInAll = 0
  for (const { owed, taken, kills: ofLane } of results) {
    const { told, again } = tellingsOf(taken)
    expect([...owed].filter((key) => !told.has(key))).toEqual([])
    expect(again).toBeLessThanOrEqual(ofLane)
    kills += ofLane
    owedInAll += owed.size
  }
  expect(kills).toBe(lanes * livesPerLane)
  expect(owedInAll).toBeGreaterThan(300)
}, 600_000)
