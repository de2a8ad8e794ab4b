/** Transports that are closed at once, in numbers, or after a refusal: nothing of them stays. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, it } from 'vitest'
import { adapters, inline, runNode } from '../../unit/worker/program.ts'

const names = ['alertStream', 'alertTransport', 'winston'] as const

/** Runs this with each adapter's `open(options)`, which gives `{ alerts, logger }`. */
async function run(adapter: (typeof names)[number], body: string) {
  const source = `
    const open = async (options) => {
      let alerts, logger
      ${adapters[adapter]}
      return { alerts, logger }
    }
    const warnings = []
    process.on('warning', ({ name, message }) => warnings.push(name + ': ' + message))
    ${body}`
  return runNode(inline(source), { timeout: 240_000 })
}

/** Each starts a thread, which takes seconds on a busy machine. */
const rounds = Number(process.env['ALERT_ROUNDS'] ?? 12)

describe('a transport that is closed while its hub is still being loaded', () => {
  it.skipIf(process.platform !== 'linux').concurrent.for(['alertTransport', 'winston'] as const)(
    `leaves no file open, in ${rounds} rounds of %s`,
    async (adapter, { expect }) => {
      const { code, stdout, stderr } = await run(
        adapter,
        `import { readdirSync } from 'node:fs'
         const round = async (n) => {
           const { alerts, logger } = await open({ service: 's' + n, dryRun: true, closeTimeout: '9s', channels: { ops: { type: 'webhook', url: 'http://127.0.0.1:1/' } } })
           logger.error('first')
           await alerts.close()
           // Beside the handle, pino has a stream of its own for a target.
           const stream = logger[Object.getOwnPropertySymbols(logger).find((symbol) => String(symbol) === 'Symbol(pino.stream)')]
           if (${adapter === 'alertTransport'}) await new Promise((resolve) => stream.once('close', resolve).end())
         }
         // The stream of a target does not hold the process.
         setInterval(() => {}, 1_000)
         const count = () => readdirSync('/proc/self/fd').length
         for (let n = 0; n < 3; n++) await round(n)
         const before = count()
         for (let n = 3; n < 3 + ${rounds}; n++) await round(n)
         let now = count()
         // A thread on its way out closes what it had a little later.
         for (let left = 100; now > before + 3 && left > 0; left--) { await new Promise((resolve) => setTimeout(resolve, 50)); now = count() }
         console.log(now - before)
         process.exit(0)`,
      )
      expect(stderr).not.toContain('Error')
      expect(code).toBe(0)
      expect(Number(stdout)).toBeLessThanOrEqual(3)
    },
  )
})

describe('forty transports', () => {
  // pino listens to the end of the process once for each stream of a target, whatever the target is.
  it.concurrent('of pino targets add no listener and no warning to those of pino', async ({ expect }) => {
    const counted = (openOne: string) =>
      run(
        'alertTransport',
        `const { default: pino } = await import('pino')
         const options = { dryRun: true, channels: { ops: { type: 'webhook', url: 'http://127.0.0.1:1/' } } }
         const listeners = () => process.listenerCount('exit')
         for (let n = 0; n < 6; n++) ${openOne}
         const before = listeners()
         for (let n = 6; n < 12; n++) ${openOne}
         await new Promise((resolve) => setImmediate(resolve))
         console.log(JSON.stringify({ added: listeners() - before, warnings }))
         process.exit(0)`,
      )
    const ours = await counted(`await open({ ...options, service: 's' + n })`)
    const alone = await counted(
      `pino({ transport: { target: 'pino/file', options: { destination: '/dev/null' } } })`,
    )
    expect(JSON.parse(alone.stdout)).toEqual({
      added: 6,
      warnings: [expect.stringContaining('exit listeners')],
    })
    expect(JSON.parse(ours.stdout)).toEqual(JSON.parse(alone.stdout))
  })

  it.concurrent.for(['alertStream', 'winston'] as const)(
    'raise no warning of a leak: %s',
    async (adapter, { expect }) => {
      const { code, stdout } = await run(
        adapter,
        `const options = (n) => ({ service: 's' + n, dryRun: true, handleSignals: true, channels: { ops: { type: 'webhook', url: 'http://127.0.0.1:1/' } } })
       const all = []
       for (let n = 0; n < 40; n++) all.push(await open(options(n)))
       for (const { logger } of all) logger.error('order failed')
       await Promise.all(all.map(({ alerts }) => alerts.flush()))
       console.log(JSON.stringify(warnings))
       process.exit(0)`,
      )
      expect(code).toBe(0)
      expect(JSON.parse(stdout).filter((text: string) => text.startsWith('MaxListeners'))).toEqual([])
    },
  )
})

describe('close()', () => {
  it.concurrent.for(names)(
    'does not call delivered what the provider refused: %s',
    async (adapter, { expect, onTestFinished }) => {
      const server = createServer((_request, response) => void response.writeHead(400).end('no'))
      server.listen(0, '127.0.0.1')
      await once(server, 'listening')
      onTestFinished(() => void server.close())
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
      const { code, stdout } = await run(
        adapter,
        `const { alerts, logger } = await open({ service: 's', channels: { ops: { type: 'webhook', url: '${url}', wait: 0 } } })
         logger.fatal?.('order failed') ?? logger.error('order failed')
         console.log(JSON.stringify(await alerts.close()))
         process.exit(0)`,
      )
      expect(code).toBe(0)
      expect(JSON.parse(stdout)).toEqual({ delivered: false, pending: 0 })
    },
  )
})
