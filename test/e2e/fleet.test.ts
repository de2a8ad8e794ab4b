// Processes that share a state directory notify with one voice, whatever happens to the one that speaks.
import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { availableParallelism, setPriority, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it, onTestFinished } from 'vitest'
import { inSoak, soakTest } from '../soak.ts'
import { countDelivered, type Inbox, openInbox, runProgram, webhookBody } from './app.ts'

let inbox: Inbox
beforeAll(async () => {
  inbox = await openInbox({ rateLimits: false })
})
beforeEach(() => inbox.clear())
afterAll(() => inbox.close())

async function aDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'alert-fleet-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  return directory
}

const source = `
import { createHub, signLink } from 'alert-core'
const options = JSON.parse(process.argv[2])
const hub = createHub(options)
hub.subscribe((event) => event.type === 'error' && process.send({ error: event.code }))
const tasks = {
  log: ({ times = 1, ...fields } = {}) => {
    for (let n = 0; n < times; n++)
      hub.write(JSON.stringify({ level: 50, time: Date.now(), msg: 'disk is full', ...fields }))
  },
  stats: () => hub.stats(),
  flush: () => hub.flush(),
  silences: () => hub.status().silences.length,
  silence: (silence) => hub.silence(silence),
  acknowledge: (id) => hub.acknowledge(id),
  request: async (question) => {
    const token = signLink(options.control.secret, 'requests', Date.now() + 60_000)
    const asked = { method: 'POST', url: '/requests', host: 'localhost', address: '', token }
    return JSON.parse((await hub.control({ ...asked, body: JSON.stringify(question) })).body)
  },
  close: () => hub.close(),
}
process.on('message', async ({ id, task, value }) => {
  process.send({ id, result: await tasks[task](value) })
  if (task === 'close') process.disconnect()
})
process.send({ ready: true })
`

interface Status {
  readonly alerts: readonly {
    readonly id: string
    readonly shortId: string
    readonly acknowledged?: object
  }[]
}

interface Member {
  readonly child: ChildProcess
  ask<Result = unknown>(task: string, value?: unknown): Promise<Result>
  role(): Promise<string>
  /** The codes of its errors. */
  readonly errors: readonly string[]
}

let program: string | undefined

