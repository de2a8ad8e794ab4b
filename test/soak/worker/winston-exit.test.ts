import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Hook, openHook } from '../../unit/winston/hook.ts'
import { run } from '../../unit/winston/timed-program.ts'

let hook: Hook
beforeEach(async () => {
  hook = await openHook()
})
afterEach(() => hook.close())

/** For tests of how long it takes: on a busy machine once more. */
const measured = { retry: 2 }

const subjects = () => hook.posts.map(({ subject }) => subject)

describe('the last records are delivered', () => {
  it.each<[string, number, string]>([
    ['process.exit in the tick of the first record', 3, `logger.error('last record'); process.exit(3)`],
    [
      'process.exit in a process that is long up',
      3,
      `logger.error('first'); await alerts.flush(); await sleep(300); logger.error('last record'); process.exit(3)`,
    ],
    ['a natural end', 0, `logger.error('last record')`],
    [
      'logger.end() and exit at finish',
      3,
      `logger.on('finish', () => process.exit(3)); logger.error('last record'); logger.end()`,
    ],
    [
      'an uncaught exception without a handler',
      1,
      `logger.error('last record'); throw new Error('uncaught')`,
    ],
    [
      'a log call in an exit handler',
      3,
      `logger.error('first'); await alerts.flush(); process.on('exit', () => logger.error('last record')); process.prependListener('exit', () => logger.error('last record')); process.exit(3)`,
    ],
  ])('on %s', async (_name, code, body) => {
    const ended = await run(hook, body)
    expect(ended.code).toBe(code)
    // The uncaught error is an alert as well, and may stand in the same message.
    expect(hook.posts.filter((post) => JSON.stringify(post).includes('last record'))).toHaveLength(1)
    if (!body.includes('throw')) expect(ended.stderr).toBe('')
  })

  it.each<[string, string]>([
    ['uncaughtException', `throw new TypeError('last record')`],
    ['unhandledRejection', `Promise.reject(new TypeError('last record'))`],
  ])(
    'by winston’s own handler of an %s, once, without being ended by winston’s time limit',
    async (kind, crash) => {
      const ended = await run(
        hook,
        `logger.error('first'); await alerts.flush(); setImmediate(() => { mark(); ${crash} })`,
        { handleExceptions: true, handleRejections: true },
        // It is 3 s, which a slow machine may need as well.
        `const inTime = setTimeout; globalThis.setTimeout = (call, ms, ...rest) => inTime(call, ms === 3000 ? 90_000 : ms, ...rest)`,
      )
      expect(ended.code).toBe(1)
      expect(subjects()).toEqual([
        expect.stringContaining('first'),
        expect.stringContaining(`${kind}: last record`),
      ])
      expect(hook.posts[1]?.severity).toBe('critical')
      expect(ended.ms).toBeLessThan(60_000)
    },
  )

  it('once, by a transport that is both transport and exception handler', async () => {
    await run(
      hook,
      `logger.exceptions.handle(alerts); setTimeout(() => { throw new Error('last record') }, 100)`,
    )
    expect(hook.posts.flatMap(({ alerts }) => alerts.map(({ count }) => count))).toEqual([1])
  })

  it('of an exception that the logger survives, and of what comes after it', async () => {
    const ended = await run(
      hook,
      `logger.exitOnError = false
       const heard = new Promise((resolve) => alerts.on('alert', resolve))
       setImmediate(() => { throw new Error('survived') })
       const alive = setInterval(() => {}, 1000)
       await heard
       clearInterval(alive)
       logger.error('later on')
       console.log(JSON.stringify(await alerts.flush()))`,
      { handleExceptions: true },
    )
    expect(JSON.parse(ended.stdout)).toEqual({ delivered: true, pending: 0 })
    expect(subjects()).toEqual([expect.stringContaining('survived'), expect.stringContaining('later on')])
  })

  it('when the worker has died just before', async () => {
    const ended = await run(
      hook,
      `logger.error('first'); await alerts.flush(); await worker.terminate(); logger.error('last record'); process.exit(3)`,
      {},
      `let worker; process.once('worker', (started) => { worker = started })`,
    )
    expect(ended.code).toBe(3)
    expect(subjects().at(-1)).toContain('last record')
  })
})

describe('finish', () => {
  it('does not wait for a channel that hangs if a state directory keeps the rest', measured, async () => {
    const hung = await openHook({ hangs: true })
    const dir = await mkdtemp(join(tmpdir(), 'alert-finish-'))
    const ended = await run(
      hung,
      `const heard = new Promise((resolve) => logger.on('finish', resolve))
       logger.error('last record', { alert: { severity: 'critical' } })
       await new Promise((resolve) => { const wait = () => { alerts.stats().then(({ matched }) => matched > 0 ? resolve() : setTimeout(wait, 10)) }; wait() })
       mark()
       logger.end()
       await heard
       process.kill(process.pid, 'SIGKILL')`,
      { closeTimeout: '9s', state: { dir } },
    )
    expect(ended.signal).toBe('SIGKILL')
    expect(ended.ms).toBeLessThan(8_000)
    await rm(dir, { recursive: true })
    await hung.close()
  })
})

