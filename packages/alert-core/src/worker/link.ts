/**
 * What stands between the doors of a process and one hub: opens the road when the first line comes, keeps lines while it has no room, mends it
 * when it breaks, and takes the next kind of road where one cannot start. Nothing here throws or waits; all that is kept is bounded and counted.
 */
import type { FlushResult, Wanted } from '../hub/hub-types.ts'
import type { Stats } from '../hub/stats.ts'
import type { AlertEvent } from '../model.ts'
import { createBacklog } from './backlog.ts'
import { bounded } from './bounded.ts'
import type { Host, HostEvents, HostSetup, OpenHost } from './host.ts'
import { asMany } from './intake.ts'
import { createListeners } from './listeners.ts'
import { createOverflow } from './overflow.ts'
import { createRequesting, graceMs } from './request-host.ts'
import { type Given, type RequiredVerb, type Value, workerUnreachable } from './requests.ts'
import { createRepair } from './restart.ts'
import { reasonOf, warnFull, warnUnended, warnUnread } from './warnings.ts'

export interface Link {
  /** Takes whole lines. Never throws, never waits. */
  write(lines: string): void
  /** Hands over at once; returns when what was written is read, at the latest after `ms`; for a while it does not wait again where that was in vain. */
  flushSync(ms: number): void
  /** Tells what waits to be told; resolves when it is, at the latest `closeTimeout` and a second later. */
  flush(): Promise<FlushResult>
  /** The same, and then lets go of the road. */
  close(): Promise<FlushResult>
  stats(): Promise<LinkStats>
  /** Opens the road for it; rejects with an AlertError where the hub refuses, or nobody answers in time. */
  ask<One extends RequiredVerb>(request: One, given: Given<One>): Promise<Value<One>>
  subscribe(listener: (event: AlertEvent) => void): () => void
  /** Which records the hub wants to see, once that is no longer what the options say. */
  wanted(): Wanted | undefined
  /** Opens the road before the first line. */
  warm(): void
  /** The event loop is empty: the last chance to finish what needs it. */
  beforeExit(): void
  /** The process exits: hands over what is kept; what it returns then waits until all is told. */
  exit(): () => void
}

/** What the hub says, if one answers, and what never came to it. */
export interface LinkStats {
  readonly hub: Stats | undefined
  /** Lines for which there was no room. */
  readonly dropped: number
  /** Lines that came after the end. */
  readonly late: number
  /** Lines that may have gone with a process that was killed before it said that it has read them. */
  readonly lost: number
}

/** One kind of road. */
export interface HostKind {
  readonly open: OpenHost
  /** Needs the application's event loop to tell anything. */
  readonly isInline?: true
  /** Said when it takes the place of one that could not start, because of `error`. */
  readonly warnInstead?: (error: unknown) => void
}

/** Of the time for which the application was held up in vain, so many times passes until it may be again. */
const restAfterBlocking = 10
const allDelivered: FlushResult = { delivered: true, pending: 0 }
const nothingToWaitFor = () => {}

