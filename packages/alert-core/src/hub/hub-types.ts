/** What a hub offers, and what of the outside world it uses. */
import type { ControlAnswer, ControlRequest } from '../control/control.ts'
import type { ControlPort, HubStatus } from '../control/hub-status.ts'
import type { InternalErrorCode } from '../errors/error-codes.ts'
import type { AlertEvent } from '../model.ts'
import type { AlertOptions, checkOptions, checkSilence, Problem } from '../options.ts'
import type { Sender } from '../provider/provider.ts'
import type { Clock } from '../time/clock.ts'
import type { AlertInput } from './alert-input.ts'
import type { AcknowledgeOptions, SilenceRequest } from './answer-types.ts'
import type { openControlling } from './controlling.ts'
import type { Explanation } from './explain.ts'
import type { followDocument } from './follow-document.ts'
import type { openFleet } from './open-fleet.ts'
import type { openState } from './open-state.ts'
import type { LineFailure, Stats } from './stats.ts'

/** What of the outside world a hub uses; tests, replay and adapters replace it. */
export interface HubPorts {
  /** Default: the machine's. */
  readonly clock?: Clock
  /** Default: Node's, and a proxy where one applies. */
  readonly fetch?: typeof fetch
  /** No application runs in this thread, which may expect requests to be made by its `fetch`. */
  readonly hasOwnThread?: boolean
  /** Looks at the requests that are made by the default. */
  readonly watchFetch?: (fetch: typeof globalThis.fetch) => typeof globalThis.fetch
  /** Default: `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Replaces the provider of every channel: replay and dry runs look at the messages themselves. */
  readonly sender?: (channel: string) => Sender
  /** How the logger's lines are written; default: as pino's do. */
  readonly wire?: WireConfig
  /** Receives warnings; default: `process.emitWarning`. */
  readonly warn?: (message: string, code: string) => void
  /** The state directory, which does not answer: the hub must not touch it. */
  readonly silentDirectory?: string
  /** Called after a reload, for a caller that writes only the lines that are wanted. */
  readonly onWanted?: (wanted: Wanted) => void
}

/** What only some hubs need, or only later, and takes long to load. */
export interface LazyParts {
  readonly checkOptions: typeof checkOptions
  readonly checkSilence: typeof checkSilence
  readonly openState: typeof openState
  readonly openFleet: typeof openFleet
  readonly followDocument: typeof followDocument
  readonly openControlling: typeof openControlling
}

/** Which records a hub looks at. */
export interface Wanted {
  /** The threshold on pino's scale. */
  readonly level: number
  /** Those below the threshold too. */
  readonly wantsAll: boolean
}

/** The part of a logger's configuration that decides how its lines are written; the names are pino's. */
export interface WireConfig {
  readonly messageKey?: string
  readonly errorKey?: string
  readonly nestedKey?: string
  /** Label to number, pino's `levels.values`. */
  readonly levels?: Readonly<Record<string, number>>
}

/** What `flush()` is for. */
export interface FlushOptions {
  /** The process ends soon: what other processes of its fleet can send is left to them. */
  readonly isLeaving?: boolean
}

/** What `flush()` and `close()` achieved. */
export interface FlushResult {
  /** True if nothing waits any more, and no provider has refused for good what was to be sent. */
  readonly delivered: boolean
  /** Notifications that still wait. After `closeSync`: those that are lost. */
  readonly pending: number
}

/** Alerts are published, channels are notified; subscribers receive what happens on the way. */
export interface Hub {
  /**
   * One NDJSON line of the logger, or `times` lines that differ from it only in their ids. Never throws,
   * never waits.
   */
  write(line: string, times?: number): void
  /** Whether `write` would read this line: false only if it is surely below the threshold. */
  wants(line: string): boolean
  /** Counts a line that was not written because `wants` was false. */
  skip(): void
  /**
   * Reports a problem of the program that runs the hub, as an `error` event and a warning, without the
   * secrets of the options.
   */
  reportInternalError(code: InternalErrorCode, message: string): void
  /** Counts a line that could not be written here as a whole. */
  countFailure(failure: LineFailure): void
  /** An alert without a logger: `publish({ code, service, error, … })`. Never throws, never waits. */
  publish(input: AlertInput): void
  /**
   * Calls the listener with every {@link AlertEvent} that passes the filter; returns the function that ends
   * it.
   */
  subscribe(listener: (event: AlertEvent) => void, filter?: (event: AlertEvent) => boolean): () => void
  /**
   * Sends at once what waits; resolves when all of it is delivered or failed, or will not be tried again
   * within `closeTimeout`, or after that.
   */
  flush(options?: FlushOptions): Promise<FlushResult>
  /**
   * Like `flush`; without a state directory also sends the counts that grew since the last notification. Then
   * closes everything, within `withinMs`, default `closeTimeout`. Later lines are only counted.
   */
  close(withinMs?: number): Promise<FlushResult>
  /**
   * For a process whose event loop turns no more: saves what waits in the state directory. Without one it is
   * lost.
   */
  closeSync(): FlushResult
  stats(): Stats
  /**
   * Replaces rules, channels, recipients, silences, inhibit, schedules, level, redact and include by those of
   * these options; alerts, timers, quotas and what was sent stay, other keys are ignored. Options with a
   * problem change nothing; all problems are returned.
   */
  reload(options: AlertOptions): readonly Problem[]
  /**
   * Silences alerts until a moment, also across a reload; returns its id for `unsilence`. Throws
   * `ALERT_SILENCE_INVALID`, or `ALERT_UNKNOWN_ALERT` if it names an alert that does not fire.
   */
  silence(silence: SilenceRequest): string
  /** Ends a silence made at run time; false if none has this id. */
  unsilence(id: string): boolean
  /**
   * Takes on an alert that fires, by its id or at least the first four digits of it: no channel is reminded
   * of it, and none is notified after a while, until it becomes worse or ends. Returns its whole id. Throws
   * `ALERT_UNKNOWN_ALERT`.
   */
  acknowledge(id: string, options?: AcknowledgeOptions): string
  /** Answers a request for the page of option `control`; `controlHandler` calls it. */
  control(request: ControlRequest): Promise<ControlAnswer>
  /** What fires, who has taken it on, silences, and channels with their last outcome. */
  status(): HubStatus
  /**
   * What would become of a record: a line of the logger, or the object that it holds. Changes nothing. Never
   * throws.
   */
  explain(record: string | object): Explanation
  /** The counters in Prometheus' text format; rejects if the package prom-client is not installed. */
  metrics(): Promise<string>
}

/** A hub as adapters use it. */
export interface OpenedHub extends Hub {
  /** What can be asked, answered by the process of the fleet that notifies. */
  readonly shared?: ControlPort
}
