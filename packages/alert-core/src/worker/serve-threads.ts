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
import { createLru } from '../cache/lru.ts'
import type { Wanted } from '../hub/hub-types.ts'
import { planAdapter } from './create-adapter.ts'
import { answer, type HostRequest } from './hub-requests.ts'
import { isInHub } from './hub-thread.ts'
import {
  type FromThread,
  lookForParent,
  type Meeting,
  markTargets,
  meetingName,
  type ParentData,
  parentKey,
  type ToThread,
} from './parent.ts'
import { answeringOf, moveToParent, type SharedLink, shareLink, watchProcessExit } from './shared-links.ts'

/** A host of another thread, with its part in a link of this one. */
interface Served {
  readonly host: string
  readonly thread: number
  readonly shared: SharedLink
  readonly answers: BroadcastChannel
  /** The last one that it knows. */
  wanted: Wanted | undefined
}

/** Beyond so many, the longest silent one is released: threads of threads end unseen. */
const maxServed = 1_000
const served = createLru<string, Served>(maxServed, (_host, one) => free(one))
let channel: BroadcastChannel | undefined
let parent: ParentData | undefined
const maxChildren = 64
let children = 0

/** From now on the threads of the process find this one; in a thread, pino's workers find it as well. */
export function serveThreads(): void {
  markTargets()
  lookForParent(moveToParent)
  if (channel !== undefined || !isMainThread || isInHub()) return
  parent = {
    name: `alert-core:${process.pid}:${process.hrtime.bigint()}`,
    unread: new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)),
    children: new Int32Array(new SharedArrayBuffer(maxChildren * Int32Array.BYTES_PER_ELEMENT)),
  }
  setEnvironmentData(parentKey, parent satisfies ParentData as never)
  channel = new BroadcastChannel(parent.name)
  channel.unref()
  // Before the listener that ends the links, which always comes last.
  process.on('exit', readThreads)
  watchProcessExit()
  channel.onmessage = (event: unknown) => receive((event as { data: FromThread }).data)
  process.on('worker', watchThread)
  announce(parent)
}

/** For threads that are older, and for those that ask. */
function announce(data: ParentData): void {
  const meeting = new BroadcastChannel(meetingName)
  meeting.unref()
  const answer = () => meeting.postMessage({ parent: data } satisfies Meeting)
  meeting.onmessage = (event: unknown) => {
    if ('asks' in (event as { data: Meeting }).data) answer()
  }
  answer()
}

function watchThread(worker: Worker): void {
  const { threadId } = worker
  parent!.children[children++ % maxChildren] = threadId
  worker.once('exit', () => releaseThread(threadId))
}

/** What threads have posted, without the event loop. */
function readThreads(): void {
  for (let next = nextMessage(); next !== undefined; next = nextMessage()) receive(next)
}

function nextMessage(): FromThread | undefined {
  try {
    // Its types name only a MessagePort.
    return (receiveMessageOnPort(channel as never) as { message: FromThread } | undefined)?.message
  } catch {
    // Deno takes only a MessagePort.
    return undefined
  }
}

function receive({ host, thread, setup, lines, request }: FromThread): void {
  const known = served.get(host) ?? (setup && serve(host, thread, setup))
  if (lines !== undefined) {
    Atomics.sub(parent!.unread, 0, lines.length)
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
  const one: Served = { host, thread, shared, answers, wanted: undefined }
  served.set(host, one)
  return one
}

async function reply(host: string, { shared, answers }: Served, request: HostRequest): Promise<void> {
  const message = await answer(answeringOf(shared.link, shared.close), request)
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
  if (served.delete(host)) free(one!)
}

function free({ shared, answers }: Served): void {
  shared.release()
  answers.close()
}

function releaseThread(thread: number): void {
  // Lines that it posted last may come after its end.
  setImmediate(() => {
    readThreads()
    for (const one of served.values()) if (one.thread === thread) release(one.host)
  })
}
