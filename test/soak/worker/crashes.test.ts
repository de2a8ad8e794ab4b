import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { countDelivered, type Hook, openHook } from '../../unit/winston/hook.ts'
import { adapters, inline, runNode } from '../../unit/worker/program.ts'

let hook: Hook
beforeEach(async () => {
  hook = await openHook()
})
afterEach(() => hook.close())

const watched = {
  ...adapters,
  'target with register': `const { default: pino } = await import('pino')
    await import('pino-alert-transport/register')
    logger = pino({ transport: { target: 'pino-alert-transport', options } })`,
} as const

type Watched = keyof typeof watched
const names = Object.keys(watched) as Watched[]

async function run(
  adapter: Watched,
  body: string,
  { bare = false, options = {}, args = [] as string[] } = {},
) {
  const source = `
    let alerts, logger
    const options = ${JSON.stringify({ ...hook.options, ...options })}
    if (process.env.BARE === undefined) {
      ${watched[adapter]}
    } else await import('pino')
    const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
    ${body}`
  const { code, stderr } = await runNode([...args, ...inline(source)], { env: bare ? { BARE: '1' } : {} })
  return { code, stderr }
}

const subjects = () => hook.posts.map(({ subject }) => subject)

/** The usual ones are in test/e2e/crash-matrix.test.ts. */
const crashes: Record<string, string> = {
  'a rejection with a cause': `Promise.reject(new Error('boot failed', { cause: new TypeError('card gateway gone') }))`,
}

describe.each(names)('with %s', (adapter) => {
  it.each(Object.entries(crashes))(
    '%s that is not logged is delivered as critical, and ends the process as bare Node does',
    async (_name, body) => {
      const bare = await run(adapter, body, { bare: true })
      const ended = await run(adapter, body)
      expect(ended).toEqual(bare)
      expect(hook.posts).toHaveLength(1)
      expect(hook.posts[0]?.severity).toBe('critical')
      expect(JSON.stringify(hook.posts)).toContain('card gateway gone')
    },
  )

  it.each<[string, string]>([
    [
      'the application’s handler logs and exits',
      `process.on('uncaughtException', (err) => { log(err); process.exit(1) }); throw new TypeError('card gateway gone')`,
    ],
    [
      'the application logs and throws again',
      `try { throw new TypeError('card gateway gone') } catch (err) { log(err); throw err }`,
    ],
    [
      'the application logs and exits later',
      `process.on('uncaughtException', async (err) => { log(err); await sleep(100); process.exit(1) }); throw new TypeError('card gateway gone')`,
    ],
    [
      'the application exits later without a log',
      `process.on('uncaughtException', async () => { await sleep(100); process.exit(1) }); throw new TypeError('card gateway gone')`,
    ],
  ])('a crash counts once if %s', async (_name, body) => {
    const log =
      adapter === 'winston'
        ? `const log = (err) => logger.error('it crashed', { err })`
        : `const log = (err) => logger.fatal(err, 'it crashed')`
    const ended = await run(adapter, `${log}\n${body}`)
    expect(ended.code).toBe(1)
    expect(countDelivered(hook.posts)).toBe(1)
    expect(JSON.stringify(hook.posts)).toContain('card gateway gone')
  })

  it.each<[string, string, object]>([
    [
      'the application survives',
      `process.on('uncaughtException', () => {}); setTimeout(() => process.exit(0), 300); throw new Error('survived')`,
      {},
    ],
    ['the options say crashes: false', `throw new Error('not watched')`, { crashes: false }],
  ])('no alert comes of an error if %s', async (_name, body, options) => {
    await run(adapter, body, { options })
    expect(subjects()).toEqual([])
  })

  it.each([
    ['null', 'throw null'],
    ['a string', `throw 'card gateway gone'`],
    [
      'a proxy that throws at everything',
      `throw new Proxy({}, { get() { throw 1 }, has() { throw 1 }, ownKeys() { throw 1 }, getPrototypeOf() { throw 1 } })`,
    ],
  ])('%s that is thrown ends the process as bare Node does, with an alert', async (_name, body) => {
    const bare = await run(adapter, body, { bare: true })
    expect(await run(adapter, body)).toEqual(bare)
    expect(hook.posts).toHaveLength(1)
    expect(hook.posts[0]?.severity).toBe('critical')
  })
})

it('winston’s own handlers and the hook notify once of a crash', async () => {
  const ended = await run(
    'winston',
    `logger.exceptions.handle(new (await import('winston')).default.transports.Stream({ stream: process.stdout }))
     setTimeout(() => { throw new TypeError('card gateway gone') })`,
    { options: { handleExceptions: true, handleRejections: true } as object },
  )
  expect(ended.code).toBe(1)
  expect(countDelivered(hook.posts)).toBe(1)
})

it('a plain target without register is notified of nothing', async () => {
  const body = `const { default: pino } = await import('pino')
    pino({ transport: { target: 'pino-alert-transport', options } })
    throw new Error('not seen')`
  await run('alertStream', body, { bare: true })
  expect(subjects()).toEqual([])
})

it('register also watches with --import, in worker threads too', async () => {
  const target = `pino({ transport: { target: 'pino-alert-transport', options } })`
  const inThread = `const options = ${JSON.stringify(hook.options)}
    import('pino').then(({ default: pino }) => {
      ${target}
      setImmediate(() => { throw new Error('seen in the thread') })
    })`
  const body = `const { Worker } = await import('node:worker_threads')
    const { once } = await import('node:events')
    const { default: pino } = await import('pino')
    const thread = new Worker(${JSON.stringify(inThread)}, { eval: true })
    await once(thread, 'error')
    ${target}
    throw new Error('seen by the preload')`
  await run('alertStream', body, { bare: true, args: ['--import', 'pino-alert-transport/register'] })
  expect(subjects().toSorted()).toEqual([
    expect.stringContaining('seen by the preload'),
    expect.stringContaining('seen in the thread'),
  ])
})
