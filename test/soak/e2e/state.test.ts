import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { type Inbox, openInbox, type Received, runProgram, unhurried, webhookBody } from '../../e2e/app.ts'
import { isSoak } from '../../soak.ts'

let inbox: Inbox
beforeAll(async () => {
  inbox = await openInbox({ rateLimits: false })
})
beforeEach(() => {
  inbox.behave('webhook', 'ok')
  inbox.behave('email', 'ok')
  inbox.behave('slack', 'ok')
  inbox.clear()
})
afterAll(() => inbox.close())

async function aDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'alert-state-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  return directory
}

const adapters = {
  pino: (options: object) => `
    import pino from 'pino'
    const transport = pino.transport({ target: 'pino-alert-transport', options: ${JSON.stringify(unhurried(options))} })
    const logger = pino(transport)
    const fatal = (text) => logger.fatal(text)
  `,
  winston: (options: object) => `
    import winston from 'winston'
    import { AlertTransport } from 'winston-alert-transport'
    const transport = new AlertTransport(${JSON.stringify(unhurried(options))})
    const logger = winston.createLogger({ transports: [transport] })
    const fatal = (text) => logger.error(text, { alert: { severity: 'critical' } })
  `,
}
/**
 * A start that logs nothing, and lives until the stored messages are delivered, or for a while if there are
 * none.
 */
const upAgain = (adapter: keyof typeof adapters, options: object) => `${adapters[adapter](options)}
  logger.info('up again')
  const alive = setTimeout(() => {}, 4000)
  transport.on('alert', (event) => event.type === 'delivered' && clearTimeout(alive))
`
const hook = () => ({ ...inbox.channels.webhook, type: 'webhook' })
const taken = (provider: string) => inbox.received({ provider, ok: true })
const textOf = (received: Received | undefined) => received?.request.body ?? ''

describe.each(['pino', 'winston'] as const)('the %s adapter', (adapter) => {
  it('delivers at the next start, once and marked as delayed, what a provider that was down did not accept before the kill', async () => {
    const options = { service: 'orders', state: { dir: await aDirectory() }, channels: { hook: hook() } }
    inbox.behave('webhook', 'error')
    const killed = await runProgram(`${adapters[adapter](options)}
      fatal('out of memory')
      transport.on('alert', (event) => event.type === 'retrying' && process.kill(process.pid, 'SIGKILL'))
      setInterval(() => {}, 1000)
    `)
    expect(killed.signal).toBe('SIGKILL')
    expect(taken('webhook')).toEqual([])
    inbox.behave('webhook', 'ok')
    for (let start = 0; start < 2; start++) {
      const ended = await runProgram(upAgain(adapter, options))
      expect(ended.stderr).toBe('')
    }
    const [only, ...more] = taken('webhook').filter((one) => webhookBody(one).reason !== 'resolved')
    expect(more).toEqual([])
    expect(webhookBody(only!)).toMatchObject({ severity: 'critical' })
    expect(textOf(only)).toMatch(/Delayed: due at/)
  })

  it('continues with a warning that names the directory if it cannot be used', async () => {
    const file = join(await aDirectory(), 'file')
    await writeFile(file, '')
    const options = { service: 'orders', state: { dir: file }, channels: { hook: hook() } }
    const ended = await runProgram(`${adapters[adapter](options)}\nfatal('out of memory')`)
    expect(ended.code).toBe(0)
    expect(ended.stderr).toContain(file)
    expect(taken('webhook').map((one) => webhookBody(one).severity)).toContain('critical')
  })
})

it('a fatal record of a process killed in the same tick is delivered at the next start', async () => {
  const options = { service: 'orders', state: { dir: await aDirectory() }, channels: { hook: hook() } }
  const killed = await runProgram(`${adapters.pino(options)}
    transport.on('ready', () => setTimeout(() => {
      fatal('out of memory')
      process.kill(process.pid, 'SIGKILL')
    }, 300))
  `)
  expect(killed.signal).toBe('SIGKILL')
  // If the thread that logs is delayed, the worker may have sent it before the kill: then it may be sent
  // again, as after any kill.
  const before = taken('webhook').length
  await runProgram(upAgain('pino', options))
  const notified = taken('webhook').map((one) => webhookBody(one).severity)
  expect(before === 0 ? [['critical']] : [['critical'], ['critical', 'critical']]).toContainEqual(notified)
})

it('six processes that start at the same instant on one directory deliver what is stored exactly once', async () => {
  const dir = await aDirectory()
  const options = {
    service: 'orders',
    state: { dir },
    channels: { hook: { ...hook(), sendResolved: false } },
  }
  inbox.behave('webhook', 'error')
  for (let n = 0; n < 3; n++) {
    await runProgram(`${adapters.pino({ ...options, service: `orders ${n}` })}
      fatal('out of memory')
      transport.on('alert', (event) => event.type === 'retrying' && process.kill(process.pid, 'SIGKILL'))
      setInterval(() => {}, 1000)
    `)
  }
  inbox.behave('webhook', 'ok')
  const start = upAgain('pino', options)
  await Promise.all(Array.from({ length: 6 }, () => runProgram(start)))
  const notified = taken('webhook').flatMap((one) => webhookBody(one).alerts.map(({ id }) => id))
  expect(notified).toHaveLength(3)
  expect(new Set(notified).size).toBe(3)
})

