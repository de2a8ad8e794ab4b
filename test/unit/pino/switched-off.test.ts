import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import winston from 'winston'
import { createHub } from '#core/hub/create-hub.ts'
import { alertStream } from '#pino/alert-stream.ts'
import { AlertTransport } from '#winston/alert-transport.ts'

let workers = 0
const count = () => {
  workers += 1
}
beforeAll(() => void process.on('worker', count))
afterAll(() => void process.off('worker', count))

const line = `${JSON.stringify({ level: 60, time: 1, msg: 'broken', alert: true })}\n`
function off(runIn: 'worker' | 'process' | 'inline') {
  const parent = mkdtempSync(join(tmpdir(), 'alert-off-'))
  onTestFinished(() => rmSync(parent, { recursive: true, force: true }))
  return {
    enabled: false,
    runIn,
    state: { dir: join(parent, 'state') },
    channels: { slack: { url: '${NO_SUCH_VARIABLE}' } },
  }
}

it.each(['worker', 'process', 'inline'] as const)(
  'a stream that is switched off starts no %s and writes no state',
  async (runIn) => {
    const options = off(runIn)
    const stream = alertStream(options)
    stream.write(line)
    stream.flushSync()
    expect(await stream.flush()).toEqual({ delivered: true, pending: 0 })
    expect(await stream.stats()).toMatchObject({ lines: 0, matched: 0 })
    expect(await stream.close()).toEqual({ delivered: true, pending: 0 })
    expect(workers).toBe(0)
    expect(existsSync(options.state.dir)).toBe(false)
  },
)

it('a winston transport that is switched off starts no worker and writes no state', async () => {
  const options = off('worker')
  const transport = new AlertTransport(options)
  const logger = winston.createLogger({ transports: [transport] })
  logger.error('broken', { alert: true })
  expect(await transport.flush()).toEqual({ delivered: true, pending: 0 })
  logger.close()
  expect(workers).toBe(0)
  expect(existsSync(options.state.dir)).toBe(false)
})

it('a hub that is switched off takes no records', async () => {
  const events: unknown[] = []
  const hub = createHub(off('inline'), { env: {}, warn: (message) => events.push(message) })
  hub.subscribe((event) => events.push(event))
  hub.write(line)
  hub.publish({ message: 'broken', severity: 'critical' })
  expect(hub.wants(line)).toBe(false)
  expect(await hub.flush()).toEqual({ delivered: true, pending: 0 })
  await hub.close()
  expect(events).toEqual([])
  expect(hub.stats()).toMatchObject({ lines: 0, matched: 0 })
})
