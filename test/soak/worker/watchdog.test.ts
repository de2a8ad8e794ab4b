import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it, type TestContext, vi } from 'vitest'
import { WorkerStalled, withoutLine } from '#core/worker/watchdog.ts'
import { withCount } from '#core/worker/wire.ts'
import { type Adapter, adapters, inline, runNode } from '../../unit/worker/program.ts'
import { restartingHosts } from '../../unit/worker/restarting-hosts.ts'

/**
 * A channel that never returns from a message about 'spin', uses up all memory for one about 'leak', and
 * writes down all others.
 */
const source = (directory: string) => `
  import { appendFileSync, writeFileSync } from 'node:fs'
  const send = async (notification) => {
    const text = JSON.stringify(notification)
    if (text.includes('spin')) {
      writeFileSync(${JSON.stringify(join(directory, 'spins'))}, String(process.pid))
      for (;;) {}
    }
    if (text.includes('leak')) for (const kept = []; ; ) kept.push(new Array(100_000).fill(kept.length))
    appendFileSync(${JSON.stringify(join(directory, 'delivered'))}, text)
    return { status: 'delivered' }
  }
  export default { options: { safeParse: (data) => ({ success: true, data }) }, limits: {}, open: () => ({ send }) }
`

async function open({ onTestFinished }: Pick<TestContext, 'onTestFinished'>, more: object) {
  const directory = await mkdtemp(join(tmpdir(), 'alert-spin-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  const module = join(directory, 'channel.mjs')
  await writeFile(module, source(directory))
  const channels = { own: { type: 'module', module, wait: 0, interval: 0 } }
  return { directory, options: { service: 's', closeTimeout: '1s', channels, ...more } }
}

const target = `const { default: pino } = await import('pino')
  const transport = pino.transport({ target: 'pino-alert-transport', options })
  alerts = { on: (name, listen) => transport.on(name, listen), close: async () => transport.end() }
  logger = pino(transport)`

function run(
  adapter: Adapter | 'target',
  { directory, options }: Awaited<ReturnType<typeof open>>,
  body: string,
  nodeOptions = '',
) {
  return runNode(
    inline(`import { existsSync, readFileSync } from 'node:fs'
      const options = ${JSON.stringify(options)}
      let alerts, logger
      const until = async (holds) => { while (!holds()) await new Promise((resolve) => setTimeout(resolve, 20)) }
      const isIn = (file, text = '') =>
        existsSync(${JSON.stringify(directory)} + '/' + file) &&
        readFileSync(${JSON.stringify(directory)} + '/' + file, 'utf8').includes(text)
      ${adapter === 'target' ? target : adapters[adapter]}
      const codes = []
      alerts.on('alert', (event) => event.type === 'error' && codes.push(event.code))
      ${body}`),
    { timeout: 240_000, env: { NODE_OPTIONS: nodeOptions } },
  )
}

const ways = [
  ['alertStream', 'worker'],
  ['alertStream', 'process'],
  ['winston', 'worker'],
  ['target', 'worker'],
] as const

describe('a channel that never returns', () => {
  it.concurrent.for(ways)(
    'is ended, and the next records are alerted, with %s in a %s',
    async ([adapter, runIn], { expect, onTestFinished }) => {
      const opened = await open({ onTestFinished }, { runIn })
      const { code, stdout, stderr } = await run(
        adapter,
        opened,
        `logger.error('spin')
         await until(() => isIn('spins'))
         logger.error('second problem')
         const again = setInterval(() => logger.error('third problem'), 1_000)
         await until(() => isIn('delivered', 'third problem'))
         clearInterval(again)
         await alerts.close()
         console.log(JSON.stringify(codes))
         process.exit(0)`,
      )
      expect(stderr).toContain('ALERT_WORKER_STALLED')
      expect(JSON.parse(stdout)).toContain('ALERT_WORKER_STALLED')
      expect(code).toBe(0)
    },
  )

  it.concurrent.for(ways)(
    'does not hold the exit of the application, with %s in a %s',
    // The time is measured, and on a busy machine once more.
    { retry: 2 },
    async ([adapter, runIn], { expect, onTestFinished }) => {
      const opened = await open({ onTestFinished }, { runIn })
      const { code, stdout } = await run(
        adapter,
        opened,
        `logger.error('spin')
         await until(() => isIn('spins'))
         logger.error('second problem')
         process.exitCode = 3
         console.log(Date.now())
         process.exit()`,
      )
      expect(code).toBe(3)
      // closeTimeout is one second; thread-stream would wait for ten, and throw.
      expect(Date.now() - Number(stdout)).toBeLessThan(9_000)
      if (runIn !== 'process') return
      const pid = Number(readFileSync(join(opened.directory, 'spins'), 'utf8'))
      await expect.poll(() => existsSync(`/proc/${pid}`), { timeout: 60_000 }).toBe(false)
    },
  )
})

describe('a worker without memory', () => {
  it.concurrent.for(ways)(
    'does not end the application, and the next records are alerted, with %s in a %s',
    async ([adapter, runIn], { expect, onTestFinished }) => {
      const opened = await open({ onTestFinished }, { runIn })
      const { code, stdout } = await run(
        adapter,
        opened,
        `logger.error('leak')
         const again = setInterval(() => logger.error('next problem'), 500)
         await until(() => isIn('delivered', 'next problem') && codes.some((code) => code.startsWith('ALERT_WORKER_')))
         clearInterval(again)
         await alerts.close()
         console.log(JSON.stringify(codes))
         process.exit(0)`,
        '--max-old-space-size=64',
      )
      expect(code).toBe(0)
      // On a slow machine the search for memory alone takes longer than the watchdog waits.
      expect(stdout).toMatch(/ALERT_WORKER_(LOST|STALLED)/)
    },
  )
})

describe('the line during which a hub ended', () => {
  it('is left out by its number, with those that it stands for', () => {
    expect(withoutLine('a\nb\nc\n', 2)).toEqual({ rest: 'a\nc\n', left: 1 })
    expect(withoutLine(`a\n${withCount('b\n', 7)}c\n`, 2)).toEqual({ rest: 'a\nc\n', left: 7 })
    expect(withoutLine('\na\n\nb', 2)).toEqual({ rest: '\na\n\n', left: 1 })
    expect(withoutLine('a\n', 2)).toEqual({ rest: 'a\n', left: 0 })
  })
})

describe('hosts that stall one after another', () => {
  afterEach(() => vi.useRealTimers())

  it('are replaced three times, then after ten minutes, and never by one in the thread of the application', () => {
    vi.useFakeTimers()
    const { opened, rests } = restartingHosts()
    for (let count = 1; count <= 4; count++) {
      expect(opened).toHaveLength(count)
      opened.at(-1)!.onLost(new WorkerStalled('it did nothing'), [])
      if (count < 4) vi.advanceTimersByTime(60_000)
    }
    expect(rests).toEqual([false, false, false, true])
    vi.advanceTimersByTime(9 * 60_000)
    expect(opened).toHaveLength(4)
    vi.advanceTimersByTime(60_000)
    expect(opened).toHaveLength(5)
  })
})
