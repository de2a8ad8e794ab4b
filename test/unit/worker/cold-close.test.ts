import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { expect, it } from 'vitest'
import { coldCloseMs, threadStart } from '#core/worker/pino-target.ts'

it('the start of the thread counts for an end right after it, and leaves a second', () => {
  const plan = { closeTimeoutMs: 3_000 }
  expect(coldCloseMs(plan, 400)).toBe(2_600)
  expect(coldCloseMs(plan, 9_000)).toBe(1_000)
})

it('a thread that begins late says so', async () => {
  const before = performance.now()
  const thread = new Worker(
    `const { parentPort } = require('node:worker_threads')
     const startedAt = (${threadStart})()
     parentPort.postMessage({ startedAt, now: performance.now(), born: performance.timeOrigin })`,
    { eval: true },
  )
  const [{ startedAt, now, born }] = await once(thread, 'message')
  const createdAt = performance.timeOrigin + before - born
  expect(startedAt).toBeGreaterThanOrEqual(createdAt - 1)
  expect(startedAt).toBeLessThanOrEqual(now)
})
