/**
 * What stands between the transports of a process and one hub: opens the road when the first line comes, keeps lines while it is closed,
 * mends it when it breaks. Nothing here throws or waits, and everything kept is bounded and counted.
 */
import type { AlertEvent, FlushResult, Stats } from 'alert-core'
import { createBacklog } from './backlog.ts'
import { bounded } from './bounded.ts'
import { openInlineRoad } from './inline-road.ts'
import { createListeners } from './listeners.ts'
import { createRepair } from './repair.ts'
import type { Road, RoadEvents, RoadSetup } from './road.ts'
import { warnFull, warnInline } from './warn.ts'
import { openWorkerRoad } from './worker-road.ts'

export interface Link {
  /** Takes one line. Never throws, never waits. */
  write(line: string): void
  /** Tells what waits to be told; resolves when it is, at the latest `closeTimeout` and a second later. */
  flush(): Promise<FlushResult>
  /** The same, and then lets go of the worker. */
  close(): Promise<FlushResult>
  stats(): Promise<LinkStats>
  subscribe(listener: (event: AlertEvent) => void): () => void
  /** The event loop is empty: the last chance to finish what needs it. */
  beforeExit(): void
  /** The process exits: hands over what is kept. */
  exit(): void
}

/** What the hub says, if one answers, and what never came to it. */
export interface LinkStats {
  readonly hub: Stats | undefined
  /** Lines for which there was no room. */
  readonly dropped: number
  /** Lines that came after the end. */
  readonly late: number
}

const graceMs = 1_000
const toldAll: FlushResult = { told: true, waiting: 0 }

/** Opens nothing yet. */
export function createLink(setup: RoadSetup): Link {
  const backlog = createBacklog()
  const repair = createRepair(() => {
    if (road === undefined && backlog.size() > 0) open()
  })
  const { add, emit } = createListeners<AlertEvent>()
  let waiters: (() => void)[] = []
  let road: Road | undefined
  let isOpen = false
  let hasWorked = false
  let isExiting = false
  let isInline = false
  let closing: Promise<FlushResult> | undefined
  let isClosed = false
  let hasNews = false
  let gaveUpAt = Number.NEGATIVE_INFINITY
  let dropped = 0
  let toldDropped = 0
  let late = 0

  const events: RoadEvents = {
    onOpen() {
      hasWorked = true
      isOpen = true
      repair.worked()
      pump()
    },
    onLost(error) {
      road = undefined
      isOpen = false
      if (closing !== undefined) return
      if (!hasWorked && !isInline) openInline(error)
      else repair.later()
    },
    onEvent: emit,
  }

  function write(line: string): void {
    if (closing !== undefined) {
      late++
      return
    }
    hasNews = true
    if ((isOpen && backlog.size() === 0) || isExiting) {
      if (handOver(line)) return
      if (isExiting) {
        late++
        return
      }
    }
    if (!backlog.push(line)) drop()
    if (road === undefined && !repair.isWaiting()) open()
  }

  /** False where the line was not taken. */
  function handOver(line: string | Buffer): boolean {
    const taken = road?.write(line) ?? 'gone'
    isOpen = taken === 'open'
    return taken !== 'gone'
  }

  function open(): void {
    repair.stop()
    try {
      road = openWorkerRoad(setup, events)
    } catch (error) {
      openInline(error)
    }
  }

  function openInline(error: unknown): void {
    isInline = true
    warnInline(error)
    road = openInlineRoad(setup, events)
  }

  function pump(): void {
    while (isOpen) {
      const line = backlog.shift()
      if (line === undefined) break
      if (!handOver(line)) dropped++
    }
    if (backlog.size() > 0) return
    for (const resolve of waiters) resolve()
    waiters = []
    if (dropped === toldDropped) return
    emit({ type: 'dropped', reason: 'queue-limit', count: dropped - toldDropped, at: Date.now() })
    toldDropped = dropped
  }

  function drop(): void {
    dropped++
    warnFull()
  }

  /** Resolves when every line kept has been handed over. */
  function handedOver(): Promise<void> {
    if (road === undefined) open()
    if (isOpen && backlog.size() === 0) return Promise.resolve()
    return new Promise((resolve) => waiters.push(resolve))
  }

  function within(work: () => Promise<FlushResult>, otherwise: () => FlushResult): Promise<FlushResult> {
    return bounded(setup.closeTimeoutMs + graceMs, handedOver().then(work), otherwise)
  }

  function isIdle(): boolean {
    return road === undefined && backlog.size() === 0
  }

  async function flush(): Promise<FlushResult> {
    if (closing !== undefined) return closing
    if (isIdle()) return toldAll
    hasNews = false
    const result = await within(() => road?.flush() ?? Promise.resolve(unsent()), unsent)
    if (!result.told) gaveUpAt = performance.now()
    return result
  }

  function close(): Promise<FlushResult> {
    closing ??= end()
    return closing
  }

  async function end(): Promise<FlushResult> {
    const result = isIdle()
      ? toldAll
      : await within(() => road?.close() ?? Promise.resolve(unsent()), abandon)
    isClosed = true
    repair.stop()
    return result
  }

  function abandon(): FlushResult {
    road?.abandon()
    return unsent()
  }

  function unsent(): FlushResult {
    return { told: false, waiting: backlog.size() }
  }

  return {
    write,
    flush,
    close,
    stats: async () => ({ hub: await road?.stats(), dropped, late }),
    subscribe: add,
    beforeExit() {
      if (closing !== undefined) return
      if (isInline && hasNews) void flush()
      else if (road === undefined && backlog.size() > 0) open()
    },
    exit() {
      if (isClosed) return
      // Whoever has just waited in vain does not wait as long again.
      if (!hasNews && performance.now() - gaveUpAt < graceMs) return road?.abandon()
      isExiting = true
      let isReopened = false
      for (let line = backlog.shift(); line !== undefined; line = backlog.shift()) {
        if (handOver(line)) continue
        if (!isReopened && !isInline) open()
        isReopened = true
        if (!handOver(line)) dropped++
      }
      // A worker that is up ends by pino's own hook; one started this late has none.
      road?.lastWords(!isReopened)
    },
  }
}
