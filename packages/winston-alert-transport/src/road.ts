/**
 * The port between a link and what takes its lines: a hub in a worker thread, or where none can start, in this one.
 */
import type { AlertEvent, AlertOptions, FlushResult, Stats } from 'alert-core'
import type { Levels } from './levels.ts'

/** What a hub is opened with. */
export interface RoadSetup {
  /** Checked, with the threshold as a number. */
  readonly options: AlertOptions
  /** The logger's levels on pino's scale. */
  readonly levels: Levels
  readonly closeTimeoutMs: number
}

/** What a road tells its link. */
export interface RoadEvents {
  /** Lines are taken: at first, and again after `write` said no. */
  onOpen(): void
  /** It is gone and takes nothing any more; `error` where there is one to name. Called once, not after `close`. */
  onLost(error: unknown): void
  onEvent(event: AlertEvent): void
}

export interface Road {
  /** Takes a line; after 'full' the next one waits for `onOpen`, after 'gone' this one was not taken. */
  write(line: string | Buffer): 'open' | 'full' | 'gone'
  /** Tells what waits to be told, of every line written so far. */
  flush(): Promise<FlushResult>
  /** The same with the counts that grew meanwhile, and lets go of everything. */
  close(): Promise<FlushResult>
  stats(): Promise<Stats | undefined>
  /** Lets go at once, whatever is lost; the exit does not wait for it either. */
  abandon(): void
  /** On the process's exit, after the last line. `hasHook`: pino's own hook comes after this and waits for the worker. */
  lastWords(hasHook: boolean): void
}
