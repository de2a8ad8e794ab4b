/** A thread that does nothing: what it would read from the ring, or not, the test decides. */
import { Worker, type WorkerOptions } from 'node:worker_threads'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Host } from '#core/worker/host.ts'
import { createRingReader, type RingReader } from '#core/worker/ring.ts'
import { setWorkerStart } from '#core/worker/shared-thread.ts'
import { openThreadHost } from '#core/worker/thread.ts'
import { type SharedState, setSlot, slot, type ThreadSetup } from '#core/worker/thread-wire.ts'

let worker: Worker
let reader: RingReader
let state: SharedState
let host: Host
let lost: Promise<readonly string[]>
const posted: unknown[] = []

/** It says what is posted to it, and takes nothing. */
const idle = `require('node:worker_threads').parentPort.on('message', ({ open: { news } }) => {
  news.on('message', (posted) => news.postMessage({ event: posted }))
})`

function start(options: WorkerOptions): Worker {
  worker = new Worker(idle, { ...options, eval: true })
  const post = worker.postMessage.bind(worker)
  worker.postMessage = (order: { readonly open: ThreadSetup }, transfer: []) => {
    state = order.open.state
    reader = createRingReader(order.open.ring)
    post(order, transfer)
  }
  return worker
}

beforeEach(() => {
  posted.length = 0
  setWorkerStart(start)
  lost = new Promise((resolve) => {
    host = openThreadHost(
      { options: {}, wire: {}, closeTimeoutMs: 1_000 },
      {
        onReady() {},
        onDrain() {},
        onWanted() {},
        onEvent: (event) => posted.push(event),
        onLost: (_error, unread) => resolve(unread),
      },
    )
  })
  setSlot(state, slot.up, 1)
})
afterEach(() => worker.terminate())

/** Ends the turn. */
const turn = () => new Promise(setImmediate)

function takeAll(): string[] {
  const taken: string[] = []
  reader.takeAll((text) => {
    taken.push(text)
    Atomics.add(state, slot.read, text.length)
  })
  return taken
}

it('lines cross through the ring while the thread is awake, one text a turn, and do not wake it', async () => {
  reader.setAwake(true)
  host.write('first\n')
  host.write('second\n')
  await turn()
  host.write('third\n')
  await turn()
  expect(takeAll()).toEqual(['first\nsecond\n', 'third\n'])
  host.flushSync(0)
  await worker.terminate()
  expect(posted).toEqual([])
  expect(await lost).toEqual([])
})

it('what a thread had not read when it ended is there in its order, wherever it was', async () => {
  reader.setAwake(true)
  for (const line of ['in the ring 1\n', 'in the ring 2\n']) {
    host.write(line)
    await turn()
  }
  expect(takeAll()).toHaveLength(2)
  host.write('in the ring 3\n')
  await turn()
  reader.setAwake(false)
  host.write('posted\n')
  await turn()
  reader.setAwake(true)
  host.write('after it\n')
  await turn()
  host.write('gathered\n')
  await worker.terminate()
  expect(await lost).toEqual(['in the ring 3\n', 'posted\n', 'after it\n', 'gathered\n'])
})

it('a line does not overtake one that is posted and not read', async () => {
  host.write('posted\n')
  await turn()
  reader.setAwake(true)
  host.write('second\n')
  await turn()
  expect(takeAll()).toEqual([])
  Atomics.add(state, slot.read, 'posted\nsecond\n'.length)
  host.write('third\n')
  await turn()
  expect(takeAll()).toEqual(['third\n'])
})

it('what does not fit into the ring is posted', async () => {
  reader.setAwake(true)
  host.write(`${'x'.repeat(1024 * 1024)}\n`)
  host.write('short\n')
  await turn()
  host.write('next\n')
  await turn()
  expect(takeAll()).toEqual([])
  await worker.terminate()
  expect((await lost).join('')).toHaveLength(1024 * 1024 + 1 + 'short\nnext\n'.length)
})

it('a flush that waits wakes the thread', async () => {
  reader.setAwake(true)
  host.write('urgent\n')
  host.flushSync(1)
  await until(() => posted.length > 0)
  expect(posted).toEqual([''])
  expect(takeAll()).toEqual(['urgent\n'])
})

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await turn()
}
