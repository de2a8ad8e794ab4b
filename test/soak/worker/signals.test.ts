import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Hook, openHook } from '../../unit/winston/hook.ts'
import { type Adapter, adapters, inline, runNode } from '../../unit/worker/program.ts'

let hook: Hook
beforeEach(async () => {
  hook = await openHook()
})
afterEach(() => hook.close())

const names = Object.keys(adapters) as Adapter[]

const namespaces = ['unshare', '-pf', '--kill-child']
const canBeFirst = spawnSync(namespaces[0]!, [...namespaces.slice(1), 'true']).status === 0

interface RunOptions {
  /** Before the adapter is opened. */
  readonly before?: string
  /** Opens it in another way. */
  readonly open?: string
  readonly options?: object
  /** As process 1 of a namespace, as in a container. */
  readonly isFirst?: boolean
  /** Nothing but the body keeps it alive. */
  readonly isIdle?: boolean
  /** Loaded first, by its threads too. */
  readonly preload?: string
}

/** What waits until closeTimeout, 9 s, is over waits for ever. */
const withoutLongTimers = fileURLToPath(new URL('./without-long-timers.cjs', import.meta.url))

/** A program that stays until it gets a signal; `raise` sends it one. */
/** For tests of how long it takes: on a busy machine once more. */
const measured = { retry: 2 }

async function run(
  adapter: Adapter,
  body: string,
  {
    before = '',
    open = adapters[adapter],
    options = {},
    isFirst = false,
    isIdle = false,
    preload,
  }: RunOptions = {},
) {
  const source = `
    const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
    let alerts, logger
    ${before}
    const options = ${JSON.stringify({ ...hook.options, handleSignals: true, ...options })}
    ${open}
    ${isIdle ? '' : 'setInterval(() => {}, 1000)'}
    const raise = () => process.kill(process.pid, 'SIGTERM')
    ${body}`
  const under = isFirst ? namespaces : []
  const env: Record<string, string> = preload === undefined ? {} : { NODE_OPTIONS: `--require ${preload}` }
  const { code, signal, stderr } = await runNode(inline(source), { under, env, timeout: 20_000 })
  return { end: signal ?? code, stderr }
}

const delivered = () => JSON.stringify(hook.posts)

