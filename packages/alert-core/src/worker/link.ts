/**
 * What stands between the adapters of a process and one hub: opens a host for the first line, keeps lines
 * while it has no room, and passes requests on. Nothing here throws or waits; all that is kept is bounded and
 * counted.
 */
import type { FlushOptions, FlushResult, Wanted } from '../hub/hub-types.ts'
import type { Stats } from '../hub/stats.ts'
import type { AlertEvent } from '../model.ts'
import { type Crash, crashLine, createRecentLines } from './crashes.ts'
import type { Host, HostKinds, HostSetup } from './host.ts'
import {
  bounded,
  type Given,
  noAnswer,
  type RequiredVerb,
  type Value,
  workerUnreachable,
} from './hub-requests.ts'
import { createListeners } from './listeners.ts'
import { createLineFlow } from './overflow.ts'
import { createRestartingHost } from './restart.ts'
import { reasonOf, warnOf, warnUnended, warnUnread } from './warnings.ts'
import { WorkerStalled } from './watchdog.ts'

export interface Link {
  /** Takes whole lines. Never throws, never waits. */
  write(lines: string): void
  /** Takes the crash of the process, unless the application has logged it. */
  writeCrash(crash: Crash): void
  /**
   * Passes lines on at once; returns when they are read, or after `ms`. After a wait in vain it does not wait
   * for a while.
   */
  flushSync(ms: number): void
  /** Sends what is pending; resolves when it is sent, at the latest `closeTimeout` and a second later. */
  flush(options?: FlushOptions): Promise<FlushResult>
  /** Like `flush`; then releases the host. */
  close(): Promise<FlushResult>
  stats(): Promise<LinkStats>
  /** Opens a host if needed; rejects with an AlertError if the hub refuses, or no answer comes in time. */
  request<One extends RequiredVerb>(request: One, given: Given<One>): Promise<Value<One>>
  subscribe(listener: (event: AlertEvent) => void): () => void
  /** Which records the hub matches, once that is no longer what the options say. */
  wanted(): Wanted | undefined
  /** Opens the host before the first line. */
  warm(): void
  /** Another kind of host takes the lines from now on; the one that has taken them so far sends its own. */
  moveTo(kinds: HostKinds): void
  /** The event loop is empty: the last chance of a hub that needs it. */
  beforeExit(): void
  /**
   * The process exits: passes on what is kept. The function that it returns waits until everything is sent.
   */
  exit(): () => void
}

export interface LinkStats {
  /** `undefined` if no hub answers. */
  readonly hub: Stats | undefined
  /** Lines for which there was no room. */
  readonly dropped: number
  /** Lines that came after `close`. */
  readonly late: number
  /** Lines that a process may not have read before it was killed. */
  readonly lost: number
}

/** Beyond the hub's own deadline, for its answer to come back. */
const graceMs = 1_000
/** A thread or a process may take so long to start on a busy machine. */
const startMs = 5_000
/** After a wait in vain the application does not wait again for so many times its length. */
const restAfterBlocking = 10
const allDelivered: FlushResult = { delivered: true, pending: 0 }
const noWait = () => {}