async function aMember(options: object): Promise<Member> {
  if (program === undefined) {
    program = join(inject('app'), `member-${randomUUID()}.mjs`)
    await writeFile(program, source)
  }
  const child = spawn(process.execPath, [program, JSON.stringify(options)], {
    cwd: inject('app'),
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const waiting = new Map<number, (result: unknown) => void>()
  let asked = 0
  const errors: string[] = []
  child.on(
    'message',
    (message: { readonly id?: number; readonly result?: unknown; readonly error?: string }) => {
      if (message.error !== undefined) errors.push(message.error)
      if (message.id !== undefined) waiting.get(message.id)?.(message.result)
    },
  )
  await once(child, 'message')
  const ask = <Result>(task: string, value?: unknown) =>
    new Promise<Result>((resolve) => {
      const id = ++asked
      waiting.set(id, (result) => resolve(result as Result))
      child.send({ id, task, value })
    })
  const role = async () => (await ask<{ fleet: { role: string } }>('stats')).fleet.role
  while ((await role()) === 'starting') await sleep(5)
  return { child, ask, role, errors }
}

async function aFleet(size: number, options: object): Promise<Member[]> {
  const members: Member[] = []
  for (let n = 0; n < size; n++) members.push(await aMember(options))
  return members
}

const optionsOf = (dir: string, more: object = {}) => ({
  service: 'orders',
  state: { dir },
  closeTimeout: '9s',
  channels: { hook: { ...inbox.channels.webhook, type: 'webhook', wait: '2s', interval: 0, repeat: '1s' } },
  ...more,
})
const bodies = () => inbox.received({ provider: 'webhook', ok: true }).map(webhookBody)
const counted = () => countDelivered(inbox.received({ provider: 'webhook', ok: true }))

async function waitFor(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await sleep(20)
}

const speakerOf = async (members: readonly Member[]) => {
  for (const member of members) if ((await member.role()) === 'speaker') return member
  return undefined
}

/** Programs that log ten errors by a logger of the application, and take part in a fleet until a signal. */
const loggers = {
  alertStream: `
    import pino from 'pino'
    import { alertStream } from 'pino-alert-transport'
    const alerts = alertStream(options)
    const log = pino(alerts)`,
  alertTransport: `
    import pino from 'pino'
    import { alertTransport } from 'pino-alert-transport'
    const alerts = alertTransport(options)
    const log = pino({ transport: alerts })`,
  winston: `
    import winston from 'winston'
    import { AlertTransport } from 'winston-alert-transport'
    const alerts = new AlertTransport(options)
    const log = winston.createLogger({ transports: [alerts] })`,
} as const

interface Service {
  readonly child: ChildProcess
}

/** Resolves once it is known to the fleet that it has logged ten errors. */
async function aService(logger: keyof typeof loggers, dir: string): Promise<Service> {
  const name = join(inject('app'), `service-${randomUUID()}.mjs`)
  const options = {
    ...optionsOf(dir),
    handleSignals: true,
    channels: { hook: { ...inbox.channels.webhook, type: 'webhook', wait: '5m' } },
  }
  const source = `
    import { setTimeout as sleep } from 'node:timers/promises'
    const options = ${JSON.stringify(options)}
    ${loggers[logger]}
    const state = async () => {
      const { fleet, matched } = await alerts.stats() ?? {}
      return { role: fleet?.role ?? 'starting', counted: fleet?.role === 'speaker' ? matched : fleet?.submitted }
    }
    while ((await state()).role === 'starting') await sleep(5)
    for (let n = 0; n < 10; n++) log.error('disk is full')
    while ((await state()).counted !== 10) await sleep(5)
    process.on('message', () => {})
    process.send({ ready: true })`
  await writeFile(name, source)
  const child = spawn(process.execPath, [name], {
    cwd: inject('app'),
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  await once(child, 'message')
  return { child }
}

describe('processes that share a state directory', () => {
  it('send one message with the count of all', async () => {
    const members = await aFleet(4, optionsOf(await aDirectory()))
    expect(await Promise.all(members.map(({ role }) => role()))).toEqual([
      'speaker',
      'follower',
      'follower',
      'follower',
    ])
    await Promise.all(members.map(({ ask }) => ask('log', { times: 10 })))
    await waitFor(() => counted() >= 40)
    expect(bodies()).toMatchObject([{ reason: 'first', alerts: [{ newCount: 40, processesTotal: 4 }] }])
    expect(bodies()[0]?.alerts[0]?.['processes']).toMatchObject(Array(4).fill({ count: 10 }))
  })

  it('send nothing early though one flushes that has logged nothing', async () => {
    const { channels, ...others } = optionsOf(await aDirectory())
    const options = { ...others, channels: { hook: { ...channels.hook, wait: '1h' } } }
    const [speaker] = await aFleet(1, options)
    await speaker!.ask('log', { times: 7 })
    const follower = await aMember(options)
    expect(await follower.ask('flush')).toEqual({ delivered: true, pending: 0 })
    await follower.ask('log')
    expect(bodies()).toEqual([])
    await follower.ask('flush')
    expect(bodies()).toMatchObject([{ alerts: [{ newCount: 8 }] }])
  })

  describe.each(Object.keys(loggers) as (keyof typeof loggers)[])('if signals end them (%s)', (logger) => {
    it('send nothing early, and all at the last end', async () => {
      const dir = await aDirectory()
      const members: Service[] = []
      for (let n = 0; n < 3; n++) members.push(await aService(logger, dir))
      for (const { child } of members) {
        child.kill('SIGTERM')
        const [, signal] = await once(child, 'exit')
        expect(signal).toBe('SIGTERM')
        if (child !== members.at(-1)!.child) expect(bodies()).toEqual([])
      }
      expect(bodies()).toMatchObject([{ reason: 'first', alerts: [{ newCount: 30 }] }])
    })
  })

  soakTest('deliver at a flush what any of them has logged', async () => {
    const [, follower] = await aFleet(2, optionsOf(await aDirectory()))
    await follower!.ask('log', { times: 7 })
    expect(await follower!.ask('flush')).toEqual({ delivered: true, pending: 0 })
    expect(counted()).toBe(7)
  })

  it('count on, each record once, when the one that speaks is killed', async () => {
    const members = await aFleet(4, optionsOf(await aDirectory()))
    const [speaker, ...others] = members
    let logged = 0
    for (let round = 0; round < 10; round++) {
      await Promise.all(others.map(({ ask }) => ask('log', { times: 5 })))
      logged += 15
      if (round === 4) speaker!.child.kill('SIGKILL')
      await sleep(100)
    }
    await waitFor(async () => (await speakerOf(others)) !== undefined)
    await Promise.all(others.map(({ ask }) => ask('flush')))
    await waitFor(() => counted() >= logged)
    expect(counted()).toBe(logged)
    expect(bodies().filter(({ reason }) => reason === 'first')).toHaveLength(1)
  })

  soakTest('replace one that is stopped, and nothing is sent twice when it continues', async () => {
    const members = await aFleet(3, optionsOf(await aDirectory()))
    const [speaker, ...others] = members
    await Promise.all(members.map(({ ask }) => ask('log', { times: 5 })))
    await waitFor(() => counted() === 15)
    await Promise.all(members.map(({ ask }) => ask('log', { times: 5 })))
    speaker!.child.kill('SIGSTOP')
    await Promise.all(others.map(({ ask }) => ask('log', { times: 5, msg: 'memory is full' })))
    await sleep(7_000)
    await waitFor(async () => (await speakerOf(others)) !== undefined)
    speaker!.child.kill('SIGCONT')
    await waitFor(async () => (await speaker!.role()) === 'follower')
    await Promise.all(members.map(({ ask }) => ask('log', { times: 5 })))
    await Promise.all(members.map(({ ask }) => ask('flush')))
    await waitFor(() => counted() >= 55)
    expect(counted()).toBe(55)
    const items = bodies().flatMap(({ alerts }) => alerts)
    expect(items.filter(({ reason }) => reason === 'first')).toHaveLength(2)
  })

  soakTest(
    'replace one that is stopped as they end, which counts nothing again when it continues',
    async () => {
      const members = await aFleet(2, optionsOf(await aDirectory(), { closeTimeout: '3s' }))
      const [speaker, follower] = members
      await Promise.all(members.map(({ ask }) => ask('log', { times: 5 })))
      await follower!.ask('flush')
      expect(counted()).toBe(10)
      speaker!.child.kill('SIGSTOP')
      await follower!.ask('log', { times: 7, msg: 'memory is full' })
      await follower!.ask('close')
      expect(counted()).toBe(17)
      speaker!.child.kill('SIGCONT')
      await speaker!.ask('log', { times: 5 })
      await waitFor(async () => (await speaker!.role()) === 'speaker')
      await speaker!.ask('flush')
      await waitFor(() => counted() >= 22)
      await speaker!.ask('close')
      expect(counted()).toBe(22)
    },
  )

  soakTest('pass on what waits in a rolling restart, and the last one sends what is left', async () => {
    const dir = await aDirectory()
    const channels = {
      hook: { ...inbox.channels.webhook, type: 'webhook', wait: '1h', interval: 0, repeat: '1s' },
    }
    let members = await aFleet(3, optionsOf(dir, { channels }))
    let logged = 0
    for (let round = 0; round < 3; round++) {
      await Promise.all(members.map(({ ask }) => ask('log', { times: 4 })))
      logged += 12
      const [oldest, ...rest] = members
      expect(await oldest!.ask('close')).toEqual({ delivered: true, pending: 0 })
      await once(oldest!.child, 'exit')
      members = [...rest, await aMember(optionsOf(dir, { channels }))]
    }
    expect(bodies()).toEqual([])
    for (const { ask, child } of members) {
      await ask('close')
      if (child.exitCode === null) await once(child, 'exit')
    }
    expect(counted()).toBe(logged)
    expect(bodies()).toHaveLength(1)
    // The last one has replaced others.
    expect((await readdir(dir)).filter((name) => !name.endsWith('.journal'))).toEqual([
      expect.stringMatching(/\.lease$/),
    ])
  })

  it('answer for all, whichever is asked', async () => {
    const control = { secret: 'a secret of this test, for links' }
    const [speaker, follower] = await aFleet(2, optionsOf(await aDirectory(), { control }))
    await follower!.ask('log')
    await follower!.ask('log', { msg: 'memory is full' })
    await waitFor(() => counted() === 2)
    const statusOf = async ({ ask }: Member) =>
      (await ask<{ value: Status }>('request', { request: 'status' })).value.alerts
    const [one, other] = await statusOf(follower!)
    const given = { id: one!.shortId, by: 'Ann' }
    expect(await follower!.ask('request', { request: 'acknowledge', given })).toEqual({ value: one!.id })
    expect((await statusOf(speaker!)).find(({ id }) => id === one!.id)).toMatchObject({
      acknowledged: { by: 'Ann' },
    })
    expect(await follower!.ask('request', { request: 'acknowledge', given: { id: 'ffff' } })).toMatchObject({
      error: { code: 'ALERT_UNKNOWN_ALERT' },
    })
    // The function that returns at once passes it on.
    expect(await follower!.ask('acknowledge', other!.id)).toBe(other!.id)
    await waitFor(async () =>
      (await statusOf(speaker!)).every(({ acknowledged }) => acknowledged !== undefined),
    )
  })

  soakTest('say that one has other rules, or the same name', async () => {
    const dir = await aDirectory()
    const [speaker] = await aFleet(1, optionsOf(dir, { process: 'web' }))
    await aMember(optionsOf(dir, { process: 'web' }))
    await waitFor(() => speaker!.errors.length === 1)
    await aMember(optionsOf(dir, { process: 'api', level: 'warn' }))
    await waitFor(() => speaker!.errors.length === 2)
    expect(speaker!.errors).toEqual(['ALERT_FLEET_DIFFERS', 'ALERT_FLEET_DIFFERS'])
  })

  it.each(inSoak(['web 1\n eu', 'h'.repeat(300)], ['web 1\n eu']))(
    'name one called %j in the message',
    async (name) => {
      const dir = await aDirectory()
      const [, follower] = await aFleet(2, optionsOf(dir))
      const named = await aMember(optionsOf(dir, { process: name }))
      await Promise.all([follower!.ask('log'), named.ask('log')])
      await waitFor(() => counted() === 2)
      const names = bodies()[0]?.alerts[0]?.['processes'] as { name: string }[]
      expect(names.map((one) => one.name)).toContainEqual(
        expect.stringContaining(name.replace(/\s+/g, ' ').slice(0, 100)),
      )
    },
  )

  soakTest('survive what another version, or another program, submits', async () => {
    const dir = await aDirectory()
    const [speaker, follower] = await aFleet(2, optionsOf(dir))
    const file = (await readdir(dir)).find((name) => /^fleet-.*\.lock$/.test(name))!
    const lines = [
      { hello: { id: 'x', process: 'old' } },
      { delta: { number: 1, items: [{ unknown: true }, { occurrence: null }] } },
    ]
    for (const text of [
      lines.map((line) => JSON.stringify(line)).join('\n'),
      '{{{',
      'null',
      '[]',
      '\u0000'.repeat(9),
    ]) {
      const socket = connect(join(dir, file))
      socket.on('error', () => {})
      socket.write(`${text}\n`)
      const closed = once(socket, 'close')
      // What can be read in part does not end the link: it is named, and the rest counts.
      if (text.includes('delta')) socket.end()
      socket.resume()
      await closed
    }
    // Once for what could be read in part, once for all that could not be read.
    expect(speaker!.errors).toEqual(['ALERT_FLEET_DIFFERS', 'ALERT_FLEET_DIFFERS'])
    await follower!.ask('log', { times: 5 })
    await waitFor(() => counted() === 5)
  })

  soakTest('are one fleet also if they start at the same instant', async () => {
    const dir = await aDirectory()
    const members = await Promise.all(Array.from({ length: 8 }, () => aMember(optionsOf(dir))))
    const roles = await Promise.all(members.map(({ role }) => role()))
    expect(roles.filter((role) => role !== 'follower')).toEqual(['speaker'])
    expect((await readdir(dir)).filter((name) => name.includes('.lease'))).toEqual([
      expect.stringMatching(/\.1\.lease$/),
    ])
  })

  soakTest('do not replace each other on an overloaded machine', async () => {
    const dir = await aDirectory()
    const members = await Promise.all(Array.from({ length: 3 }, () => aMember(optionsOf(dir))))
    const loads = Array.from({ length: 2 * availableParallelism() }, () =>
      spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }),
    )
    const endLoad = () => {
      for (const load of loads) load.kill('SIGKILL')
    }
    onTestFinished(endLoad)
    // Each of them gets a tenth of the time that one of those gets.
    for (const { child } of members) setPriority(child.pid!, 10)
    for (let round = 0; round < 10; round++) {
      await Promise.all(members.map(({ ask }) => ask('log', { times: 5 })))
      await sleep(1_000)
    }
    endLoad()
    // A message whose answer came too late is sent again under the same id.
    const items = () => [...new Map(bodies().map(({ id, alerts }) => [id, alerts])).values()].flat()
    await Promise.all(members.map(({ ask }) => ask('flush')))
    const total = () => items().reduce((sum, { newCount }) => sum + newCount, 0)
    await waitFor(() => total() >= 150)
    expect((await Promise.all(members.map(({ role }) => role()))).toSorted()).toEqual([
      'follower',
      'follower',
      'speaker',
    ])
    expect((await readdir(dir)).filter((name) => name.includes('.lease'))).toEqual([
      expect.stringMatching(/\.1\.lease$/),
    ])
    expect(items().filter(({ reason }) => reason === 'first')).toHaveLength(1)
    expect(total()).toBe(150)
  })

  soakTest(
    'lose no critical record, though the one that logged it and the one that speaks are killed',
    async () => {
      const dir = await aDirectory()
      const members = await aFleet(2, optionsOf(dir))
      const [speaker, follower] = members
      speaker!.child.kill('SIGSTOP')
      for (let n = 0; n < 3; n++) await follower!.ask('log', { level: 60, msg: `out of memory ${'abc'[n]}` })
      for (const { child } of members) {
        child.kill('SIGKILL')
        await once(child, 'exit')
      }
      await aMember(optionsOf(dir))
      await waitFor(() => counted() >= 3)
      expect(counted()).toBe(3)
    },
  )

  soakTest('call nothing late that another one takes over', async () => {
    const [speaker, follower] = await aFleet(2, optionsOf(await aDirectory()))
    await follower!.ask('log')
    await speaker!.ask('close')
    await waitFor(() => counted() === 1)
    expect(inbox.received({ provider: 'webhook', ok: true })[0]?.request.body).not.toContain('Delayed')
  })

  it('send the last words of one that exits', async () => {
    const options = optionsOf(await aDirectory())
    const channels = { hook: { ...options.channels.hook, wait: 0 } }
    const [speaker] = await aFleet(1, { ...options, channels })
    const ended = await runProgram(`
      import pino from 'pino'
      const transport = pino.transport({ target: 'pino-alert-transport', options: ${JSON.stringify({ ...options, channels })} })
      const logger = pino(transport)
      // On a busy machine its worker may take longer to come up than pino waits for it.
      await new Promise((resolve) => transport.once('ready', resolve))
      logger.fatal('out of memory')
      process.exit(1)
    `)
    expect(ended.stderr).toBe('')
    await waitFor(() => counted() === 1)
    expect(bodies()[0]).toMatchObject({ severity: 'critical' })
    expect(await speaker!.role()).toBe('speaker')
  })

  soakTest('are workers of a cluster without any more options', async () => {
    const options = optionsOf(await aDirectory())
    const ended = await runProgram(`
      import cluster from 'node:cluster'
      import pino from 'pino'
      if (cluster.isPrimary) {
        for (let n = 0; n < 3; n++) cluster.fork()
      } else {
        const transport = pino.transport({ target: 'pino-alert-transport', options: ${JSON.stringify(options)} })
        const logger = pino(transport)
        for (let n = 0; n < 10; n++) logger.error('disk is full')
        setTimeout(() => process.disconnect(), 4_000)
      }
    `)
    expect(ended.stderr).toBe('')
    expect(counted()).toBe(30)
    expect(bodies().filter(({ reason }) => reason === 'first')).toHaveLength(1)
  })
})
