import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, it, type TestContext } from 'vitest'
import { inSoak } from '../../soak.ts'
import { countDelivered, type Hook, openHook } from '../winston/hook.ts'
import { type Adapter, adapters, root, runNode } from './program.ts'

let folder: string
beforeAll(async () => {
  // Where the packages are found.
  folder = await mkdtemp(join(root, 'node_modules/.threads-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))
/** For one test: they run side by side. */
async function openOwnHook({ onTestFinished }: Pick<TestContext, 'onTestFinished'>): Promise<Hook> {
  const hook = await openHook()
  onTestFinished(() => hook.close())
  return hook
}

const quietEnd = { code: 0, signal: null, stdout: '', stderr: '' }

/** A plain target; its stream has the events. */
const target = `const { default: pino } = await import('pino')
    alerts = pino.transport({ target: 'pino-alert-transport', options })
    logger = pino(alerts)`

interface Places {
  readonly inMain: string
  readonly inThread: string
  /** Before the adapter. */
  readonly early?: string
  /** What opens the adapter there. */
  readonly main?: string
  readonly thread?: string
  readonly args?: readonly string[]
}

/** The same file runs in both; `thread` is the Worker there, and `say` wakes the main thread. */
async function run(hook: Hook, adapter: Adapter, places: Places) {
  const { inMain, inThread, early = '', args = [] } = places
  const { main = adapters[adapter], thread = adapters[adapter] } = places
  const file = join(folder, `${adapter}-${Math.random().toString(36).slice(2)}.mjs`)
  await writeFile(
    file,
    `import { isMainThread, parentPort, Worker } from 'node:worker_threads'
     const options = ${JSON.stringify(hook.options)}
     const start = () => new Worker(new URL(import.meta.url))
     const said = (by) => new Promise((resolve) => by.once('message', resolve))
     let alerts, logger
     ${early}
     if (isMainThread) {
       ${main}
       const thread = globalThis.early ?? start()
       thread.on('error', () => {})
       /** The thread continues when it has heard of everything that was posted before. */
       const go = async () => { for (let n = 0; n < 3; n++) { thread.postMessage('go'); await said(thread) } }
       ${inMain}
     } else {
       const say = (what) => parentPort.postMessage(what)
       const stay = () => setInterval(() => {}, 1000)
       const wait = async () => { for (let n = 0; n < 3; n++) { await said(parentPort); if (n < 2) say('here') } }
       ${thread}
       ${inThread}
     }`,
  )
  return runNode([...args, file])
}

it.concurrent('what a thread has passed to its pino target is delivered after terminate()', async ({
  expect,
  onTestFinished,
}) => {
  const hook = await openOwnHook({ onTestFinished })
  const ended = await run(hook, 'alertTransport', {
    inMain: `await said(thread); await thread.terminate()`,
    inThread: `logger.error('from the thread'); alerts.on('alert', ({ type }) => type === 'fired' && say('fired')); stay()`,
    early: `options.channels.hook.wait = '1s'`,
  })
  expect(ended).toEqual(quietEnd)
  expect(countDelivered(hook.posts)).toBe(1)
})

describe.each(inSoak(['alertStream', 'winston'] as const, ['alertStream'] as const))(
  'what a thread logs by %s is delivered',
  (adapter) => {
    const logAndStay = `logger.error('from the thread'); say('logged'); stay()`

    it.concurrent.for([
      ['before terminate()', `await said(thread); await thread.terminate()`, logAndStay],
      ['before process.exit() of the main thread', `await said(thread); process.exit(0)`, logAndStay],
      [
        'while the main thread is busy, and exits',
        `const wake = new Int32Array(new SharedArrayBuffer(4)); await said(thread); thread.postMessage(wake)
       Atomics.wait(wake, 0, 0); process.exit(0)`,
        `parentPort.once('message', (wake) => { logger.error('from the thread'); Atomics.store(wake, 0, 1); Atomics.notify(wake, 0) })
       say('up'); stay()`,
      ],
      [
        'before its own process.exit()',
        `await said(thread)`,
        `logger.error('from the thread'); say('logged'); process.exit(1)`,
      ],
      ['by a crash', '', `throw new Error('from the thread')`],
    ])('%s', async ([, inMain, inThread], { expect, onTestFinished }) => {
      const hook = await openOwnHook({ onTestFinished })
      expect(await run(hook, adapter, { inMain: inMain!, inThread: inThread! })).toEqual(quietEnd)
      expect(hook.posts.map(({ subject }) => subject)).toEqual([expect.stringContaining('from the thread')])
    })

    it.concurrent('by one hub for all threads, which also answers there', async ({
      expect,
      onTestFinished,
    }) => {
      const hook = await openOwnHook({ onTestFinished })
      const ended = await run(hook, adapter, {
        inMain: `const all = [thread, start(), start()]
       logger.error('order 1 failed')
       const answers = await Promise.all(all.map(said))
       console.log(JSON.stringify({ matched: (await alerts.stats()).matched, answers }))
       await Promise.all(all.map((each) => each.terminate()))`,
        inThread: `logger.error('order 2 failed'); const { delivered } = await alerts.flush()
       const { rule, outcome } = await alerts.explain({ level: adapterLevel, msg: 'x', message: 'x' })
       say({ delivered, rule, outcome }); stay()`.replace(
          'adapterLevel',
          adapter === 'winston' ? `'error'` : '50',
        ),
      })
      expect(ended).toMatchObject({ code: 0, stderr: '' })
      const answer = { delivered: true, rule: 'error', outcome: 'counts' }
      expect(JSON.parse(ended.stdout)).toEqual({ matched: 4, answers: [answer, answer, answer] })
      expect(countDelivered(hook.posts)).toBe(4)
      expect(new Set(hook.posts.flatMap(({ alerts }) => alerts.map(({ id }) => id))).size).toBe(1)
    })

    it.concurrent('if the thread is older than the adapter of the main thread, before terminate()', async ({
      expect,
      onTestFinished,
    }) => {
      const hook = await openOwnHook({ onTestFinished })
      const ended = await run(hook, adapter, {
        early: `if (isMainThread) { globalThis.early = start(); await said(globalThis.early) }`,
        inMain: `await go(); await thread.terminate()`,
        inThread: `say('up'); await wait(); logger.error('from the thread'); say('logged'); stay()`,
      })
      expect(ended).toEqual(quietEnd)
      expect(hook.posts.map(({ subject }) => subject)).toEqual([expect.stringContaining('from the thread')])
    })

    it.concurrent('also what it had logged before there was an adapter in the main thread', async ({
      expect,
      onTestFinished,
    }) => {
      const hook = await openOwnHook({ onTestFinished })
      const ended = await run(hook, adapter, {
        early: `if (isMainThread) { globalThis.early = start(); await said(globalThis.early) }`,
        inMain: `await go(); await thread.terminate()`,
        inThread: `logger.error('by a worker of its own'); say((await alerts.flush()).delivered); await wait()
        await alerts.flush(); logger.error('from the thread'); say('logged'); stay()`,
      })
      expect(ended).toEqual(quietEnd)
      expect(hook.posts.map(({ subject }) => subject)).toEqual([
        expect.stringContaining('by a worker of its own'),
        expect.stringContaining('from the thread'),
      ])
    })

    it.concurrent('from a process of its own if the main thread has no adapter', async ({
      expect,
      onTestFinished,
    }) => {
      const hook = await openOwnHook({ onTestFinished })
      const ended = await run(hook, adapter, {
        early: `options.runIn = 'process'`,
        main: '',
        inMain: `await said(thread); await thread.terminate()`,
        inThread: `logger.error('from the thread'); say('logged'); stay()`,
      })
      expect(ended).toEqual(quietEnd)
      await hook.came(1)
      expect(hook.posts.map(({ subject }) => subject)).toEqual([expect.stringContaining('from the thread')])
    })
  },
)

describe('what a thread has passed to its plain target is delivered after terminate()', () => {
  const inMain = `await said(thread); await thread.terminate()`
  const inThread = `alerts.on('alert', ({ type }) => type === 'fired' && say('fired')); logger.error('from the thread'); stay()`
  const early = `options.channels.hook.wait = '1s'`

  it.concurrent.for<[string, Places]>([
    ['if the main thread has an adapter', { inMain, inThread, early, thread: target }],
    [
      'with --import pino-alert-transport/register',
      {
        inMain,
        inThread,
        early,
        main: '',
        thread: target,
        args: ['--import', 'pino-alert-transport/register'],
      },
    ],
  ])('%s', async ([, places], { expect, onTestFinished }) => {
    const hook = await openOwnHook({ onTestFinished })
    expect(await run(hook, 'alertStream', places)).toEqual(quietEnd)
    expect(countDelivered(hook.posts)).toBe(1)
  })

  it.concurrent('and the target of the main thread keeps its own worker', async ({
    expect,
    onTestFinished,
  }) => {
    const hook = await openOwnHook({ onTestFinished })
    // It sends while the main thread is busy.
    const ended = await run(hook, 'alertStream', {
      main: target,
      inMain: `await new Promise((resolve) => { alerts.on('alert', ({ type }) => type === 'fired' && resolve()); logger.error('from the main thread') })
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 3_000); console.log(Date.now()); await thread.terminate(); process.exit(0)`,
      inThread: `stay()`,
      early: `options.channels.hook.wait = '100ms'`,
      args: ['--import', 'pino-alert-transport/register'],
    })
    expect(ended).toMatchObject({ code: 0, stderr: '' })
    expect(hook.arrivedAt[0]).toBeLessThan(Number(ended.stdout))
  })
})

it.concurrent('no code of a thread, or of a worker below it, runs after terminate(): nothing of theirs can be saved or said', async ({
  expect,
}) => {
  const file = join(folder, 'nothing-runs.mjs')
  await writeFile(
    file,
    `import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
     import { writeSync } from 'node:fs'
     const start = (name) => new Worker(new URL(import.meta.url), { workerData: name })
     const said = (by) => new Promise((resolve) => by.once('message', resolve))
     if (isMainThread) {
       const thread = start('thread')
       await said(thread)
       await thread.terminate()
     } else {
       process.on('exit', () => writeSync(1, 'exit of ' + workerData))
       parentPort.on('close', () => writeSync(1, 'port of ' + workerData))
       setInterval(() => {}, 1000)
       if (workerData === 'thread') await said(start('worker'))
       parentPort.postMessage('up')
     }`,
  )
  expect(await runNode([file])).toEqual(quietEnd)
})