it('a 400 of one channel is not retried, and the fallback delivers it', async () => {
  inbox.behave('webhook', { status: 400 })
  const channels = {
    hook: { ...hook(), fallback: 'chat' },
    chat: { ...inbox.channels.slack, type: 'slack', minSeverity: 'critical' },
  }
  await runProgram(`${adapters.pino({ channels })}\nlogger.error('disk is full')`)
  expect(inbox.received({ provider: 'webhook' })).toHaveLength(1)
  expect(taken('slack')).toHaveLength(1)
  expect(textOf(taken('slack')[0])).toContain('disk is full')
})

it('a 429 with Retry-After: 2 gets the second request two seconds later', { retry: 2 }, async () => {
  inbox.behave('webhook', { status: 429, headers: { 'retry-after': '2' }, times: 1 })
  await runProgram(`${adapters.pino({ channels: { hook: hook() } })}
    logger.fatal('out of memory')
    transport.on('alert', (event) => event.type === 'delivered' && clearInterval(alive))
    const alive = setInterval(() => {}, 1000)
  `)
  const [first, second, ...more] = inbox.received({ provider: 'webhook' })
  expect(more).toEqual([])
  expect(second!.at - first!.at).toBeGreaterThanOrEqual(1_990)
  // A slow machine may be late, but not by the usual backoff, which is 15 s at least.
  expect(second!.at - first!.at).toBeLessThan(14_000)
})

it.each([3_600_000, -3_600_000])(
  'a clock that is set by %d ms while the process runs holds no reminder back and sends none early',
  async (step) => {
    const channel = { ...hook(), wait: 0, interval: 0, repeat: '3s', repeatMax: '3s' }
    const options = { service: 'orders', state: { dir: await aDirectory() }, channels: { hook: channel } }
    const ended = await runProgram(`
      import { createHub } from 'alert-core'
      const { now } = Date
      let setBy = 0
      Date.now = () => now() + setBy
      const hub = createHub(${JSON.stringify(options)})
      const log = (msg) => hub.write(JSON.stringify({ level: 60, time: Date.now(), msg }))
      const alive = setInterval(() => {}, 1000)
      const delivered = () => new Promise((resolve) => {
        const stop = hub.subscribe((event) => event.type === 'delivered' && (stop(), resolve(event.reason)))
      })
      const first = delivered()
      const startedAt = performance.now()
      log('out of memory')
      const reasons = [await first]
      setBy = ${step}
      log('out of memory')
      reasons.push(await delivered())
      const afterMs = performance.now() - startedAt
      await hub.close()
      clearInterval(alive)
      console.log(JSON.stringify({ reasons, afterMs }))
    `)
    const { reasons, afterMs } = JSON.parse(ended.stdout)
    expect(reasons).toEqual(['first', 'repeat'])
    // From before its first delivery: never less than `repeat`, within the resolution of the clock.
    expect(afterMs).toBeGreaterThan(2_990)
  },
)

describe('mail', () => {
  const mail = (more: object) => ({
    ...inbox.channels.email,
    type: 'email',
    to: ['ops@example.com'],
    ...more,
  })

  it('that is refused with 550 is not retried, and the fallback delivers it', async () => {
    inbox.behave('email', 'refuse')
    const channels = { mail: mail({ fallback: 'hook' }), hook: { ...hook(), minSeverity: 'critical' } }
    await runProgram(`${adapters.pino({ channels })}\nlogger.error('disk is full')`)
    expect(inbox.received({ provider: 'email' })).toHaveLength(1)
    expect(taken('webhook')).toHaveLength(1)
  })

  // Half a minute long.
  if (isSoak)
    it('that is put off with 451 is retried after 30 s', async () => {
      inbox.behave('email', { mode: 'greylist', times: 1 })
      const ended = await runProgram(`${adapters.pino({ channels: { mail: mail({}) } })}
      logger.fatal('out of memory')
      transport.on('alert', (event) => {
        if (event.type === 'retrying') console.log(JSON.stringify(event))
        if (event.type === 'delivered') clearInterval(alive)
      })
      const alive = setInterval(() => {}, 1000)
    `)
      expect(JSON.parse(ended.stdout)).toMatchObject({ attempts: 1, delayMs: 30_000 })
      const [first, second] = inbox.received({ provider: 'email' })
      expect(second?.ok).toBe(true)
      expect(second!.at - first!.at).toBeGreaterThanOrEqual(29_900)
    })
})
