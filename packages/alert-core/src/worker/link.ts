/**
 * What stands between the adapters of a process and one hub: opens a host for the first line, keeps lines while it has no room, and passes
 * requests on. Nothing here throws or waits; all that is kept is bounded and counted.
 */
import type { FlushResult, Wanted } from '../hub/hub-types.ts'
import type { Stats } from '../hub/stats.ts'
import type { AlertEvent } from '../model.ts'
import type { Host, HostKinds, HostSetup } from './host.ts'
import { createLinkRequests, graceMs } from './link-requests.ts'
import { createListeners } from './listeners.ts'
import { createLineBuffer } from './overflow.ts'
import { bounded, type Given, type RequiredVerb, type Value, workerUnreachable } from './requests.ts'
import { createRestartingHost } from './restart.ts'
import { reasonOf, warnFull, warnUnended, warnUnread } from './warnings.ts'

export interface Link {
  /** Takes whole lines. Never throws, never waits. */
  write(lines: string): void
  /** Passes lines on at once; returns when they are read, or after `ms`. After a wait in vain it does not wait for a while. */
  flushSync(ms: number): void
  /** Sends what is pending; resolves when it is sent, at the latest `closeTimeout` and a second later. */
  flush(): Promise<FlushResult>
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
  /** The event loop is empty: the last chance of a hub that needs it. */
  beforeExit(): void
  /** The process exits: passes on what is kept. The function that it returns waits until everything is sent. */
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

/** After a wait in vain the application is not held up again for so many times its length. */
const restAfterBlocking = 10
const allDelivered: FlushResult = { delivered: true, pending: 0 }
const noWait = () => {}

/** Opens nothing yet. */
export function createLink(setup: HostSetup, kinds: HostKinds): Link {
  const buffer = createLineBuffer()
  const listeners = createListeners<AlertEvent>()
  const counts = { dropped: 0, announced: 0, late: 0, lost: 0 }
  let phase: 'open' | 'closing' | 'closed' = 'open'
  let closing: Promise<FlushResult> | undefined
  let isExiting = false
  let hasRoom = false
  let hasNews = false
  let gaveUpAt = Number.NEGATIVE_INFINITY
  let wanted: Wanted | undefined
  let waiters: (() => void)[] = []

  const hosts = createRestartingHost(
    setup,
    kinds,
    {
      mayOpenNext: () => phase !== 'closed',
      mayRestart: () => phase === 'open',
      hasLines: () => buffer.size() > 0,
    },
    {
      onReady() {},
      onOpen: pump,
      onDrain: pump,
      onEvent: listeners.emit,
      onWanted(now) {
        wanted = now
      },
      onLost(unread, uncertain) {
        counts.lost += uncertain
        hasRoom = false
        for (const lines of unread.toReversed()) countDropped(buffer.unshift(lines))
      },
      onRestart: (error, uncertain) => listeners.emit(lostEvent(error, uncertain)),
    },
  )
  const requests = createLinkRequests({
    closeTimeoutMs: setup.closeTimeoutMs,
    currentHost: hosts.current,
    allTaken,
    keptLines: buffer.size,
    maxHosts: kinds.length + 1,
  })
  const flushSync = createBlocking((ms) => hosts.current()?.flushSync(ms))

  function write(lines: string): void {
    if (phase !== 'open') {
      counts.late++
      return
    }
    hasNews = true
    if (hosts.current() === undefined && !hosts.isWaiting()) hosts.open()
    if ((hasRoom && buffer.size() === 0) || isExiting) {
      if (pass(lines)) return
      if (isExiting) {
        counts.late++
        return
      }
    }
    countDropped(buffer.push(lines))
  }

  /** False if the host did not take the lines. */
  function pass(lines: string): boolean {
    const taken = hosts.current()?.write(lines) ?? 'gone'
    hasRoom = taken === 'open'
    return taken !== 'gone'
  }

  function pump(): void {
    hasRoom = true
    while (hasRoom) {
      const lines = buffer.shift()
      if (lines === undefined) break
      if (!pass(lines)) countDropped(buffer.unshift(lines))
    }
    if (buffer.size() > 0) return
    for (const resolve of waiters) resolve()
    waiters = []
    const count = counts.dropped - counts.announced
    if (count === 0) return
    counts.announced = counts.dropped
    listeners.emit({ type: 'dropped', reason: 'queue-limit', count, at: Date.now() })
  }

  function countDropped(lines: number): void {
    if (lines === 0) return
    counts.dropped += lines
    warnFull()
  }

  function allTaken(): Promise<void> {
    if (hosts.current() === undefined) hosts.open()
    if (buffer.size() === 0) return Promise.resolve()
    return new Promise((resolve) => waiters.push(resolve))
  }

  const isIdle = () => hosts.current() === undefined && buffer.size() === 0

  async function flush(): Promise<FlushResult> {
    if (closing !== undefined) return closing
    if (isIdle()) return allDelivered
    hasNews = false
    const result = await requests.flush((host) => host.flush())
    if (!result.delivered) gaveUpAt = performance.now()
    return result
  }

  async function close(): Promise<FlushResult> {
    phase = 'closing'
    const result = isIdle() ? allDelivered : await requests.flush((host) => host.close(), abandon)
    phase = 'closed'
    hosts.stop()
    return result
  }

  function abandon(): FlushResult {
    hosts.current()?.abandon()
    warnUnended(false)
    return requests.unanswered()
  }

  function exit(): () => void {
    if (phase === 'closed') return noWait
    // Not twice for a hub that has just been waited for in vain; but always for one that is still starting.
    const isWaitedFor = hasNews || !hosts.hasWorked() || performance.now() - gaveUpAt >= graceMs
    if (hosts.current() === undefined && buffer.size() > 0) hosts.open()
    isExiting = true
    let unread = 0
    for (let lines = buffer.shift(); lines !== undefined; lines = buffer.shift()) if (!pass(lines)) unread++
    if (unread > 0) warnUnread(unread)
    return hosts.current()?.closeAtExit(isWaitedFor) ?? noWait
  }

  return {
    write,
    flushSync,
    flush,
    close() {
      closing ??= close()
      return closing
    },
    async stats() {
      const { dropped, late, lost } = counts
      return { hub: await hubStats(hosts.current()), dropped, late, lost }
    },
    async request(request, given) {
      if (phase !== 'open') throw workerUnreachable()
      return requests.request(request, given)
    },
    subscribe: listeners.add,
    wanted: () => wanted,
    warm() {
      if (hosts.current() === undefined && phase === 'open' && !hosts.isWaiting()) hosts.open()
    },
    beforeExit() {
      if (phase === 'open' && hosts.isInline() && hasNews) void flush()
    },
    exit,
  }
}

/** Bounded also because the timer is referenced: the process must not end before the answer that is awaited. */
async function hubStats(host: Host | undefined): Promise<Stats | undefined> {
  return host && bounded(graceMs, host.stats(), () => undefined)
}

function lostEvent(error: unknown, lines: number): AlertEvent {
  const what = lines === 1 ? 'a line' : `${lines} lines`
  const loss = lines === 0 ? '' : `, and ${what} with it may be lost`
  const message = `The alerting worker has ended (${reasonOf(error)})${loss}: another takes its place.`
  return { type: 'error', code: 'ALERT_WORKER_LOST', message, at: Date.now() }
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
