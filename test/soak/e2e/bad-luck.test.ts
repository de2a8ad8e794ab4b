import { execFileSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { runProgram } from '../../e2e/app.ts'
import { type Mood, type MoodyServer, openMoodyServer } from '../../e2e/moody-server.ts'

async function aServer(mood?: Mood): Promise<MoodyServer> {
  const server = await openMoodyServer(mood)
  onTestFinished(() => server.close())
  return server
}

async function aFile(name: string, text: string): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'alert-luck-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  const file = join(directory, name)
  await writeFile(file, text)
  return file
}

function optionsOf(server: MoodyServer, channel: object = {}, more: object = {}): object {
  const hook = { type: 'webhook', url: server.url, wait: 0, interval: 0, ...channel }
  return { service: 'shop', channels: { hook }, ...more }
}

const adapters = {
  stream: (options: object) => `
    import pino from 'pino'
    import { alertStream } from 'pino-alert-transport'
    const stream = alertStream(${JSON.stringify(options)}, { write() {} })
    const logger = pino({}, stream)
    const handle = stream
  `,
  winston: (options: object) => `
    import winston from 'winston'
    import { AlertTransport } from 'winston-alert-transport'
    const handle = new AlertTransport(${JSON.stringify(options)})
    const logger = winston.createLogger({ transports: [handle] })
  `,
}
const adapterNames = ['stream', 'winston'] as const
type Adapter = (typeof adapterNames)[number]

/** How many alerts with this text were delivered, over all messages. */
function countOf({ posts }: MoodyServer, words: string): number {
  return posts.flatMap(({ alerts = [] }) => alerts).filter((alert) => JSON.stringify(alert).includes(words))
    .length
}

describe('a provider', () => {
  it.each(adapterNames)(
    'that accepts and never answers is aborted and retried, and logging through the adapter %s continues',
    // The time is measured, and on a busy machine once more.
    { retry: 2 },
    async (adapter) => {
      const server = await aServer('hung')
      const options = optionsOf(
        server,
        { timeout: '500ms', retry: { first: '100ms' } },
        { closeTimeout: '1s' },
      )
      const ended = await runProgram(`${adapters[adapter](options)}
      const retried = new Promise((resolve) => handle.on('alert', (event) => event.type === 'retrying' && resolve(event.why)))
      logger.error('disk is full')
      let turns = 0
      const alive = setInterval(() => turns++, 5)
      console.log(await retried)
      clearInterval(alive)
      console.log(turns > 10)
    `)
      expect(ended.code).toBe(0)
      expect(ended.stdout).toMatch(/no answer within.*\ntrue\n/)
      expect(ended.ms).toBeLessThan(9_000)
    },
  )

  it.each(adapterNames)(
    'that answers one byte a second is aborted at its time limit, adapter %s',
    async (adapter) => {
      const server = await aServer('drip')
      const options = optionsOf(server, { timeout: '1s' }, { closeTimeout: '2s' })
      const ended = await runProgram(`${adapters[adapter](options)}
      const retried = new Promise((resolve) => handle.on('alert', (event) => event.type === 'retrying' && resolve(event.why)))
      const alive = setInterval(() => {}, 1000)
      logger.error('disk is full')
      console.log(await retried)
      clearInterval(alive)
    `)
      expect(ended.code).toBe(0)
      expect(ended.stdout).toMatch(/no answer within 1/)
    },
  )

  it.each(adapterNames)('that hangs up at random still gets everything, adapter %s', async (adapter) => {
    const server = await aServer('fickle')
    const options = optionsOf(server, { retry: { first: '50ms' } })
    const ended = await runProgram(`${adapters[adapter](options)}
      const delivered = new Set()
      const alive = setInterval(() => {}, 1000)
      handle.on('alert', (event) => {
        if (event.type !== 'delivered') return
        for (const alert of event.alerts) delivered.add(alert)
        if (delivered.size === 5) clearInterval(alive)
      })
      for (const what of ['disk', 'mail', 'card', 'gate', 'lamp']) logger.error(what + ' is broken')
    `)
    // The first attempt of all may be one that fails: people hear of that at once.
    const firstFailure = /^.*\[ALERT_CHANNEL_FAILED\].*connection (?:closed|reset).*\n.*--trace-warnings.*\n/
    expect(ended.stderr.replace(firstFailure, '')).toBe('')
    for (const what of ['disk', 'mail', 'card', 'gate', 'lamp'])
      expect(JSON.stringify(server.posts)).toContain(`${what} is broken`)
  })
})

