/**
 * What a hub offers, and what of the outside world it touches.
 */

import type { InternalErrorCode } from '../errors/error-codes.ts'
import type { AlertEvent } from '../model.ts'
import type { AlertOptions, checkOptions, checkSilence, Problem, SilenceOptions } from '../options.ts'
import type { Sender } from '../provider/provider.ts'
import type { Clock } from '../time/clock.ts'
import type { AlertInput } from './alert-input.ts'
import type { Explanation } from './explain.ts'
import type { followDocument } from './follow-document.ts'
import type { openState } from './open-state.ts'
import type { LineFailure, Stats } from './stats.ts'

/** What of the outside world a hub touches; tests, replay and the doors put in their own. */
export interface HubPorts {
  readonly clock?: Clock
  readonly fetch?: typeof fetch
  readonly env?: Readonly<Record<string, string | undefined>>
  /** In place of every channel's provider: replay and dry runs look at the messages themselves. */
  readonly sender?: (channel: string) => Sender
  /** How lines name things: pino's own configuration, where it is known. */
  readonly wire?: WireConfig
  /** Where warnings go: by default `process.emitWarning`; a hub away from the application's thread leaves that to the thread. */
  readonly warn?: (message: string, code: string) => void
  /** Hears which records are wanted once other rules are in force, for those who hand in only these. */
  readonly onWanted?: (wanted: Wanted) => void
}

/** What only some hubs need, or only later, and takes long to load. */
export interface LazyParts {
  readonly checkOptions: typeof checkOptions
  readonly checkSilence: typeof checkSilence
  readonly openState: typeof openState
  readonly followDocument: typeof followDocument
}

/** Which records a hub wants to see at all. */
export interface Wanted {
  /** The threshold on pino's scale. */
  readonly level: number
  /** Those below it too. */
  readonly wantsAll: boolean
}

/** The part of a logger's configuration that decides what its lines look like. */
export interface WireConfig {
  readonly messageKey?: string
  readonly errorKey?: string
  readonly nestedKey?: string
  /** Label to number, pino's `levels.values`. */
  readonly levels?: Readonly<Record<string, number>>
}

/** What `flush()` and `close()` achieved: `told` when nothing is left, else how many notifications still wait. */
export interface FlushResult {
  readonly delivered: boolean
  readonly pending: number
}

/** Records go in, notifications go out; what happens on the way is heard by who subscribes. */
export interface Hub {
  /** One NDJSON line of the logger, or `times` lines that differ from this one only in their ids. Never throws, never waits. */
  write(line: string, times?: number): void
  /** Whether `write` would read this line: false only for what is surely below the threshold. */
  wants(line: string): boolean
  /** Says a trouble of whoever runs the hub: as an event and a warning, without the secrets of the options. */
  reportInternalError(code: InternalErrorCode, message: string): void
  /** Counts a line that could not be handed in whole. */
  countFailure(failure: LineFailure): void
  /** A trouble at hand without a logger: `publish({ code, service, error, … })`. Never throws, never waits. */
  publish(trouble: AlertInput): void
  /** Hears every {@link AlertEvent}; returns the way to stop. */
  subscribe(listener: (event: AlertEvent) => void, filter?: (event: AlertEvent) => boolean): () => void
  /** Tells at once what waits to be told; resolves when it is delivered or refused, or after `closeTimeout`. */
  flush(): Promise<FlushResult>
  /**
   * Like `flush`, and where no state directory keeps them with the counts that grew meanwhile, then lets go of every resource, within
   * `closeTimeout` unless told. Later lines are only counted.
   */
  close(withinMs?: number): Promise<FlushResult>
  /**
   * The process ends without another turn of the event loop: what waits goes to the state directory. `waiting` is what is lost: all of it
   * where there is none.
   */
  closeSync(): FlushResult
  stats(): Stats
  /**
   * Replaces rules, channels, recipients, silences, inhibit, schedules, level, redact and include by those of these options; alerts, timers,
   * quotas and what was told stay, other keys are passed over. Options with a problem change nothing: all problems are returned.
   */
  reload(options: AlertOptions): readonly Problem[]
  /** Silences alerts until a moment, also beyond a reload; returns the id that lifts it. Throws `ALERT_SILENCE_INVALID`. */
  silence(silence: SilenceOptions): string
  /** Lifts a silence made at run time; false where there is none of this id. */
  unsilence(id: string): boolean
  /** What would become of a record: a line of the logger, or the object that it holds. Nothing changes. Never throws. */
  explain(record: string | object): Explanation
  /** The same for Prometheus, in its text form; rejects where the package prom-client is not installed. */
  metrics(): Promise<string>
}
