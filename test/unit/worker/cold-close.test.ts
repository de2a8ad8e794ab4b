import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { expect, it } from 'vitest'
import { coldCloseMs, threadStart } from '#core/worker/cold-close.ts'

const closeTimeoutMs = 3_000

it('the start of the thread counts for an end right after it, however long the process has lived', () => {
  const startedAt = 60_000
  const moments = { startedAt, upAt: startedAt + 400, now: startedAt + 450 }
  expect(coldCloseMs(closeTimeoutMs, moments)).toBe(2_600)
  expect(coldCloseMs(closeTimeoutMs, { ...moments, now: startedAt + 501 })).toBeUndefined()
})

it('an end right after a slow start still has a second', () => {
  expect(coldCloseMs(closeTimeoutMs, { startedAt: 0, upAt: 9_000, now: 9_000 })).toBe(1_000)
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
