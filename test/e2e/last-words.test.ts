import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, type TestContext } from 'vitest'
import { inSoak } from '../soak.ts'
import { type Ended, inTime, runProgram, type WebhookBody } from './app.ts'
import { type Mood, type MoodyServer, openMoodyServer } from './moody-server.ts'

/** The benchmark of exits runs the same program, twenty times each. */
const program = await readFile(
  fileURLToPath(new URL('../../benchmarks/suites/exit-matrix.child.mjs', import.meta.url)),
  'utf8',
)

const adapters = ['target', 'stream', 'winston'] as const
type Adapter = (typeof adapters)[number]

/** How a process ends, and what its end looks like from outside. */
const ways: Readonly<Record<string, string | number>> = {
  natural: 0,
  cold: 0,
  warm: 0,
  exception: 1,
  rejection: 1,
  end: 0,
  handler: 1,
  SIGTERM: 'SIGTERM',
  SIGINT: 'SIGINT',
}
/** No handler: the process ends in the tick in which it logged. */
const suddenWays = { 'SIGTERM at once': 'SIGTERM', 'SIGKILL at once': 'SIGKILL', 'abort at once': 'SIGABRT' }

const every = (given: Readonly<Record<string, string | number>>) =>
  adapters.flatMap((adapter) => Object.entries(given).map(([way, end]) => [adapter, way, end] as const))

/** Where tests run side by side only a test's own context knows when that test is over. */
type Lifetime = Pick<TestContext, 'onTestFinished'>

async function aServer({ onTestFinished }: Lifetime, mood?: Mood): Promise<MoodyServer> {
  const server = await openMoodyServer(mood)
  onTestFinished(() => server.close())
  return server
}

async function aDirectory({ onTestFinished }: Lifetime): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'alert-words-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  return directory
}

function optionsOf(server: MoodyServer, more: object = {}): object {
  const channels = { hook: { type: 'webhook', url: server.url, interval: 0 } }
  // As long as may be: on a slow machine the worker may come up when the end has begun long ago.
  // The crash itself is a record of its own, which test/unit/worker/crashes.test.ts is about.
  return { service: 'shop', closeTimeout: '9s', crashes: false, channels, ...more }
}

function run(adapter: Adapter, way: string, options: object, severity = 'critical'): Promise<Ended> {
  return runProgram(program, { args: [JSON.stringify({ adapter, way, severity, options })] })
}

const isLastWords = ({ reason, subject }: WebhookBody) =>
  reason !== 'resolved' && subject.includes('last words')
const lastWordsOf = ({ posts }: MoodyServer) => posts.filter(isLastWords)
const endOf = ({ code, signal }: Ended) => signal ?? code

/** Each adapter, and each kind of end, at least once. */
const sample: ReturnType<typeof every> = [
  ['target', 'cold', 0],
  ['target', 'exception', 1],
  ['stream', 'natural', 0],
  ['stream', 'SIGTERM', 'SIGTERM'],
  ['winston', 'cold', 0],
  ['winston', 'natural', 0],
]

describe('the last records are delivered exactly once', () => {
  it.concurrent.for(inSoak(every(ways), sample))(
    'by the adapter %s, on the end %s',
    async ([adapter, way, end], test) => {
      const server = await aServer(test)
      const ended = inTime(await run(adapter, way, optionsOf(server)))
      expect(endOf(ended)).toBe(end)
      expect(lastWordsOf(server).map(({ alerts }) => alerts.map(({ count }) => count))).toEqual([[1]])
    },
  )

  it.concurrent.for(inSoak(adapters, ['winston'] as const))(
    'by the adapter %s, even if they are not critical and could wait',
    async (adapter, test) => {
      const server = await aServer(test)
      inTime(await run(adapter, 'cold', optionsOf(server), 'error'))
      expect(lastWordsOf(server)).toHaveLength(1)
    },
  )

  it.concurrent.for(inSoak(adapters, ['stream'] as const))(
    'by the adapter %s, to a provider that needs three seconds to answer',
    async (adapter, test) => {
      const server = await aServer(test, 'slow')
      const ended = inTime(await run(adapter, 'cold', optionsOf(server, { closeTimeout: '9s' })))
      expect(ended.stderr).toBe('')
      expect(lastWordsOf(server)).toHaveLength(1)
    },
  )
})

describe('a hub in its own process delivers the last records exactly once', () => {
  it.concurrent.for(
    inSoak(every({ ...ways, ...suddenWays }), [
      ['target', 'cold', 0],
      ['stream', 'SIGKILL at once', 'SIGKILL'],
      ['winston', 'SIGKILL at once', 'SIGKILL'],
    ] as const),
  )('by the adapter %s, on the end %s', async ([adapter, way, end], test) => {
    const server = await aServer(test)
    const ended = await run(adapter, way, optionsOf(server, { runIn: 'process' }))
    expect(endOf(ended)).toBe(end)
    await server.came(isLastWords)
    await server.left()
    expect(lastWordsOf(server).map(({ alerts }) => alerts.map(({ count }) => count))).toEqual([[1]])
  })

  it.concurrent('and is gone at its deadline though its provider hangs', async (test) => {
    const server = await aServer(test, 'hung')
    await run('stream', 'cold', optionsOf(server, { runIn: 'process', closeTimeout: '1s' }))
    await server.came(isLastWords)
    await server.left()
    expect(lastWordsOf(server)).toHaveLength(1)
  })
})

