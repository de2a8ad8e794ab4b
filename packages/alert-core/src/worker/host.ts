/**
 * The port between a link and what takes its lines: a hub in a worker thread, in a process of its own, or in
 * this thread if neither can start.
 */
import type { FlushOptions, FlushResult, Wanted, WireConfig } from '../hub/hub-types.ts'
import type { Stats } from '../hub/stats.ts'
import type { AlertEvent } from '../model.ts'
import type { AlertOptions, CheckedOptions } from '../options.ts'
import type { Given, RequiredVerb, Value } from './hub-requests.ts'

/** What a hub is opened with. */
export interface HostSetup {
  /** Plain data, which may cross to another thread or process. */
  readonly options: AlertOptions
  /** The checked options, for a hub in this process, which need not check them again; holds secrets. */
  readonly checked?: CheckedOptions
  readonly wire: WireConfig
  readonly closeTimeoutMs: number
}

/** What a host reports to its link. */
export interface HostEvents {
  /** The hub is up. */
  onReady(): void
  /** After `write` returned 'full': there is room again. */
  onDrain(): void
  /**
   * The host has ended and takes no more lines. `unread` are lines that it has not read; `uncertain` is how
   * many others it may not have read. Called once, and not after `close`.
   */
  onLost(error: unknown, unread: readonly string[], uncertain?: number): void
  onEvent(event: AlertEvent): void
  /** Other rules are in force: which records they match. */
  onWanted(wanted: Wanted): void
}

export interface Host {
  /**
   * Takes whole lines, also before the hub is up; after 'full' the next ones wait for `onDrain`, after 'gone'
   * these were not taken.
   */
  write(lines: string): 'open' | 'full' | 'gone'
  /** Passes on at once what would leave at the end of this turn; returns when it is read, or after `ms`. */
  flushSync(ms: number): void
  /** Sends what is pending, of every line written so far. */
  flush(options?: FlushOptions): Promise<FlushResult>
  /** Like `flush`, with the counts that grew meanwhile; then releases everything. */
  close(): Promise<FlushResult>
  stats(): Promise<Stats | undefined>
  /** Rejects with an AlertError if the hub refuses, or no answer comes. */
  request<One extends RequiredVerb>(request: One, given: Given<One>): Promise<Value<One>>
  /** Ends at once, whatever is lost. */
  abandon(): void
  /** The process exits: what must be open to take lines is opened now. */
  openAtExit?(): void
  /**
   * The process exits, without an event loop: starts the end of the hub. The function that it returns waits
   * until everything is sent, unless `isWaitedFor` is false.
   */
  closeAtExit(isWaitedFor: boolean): () => void
}

/** One kind of host; `open` throws if it cannot start. */
export interface HostKind {
  open(setup: HostSetup, events: HostEvents): Host
  /** It sends with the application's event loop, and nothing without it. */
  readonly isInline?: true
  /** Warns when this kind takes the place of one that could not start because of `error`. */
  readonly warnInstead?: (error: unknown) => void
}

/** Tried one after another. */
export type HostKinds = readonly [HostKind, ...HostKind[]]
