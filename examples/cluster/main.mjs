// A service with node:cluster: the workers share one port and one directory, and send one message.
import cluster from 'node:cluster'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { serve } from './service.mjs'

if (cluster.isPrimary) await lead()
else await serve()

async function lead() {
  const directory = await mkdtemp(join(tmpdir(), 'alert-cluster-'))
  const workers = [1, 2, 3].map((n) => cluster.fork({ WORKER: `worker-${n}`, ALERTS: directory }))
  const [[{ port }]] = await Promise.all(workers.map((worker) => once(worker, 'message')))

  // Twenty customers try to pay, one asks for an unknown order: one problem, one message.
  for (let id = 1001; id <= 1020; id += 1) await fetch(`http://127.0.0.1:${port}/orders/${id}/pay`)
  await fetch(`http://127.0.0.1:${port}/orders/none/pay`)

  // A SIGTERM to each, as a process manager sends it.
  const ends = workers.map((worker) => once(worker, 'exit'))
  for (const worker of workers) worker.process.kill('SIGTERM')
  await Promise.all(ends)
  await rm(directory, { recursive: true, force: true })
}
