import { inspect } from 'node:util'
import pino from 'pino'
import { alertTransport } from 'pino-alert-transport'
import { expect, it, onTestFinished } from 'vitest'
import { type Hook, openHook } from '../winston/hook.ts'

async function open(): Promise<Hook> {
  const hook = await openHook()
  onTestFinished(() => hook.close())
  return hook
}

const record = { level: 50, msg: 'disk is full' }
/** A request that nothing answers is waited for 10 s. The time is measured once more on a busy machine. */
const soon = 9_000
const measured = { retry: 2 }

/** Each gives the transport to the wrong place, and logs once. */
const misplaced: Record<string, (transport: ReturnType<typeof alertTransport>) => void> = {
  'as a destination': (transport) => pino({}, transport as never).error('disk is full'),
  'in a multistream': (transport) => pino({}, pino.multistream([transport as never])).error('disk is full'),
}

it.each(Object.entries(misplaced))('the handle of a transport %s answers every request', async (_, give) => {
  const hook = await open()
  const transport = alertTransport(hook.options as never)
  give(transport)
  expect(await transport.flush()).toEqual({ delivered: true, pending: 0 })
  expect(await transport.explain(record)).toMatchObject({ rule: 'error' })
  const id = await transport.silence({ match: { rule: 'error' }, until: '2100-01-01T00:00:00Z' })
  expect(await transport.unsilence(id)).toBe(true)
  expect(await transport.stats()).toMatchObject({ matched: 1 })
  await transport.close()
  expect(hook.posts).toHaveLength(1)
})

it.each([
  ['given to no logger', {}, /No logger uses this transport: write pino\(/],
  ['switched off', { enabled: false }, /switched off/],
])('the handle of a transport that is %s says so at once', measured, async (_, options, message) => {
  const transport = alertTransport(options)
  if ('enabled' in options) pino({ transport })
  const startedAt = performance.now()
  expect(await transport.flush()).toEqual({ delivered: true, pending: 0 })
  expect(await transport.stats()).toBeUndefined()
  const refused = { code: 'ALERT_WORKER_UNREACHABLE', message: expect.stringMatching(message) }
  await expect(transport.explain(record)).rejects.toMatchObject(refused)
  await expect(transport.silence({ match: {}, until: '2100-01-01T00:00:00Z' })).rejects.toMatchObject(refused)
  await expect(transport.unsilence('x')).rejects.toMatchObject(refused)
  expect(performance.now() - startedAt).toBeLessThan(soon)
})

it('copying or printing a transport makes nothing wait for a logger', measured, async () => {
  const transport = alertTransport({ channels: {} } as never)
  expect(JSON.parse(JSON.stringify(transport))).toEqual({
    target: 'pino-alert-transport',
    options: { channels: {} },
  })
  expect({ ...transport }.target).toBe('pino-alert-transport')
  expect(inspect(transport)).toContain('pino-alert-transport')
  const startedAt = performance.now()
  expect(await transport.close()).toEqual({ delivered: true, pending: 0 })
  expect(performance.now() - startedAt).toBeLessThan(soon)
})

it('the handle of a transport whose logger has ended says so at once', measured, async () => {
  const hook = await open()
  const transport = alertTransport(hook.options as never)
  const stream = pino.transport(transport as never)
  pino(stream).error('disk is full')
  await transport.flush()
  stream.end()
  await new Promise((resolve) => stream.once('close', resolve))
  const startedAt = performance.now()
  expect(await transport.flush()).toEqual({ delivered: false, pending: 0 })
  await expect(transport.explain(record)).rejects.toMatchObject({ code: 'ALERT_WORKER_UNREACHABLE' })
  expect(performance.now() - startedAt).toBeLessThan(soon)
})

it.each(['process', 'worker'] as const)('a line that is too long is counted, runIn %s', async (runIn) => {
  const hook = await open()
  const transport = alertTransport({ ...hook.options, runIn } as never)
  const logger = pino({ transport })
  // Not JSON at its start, so that nothing of it can be kept.
  const stream = Object.getOwnPropertySymbols(logger).find((symbol) => symbol.description === 'pino.stream')!
  ;(logger as never as Record<symbol, { write(text: string): void }>)[stream]!.write(
    `${'x'.repeat(1_500_000)}\n`,
  )
  logger.error('disk is full')
  await transport.flush()
  expect((await transport.stats())?.failures).toMatchObject({ 'too-long': 1 })
  await transport.close()
})