describe('a provider that hangs', () => {
  it.concurrent.for(
    inSoak(every({ natural: 0, end: 0, SIGTERM: 'SIGTERM', cold: 0 }), [['target', 'cold', 0]] as const),
  )(
    'delays the exit of the adapter %s on the end %s by little more than closeTimeout, with a warning',
    // The time is measured, and on a busy machine once more.
    { retry: 2 },
    async ([adapter, way, end], test) => {
      const server = await aServer(test, 'hung')
      const ended = await run(adapter, way, optionsOf(server, { closeTimeout: '1s' }))
      expect(endOf(ended)).toBe(end)
      // pino alone would wait for 10 s.
      expect(exitMs(ended)).toBeLessThan(9_000)
      expect(ended.stderr.match(/\[ALERT_UNDELIVERED\]/g)).toHaveLength(1)
    },
  )
})

describe('a provider that refuses connections', () => {
  it.concurrent.for(inSoak(adapters, ['stream'] as const))(
    'does not delay the exit of the adapter %s, and a warning says so',
    async (adapter, test) => {
      const ended = await run(adapter, 'cold', optionsOf(await aServer(test, 'refused')))
      expect(ended.code).toBe(0)
      expect(ended.stderr.match(/\[ALERT_UNDELIVERED\]/g)).toHaveLength(1)
    },
  )
})

describe('with a state directory', () => {
  const upAgain = (options: object) => `
    import { alertStream } from 'pino-alert-transport'
    import pino from 'pino'
    const stream = alertStream(${JSON.stringify(options)})
    const logger = pino({}, stream)
    const alive = setInterval(() => logger.info('up again'), 1000)
    stream.on('alert', (event) => event.type === 'delivered' && clearInterval(alive))
  `

  it.for(inSoak(adapters, ['target'] as const))(
    'a critical record of the adapter %s, killed in the same tick, is delivered at the next start',
    async (adapter, test) => {
      const server = await aServer(test)
      const options = optionsOf(server, { state: { dir: await aDirectory(test) } })
      const killed = await run(adapter, 'SIGKILL at once', options)
      expect(killed.signal).toBe('SIGKILL')
      // If the thread that logs is delayed, the worker may have sent it before the kill: then it may be sent
      // again, as after any kill.
      const before = lastWordsOf(server).length
      await runProgram(upAgain(options))
      const { length } = lastWordsOf(server)
      expect(before === 0 ? [1] : [1, 2]).toContain(length)
    },
  )

  it.for(inSoak(['stream', 'winston'] as const, ['winston'] as const))(
    'and no thread of its own, process.exit with the adapter %s keeps the last records for the next start',
    async (adapter, test) => {
      const server = await aServer(test)
      const options = optionsOf(server, { runIn: 'inline', state: { dir: await aDirectory(test) } })
      const ended = await run(adapter, 'warm', options)
      expect(ended.stderr).toBe('')
      expect(lastWordsOf(server)).toEqual([])
      await runProgram(upAgain(options))
      expect(lastWordsOf(server)).toHaveLength(1)
    },
  )
})

describe('in the application’s own thread', () => {
  it.concurrent.for(
    inSoak(
      every({ natural: 0, end: 0, SIGTERM: 'SIGTERM' }).filter(([adapter]) => adapter !== 'target'),
      [['stream', 'natural', 0]] as const,
    ),
  )(
    'the last records of the adapter %s on the end %s are delivered, because its event loop still runs',
    async ([adapter, way], test) => {
      const server = await aServer(test)
      const ended = inTime(await run(adapter, way, optionsOf(server, { runIn: 'inline' })))
      expect(ended.stderr).toBe('')
      expect(lastWordsOf(server)).toHaveLength(1)
    },
  )

  it.concurrent.for(
    inSoak(
      every({ cold: 0, warm: 0, exception: 1 }).filter(([adapter]) => adapter !== 'target'),
      [['winston', 'cold', 0]] as const,
    ),
  )(
    'nothing of the adapter %s can be delivered on the end %s, and a warning says so',
    async ([adapter, way], test) => {
      const server = await aServer(test)
      const ended = await run(adapter, way, optionsOf(server, { runIn: 'inline' }))
      expect(lastWordsOf(server)).toEqual([])
      expect(ended.stderr.match(/\[ALERT_UNDELIVERED\]/g)).toHaveLength(1)
    },
  )

  it.concurrent('winston’s own exception handler delivers the crash, because it waits', async (test) => {
    const server = await aServer(test)
    const ended = inTime(await run('winston', 'handler', optionsOf(server, { runIn: 'inline' })))
    expect(ended.code).toBe(1)
    expect(lastWordsOf(server)).toHaveLength(1)
  })
})

describe('a problem of the worker during the exit', () => {
  const listening = `import { writeFileSync } from 'node:fs'
    process.on('warning', ({ code }) => process._rawDebug('heard ' + code))
  `

  it.concurrent.for(inSoak(['stream', 'winston'] as const, ['stream'] as const))(
    'is a warning of the process, adapter %s',
    async (adapter, test) => {
      const options = optionsOf(await aServer(test, 'refused'))
      const ended = await runProgram(`${listening}${program}`, {
        args: [JSON.stringify({ adapter, way: 'cold', options })],
      })
      expect(ended.stderr).toContain('heard ALERT_UNDELIVERED')
    },
  )

  it.concurrent.for(inSoak(adapters, ['winston'] as const))(
    'is not printed with --no-warnings, adapter %s',
    async (adapter, test) => {
      const options = optionsOf(await aServer(test, 'refused'))
      const ended = await runProgram(program, {
        nodeArgs: ['--no-warnings'],
        args: [JSON.stringify({ adapter, way: 'cold', options })],
      })
      expect(ended.stderr).toBe('')
    },
  )
})

/** From what the program says is its end to that of its process. */
function exitMs({ stdout, endedAt }: Ended): number {
  return endedAt - JSON.parse(stdout.trim().split('\n').at(-1)!).endsAt
}
