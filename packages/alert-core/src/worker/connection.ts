/**
 * The connection of an adapter that writes lines itself (pino stream, winston transport) with the link that
 * it shares with others of equal options. Lines that come after the close are counted.
 */
import type { FlushResult, Wanted } from '../hub/hub-types.ts'
import type { Stats } from '../hub/stats.ts'
import type { AlertEvent } from '../model.ts'
import { addCrashWriter, type CrashWriter } from './crashes.ts'
import type { AdapterConnection } from './create-adapter.ts'
import { workerUnreachable } from './hub-requests.ts'
import { serveThreads } from './serve-threads.ts'
import {
  type LinkSetup,
  linkKey,
  type SharedLink,
  shareLink,
  startsEarly,
  watchProcessExit,
  withLosses,
} from './shared-links.ts'

export interface Connection extends AdapterConnection {
  /** Takes a whole line; opens the link if needed. */
  write(line: string): void
  /** Returns when what was written is read, or after `ms`. */
  flushSync(ms: number): void
  stats(): Promise<Stats>
  /** Which records the hub matches, once that is no longer what the options say. */
  wanted(): Wanted | undefined
  /** Counts a record that could not be read. */
  countUnreadable(): void
  /** The setup has changed: releases a link of other options. */
  changed(): void
  /** Opens the link now if its hub must start before the first error. */
  warm(): void
  /** Closes this connection; the link stays a while for the next one with equal options. */
  release(): void
  reopen(): void
}

const allDelivered: FlushResult = { delivered: true, pending: 0 }
const noStats: Stats = {
  lines: 0,
  matched: 0,
  unmet: 0,
  counted: 0,
  rules: {},
  failures: {},
  suppressed: {},
  channels: {},
}

/**
 * Opens nothing yet, but for a crash of the process. Neither function may refer to the adapter's owner, or an
 * owner that is dropped would stay in memory.
 */
export function createConnection(
  setup: () => LinkSetup,
  listener: (event: AlertEvent) => void,
  { watchesCrashes }: { readonly watchesCrashes: boolean },
): Connection {
  let shared: SharedLink | undefined
  let isClosed = false
  let late = 0
  let unreadable = 0
  const crashWriter: CrashWriter = {
    hubKey: () => setup().checked,
    writeCrash(crash) {
      if (setup().checked.plan.enabled) open().link.writeCrash(crash)
    },
  }
  let removeCrashWriter = () => {}

  function open(): SharedLink {
    shared ??= shareLink(setup(), listener)
    return shared
  }

  function release(): void {
    shared?.release()
    shared = undefined
  }

  function watch(): void {
    if (!watchesCrashes) return
    removeCrashWriter = addCrashWriter(crashWriter)
    watchProcessExit()
  }

  watch()
  serveThreads()

  return {
    write(line) {
      if (isClosed) late++
      else if (setup().checked.plan.enabled) open().link.write(line)
    },
    flushSync: (ms) => shared?.link.flushSync(ms),
    flush: async () => (await shared?.link.flush()) ?? allDelivered,
    async close() {
      isClosed = true
      removeCrashWriter()
      const closing = shared
      shared = undefined
      return (await closing?.close()) ?? allDelivered
    },
    async stats() {
      const stats = await shared?.link.stats()
      return withLosses(stats?.hub ?? noStats, stats, { closed: late, unreadable })
    },
    async request(request, given) {
      if (isClosed) throw workerUnreachable()
      return open().link.request(request, given)
    },
    wanted: () => shared?.link.wanted(),
    countUnreadable() {
      unreadable++
    },
    changed() {
      if (shared !== undefined && shared.key !== linkKey(setup())) release()
    },
    warm() {
      if (!isClosed && shared === undefined && startsEarly(setup())) open()
    },
    release() {
      isClosed = true
      removeCrashWriter()
      release()
    },
    reopen() {
      isClosed = false
      watch()
    },
  }
}

const dropped = new FinalizationRegistry<Connection>((connection) => connection.release())

/** An owner that is dropped without a close gives its part of the link back. */
export function releaseWithOwner(owner: object, connection: Connection): void {
  dropped.register(owner, connection)
}