/** Opens nothing yet. */
export function createLink(setup: HostSetup, kinds: HostKinds): Link {
  const listeners = createListeners<AlertEvent>()
  const flow = createLineFlow(listeners.emit)
  const recent = createRecentLines(setup.wire.levels)
  let phase: 'open' | 'closing' | 'closed' = 'open'
  let closing: Promise<FlushResult> | undefined
  let isExiting = false
  let hasNews = false
  let late = 0
  let lost = 0
  let gaveUpAt = Number.NEGATIVE_INFINITY
  let wanted: Wanted | undefined
  const left = createLeftHost(setup.closeTimeoutMs + graceMs)

  const hosts = createRestartingHost(
    setup,
    kinds,
    {
      mayOpenNext: () => phase !== 'closed',
      mayRestart: () => phase === 'open',
      hasLines: () => flow.size() > 0,
    },
    {
      onOpen: flow.pump,
      onEvent: listeners.emit,
      onWanted(now) {
        wanted = now
      },
      onLost(unread, uncertain) {
        lost += uncertain
        flow.putBack(unread)
      },
      onRestart: (...loss) => listeners.emit(reportLoss(isExiting, ...loss)),
    },
  )
  const requests = createLinkRequests({
    closeTimeoutMs: setup.closeTimeoutMs,
    currentHost: hosts.current,
    allTaken,
    keptLines: flow.size,
    maxHosts: kinds.length + 1,
  })
  const flushSync = createBlocking((ms) => hosts.current()?.flushSync(ms))
  const abandon = () => abandonHost(hosts.current(), requests.unanswered())
  const isIdle = () => hosts.current() === undefined && flow.size() === 0

  function allTaken(): Promise<void> {
    if (hosts.current() === undefined) hosts.open()
    return flow.allTaken()
  }

  function write(lines: string): void {
    if (phase !== 'open') {
      late++
      return
    }
    hasNews = true
    recent.add(lines)
    if (hosts.current() === undefined && !hosts.isWaiting()) hosts.open()
    if (!isExiting) flow.write(hosts.current(), lines)
    else if (!flow.pass(hosts.current(), lines)) late++
  }

  async function flush(options?: FlushOptions): Promise<FlushResult> {
    if (closing !== undefined) return closing
    if (isIdle()) return left.join(allDelivered)
    hasNews = false
    const result = await requests.flush((host) => host.flush(options))
    if (!result.delivered) gaveUpAt = performance.now()
    return left.join(result)
  }

  async function close(): Promise<FlushResult> {
    phase = 'closing'
    const result = isIdle() ? allDelivered : await requests.flush((host) => host.close(), abandon)
    phase = 'closed'
    hosts.stop()
    return left.join(result)
  }

  function exit(): () => void {
    if (phase === 'closed') return noWait
    // Not twice for a hub that has just been waited for in vain; but always for one that is still starting.
    const isWaitedFor = hasNews || !hosts.hasWorked() || performance.now() - gaveUpAt >= graceMs
    if (hosts.current() === undefined && flow.size() > 0) hosts.open()
    isExiting = true
    hosts.current()?.openAtExit?.()
    const unread = flow.passAll(hosts.current())
    if (unread > 0) warnUnread(unread)
    return both(left.closeAtExit(), hosts.current()?.closeAtExit(isWaitedFor) ?? noWait)
  }

  return {
    write,
    writeCrash(crash) {
      if (!recent.include(crash)) write(crashLine(crash, setup.wire))
    },
    flushSync,
    flush,
    close() {
      closing ??= close()
      return closing
    },
    stats: async () => ({ hub: await hubStats(hosts.current()), dropped: flow.dropped(), late, lost }),
    async request(request, given) {
      if (phase !== 'open') throw workerUnreachable()
      return requests.request(request, given)
    },
    subscribe: listeners.add,
    wanted: () => wanted,
    warm() {
      if (hosts.current() === undefined && phase === 'open' && !hosts.isWaiting()) hosts.open()
    },
    moveTo: (next) => left.take(phase === 'open' ? hosts.moveTo(next) : undefined),
    beforeExit() {
      if (phase === 'open' && hosts.isInline() && hasNews) void flush()
    },
    exit,
  }
}

interface LinkRequestsOptions {
  readonly closeTimeoutMs: number
  readonly currentHost: () => Host | undefined
  /** Opens a host if needed; resolves when it has taken every kept line. */
  readonly allTaken: () => Promise<void>
  readonly keptLines: () => number
  /** How many hosts may be asked, one after another. */
  readonly maxHosts: number
}

