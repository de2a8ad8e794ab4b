/**
 * The port between a link and what takes its lines: a hub in a worker thread, in a process of its own, or where neither can start, in this
 * thread.
 */
import type { FlushResult, Wanted, WireConfig } from '../hub/hub-types.ts'
import type { Stats } from '../hub/stats.ts'
import type { AlertEvent } from '../model.ts'
import type { AlertOptions, CheckedOptions } from '../options.ts'
import type { Given, RequiredVerb, Value } from './requests.ts'

/** What a hub is opened with. */
export interface HostSetup {
  /** Plain data, which may cross to another thread or process. */
  readonly options: AlertOptions
  /** What their check came to, for a hub in this process that need not check them again; holds secrets. */
  readonly checked?: CheckedOptions
  readonly wire: WireConfig
  readonly closeTimeoutMs: number
}

/** What a road tells its link. */
export interface HostEvents {
  /** The hub is up. */
  onReady(): void
  /** After `write` said 'full': there is room again. */
  onDrain(): void
  /**
   * It is gone and takes nothing any more: what is known not to have been read comes back; of so many other lines it is not known. Called once,
   * not after `close`.
   */
  onLost(error: unknown, unread: readonly string[], unknown?: number): void
  onEvent(event: AlertEvent): void
  /** Other rules are in force there: which records they want to see. */
  onWanted(wanted: Wanted): void
}

export interface Host {
  /** Takes whole lines, also before the hub is up; after 'full' the next ones wait for `onDrain`, after 'gone' these were not taken. */
  write(lines: string): 'open' | 'full' | 'gone'
  /** Hands over now what would otherwise leave at the end of this turn; returns when it is read, or after `ms`. */
  flushSync(ms: number): void
  /** Tells what waits to be told, of every line written so far. */
  flush(): Promise<FlushResult>
  /** The same with the counts that grew meanwhile, and lets go of everything. */
  close(): Promise<FlushResult>
  stats(): Promise<Stats | undefined>
  /** Rejects with an AlertError where the hub refuses, or nobody answers. */
  ask<One extends RequiredVerb>(request: One, given: Given<One>): Promise<Value<One>>
  /** Lets go at once, whatever is lost. */
  abandon(): void
  /**
   * The process exits, without an event loop: hands over the end. What it returns then waits until all is told, unless that has just been
   * waited for in vain.
   */
  lastWords(isWaitedFor: boolean): () => void
}

/** Opens a road; throws where it cannot be opened at all. */
export type OpenHost = (setup: HostSetup, events: HostEvents) => Host
