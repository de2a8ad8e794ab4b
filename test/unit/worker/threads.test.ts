import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, it, type TestContext } from 'vitest'
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

/** The same file runs in both; `thread` is the Worker there, and `say` wakes the main thread. */
async function run(hook: Hook, adapter: Adapter, inMain: string, inThread: string, early = '') {
  const file = join(folder, `${adapter}-${Math.random().toString(36).slice(2)}.mjs`)
  await writeFile(
    file,
    `import { isMainThread, parentPort, Worker } from 'node:worker_threads'
     const options = ${JSON.stringify(hook.options)}
     const start = () => new Worker(new URL(import.meta.url))
     let alerts, logger
     ${early}
     ${adapters[adapter]}
     if (isMainThread) {
       const thread = globalThis.early ?? start()
       thread.on('error', () => {})
       const said = new Promise((resolve) => thread.once('message', resolve))
       ${inMain}
     } else {
       const say = (what) => parentPort.postMessage(what)
       const stay = () => setInterval(() => {}, 1000)
       ${inThread}
     }`,
  )
  return runNode([file])
}

it.concurrent('what a thread has passed to its pino target is delivered after terminate()', async ({
  expect,
  onTestFinished,
}) => {
  const hook = await openOwnHook({ onTestFinished })
  const ended = await run(
    hook,
    'alertTransport',
    `await said; await thread.terminate()`,
    `logger.error('from the thread'); alerts.on('alert', ({ type }) => type === 'fired' && say('fired')); stay()`,
    `options.channels.hook.wait = '1s'`,
  )
  expect(ended).toEqual(quietEnd)
  expect(countDelivered(hook.posts)).toBe(1)
})

describe.each(['alertStream', 'winston'] as const)('what a thread logs by %s is delivered', (adapter) => {
  const logAndStay = `logger.error('from the thread'); say('logged'); stay()`

  it.concurrent.for([
    ['before terminate()', `await said; await thread.terminate()`, logAndStay],
    ['before process.exit() of the main thread', `await said; process.exit(0)`, logAndStay],
    [
      'while the main thread is busy, and exits',
      `const wake = new Int32Array(new SharedArrayBuffer(4)); await said; thread.postMessage(wake)
       Atomics.wait(wake, 0, 0); process.exit(0)`,
      `parentPort.once('message', (wake) => { logger.error('from the thread'); Atomics.store(wake, 0, 1); Atomics.notify(wake, 0) })
       say('up'); stay()`,
    ],
    [
      'before its own process.exit()',
      `await said`,
      `logger.error('from the thread'); say('logged'); process.exit(1)`,
    ],
    ['by a crash', '', `throw new Error('from the thread')`],
  ])('%s', async ([, inMain, inThread], { expect, onTestFinished }) => {
    const hook = await openOwnHook({ onTestFinished })
    expect(await run(hook, adapter, inMain!, inThread!)).toEqual(quietEnd)
    expect(hook.posts.map(({ subject }) => subject)).toEqual([expect.stringContaining('from the thread')])
  })

  it.concurrent('by one hub for all threads, which also answers there', async ({
    expect,
    onTestFinished,
  }) => {
    const hook = await openOwnHook({ onTestFinished })
    const ended = await run(
      hook,
      adapter,
      `const others = [start(), start()]
       logger.error('order 1 failed')
       const answers = await Promise.all([said, ...others.map((other) => new Promise((resolve) => other.once('message', resolve)))])
       console.log(JSON.stringify({ matched: (await alerts.stats()).matched, answers }))
       await Promise.all([thread, ...others].map((each) => each.terminate()))`,
      `logger.error('order 2 failed'); const { delivered } = await alerts.flush()
       const { rule, outcome } = await alerts.explain({ level: adapterLevel, msg: 'x', message: 'x' })
       say({ delivered, rule, outcome }); stay()`.replace(
        'adapterLevel',
        adapter === 'winston' ? `'error'` : '50',
      ),
    )
    expect(ended).toMatchObject({ code: 0, stderr: '' })
    const answer = { delivered: true, rule: 'error', outcome: 'counts' }
    expect(JSON.parse(ended.stdout)).toEqual({ matched: 4, answers: [answer, answer, answer] })
    expect(countDelivered(hook.posts)).toBe(4)
    expect(new Set(hook.posts.flatMap(({ alerts }) => alerts.map(({ id }) => id))).size).toBe(1)
  })

  it.concurrent('by a worker of its own if the thread is older than the adapter of the main thread', async ({
    expect,
    onTestFinished,
  }) => {
    const hook = await openOwnHook({ onTestFinished })
    const ended = await run(
      hook,
      adapter,
      `thread.postMessage('go'); await said; await thread.terminate()`,
      `await new Promise((resolve) => parentPort.once('message', resolve))
       logger.error('from the thread'); say((await alerts.flush()).delivered); stay()`,
      `if (isMainThread) globalThis.early = start()`,
    )
    expect(ended).toEqual(quietEnd)
    expect(countDelivered(hook.posts)).toBe(1)
  })
})
