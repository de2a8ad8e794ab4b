import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Worker } from 'node:worker_threads'
import pino from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type AlertStream, alertStream } from '#pino/alert-stream.ts'
import { inSoak } from '../../soak.ts'
import { type Hook, openHook } from '../winston/hook.ts'

/** The application's own lines. */
const silent = { write() {} }
let hook: Hook
let streams: AlertStream[]
beforeEach(async () => {
  hook = await openHook()
  streams = []
})
afterEach(async () => {
  await Promise.all(streams.map((stream) => stream.close()))
  await hook.close()
})

function open(): AlertStream {
  const stream = alertStream(hook.options as never, silent)
  streams.push(stream)
  return stream
}

const ring: Record<string, unknown> = {}
ring['ring'] = ring
const throwing = {
  get secret() {
    throw new Error('not for you')
  },
}
const throwsAtAll = new Proxy(
  {},
  {
    ownKeys() {
      throw new Error('not for you')
    },
  },
)

/** More than waits for a worker at most. */
const largeMb = inSoak(50, 12)
/** What each of them kept, a few thousand would show. */
const loggerCount = inSoak(10_000, 2_000)

test.each([
  ['a cycle', { ring }],
  ['a BigInt', { big: 10n }],
  ['a symbol key', { [Symbol('key')]: 1, there: 2 }],
  ['a getter that throws', { throwing }],
  ['a proxy that throws at everything', { throwsAtAll }],
  [`a field of ${largeMb} MB`, { body: 'x'.repeat(largeMb * 1024 * 1024) }],
  ['a key of 2 MB', { ['k'.repeat(2 * 1024 * 1024)]: 1 }],
])('a record with %s is delivered, and so is the next one', async (_, fields) => {
  const stream = open()
  const logger = pino({}, pino.multistream([stream]))
  logger.error(fields, 'first problem')
  logger.error('second problem')
  expect(await stream.flush()).toEqual({ delivered: true, pending: 0 })
  const notified = JSON.stringify(hook.posts)
  expect(notified).toContain('first problem')
  expect(notified).toContain('second problem')
})

test(`${loggerCount} loggers that are created and dropped cost one worker, no listener and no warning, and every record is counted`, async () => {
  const warnings: Error[] = []
  const hear = (warning: Error) => warnings.push(warning)
  const workers: Worker[] = []
  const see = (worker: Worker) => workers.push(worker)
  process.on('warning', hear)
  process.on('worker', see)
  const kept = open()
  pino({}, kept).error('same problem')
  await kept.flush()
  const listeners = () => process.listenerCount('exit') + process.listenerCount('beforeExit')
  const before = listeners()
  for (let n = 1; n < loggerCount; n++)
    pino({}, alertStream(hook.options as never, silent)).error('same problem')
  await kept.flush()
  expect(await kept.stats()).toMatchObject({ lines: loggerCount, matched: loggerCount })
  expect(workers).toHaveLength(1)
  expect(listeners()).toBe(before)
  expect(warnings).toEqual([])
  process.off('warning', hear)
  process.off('worker', see)
})

test('a stream that is dropped without a close leaves memory, while the worker stays for others', async () => {
  setFlagsFromString('--expose-gc')
  const gc = runInNewContext('gc') as () => void
  const kept = open()
  pino({}, kept).error('one')
  let forgotten = 0
  const registry = new FinalizationRegistry(() => forgotten++)
  for (let n = 0; n < 50; n++) {
    const dropped = alertStream(hook.options as never, silent)
    registry.register(dropped, n)
    pino({}, dropped).error('two')
  }
  while (forgotten < 40) {
    await new Promise(setImmediate)
    gc()
  }
  expect(await kept.flush()).toEqual({ delivered: true, pending: 0 })
  expect((await kept.stats()).lines).toBe(51)
})