/** Opens nothing yet. `kinds` are tried in turn. */
export function createLink(setup: HostSetup, kinds: readonly [HostKind, ...HostKind[]]): Link {
  const backlog = createBacklog()
  const overflow = createOverflow()
  const repair = createRepair(() => {
    if (host === undefined && kept() > 0) open()
  })
  const { add, emit } = createListeners<AlertEvent>()
  const requesting = createRequesting({
    closeTimeoutMs: setup.closeTimeoutMs,
    host: () => host,
    handedOver,
    kept,
    most: kinds.length + 1,
  })
  let waiters: (() => void)[] = []
  let kind = 0
  let host: Host | undefined
  let isOpen = false
  let hasWorked = false
  let isExiting = false
  let closing: Promise<FlushResult> | undefined
  let isClosed = false
  let hasNews = false
  let gaveUpAt = Number.NEGATIVE_INFINITY
  let blocksFrom = Number.NEGATIVE_INFINITY
  let dropped = 0
  let reportedDropped = 0
  let late = 0
  let lost = 0
  let wanted: Wanted | undefined

  const events: HostEvents = {
    onReady() {
      hasWorked = true
      repair.worked()
    },
    onDrain() {
      isOpen = true
      pump()
    },
    onLost(error, unread, unknown = 0) {
      lost += unknown
      host = undefined
      isOpen = false
      for (const lines of unread.toReversed()) if (!backlog.unshift(lines)) keepCount(lines)
      if (isClosed || (!hasWorked && openNext(error))) return
      if (closing !== undefined) return
      if (hasWorked) reportLost(error, unknown)
      repair.later()
    },
    onEvent: emit,
    onWanted(now) {
      wanted = now
    },
  }

  function reportLost(error: unknown, lines: number): void {
    const what = lines === 1 ? 'a line' : `${lines} lines`
    const loss = lines === 0 ? '' : `, and ${what} with it may be lost`
    const message = `The worker of the alerting is gone (${reasonOf(error)})${loss}: another takes its place.`
    emit({ type: 'error', code: 'ALERT_WORKER_LOST', message, at: Date.now() })
  }

  function write(lines: string): void {
    if (closing !== undefined) {
      late++
      return
    }
    hasNews = true
    if (host === undefined && !repair.isWaiting()) open()
    if ((isOpen && kept() === 0) || isExiting) {
      if (handOver(lines)) return
      if (isExiting) {
        late++
        return
      }
    }
    if (overflow.size() > 0 || !backlog.push(lines)) keepCount(lines)
  }

  /** False where the lines were not taken. */
  function handOver(lines: string): boolean {
    const taken = host?.write(lines) ?? 'gone'
    isOpen = taken === 'open'
    return taken !== 'gone'
  }

  function open(): void {
    repair.stop()
    try {
      host = kinds[kind]!.open(setup, events)
      isOpen = true
      pump()
    } catch (error) {
      if (!openNext(error)) repair.later()
    }
  }

  function openNext(error: unknown): boolean {
    const next = kinds[kind + 1]
    if (next === undefined) return false
    kind++
    next.warnInstead?.(error)
    open()
    return true
  }

  function pump(): void {
    while (isOpen) {
      const lines = nextKept()
      if (lines === undefined) break
      if (handOver(lines)) continue
      backlog.unshift(lines)
    }
    if (kept() > 0) return
    for (const resolve of waiters) resolve()
    waiters = []
    if (dropped === reportedDropped) return
    emit({ type: 'dropped', reason: 'queue-limit', count: dropped - reportedDropped, at: Date.now() })
    reportedDropped = dropped
  }

  function kept(): number {
    return backlog.size() + overflow.size()
  }

  /** What is kept comes first, then what was counted. */
  function nextKept(): string | undefined {
    const lines = backlog.shift()
    if (lines !== undefined) return lines
    const counted = overflow.shift()
    return counted && asMany(counted.line, counted.times)
  }

  function keepCount(lines: string): void {
    const missed = overflow.add(lines)
    if (missed === 0) return
    dropped += missed
    warnFull()
  }

  /** Resolves when every line kept has been handed over. */
  function handedOver(): Promise<void> {
    if (host === undefined) open()
    if (kept() === 0) return Promise.resolve()
    return new Promise((resolve) => waiters.push(resolve))
  }

  /** A worker that is stuck must not hold up the application again and again. */
  function flushSync(ms: number): void {
    const begin = performance.now()
    host?.flushSync(begin < blocksFrom ? 0 : ms)
    const tookMs = performance.now() - begin
    if (tookMs >= ms) blocksFrom = begin + tookMs * restAfterBlocking
  }

  function isIdle(): boolean {
    return host === undefined && kept() === 0
  }

  async function flush(): Promise<FlushResult> {
    if (closing !== undefined) return closing
    if (isIdle()) return allDelivered
    hasNews = false
    const result = await requesting.result((current) => current.flush())
    if (!result.delivered) gaveUpAt = performance.now()
    return result
  }

  function close(): Promise<FlushResult> {
    closing ??= end()
    return closing
  }

  async function end(): Promise<FlushResult> {
    const result = isIdle() ? allDelivered : await requesting.result((current) => current.close(), abandon)
    isClosed = true
    repair.stop()
    return result
  }

  function abandon(): FlushResult {
    host?.abandon()
    warnUnended(false)
    return requesting.unsent()
  }

  return {
    write,
    flushSync,
    flush,
    close,
    stats: async () => ({
      // Bounded also because the timer holds the process: whoever awaits the answer must not see it end first.
      hub: host && (await bounded(graceMs, host.stats(), () => undefined)),
      dropped,
      late,
      lost,
    }),
    ask: async (request, given) => {
      if (closing !== undefined) throw workerUnreachable()
      return requesting.request(request, given)
    },
    subscribe: add,
    wanted: () => wanted,
    warm() {
      if (host === undefined && closing === undefined && !repair.isWaiting()) open()
    },
    beforeExit() {
      if (closing === undefined && kinds[kind]!.isInline && hasNews) void flush()
    },
    exit() {
      if (isClosed) return nothingToWaitFor
      // Whoever has just waited in vain does not wait as long again, unless it was for a hub that is only coming up.
      const isWaitedFor = hasNews || !hasWorked || performance.now() - gaveUpAt >= graceMs
      if (host === undefined && kept() > 0) open()
      isExiting = true
      let unread = 0
      for (let lines = nextKept(); lines !== undefined; lines = nextKept()) {
        if (!handOver(lines)) unread++
      }
      if (unread > 0) warnUnread(unread)
      return host?.lastWords(isWaitedFor) ?? nothingToWaitFor
    },
  }
}
