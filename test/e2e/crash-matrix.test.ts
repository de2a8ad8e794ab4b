// Every adapter in every way in which an application breaks: notified once, and the process ends as it would
// without us.
import { spawnSync } from 'node:child_process'
import { describe, expect, it, type TestContext } from 'vitest'
import { inSoak } from '../soak.ts'
import { type Ended, type RunOptions, runInTime, unhurried } from './app.ts'
import { type MoodyServer, openMoodyServer } from './moody-server.ts'

/** Each sets `logger`, and `passed`, which resolves when the hub has what was logged. */
const adapters = {
  'target with register': `await import('pino-alert-transport/register')
    logger = pino({ transport: { target: 'pino-alert-transport', options } })
    passed = () => new Promise((resolve) => logger.flush(resolve))`,
  alertTransport: `const { alertTransport } = await import('pino-alert-transport')
    const transport = alertTransport(options)
    logger = pino({ transport })
    passed = () => transport.flush()`,
  alertStream: `const { alertStream } = await import('pino-alert-transport')
    logger = pino({}, alertStream(options, { write() {} }))`,
  'alertStream in a process': `const { alertStream } = await import('pino-alert-transport')
    logger = pino({}, alertStream({ ...options, runIn: 'process' }, { write() {} }))`,
  winston: `const { AlertTransport } = await import('winston-alert-transport')
    logger = winston.createLogger({ transports: [new AlertTransport(options)] })`,
} as const

type Adapter = keyof typeof adapters

interface Way {
  readonly body: string
  /** Compared with a run without an adapter; absent if that one would not end. */
  readonly isCompared?: false
  readonly end: string | number
  /** Behind a plain `target` none of our code runs when a signal comes: docs/exit.md. */
  readonly exceptFor?: Adapter
  readonly options?: object
  readonly run?: RunOptions
}

const nest = `await import('reflect-metadata')
  const { Module } = await import('@nestjs/common')
  const { NestFactory } = await import('@nestjs/core')`
const raise = `process.kill(process.pid, 'SIGTERM'); await new Promise((resolve) => setTimeout(resolve, 60_000))`
const handleSignals = { handleSignals: true }
const inNamespace = ['unshare', '-pf', '--kill-child']
const canBeFirst = spawnSync(inNamespace[0]!, [...inNamespace.slice(1), 'true']).status === 0

/** In each the alert is 'card gateway gone'. */
const ways: Record<string, Way> = {
  'a throw in the first tick': { body: `throw new TypeError('card gateway gone')`, end: 1 },
  'a later throw': { body: `setTimeout(() => { throw new TypeError('card gateway gone') }, 50)`, end: 1 },
  'a rejection': { body: `Promise.reject(new TypeError('card gateway gone'))`, end: 1 },
  'a boot failure of Nest': {
    body: `${nest}
      class App {}
      Module({ providers: [{ provide: 'gateway', useFactory: () => { throw new Error('card gateway gone') } }] })(App)
      await NestFactory.create(App, { logger: false, abortOnError: false })`,
    end: 1,
  },
  'a signal that Nest raises again': {
    body: `${nest}
      class App {}
      Module({ providers: [{ provide: 'gateway', useValue: { onApplicationShutdown() { logger?.error('card gateway gone') } } }] })(App)
      const app = await NestFactory.create(App, { logger: false })
      app.enableShutdownHooks()
      await app.listen(0, '127.0.0.1')
      ${raise}`,
    end: 'SIGTERM',
    exceptFor: 'target with register',
    options: handleSignals,
  },
  'a signal': {
    body: `logger?.error('card gateway gone'); ${raise}`,
    end: 'SIGTERM',
    exceptFor: 'target with register',
    options: handleSignals,
  },
  'a signal to process 1': {
    body: `logger?.error('card gateway gone'); ${raise}`,
    isCompared: false,
    end: 143,
    exceptFor: 'target with register',
    options: handleSignals,
    run: { under: inNamespace },
  },
  'a thread that is terminated': {
    body: `const { isMainThread, parentPort, Worker } = await import('node:worker_threads')
      if (isMainThread) {
        const thread = new Worker(new URL(import.meta.url), { stderr: false })
        await new Promise((resolve) => thread.once('message', resolve))
        await thread.terminate()
      } else {
        logger?.error('card gateway gone')
        await passed?.()
        parentPort.postMessage('logged')
        await new Promise((resolve) => setTimeout(resolve, 60_000))
      }`,
    end: 0,
  },
}