describe('elsewhere than in a worker', () => {
  it('a process of its own delivers what was logged in the tick of a SIGKILL', async () => {
    const ended = await run(
      hook,
      `logger.error('first'); await alerts.flush(); logger.error('last record'); process.kill(process.pid, 'SIGKILL')`,
      { runIn: 'process' },
    )
    expect(ended.code).toBeNull()
    await hook.came(2)
    expect(subjects().at(-1)).toContain('last record')
  })

  it('this thread delivers what was logged before a natural end', async () => {
    const ended = await run(hook, `logger.error('last record')`, { runIn: 'inline' })
    expect(ended.stderr).toBe('')
    expect(subjects()).toEqual([expect.stringContaining('last record')])
  })
})

describe('a signal', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    '%s ends the process as ever, after the last record',
    async (signal) => {
      const ended = await run(
        hook,
        `logger.error('last record'); setInterval(() => {}, 1000); process.kill(process.pid, '${signal}')`,
        { handleSignals: true },
      )
      expect(ended.signal).toBe(signal)
      expect(subjects()).toEqual([expect.stringContaining('last record')])
    },
  )
})

describe('a logger that is dropped without a close', () => {
  it('leaves memory with its transport, while the worker stays for others', async () => {
    const ended = await run(
      hook,
      `logger.error('one')
       await alerts.flush()
       let forgotten = 0
       const registry = new FinalizationRegistry(() => forgotten++)
       for (let n = 0; n < 50; n++) {
         const dropped = new AlertTransport(options)
         registry.register(dropped)
         winston.createLogger({ transports: [dropped] }).error('two')
       }
       for (let round = 0; forgotten < 40 && round < 100; round++) {
         gc()
         await sleep(10)
       }
       logger.error('three')
       console.log(JSON.stringify([forgotten >= 40, await alerts.flush(), (await alerts.stats()).lines]))`,
      {},
      `const { setFlagsFromString } = await import('node:v8')
       setFlagsFromString('--expose-gc')
       const gc = (await import('node:vm')).runInNewContext('gc')`,
    )
    expect(JSON.parse(ended.stdout)).toEqual([true, { delivered: true, pending: 0 }, 52])
  })
})

describe('a channel that hangs', () => {
  it.each<[string, string]>([
    ['process.exit', `logger.error('x'); process.exit(3)`],
    ['a natural end after logger.end()', `logger.error('x'); logger.end()`],
    ['an uncaught exception', `setTimeout(() => { throw new Error('x') })`],
  ])('holds the end by %s no longer than closeTimeout and a little', measured, async (_name, body) => {
    const hung = await openHook({ hangs: true })
    const ended = await run(hung, body, { closeTimeout: '1s', handleExceptions: true })
    expect(hung.posts).toHaveLength(1)
    // Without a bound of its own it would be 10 s.
    expect(ended.ms).toBeLessThan(9_000)
    await hung.close()
  })
})

describe('if no worker can start', () => {
  const broken: Record<string, string> = {
    'its file is missing': `globalThis.__bundlerPathsOverrides = { 'alert-core/worker': '/nowhere/worker.js' }`,
    'its name leads nowhere': `globalThis.__bundlerPathsOverrides = { 'alert-core/worker': 'no-such-package/worker' }`,
  }

  it.each(Object.entries(broken))(
    'because %s, alerts are sent from this thread, with one warning',
    async (_name, prelude) => {
      const ended = await run(
        hook,
        `logger.error('one'); console.log(JSON.stringify(await alerts.flush())); logger.error('two')`,
        {},
        prelude,
      )
      expect(ended.code).toBe(0)
      expect(JSON.parse(ended.stdout)).toEqual({ delivered: true, pending: 0 })
      expect(subjects()).toEqual([expect.stringContaining('one'), expect.stringContaining('two')])
      expect(ended.stderr.match(/ALERT_WORKER_UNAVAILABLE/g)).toHaveLength(1)
    },
  )

  it('what was logged just before close() is delivered', async () => {
    const ended = await run(
      hook,
      `logger.error('one'); console.log(JSON.stringify(await alerts.close()))`,
      {},
      Object.values(broken)[0],
    )
    expect(JSON.parse(ended.stdout)).toEqual({ delivered: true, pending: 0 })
    expect(subjects()).toEqual([expect.stringContaining('one')])
  })

  it('the exit does not wait the 10 s that pino would', measured, async () => {
    const ended = await run(
      hook,
      `logger.error('x'); process.exit(3)`,
      { closeTimeout: '1s' },
      Object.values(broken)[0],
    )
    expect(ended.code).toBe(3)
    expect(ended.ms).toBeLessThan(9_000)
  })
})
