/**
 * The worker thread that the hubs of this process share, so that an application with many different
 * transports does not start as many threads. Three kinds of hub have a thread to themselves: one with code of
 * the application in it (a channel module), one with files on a network drive where no process can be
 * started, and one during whose line a thread has ended before.
 */
import { dirname } from 'node:path'
import { type ResourceLimits, Worker, type WorkerOptions } from 'node:worker_threads'
import type { HostSetup } from './host.ts'
import { bundledWorkerFile, hasForeignCode, threadKey, usesNetworkDrive, workerFile } from './hub-thread.ts'
import { createProgress, type ThreadData, type ThreadOrder, type ThreadSetup } from './thread-wire.ts'
import { ThreadLost } from './watchdog.ts'

/** A hub's part in a thread. */
export interface Seat {
  /** Whether the hub is taking a line at this moment. */
  isTakingLine(): boolean
  /** The thread has ended. */
  onExit(failure: unknown): void
}

export interface HubThread {
  /** Opens the hub of a seat. */
  open(setup: Omit<ThreadSetup, 'env'>): void
  /** Changes with whatever a hub of the thread does. */
  progress(): number
  /** Ends the thread, with all its hubs. */
  fail(error: unknown): void
  /** The hub is closed. Resolves when nothing of it is left: with its last hub the thread ends. */
  leave(seat: Seat): Promise<void>
  /** The hub does not answer: the thread is ended, unless others use it. */
  abandon(seat: Seat): void
}

/**
 * What one line makes is garbage at the next, so a small nursery costs no time; V8's own grows to 48 MiB a
 * thread before it is swept: https://nodejs.org/api/worker_threads.html#workerresourcelimits
 */
const heapLimits: ResourceLimits = { maxYoungGenerationSizeMb: 6 }

/** Setups of hubs during whose line a thread has ended. */
const culprits = new WeakSet<HostSetup>()
let shared: ReturnType<typeof startThread> | undefined

/** A seat for this hub, in the shared thread or in one of its own. Throws if no thread can start. */
export function joinThread(setup: HostSetup, seat: Seat): HubThread {
  if (culprits.has(setup) || hasChannelModule(setup) || mayHang(setup))
    return startThread(false).join(setup, seat)
  shared ??= startThread(true)
  return shared.join(setup, seat)
}

function hasChannelModule({ options, checked }: HostSetup): boolean {
  return checked?.plan.channels.some(({ type }) => type === 'module') ?? hasForeignCode(options)
}

function mayHang({ checked }: HostSetup): boolean {
  return checked !== undefined && usesNetworkDrive(checked.plan)
}

function startThread(isShared: boolean) {
  const progress = createProgress()
  const env = createEnvChanges()
  const worker = startWorker({ progress, isShared })
  const seats = new Map<Seat, HostSetup>()
  const afterExit: (() => void)[] = []
  let failure: unknown
  let isFailing = false
  let isGone = false

  const post = (order: ThreadOrder, transfer: ThreadSetup['news'][] = []) =>
    worker.postMessage(order, transfer)

  // Without a listener a worker that cannot be loaded would end the application.
  worker.on('error', (error) => {
    failure ??= error
  })
  worker.on('exit', () => {
    isGone = true
    stopSharing()
    const culprit = [...seats.keys()].find((seat) => seat.isTakingLine())
    for (const [seat, setup] of seats) {
      if (seat === culprit) culprits.add(setup)
      seat.onExit(culprit === undefined || seat === culprit ? failure : new ThreadLost(failure))
    }
    for (const resolve of afterExit) resolve()
  })
  // After its listeners, which would hold the process again.
  worker.unref()

  function fail(error: unknown): void {
    if (isFailing) return
    isFailing = true
    failure ??= error
    stopSharing()
    void worker.terminate()
  }

  function stopSharing(): void {
    if (shared?.thread === thread) shared = undefined
  }

  /** True if it was the last. */
  function remove(seat: Seat): boolean {
    return seats.delete(seat) && seats.size === 0
  }

  const thread: HubThread = {
    open: (setup) => post({ open: { ...setup, env: env.sinceStart() } }, [setup.news]),
    progress: () => Atomics.load(progress, 0),
    fail,
    async leave(seat) {
      if (!remove(seat) || isGone) return
      stopSharing()
      post({ exit: true })
      worker.ref()
      await new Promise<void>((resolve) => afterExit.push(resolve))
    },
    abandon(seat) {
      if (remove(seat)) fail(undefined)
    },
  }
  return {
    thread,
    join(setup: HostSetup, seat: Seat): HubThread {
      seats.set(seat, setup)
      return thread
    },
  }
}

/** A thread has a copy of the environment from its start; a hub that opens later needs what it is by then. */
function createEnvChanges() {
  const start = { ...process.env }
  return {
    /** `undefined` stands for a variable that is gone. */
    sinceStart(): Readonly<Record<string, string | undefined>> {
      const now = { ...process.env }
      const names = Object.keys({ ...start, ...now }).filter((name) => start[name] !== now[name])
      return Object.fromEntries(names.map((name) => [name, now[name]]))
    },
  }
}

function startWorker(data: ThreadData): Worker {
  const start = {
    name: 'alert-core',
    resourceLimits: heapLimits,
    workerData: { [threadKey]: data },
    ...(process.execArgv.some(isForText) ? { execArgv: [] } : {}),
    ...withCompileCache(),
  }
  if (startInBundle !== undefined && bundledWorkerFile() === undefined) return startInBundle(start)
  return new Worker(workerFile(), start)
}

/**
 * Node's compile cache, where the application has turned it on in its code (Node 22.1): a thread uses it only
 * by its environment.
 */
function withCompileCache(): WorkerOptions {
  const cacheDir: unknown = Reflect.get(process.getBuiltinModule('node:module'), 'getCompileCacheDir')
  const dir: unknown = typeof cacheDir === 'function' ? cacheDir() : undefined
  if (typeof dir !== 'string' || process.env['NODE_COMPILE_CACHE'] !== undefined) return {}
  // Node adds a folder for its version.
  return { env: { ...process.env, NODE_COMPILE_CACHE: dirname(dir) } }
}

type StartWorker = (options: WorkerOptions) => Worker

let startInBundle: StartWorker | undefined

/** In a bundle only a file of `esm/` can name the worker's file in words that bundlers understand. */
export function setWorkerStart(start: StartWorker): void {
  startInBundle = start
}

/** Flags that are about the text of `node -e`: a thread with a file refuses them. */
function isForText(flag: string): boolean {
  return flag.startsWith('--input-type')
}
