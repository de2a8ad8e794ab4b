/**
 * The hubs' side of a worker thread: each reads what is posted to it, answers, and says in shared memory how
 * far it has read. What takes long to load, and is not needed to take lines, is loaded later: providers after
 * the first lines, the checks for a silence made at run time.
 */
import type { MessagePort } from 'node:worker_threads'
import type { SilenceRequest } from '../hub/answer-types.ts'
import type { Hub, HubPorts, LazyParts } from '../hub/hub-types.ts'
import { openHub } from '../hub/open-hub.ts'
import type { AlertOptions } from '../options.ts'
import type { Sender } from '../provider/provider.ts'
import { answer, type HostRequest, hubAnswering } from './hub-requests.ts'
import { markThread, reportUncaughtErrors } from './hub-thread.ts'
import { createRingPolling, createRingReader } from './ring.ts'
import {
  type End,
  type PackedPlan,
  type SharedState,
  setSlot,
  slot,
  type ThreadData,
  type ThreadMessage,
  type ThreadOrder,
  type ThreadSetup,
  unpackPlan,
} from './thread-wire.ts'
import { createLineReader, type LineTaker } from './wire.ts'

type Posted = string | HostRequest | End
type PackedHub = Omit<Hub, 'silence' | 'reload'> & {
  silence(silence: SilenceRequest): string | Promise<string>
}

/** Opens hubs, and serves each until its end is posted or its host is gone. */
export function serveThread(data: ThreadData, port: MessagePort): void {
  markThread()
  const hubs = createHubs(data)
  port.on('message', (order: ThreadOrder) => {
    if ('exit' in order) process.exit(0)
    hubs.open(order.open)
  })
}

function createHubs({ progress, isShared }: ThreadData) {
  const hubs = new Set<PackedHub>()
  let isReporting = false

  /** It is not known whose error it was. */
  function reportInternalError(...error: Parameters<Hub['reportInternalError']>): void {
    for (const hub of hubs) hub.reportInternalError(...error)
  }

  function add(hub: PackedHub, setup: ThreadSetup): void {
    // Many may open, and send, before the next of them gets its lines.
    progress[0]!++
    hubs.add(hub)
    serve(hub, setup, progress, () => {
      hubs.delete(hub)
      // A turn later, so that what was posted arrives.
      if (!isShared) setImmediate(() => process.exit(0))
    })
    if (!isReporting) reportUncaughtErrors({ reportInternalError })
    isReporting = true
  }

  async function open(setup: ThreadSetup): Promise<void> {
    const { options, wire, news, packed } = setup
    const ports: HubPorts = {
      wire,
      hasOwnThread: true,
      // The application's thread gets every internal error as an event, and warns.
      warn() {},
      onWanted: (wanted) => news.postMessage({ wanted } satisfies ThreadMessage),
    }
    if (packed !== undefined && needsLittle(packed)) add(openPackedHub(options, packed, ports), setup)
    else add((await import('../hub/create-hub.ts')).createHub(options, ports), setup)
  }

  return {
    open(setup: ThreadSetup): void {
      changeEnv(setup.env)
      open(setup).catch((error: unknown) => {
        const refused = new Error(error instanceof Error ? error.message : String(error))
        setup.news.postMessage({ refused } satisfies ThreadMessage)
      })
    },
  }
}

function changeEnv(changes: ThreadSetup['env']): void {
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) delete process.env[name]
    else process.env[name] = value
  }
}

function serve(
  hub: PackedHub,
  { state, ring, news }: ThreadSetup,
  progress: SharedState,
  onEnd: () => void,
): void {
  const post = (message: ThreadMessage) => news.postMessage(message)
  const lines = createLineReader(createCounted(hub, state, progress))
  const polling = createRingPolling(createRingReader(ring), read)
  const answering = hubAnswering(hub)
  let isClosing = false
  hub.subscribe((event) => {
    progress[0]!++
    post({ event })
  })

  async function end({ endAt, leastMs }: End): Promise<void> {
    isClosing = true
    lines.end()
    await hub.close(Math.max(leastMs, endAt - Date.now()))
    ended()
  }

  async function reply(request: HostRequest): Promise<void> {
    if (request.request === 'close') isClosing = true
    post(await answer(answering, request))
    if (request.request === 'close') ended()
  }

  /** An exit of the application that begins meanwhile need not wait. */
  function ended(): void {
    setSlot(state, slot.ended, 1)
    onEnd()
  }

  function read(text: string): void {
    lines.write(text)
    state[slot.line] = 0
    Atomics.add(state, slot.read, text.length)
    Atomics.notify(state, slot.read)
    if (Atomics.exchange(state, slot.wantsRoom, 0) === 1) post({ room: true })
  }

  news.on('message', (posted: Posted) => {
    // Older than what is posted.
    polling.takeAll()
    if (typeof posted === 'string') {
      if (posted !== '') read(posted)
      polling.expectMore()
    } else if ('endAt' in posted) void end(posted)
    else void reply(posted)
  })
  // Its host has given it up.
  news.on('close', () => {
    if (isClosing) return
    hub.closeSync()
    onEnd()
  })
  setSlot(state, slot.up, 1)
  post({ ready: true })
}

/** Shows in shared memory which line is being taken, for the thread that watches this one. */
function createCounted(hub: LineTaker, state: SharedState, progress: SharedState): LineTaker {
  return {
    write(line, times) {
      state[slot.line]!++
      progress[0]!++
      hub.write(line, times)
    },
    countFailure(failure) {
      state[slot.line]!++
      progress[0]!++
      hub.countFailure(failure)
    },
  }
}

/**
 * Whether the hub can start without the checks: a state directory is read at once, and a document of `reload`
 * is checked.
 */
function needsLittle({ plan }: PackedPlan): boolean {
  return [plan.reload, plan.stateDir, plan.redis, plan.control].every((part) => part === undefined)
}

/** A hub for checked options that need little. */
export function openPackedHub(options: AlertOptions, packed: PackedPlan, ports: HubPorts): PackedHub {
  let lazyParts: LazyParts | undefined
  // Not only for the first message: that may come at the exit, when a deployment has replaced the files.
  // After the first lines, as what the queues need.
  const types = packed.plan.channels.map(({ type }) => type)
  setImmediate(() => setImmediate(() => loadProviders(types).catch(() => {})))
  const { reload: _, ...hub } = openHub(options, unpackPlan(packed, openProvider), () => lazyParts!, ports)
  return {
    ...hub,
    async silence(given) {
      lazyParts ??= (await import('../hub/create-hub.ts')).lazyParts
      return hub.silence(given)
    },
  }
}

async function loadProviders(types: readonly string[]): Promise<void> {
  const { loadTypes } = await import('../options/open-provider.ts')
  loadTypes(types)
}

async function openProvider(type: string, options: Record<string, unknown>): Promise<Sender> {
  const { openByType } = await import('../options/open-provider.ts')
  return openByType(type, options)
}
