/** Hubs of different options in one thread: what they share, and what of one the others do not notice. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker, type WorkerOptions } from 'node:worker_threads'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Host, HostSetup } from '#core/worker/host.ts'
import { setWorkerStart } from '#core/worker/shared-thread.ts'
import { openThreadHost } from '#core/worker/thread.ts'
import { type SharedState, slot, type ThreadSetup } from '#core/worker/thread-wire.ts'
import { ThreadLost } from '#core/worker/watchdog.ts'
import { openHook } from '../winston/hook.ts'
import { inline, runNode } from './program.ts'
import { restartingHosts } from './restarting-hosts.ts'

const several = `
  import winston from 'winston'
  import { AlertTransport } from 'winston-alert-transport'
  // What is awaited does not hold the process.
  const hold = setInterval(() => {}, 1_000)
  let started = 0
  const ends = []
  process.on('worker', (worker) => {
    started++
    ends.push(new Promise((resolve) => worker.once('exit', resolve)))
  })
  const open = (index, more = {}) => {
    const service = 'shop-' + index
    const transport = new AlertTransport({ ...options, service, ...more })
    return { transport, logger: winston.createLogger({ transports: [transport] }) }
  }
  const delivered = (transport) =>
    new Promise((resolve) => transport.on('alert', ({ type }) => type === 'delivered' && resolve()))
`

async function runSeveral(body: string) {
  const hook = await openHook()
  const folder = await mkdtemp(join(tmpdir(), 'alert-several-'))
  try {
    const given = `const options = ${JSON.stringify(hook.options)}\nconst folder = '${folder}/'`
    const source = `${given}\n${several}\n${body}`
    const ended = await runNode(inline(source), { timeout: 120_000 })
    return { ...ended, subjects: hook.posts.map(({ subject }) => subject) }
  } finally {
    await hook.close()
    await rm(folder, { recursive: true })
  }
}

describe('transports with different options', () => {
  it('share a thread, which serves the others when some are closed, and ends with the last', async () => {
    const { stdout, stderr, subjects } = await runSeveral(`
      const all = Array.from({ length: 60 }, (_, index) => open(index))
      const first = all.map(({ transport }) => delivered(transport))
      for (const { logger } of all) logger.error('order failed')
      await Promise.all(first)
      const some = all.splice(0, 40)
      await Promise.all(some.map(({ transport }) => transport.close()))
      const second = all.map(({ transport }) => delivered(transport))
      for (const { logger } of all) logger.error('refund failed')
      await Promise.all(second)
      console.log(started)
      await Promise.all(all.map(({ transport }) => transport.close()))
      await Promise.all(ends)
      clearInterval(hold)`)
    expect(stderr).toBe('')
    expect(stdout).toBe('1\n')
    expect(subjects.filter((subject) => subject.includes('order failed'))).toHaveLength(60)
    expect(subjects.filter((subject) => subject.includes('refund failed'))).toHaveLength(20)
  })

  it('are all waited for when the process exits', async () => {
    const { code, stderr, subjects } = await runSeveral(`
      for (let index = 0; index < 20; index++) open(index).logger.error('order failed')
      process.exit(3)`)
    expect(stderr).toBe('')
    expect(code).toBe(3)
    expect(subjects).toHaveLength(20)
  })

  it('see the environment as it is when they open', async () => {
    const { stderr, subjects } = await runSeveral(`
      const { transport: first, logger } = open(1)
      const sent = delivered(first)
      logger.error('order failed')
      await sent
      process.env.LATER = 'shop-of-later'
      // A document that is followed is read, with its references, in the thread.
      const { writeFileSync } = await import('node:fs')
      const file = folder + 'alerts.json'
      writeFileSync(file, JSON.stringify({ rules: [{ name: 'refunds', summary: 'in \${LATER}' }] }))
      const second = open(2, { reload: { file } })
      const known = new Promise((resolve) => {
        const look = async () => ((await second.transport.explain({ level: 50, msg: 'x' })).rule === 'refunds' ? resolve() : setImmediate(look))
        void look()
      })
      await known
      const again = delivered(second.transport)
      second.logger.error('refund failed')
      await again
      await Promise.all([first.close(), second.transport.close()])
      if (started !== 1) throw new Error('threads: ' + started)
      clearInterval(hold)`)
    expect(stderr).toBe('')
    expect(subjects.at(-1)).toContain('in shop-of-later')
  })

  it('have a thread of their own if they have a channel module, whose errors the others do not notice', async () => {
    const { stdout } = await runSeveral(`
      import { writeFileSync } from 'node:fs'
      const module = folder + 'channel.mjs'
      writeFileSync(module, 'const open = () => ({ send: () => new Promise(() => setImmediate(() => { throw new Error("thrown aside") })) })\\n' +
        'export default { options: { safeParse: (data) => ({ success: true, data }) }, limits: {}, open }')
      const own = open(1, { closeTimeout: '1s', channels: { own: { type: 'module', module, wait: 0 } } })
      const other = open(2)
      const codes = { own: [], other: [] }
      const thrown = new Promise((resolve) => own.transport.on('alert', ({ type, code }) => {
        if (type === 'error') { codes.own.push(code); resolve() }
      }))
      other.transport.on('alert', ({ type, code }) => type === 'error' && codes.other.push(code))
      own.logger.error('order failed')
      await thrown
      const sent = delivered(other.transport)
      other.logger.error('order failed')
      await sent
      console.log(JSON.stringify({ started, codes }))
      process.exit(0)`)
    expect(JSON.parse(stdout)).toEqual({ started: 2, codes: { own: ['ALERT_UNCAUGHT_ERROR'], other: [] } })
  })
})

describe('a thread that ends during a line', () => {
  const workers: Worker[] = []
  const states: SharedState[] = []
  afterEach(() => Promise.all(workers.map((worker) => worker.terminate())))

  /** It does nothing; the test does in its place what it says in shared memory. */
  function start(options: WorkerOptions): Worker {
    const worker = new Worker(`require('node:worker_threads').parentPort.on('message', () => {})`, {
      ...options,
      eval: true,
    })
    workers.push(worker)
    const post = worker.postMessage.bind(worker)
    worker.postMessage = (order: { readonly open: ThreadSetup }, transfer: []) => {
      states.push(order.open.state)
      post(order, transfer)
    }
    return worker
  }

  const setupOf = (service: string): HostSetup => ({ options: { service }, wire: {}, closeTimeoutMs: 1_000 })

  /** Resolves to why it was lost, with what was unread. */
  function open(setup: HostSetup): { readonly host: Host; readonly lost: Promise<readonly unknown[]> } {
    const events = { onReady() {}, onDrain() {}, onWanted() {}, onEvent() {} }
    let onLost: (...loss: readonly unknown[]) => void = () => {}
    const lost = new Promise<readonly unknown[]>((resolve) => {
      onLost = (...loss) => resolve(loss)
    })
    return { host: openThreadHost(setup, { ...events, onLost }), lost }
  }

  it('loses that line alone, and the hub of the line leaves the shared thread', async () => {
    setWorkerStart(start)
    const [culprit, bystander] = [setupOf('culprit'), setupOf('bystander')]
    const first = open(culprit)
    const second = open(bystander)
    first.host.write('harmless\npoisonous\n')
    second.host.write('harmless\n')
    await new Promise(setImmediate)
    states[0]![slot.line] = 2
    await workers[0]!.terminate()
    expect(await first.lost).toEqual([undefined, ['harmless\n'], 1])
    expect(await second.lost).toEqual([expect.any(ThreadLost), ['harmless\n'], 0])
    open(bystander)
    open(setupOf('third'))
    expect(workers).toHaveLength(2)
    open(culprit)
    expect(workers).toHaveLength(3)
  })
})

describe('a hub whose thread another one has ended', () => {
  afterEach(() => vi.useRealTimers())

  it('starts again however often that happens, and never in the thread of the application', () => {
    vi.useFakeTimers()
    const { opened, rests } = restartingHosts()
    for (let count = 1; count <= 6; count++) {
      opened.at(-1)!.onLost(new ThreadLost(new Error('out of memory')), [])
      vi.advanceTimersByTime(60_000)
      expect(opened).toHaveLength(count + 1)
    }
    expect(rests).toEqual(Array(6).fill(false))
  })
})
