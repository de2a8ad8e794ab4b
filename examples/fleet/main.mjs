// Four processes of one service meet the same broken database. People get one message, with the count of all.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startRedis } from './redis.mjs'

// With a Redis the processes may run on several hosts; without one they share a directory of this host.
const redis = process.env.REDIS_URL ? undefined : await startRedis()
const url = process.env.REDIS_URL || redis?.url
const directory = url ? undefined : await mkdtemp(join(tmpdir(), 'alert-example-'))
console.log(`Four processes share ${url ? 'a Redis' : 'a directory'}.`)

const worker = fileURLToPath(new URL('worker.mjs', import.meta.url))
const shared = url ? { REDIS_URL: url } : { ALERTS: directory }
const workers = [1, 2, 3, 4].map((n) => {
  const env = { ...process.env, ...shared, WORKER: `worker-${n}` }
  return fork(worker, { env })
})

// They end together, once all of them have logged: the last one sends what is left.
await Promise.all(workers.map((child) => once(child, 'message')))
for (const child of workers) child.send('log')
await Promise.all(workers.map((child) => once(child, 'message')))
for (const child of workers) child.send('end')
const ends = await Promise.all(workers.map((child) => once(child, 'exit')))

await redis?.stop()
if (directory) await rm(directory, { recursive: true, force: true })
process.exitCode = ends.some(([code]) => code !== 0) ? 1 : 0
