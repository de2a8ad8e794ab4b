/**
 * Keeps a host running: opens the next kind if one cannot start, and starts one that has ended again after a
 * second, then after twice as long each time, up to a minute, so that one which cannot live costs nothing.
 */
import type { Host, HostEvents, HostKinds, HostSetup } from './host.ts'
import { ThreadLost, WorkerStalled } from './watchdog.ts'

export interface RestartingHost {
  current(): Host | undefined
  /** Opens one now. */
  open(): void
  /** True between an end and the next attempt. */
  isWaiting(): boolean
  /** Whether any host has been up. */
  hasWorked(): boolean
  isInline(): boolean
  /** Another kind takes the lines from now on. Returns the host that does so no more, which is still up. */
  moveTo(kinds: HostKinds): Host | undefined
  /** No further attempt. */
  stop(): void
}

export interface RestartEvents extends Pick<HostEvents, 'onEvent' | 'onWanted'> {
  /** The host is open, or has room again. */
  onOpen(host: Host): void
  /** One has ended: these lines are unread. */
  onLost(unread: readonly string[], uncertain: number): void
  /** One that was up has ended, and another will take its place, after a rest if it keeps doing so. */
  onRestart(error: unknown, uncertain: number, isResting: boolean): void
}

/** Asked when a host has ended. */
export interface RestartPolicy {
  mayOpenNext(): boolean
  mayRestart(): boolean
  hasLines(): boolean
}

export function createRestartingHost(
  setup: HostSetup,
  firstKinds: HostKinds,
  { mayOpenNext, mayRestart, hasLines }: RestartPolicy,
  { onOpen, onLost, onRestart, ...events }: RestartEvents,
): RestartingHost {
  const attempts = createAttempts(() => {
    if (host === undefined && hasLines()) open()
  })
  let kinds = firstKinds
  let kind = 0
  let host: Host | undefined
  let hasWorked = false
  let hostEvents = createHostEvents()

  /** One that was left is closing: only what it has not read matters. */
  function createHostEvents(): HostEvents {
    const isCurrent = () => hostEvents === own
    const own: HostEvents = {
      ...events,
      onReady() {
        if (!isCurrent()) return
        hasWorked = true
        attempts.worked()
      },
      onDrain() {
        if (isCurrent() && host !== undefined) onOpen(host)
      },
      onLost(error, unread, uncertain = 0) {
        if (isCurrent()) lose(error, unread, uncertain)
        else takeOver(unread, uncertain)
      },
    }
    return own
  }

  function lose(error: unknown, unread: readonly string[], uncertain: number): void {
    host = undefined
    onLost(unread, uncertain)
    const isEndedByWork = endedByItsWork(error)
    // The thread could be started.
    const mayStartAgain = isEndedByWork || error instanceof ThreadLost
    if (mayOpenNext() && !hasWorked && !mayStartAgain && openNext(error)) return
    if (!mayRestart()) return
    const isResting = isEndedByWork && attempts.countStall()
    if (hasWorked || mayStartAgain) onRestart(error, uncertain, isResting)
    attempts.later(isResting ? restMs : undefined)
  }

  function takeOver(unread: readonly string[], uncertain: number): void {
    onLost(unread, uncertain)
    if (unread.length === 0) return
    if (host === undefined) open()
    else onOpen(host)
  }

  function open(): void {
    attempts.stop()
    try {
      host = kinds[kind]!.open(setup, hostEvents)
      onOpen(host)
    } catch (error) {
      if (!openNext(error)) attempts.later()
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

  return {
    current: () => host,
    open,
    isWaiting: attempts.isWaiting,
    hasWorked: () => hasWorked,
    isInline: () => kinds[kind]!.isInline === true,
    moveTo(next) {
      const left = host
      attempts.stop()
      kinds = next
      kind = 0
      host = undefined
      hasWorked = false
      hostEvents = createHostEvents()
      if (hasLines()) open()
      return left
    },
    stop: attempts.stop,
  }
}

/**
 * Whether what a host did has ended it: an endless loop, too much memory. In the application's own thread the
 * same would end the application.
 */
function endedByItsWork(error: unknown): boolean {
  return (
    error instanceof WorkerStalled || (error instanceof Error && Reflect.get(error, 'code') === outOfMemory)
  )
}

const outOfMemory = 'ERR_WORKER_OUT_OF_MEMORY'
/** So often within so long it is tried again at once. */
const mostStalls = 3
const restMs = 10 * 60_000
const firstMs = 1_000
const maxMs = 60_000

/** `again` is called when a new attempt is due. */
function createAttempts(again: () => void) {
  let delayMs = firstMs
  let upSince = Number.POSITIVE_INFINITY
  let timer: NodeJS.Timeout | undefined
  let stalls: number[] = []

  return {
    /** True if it has happened too often of late. */
    countStall(): boolean {
      const now = performance.now()
      stalls = [...stalls.filter((at) => now - at < restMs), now]
      return stalls.length > mostStalls
    },
    later(ms = 0): void {
      // After a long time up, an end counts as the first one.
      if (performance.now() - upSince > maxMs) delayMs = firstMs
      upSince = Number.POSITIVE_INFINITY
      timer = setTimeout(
        () => {
          timer = undefined
          again()
        },
        Math.max(delayMs, ms),
      )
      timer.unref()
      delayMs = Math.min(delayMs * 2, maxMs)
    },
    worked(): void {
      if (upSince === Number.POSITIVE_INFINITY) upSince = performance.now()
    },
    isWaiting: () => timer !== undefined,
    stop(): void {
      clearTimeout(timer)
      timer = undefined
    },
  }
}