function run(adapter: Adapter, { body, options, run: how }: Way, server?: MoodyServer): Promise<Ended> {
  const channels = { hook: { type: 'webhook', url: server?.url, interval: 0 } }
  const opened = server === undefined ? '' : adapters[adapter]
  // A file has the same lines with and without an adapter, so that stacks are the same.
  return runInTime(
    `const options = ${JSON.stringify(unhurried({ channels, ...options }))}; const { default: pino } = await import('pino'); const { default: winston } = await import('winston'); let logger, passed
     ${opened.replaceAll('\n', ';')}
     ${body}`,
    how,
  )
}

/** Paths and positions of the program, whose name is new each time. */
const withoutNames = (stderr: string) => stderr.replaceAll(/program-[\w-]+/g, 'program')

/** One for each way: without an adapter all run the same program. */
const bareRuns: Record<string, Promise<Ended>> = {}

/** Also if the process has ended: a child may still send. */
async function came(server: MoodyServer): Promise<void> {
  const text = 'card gateway gone'
  const nothing = new Promise<never>((_, reject) => {
    setTimeout(reject, 60_000, new Error(`no message says '${text}'`)).unref()
  })
  await Promise.race([server.came(({ alerts }) => JSON.stringify(alerts).includes(text)), nothing])
}

async function openServer({ onTestFinished }: Pick<TestContext, 'onTestFinished'>): Promise<MoodyServer> {
  const server = await openMoodyServer()
  onTestFinished(() => server.close())
  return server
}

const adaptersOf = ({ exceptFor }: Way) =>
  (Object.keys(adapters) as Adapter[]).filter((adapter) => adapter !== exceptFor)

const sample = new Set(['a later throw', 'a signal'])
const tried = Object.entries(ways)
describe.each(
  inSoak(
    tried,
    tried.filter(([name]) => sample.has(name)),
  ),
)('%s', (name, way) => {
  it.skipIf(name.includes('process 1') && !canBeFirst).concurrent.for(adaptersOf(way))(
    'is delivered once by %s, and ends the process as it would without (process 1: needs root)',
    async (adapter, context) => {
      const server = await openServer(context)
      const ended = await run(adapter, way, server)
      expect(ended.signal ?? ended.code, ended.stderr).toBe(way.end)
      if (way.isCompared !== false) {
        bareRuns[name] ??= run(adapter, way)
        const bare = await bareRuns[name]
        expect(bare.signal ?? bare.code).toBe(way.end)
        expect(withoutNames(ended.stderr)).toBe(withoutNames(bare.stderr))
      }
      await came(server)
      expect(
        server.posts.flatMap(({ alerts }) => alerts).reduce((sum, { newCount }) => sum + newCount, 0),
      ).toBe(1)
    },
  )
})

const helpers = {
  '@godaddy/terminus': `const { createTerminus } = (await import('@godaddy/terminus')).default
    createTerminus(server, { signals: ['SIGTERM'], timeout: 500, onShutdown: async () => logger.error('while it shuts down') })`,
  'http-graceful-shutdown': `const { default: graceful } = await import('http-graceful-shutdown')
    graceful(server, { signals: 'SIGTERM', timeout: 500, onShutdown: async () => logger.error('while it shuts down') })`,
  stoppable: `const { default: stoppable } = await import('stoppable')
    stoppable(server, 100)
    process.once('SIGTERM', () => server.stop(() => { logger.error('while it shuts down'); process.exit(0) }))`,
}

describe.each(inSoak(Object.entries(helpers), Object.entries(helpers).slice(-1)))(
  'a shutdown by %s',
  (_name, helper) => {
    it.concurrent.for(
      inSoak(['alertTransport', 'alertStream', 'winston'] as const, ['alertStream'] as const),
    )('sends what was logged before and during it with %s', async (adapter, context) => {
      const hook = await openServer(context)
      const body = `const { createServer } = await import('node:http')
        const server = createServer().listen(0, '127.0.0.1')
        await new Promise((resolve) => server.once('listening', resolve))
        ${helper}
        logger.error('before the signal')
        ${raise}`
      const ended = await run(adapter, { body, end: 0, options: handleSignals }, hook)
      expect(ended.stderr).not.toContain('ALERT_')
      // Not by the timer of the program itself.
      expect(ended.ms).toBeLessThan(60_000)
      expect(JSON.stringify(hook.posts)).toContain('before the signal')
      expect(JSON.stringify(hook.posts)).toContain('while it shuts down')
    })
  },
)
