// Reads what crosses, and notes how long each text took. With a ring it polls as the worker of the product
// does.
import { parentPort, workerData } from 'node:worker_threads'

const { source, ring, writtenAt, tookMs, count } = workerData
const { createRingPolling, createRingReader } = await import(source)

function read() {
  const n = Atomics.add(count, 0, 1) % writtenAt.length
  tookMs[n] = performance.timeOrigin + performance.now() - writtenAt[n]
}

const polling = ring && createRingPolling(createRingReader(ring), read)
parentPort.on('message', (text) => {
  polling?.takeAll()
  if (text !== '') read()
  polling?.expectMore()
})
parentPort.postMessage('up')