describe.each(names)('with %s, a signal', (adapter) => {
  it('ends the process as ever, after pending alerts have been sent', async () => {
    expect(await run(adapter, `logger.error('before the signal'); raise()`)).toEqual({
      end: 'SIGTERM',
      stderr: '',
    })
    expect(delivered()).toContain('before the signal')
  })

  it('that a framework raises again after its shutdown ends the process, and what the shutdown logs is delivered', async () => {
    const ended = await run(
      adapter,
      `const shutdown = async (signal) => {
         await sleep(300)
         logger.error('during the shutdown')
         process.removeListener('SIGTERM', shutdown)
         process.kill(process.pid, signal)
       }
       process.on('SIGTERM', shutdown)
       logger.error('before the signal')
       raise()`,
    )
    expect(ended).toEqual({ end: 'SIGTERM', stderr: '' })
    expect(delivered()).toContain('before the signal')
    expect(delivered()).toContain('during the shutdown')
  })

  it('that an application raises again as the last thing it does ends the process by the signal', async () => {
    const ended = await run(
      adapter,
      `const server = (await import('node:http')).createServer().listen(0)
       process.once('SIGTERM', async () => {
         logger.error('during the shutdown')
         server.close()
         await sleep(200)
         raise()
       })
       logger.error('before the signal')
       setTimeout(raise, 300)`,
      { isIdle: true },
    )
    expect(ended).toEqual({ end: 'SIGTERM', stderr: '' })
    expect(delivered()).toContain('during the shutdown')
  })

  it('that a framework raises again in the same tick is not taken for impatience', async () => {
    const ended = await run(
      adapter,
      `process.once('SIGTERM', (signal) => process.kill(process.pid, signal)); logger.error('before the signal'); raise()`,
    )
    expect(ended).toEqual({ end: 'SIGTERM', stderr: '' })
    expect(delivered()).toContain('before the signal')
  })

  it('leaves the end to a handler by process.once, also to one that was added first', async () => {
    const ended = await run(adapter, `logger.error('before the signal'); raise()`, {
      before: `process.once('SIGTERM', async () => { await sleep(500); logger.error('during the shutdown'); process.exit(0) })`,
    })
    expect(ended).toEqual({ end: 0, stderr: '' })
    expect(delivered()).toContain('before the signal')
    expect(delivered()).toContain('during the shutdown')
  })

  it('ends a process in which signal-exit waits to be the last', async () => {
    const ended = await run(adapter, `logger.error('before the signal'); raise()`, {
      before: `const { onExit } = await import('signal-exit'); onExit(() => {})`,
    })
    expect(ended).toEqual({ end: 'SIGTERM', stderr: '' })
    expect(delivered()).toContain('before the signal')
  })

  it('lets requests under way log until the process ends', async () => {
    const ended = await run(
      adapter,
      `logger.error('before the signal'); process.once('SIGTERM', () => {}); raise(); await sleep(50)
       setTimeout(() => logger.error('a request under way'), 1); raise()`,
    )
    expect(ended).toEqual({ end: 'SIGTERM', stderr: '' })
    expect(delivered()).toContain('before the signal')
    expect(delivered()).toContain('a request under way')
  })

  it('that comes a second time ends the process at once', measured, async () => {
    const hung = await openHook({ hangs: true })
    const startedAt = performance.now()
    const ended = await run(
      adapter,
      `logger.error('before the signal'); await sleep(1000); raise(); await sleep(100); raise()`,
      { options: { ...hung.options, crashes: false } },
    )
    expect(ended.end).toBe('SIGTERM')
    // Without it the end would wait for closeTimeout, 9 s.
    expect(performance.now() - startedAt).toBeLessThan(8_000)
    await hung.close()
  })

  it('does not wait for a retry that is due only after closeTimeout', async () => {
    const busy = await openHook({ busyFor: 60 })
    const ended = await run(
      adapter,
      `alerts.on('alert', ({ type }) => type === 'retrying' && raise()); logger.error('before the signal')`,
      { options: busy.options, preload: withoutLongTimers },
    )
    expect(ended.end).toBe('SIGTERM')
    expect(busy.posts).toHaveLength(1)
    await busy.close()
  })

  it.skipIf(!canBeFirst).each(['worker', 'process'])(
    'ends process 1 of a container, runIn %s (skipped if namespaces cannot be made: run as root)',
    async (runIn) => {
      const ended = await run(adapter, `logger.error('before the signal'); raise()`, {
        isFirst: true,
        options: { runIn },
      })
      expect(ended.end).toBe(143)
      expect(delivered()).toContain('before the signal')
    },
  )
})

it.skipIf(!canBeFirst)(
  'an exit of process 1 waits for the process of its hub (skipped if namespaces cannot be made: run as root)',
  async () => {
    const ended = await run('alertStream', `logger.error('at the end'); process.exit(3)`, {
      isFirst: true,
      options: { runIn: 'process' },
    })
    expect(ended.end).toBe(3)
    expect(delivered()).toContain('at the end')
  },
)

const ended = `const { default: pino } = await import('pino')
  const { alertTransport } = await import('pino-alert-transport')
  const transport = pino.transport(alertTransport(options))
  setInterval(() => {}, 1000)
  logger = pino(transport)
  logger.error('before the signal')
  transport.end()`

it.each([
  [
    'was never given to a logger',
    `const { alertTransport } = await import('pino-alert-transport'); alertTransport(options)`,
    0,
  ],
  ['has ended', `${ended}; await new Promise((resolve) => transport.once('close', resolve))`, 1],
  ['is about to end', ended, 1],
])(
  'a signal ends a process whose alertTransport() %s, without a wait for answers',
  measured,
  async (_, open, posts) => {
    const body = 'process._rawDebug(`raised ${Date.now()}`); raise()'
    const { end, stderr } = await run('alertTransport', body, { open })
    const raisedAt = /^raised (\d+)\n$/.exec(stderr)?.[1]
    expect([end, raisedAt]).toEqual(['SIGTERM', expect.any(String)])
    // A request that nothing answers is waited for 10 s.
    expect(Date.now() - Number(raisedAt)).toBeLessThan(8_000)
    expect(hook.posts).toHaveLength(posts)
  },
)