/** Lines written before are taken by the host first, and every wait ends. */
function createLinkRequests({
  closeTimeoutMs,
  currentHost,
  allTaken,
  keptLines,
  maxHosts,
}: LinkRequestsOptions) {
  const unanswered = () => ({ ...noAnswer, pending: keptLines() })

  /**
   * A host that is lost meanwhile has not answered: its lines go to the next one, and so does the request.
   */
  async function askHosts(ask: (host: Host) => Promise<FlushResult>): Promise<FlushResult> {
    for (let attempt = 0; attempt < maxHosts; attempt++) {
      await allTaken()
      const host = currentHost()
      if (host === undefined) continue
      const result = await ask(host)
      if (currentHost() === host || result.delivered) return result
    }
    return unanswered()
  }

  return {
    /** A flush or close; `otherwise` gives its result if no answer comes in time. */
    flush: (ask: (host: Host) => Promise<FlushResult>, otherwise: () => FlushResult = unanswered) =>
      bounded(closeTimeoutMs + graceMs, askHosts(ask), otherwise),
    /** Rejects with an AlertError if the hub refuses, or no answer comes in time. */
    async request<One extends RequiredVerb>(request: One, given: Given<One>): Promise<Value<One>> {
      const answer = allTaken().then(
        () => currentHost()?.request(request, given) ?? Promise.reject(workerUnreachable()),
      )
      // A refusal is an answer too.
      const isAnswered = answer.then(
        () => true,
        () => true,
      )
      if (await bounded(closeTimeoutMs + startMs, isAnswered, () => false)) return answer
      throw workerUnreachable()
    },
    /** The result without an answer. */
    unanswered,
  }
}

/** A host that takes no lines any more, until it has sent its own. */
function createLeftHost(ms: number) {
  let left: { readonly host: Host; readonly result: Promise<FlushResult> } | undefined
  return {
    take(host: Host | undefined): void {
      if (host === undefined) return
      const result = bounded(ms, host.close(), () => noAnswer)
      left = { host, result }
      void result.then(() => {
        left = undefined
      })
    },
    /** The result with that of this host. */
    async join(result: FlushResult): Promise<FlushResult> {
      const own = (await left?.result) ?? allDelivered
      return { delivered: result.delivered && own.delivered, pending: result.pending + own.pending }
    },
    closeAtExit: () => left?.host.closeAtExit(true) ?? noWait,
  }
}

function both(first: () => void, second: () => void): () => void {
  return () => {
    first()
    second()
  }
}

/**
 * Bounded also because the timer is referenced: the process must not end before the answer that is awaited.
 */
async function hubStats(host: Host | undefined): Promise<Stats | undefined> {
  return host && bounded(graceMs, host.stats(), () => undefined)
}

function abandonHost(host: Host | undefined, result: FlushResult): FlushResult {
  host?.abandon()
  warnUnended(false)
  return result
}

function reportLoss(isExiting: boolean, error: unknown, lines: number, isResting: boolean): AlertEvent {
  const what = lines === 1 ? 'a line' : `${lines} lines`
  const loss = lines === 0 ? '' : `, and ${what} with it may be lost`
  const next = isResting
    ? 'it has happened too often, and none takes its place for 10 minutes'
    : 'another takes its place'
  const message = `The alerting worker has ended (${reasonOf(error)})${loss}: ${next}.`
  const code = error instanceof WorkerStalled || isResting ? 'ALERT_WORKER_STALLED' : 'ALERT_WORKER_LOST'
  if (code === 'ALERT_WORKER_STALLED') warnOf(message, code, isExiting)
  return { type: 'error', code, message, at: Date.now() }
}

/** A worker that is stuck must not hold up the application again and again. */
function createBlocking(block: (ms: number) => void): (ms: number) => void {
  let blocksFrom = Number.NEGATIVE_INFINITY
  return (ms) => {
    const start = performance.now()
    block(start < blocksFrom ? 0 : ms)
    const tookMs = performance.now() - start
    if (tookMs >= ms) blocksFrom = start + tookMs * restAfterBlocking
  }
}