describe('a hub without an adapter', () => {
  it.each(['flush', 'close'])(
    'keeps the process until waiting messages are delivered, on %s',
    async (end) => {
      const server = await aServer('fickle')
      // Nothing is left that would hold the process: the connection is gone, and the next try is a timer
      // away.
      const options = optionsOf(server, { retry: { first: '1s' } }, { closeTimeout: '20s' })
      const ended = await runProgram(`
      import { createHub } from 'alert-core'
      const hub = createHub(${JSON.stringify(options)})
      const refused = new Promise((resolve) => hub.subscribe((event) => event.type === 'retrying' && resolve()))
      const alive = setInterval(() => {}, 1000)
      hub.publish({ summary: 'disk is full' })
      await refused
      clearInterval(alive)
      console.log(JSON.stringify(await hub.${end}()))
    `)
      expect(ended.code).toBe(0)
      expect(JSON.parse(ended.stdout)).toEqual({ delivered: true, pending: 0 })
      expect(server.posts).toHaveLength(2)
    },
  )
})

describe('a name server that never answers', () => {
  const exitMatrix = fileURLToPath(
    new URL('../../../benchmarks/suites/exit-matrix.child.mjs', import.meta.url),
  )
  // Only root may listen on port 53 and mount a resolv.conf of its own.
  const canMount = process.getuid?.() === 0 && process.platform === 'linux'

  async function runWithout(setup: object): Promise<{ readonly ms: number; readonly status: unknown }> {
    const silent = createSocket('udp4').bind(53, '127.0.0.77')
    onTestFinished(() => new Promise<void>((resolve) => silent.close(() => resolve())))
    await once(silent, 'listening')
    const resolvConf = await aFile('resolv.conf', 'nameserver 127.0.0.77\noptions timeout:15 attempts:1\n')
    const program = join(inject('app'), 'exit-matrix.mjs')
    await writeFile(program, await readFile(exitMatrix, 'utf8'))
    const script = 'mount --bind "$1" /etc/resolv.conf && shift && exec "$@"'
    const command = ['sh', resolvConf, process.execPath, program, JSON.stringify(setup)]
    const started = performance.now()
    execFileSync('unshare', ['--mount', 'sh', '-c', script, ...command], { stdio: 'ignore', timeout: 60_000 })
    return { ms: performance.now() - started, status: 0 }
  }

  it.skipIf(!canMount).each(['target', 'stream', 'winston'])(
    `does not delay the exit of the adapter %s if its hub has its own process${canMount ? '' : ' (skipped; run: sudo npx -y pnpm@10 test)'}`,
    async (adapter) => {
      const channels = { hook: { type: 'webhook', url: 'http://hook.example.com/' } }
      const options = { service: 'shop', runIn: 'process', closeTimeout: '1s', channels }
      const { ms } = await runWithout({ adapter, way: 'cold', options })
      // The system's own resolver gives up after 15 s.
      expect(ms).toBeLessThan(14_000)
    },
  )
})

describe('a worker that is killed in the middle', () => {
  it.each(adapterNames)('is replaced, and what it had not read is delivered, adapter %s', async (adapter) => {
    const server = await aServer()
    // It starts with the first record, and not before.
    const ended = await runProgram(`${adapters[adapter](optionsOf(server))}
      let worker
      process.once('worker', (started) => { worker = started })
      logger.error('first failure')
      await handle.flush()
      const gone = new Promise((resolve) => worker.once('exit', resolve))
      const ended = worker.terminate()
      logger.error('second failure')
      await ended
      await gone
      logger.error('third failure')
      console.log(JSON.stringify(await handle.flush()))
    `)
    expect(ended.stderr).toBe('')
    expect(JSON.parse(ended.stdout)).toEqual({ delivered: true, pending: 0 })
    expect(
      ['first failure', 'second failure', 'third failure'].map((words) => countOf(server, words)),
    ).toEqual([1, 1, 1])
  })
})

describe('a log call inside an exit handler', () => {
  it.each(adapterNames)('is delivered by the adapter %s, whenever the handler was added', async (adapter) => {
    const server = await aServer()
    await runProgram(`${adapters[adapter](optionsOf(server))}
      process.prependListener('exit', () => logger.error('early handler'))
      logger.error('first failure')
      await handle.flush()
      process.on('exit', () => logger.error('late handler'))
      setImmediate(() => process.exit(0))
    `)
    expect([countOf(server, 'early handler'), countOf(server, 'late handler')]).toEqual([1, 1])
  })

  it('is delivered by a target if the handler comes before pino’s own', async () => {
    const server = await aServer()
    await runProgram(`
      import pino from 'pino'
      const logger = pino({ transport: { target: 'pino-alert-transport', options: ${JSON.stringify(optionsOf(server))} } })
      process.prependListener('exit', () => logger.error('early handler'))
      process.exit(0)
    `)
    expect(countOf(server, 'early handler')).toBe(1)
  })
})

