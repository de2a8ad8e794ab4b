/**
 * The main thread's side of {@link openParentHost}: lines of the application's other threads go to the hub
 * that an adapter in this thread with equal options has.
 */
import {
  BroadcastChannel,
  isMainThread,
  receiveMessageOnPort,
  setEnvironmentData,
  type Worker,
} from 'node:worker_threads'
import type { Wanted } from '../hub/hub-types.ts'
import type { SilenceOptions } from '../options.ts'
import { planAdapter } from './create-adapter.ts'
import { isInHub } from './hub-thread.ts'
import { type FromThread, markTargets, type ParentData, parentKey, type ToThread } from './parent.ts'
import { type Answering, answer, type HostRequest } from './requests.ts'
import { type SharedLink, shareLink, watchProcessExit, withLosses } from './shared-links.ts'

/** A host of another thread, with its part in a link of this one. */
interface Served {
  readonly thread: number
  readonly shared: SharedLink
  readonly answers: BroadcastChannel
  /** The last one that it knows. */
  wanted: Wanted | undefined
}

/** Beyond so many the oldest one is released: threads of threads end unseen. */
const maxServed = 1_000
const served = new Map<string, Served>()
let channel: BroadcastChannel | undefined
let unread: ParentData['unread'] | undefined

/** From now on threads that are started find this one; in a thread, pino's workers do. */
export function serveThreads(): void {
  markTargets()
  if (channel !== undefined || !isMainThread || isInHub()) return
  const name = `alert-core:${process.pid}:${process.getBuiltinModule('node:crypto').randomUUID()}`
  unread = new Int32Array(new SharedArrayBuffer(4))
  setEnvironmentData(parentKey, { name, unread } satisfies ParentData as never)
  channel = new BroadcastChannel(name)
  channel.unref()
  // Before the listener that ends the links, which always comes last.
  process.on('exit', readThreads)
  watchProcessExit()
  channel.onmessage = (event: unknown) => receive((event as { data: FromThread }).data)
  process.on('worker', (worker: Worker) => {
    const { threadId } = worker
    worker.once('exit', () => releaseThread(threadId))
  })
}

/** What threads have posted, without the event loop. */
function readThreads(): void {
  for (let next = nextMessage(); next !== undefined; next = nextMessage()) receive(next)
}

function nextMessage(): FromThread | undefined {
  // Its types name only a MessagePort.
  return (receiveMessageOnPort(channel as never) as { message: FromThread } | undefined)?.message
}

function receive({ host, thread, setup, lines, request }: FromThread): void {
  const known = served.get(host) ?? (setup && serve(host, thread, setup))
  if (lines !== undefined) {
    Atomics.sub(unread!, 0, lines.length)
    known?.shared.link.write(lines)
  }
  if (known !== undefined) sendWanted(known)
  if (request !== undefined && known !== undefined) void reply(host, known, request)
}

function serve(host: string, thread: number, setup: NonNullable<FromThread['setup']>): Served {
  const answers = new BroadcastChannel(host)
  answers.unref()
  const post = (message: ToThread) => answers.postMessage(message)
  const { runIn, handleSignals, checked } = planAdapter(setup.options, setup.wire.levels)
  const shared = shareLink({ ...setup, runIn, handleSignals, checked }, (event) => post({ event }))
  const one: Served = { thread, shared, answers, wanted: undefined }
  served.set(host, one)
  if (served.size > maxServed) release(served.keys().next().value!)
  return one
}

async function reply(host: string, { shared, answers }: Served, request: HostRequest): Promise<void> {
  const { link } = shared
  const answering: Answering = {
    flush: link.flush,
    close: shared.close,
    async stats() {
      const stats = await link.stats()
      return stats.hub && withLosses(stats.hub, stats)
    },
    explain: (record: string | object) => link.request('explain', record),
    silence: (silence: SilenceOptions) => link.request('silence', silence),
    unsilence: (id: string) => link.request('unsilence', id),
  }
  const message = await answer(answering, request)
  if (!served.has(host)) return
  answers.postMessage(message)
  if (request.request === 'close') release(host)
}

/** A document of `reload` may want other records. */
function sendWanted(one: Served): void {
  const wanted = one.shared.link.wanted()
  if (wanted === undefined || wanted === one.wanted) return
  one.wanted = wanted
  one.answers.postMessage({ wanted } satisfies ToThread)
}

function release(host: string): void {
  const one = served.get(host)
  served.delete(host)
  one?.shared.release()
  one?.answers.close()
}

function releaseThread(thread: number): void {
  // Lines that it posted last may come after its end.
  setImmediate(() => {
    readThreads()
    for (const [host, one] of served) if (one.thread === thread) release(host)
  })
}