describe('a log call inside the send of a channel’s own module', () => {
  const provider = (adapter: Adapter) => `
    import { writeFileSync } from 'node:fs'
    import { defineProvider } from 'alert-core'
    import { z } from 'zod'
    const { logger } = globalThis.shared ?? await import('./logger-${adapter}.mjs')
    let sent = 0
    export default defineProvider({
      title: 'Chatty', kind: 'chat', options: z.object({}), limits: {},
      open: () => ({
        async send(message, { fetch, signal, attempt }) {
          if (++sent > 20) throw new Error('it goes round and round')
          logger.error('chatty ' + 'abcdefghijklmnopqrstuvwxyz'.slice(0, sent) + ' has sent')
          const reply = await fetch(process.env.HOOK, { method: 'POST', signal, body: JSON.stringify({ subject: message.subject }) })
          logger.error('chatty ' + 'zyxwvutsrqponmlkjihgfedcba'.slice(0, sent) + ' has been answered')
          return { status: 'delivered' }
        },
      }),
    })
  `

  it.each(
    adapterNames.flatMap((adapter) =>
      (['worker', 'process', 'inline'] as const).map((runIn) => [adapter, runIn] as const),
    ),
  )('does not come back to it: adapter %s, runIn %s', async (adapter, runIn) => {
    const server = await aServer()
    const chatty = `chatty-${adapter}-${runIn}`
    const options = {
      service: chatty,
      runIn,
      channels: { own: { type: 'module', module: `./${chatty}.mjs`, wait: 0, interval: 0 } },
    }
    await writeFile(
      join(inject('app'), `logger-${adapter}.mjs`),
      `${adapters[adapter](options)}\nexport { logger, handle }\n`,
    )
    await writeFile(join(inject('app'), `${chatty}.mjs`), provider(adapter))
    const ended = await runProgram(
      `import { logger, handle } from './logger-${adapter}.mjs'
       globalThis.shared = { logger }
       logger.error('disk is full')
       for (let n = 0; n < 5; n++) await handle.flush()
       console.log('over')
      `,
      { env: { HOOK: server.url } },
    )
    expect(ended.stdout).toContain('over')
    expect(server.posts.map(({ subject }) => subject)).toEqual([expect.stringContaining('disk is full')])
  })
})

describe('options that cannot go to another thread', () => {
  it.each([
    ['pino', `const { alertTransport: open } = await import('pino-alert-transport')`],
    ['stream', `const { alertStream: open } = await import('pino-alert-transport')`],
    [
      'winston',
      `const { AlertTransport } = await import('winston-alert-transport'); const open = (options) => new AlertTransport(options)`,
    ],
  ])('are refused by the %s adapter, each by its path', async (_adapter, imports) => {
    const ended = await runProgram(`${imports}
      const channels = { own: { type: 'module', module: './x.js', options: { onSent: () => {}, deep: { port: new MessageChannel().port1 } } } }
      try { open({ channels, labels: { region: Symbol('eu') } }); console.log('nothing thrown') }
      catch (error) { console.log(error.code, error.message) }
      process.exit(0)
    `)
    expect(ended.stdout).toContain('ALERT_OPTIONS_INVALID')
    for (const path of ['channels.own.options.onSent', 'channels.own.options.deep.port', 'labels.region'])
      expect(ended.stdout).toContain(path)
  })
})

describe('threads of one application', () => {
  it('that each have a logger of their own hear each its own worker', async () => {
    const ended = await runProgram(`
      import { fileURLToPath } from 'node:url'
      import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
      const heard = (thread) => new Promise((resolve) => thread.once('message', resolve))
      if (isMainThread) {
        const threads = [1, 3].map((times) => new Worker(fileURLToPath(import.meta.url), { workerData: { times } }))
        await Promise.all(threads.map(heard))
        const answers = threads.map(heard)
        for (const thread of threads) thread.postMessage('ask')
        console.log(JSON.stringify(await Promise.all(answers)))
        await Promise.all(threads.map((thread) => thread.terminate()))
      } else {
        const { default: pino } = await import('pino')
        const { alertTransport } = await import('pino-alert-transport')
        const handle = alertTransport({ dryRun: true, channels: { console: {} } })
        const logger = pino({ transport: handle })
        for (let n = 0; n < workerData.times; n++) logger.error('disk is full')
        await handle.flush()
        parentPort.once('message', async () => parentPort.postMessage((await handle.stats()).lines))
        parentPort.postMessage('ready')
      }
    `)
    expect(JSON.parse(ended.stdout)).toEqual([1, 3])
  })
})
