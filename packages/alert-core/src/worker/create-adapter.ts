/**
 * What the adapters (pino target, pino stream, winston transport) share on the application's thread: what
 * they decide by, and what they offer.
 */

import type { ControlAnswer, ControlRequest } from '../control/control.ts'
import type { HubStatus } from '../control/hub-status.ts'
import { AlertError } from '../errors/alert-error.ts'
import type { AcknowledgeOptions, SilenceRequest } from '../hub/answer-types.ts'
import type { Explanation } from '../hub/explain.ts'
import type { FlushOptions, FlushResult, WireConfig } from '../hub/hub-types.ts'
import type { Stats } from '../hub/stats.ts'
import type { AlertEvent } from '../model.ts'
import type { Plan } from '../options/plan.ts'
import { type CheckedOptions, checkOptions } from '../options.ts'
import { toPlain } from '../read/plain.ts'
import { wantsAllLines } from '../rules/rule-reach.ts'
import { isObjectOrList } from '../text/get-path.ts'
import type { AcknowledgeRequest, Given, RequiredVerb, Value } from './hub-requests.ts'
import type { Listeners } from './listeners.ts'

/** What an adapter decides by, before a line crosses to the worker. */
export interface AdapterPlan extends Pick<Plan, 'closeTimeoutMs' | 'runIn' | 'handleSignals'> {
  /** The threshold on pino's scale. */
  readonly level: number
  /** Every line must cross: a rule matches records below the threshold, or they are shown with alerts. */
  readonly wantsAll: boolean
  /** All of the checked options, to start the hub with. */
  readonly checked: CheckedOptions
}

/** Checks the options; `levels` are the logger's own, by label. Never throws. */
export function planAdapter(options: unknown, levels?: Readonly<Record<string, number>>): AdapterPlan {
  const checked = checkOptions(options, process.env, levels)
  const { level, rules, context, closeTimeoutMs, runIn, handleSignals } = checked.plan
  const wantsAll = context !== undefined || wantsAllLines(rules, level, levels)
  return { level, wantsAll, closeTimeoutMs, runIn, handleSignals, checked }
}

type AlertListener = (event: AlertEvent) => void

/** What every adapter offers. */
export interface Adapter {
  /**
   * Sends what is pending; resolves when it is delivered or refused, at the latest a second after
   * `closeTimeout`.
   */
  flush(): Promise<FlushResult>
  /**
   * Like `flush`; then releases the worker, unless other loggers use it. Later records are counted, and no
   * alert comes of them.
   */
  close(): Promise<FlushResult>
  /**
   * Counters since the start; under `failures` also those of lines that did not reach the worker. `undefined`
   * if no worker answers.
   */
  stats(): Promise<Stats | undefined>
  /**
   * What would become of a record: a line of the logger, or the object that it holds. Rejects with
   * `ALERT_WORKER_UNREACHABLE`.
   */
  explain(record: string | object): Promise<Explanation>
  /**
   * Silences alerts until a moment; resolves to the id that lifts it. Rejects with `ALERT_SILENCE_INVALID`,
   * `ALERT_UNKNOWN_ALERT` or `ALERT_WORKER_UNREACHABLE`.
   */
  silence(silence: SilenceRequest): Promise<string>
  /**
   * Lifts a silence made at run time; false if it does not exist. Rejects with `ALERT_WORKER_UNREACHABLE`.
   */
  unsilence(id: string): Promise<boolean>
  /**
   * Takes on an alert that fires, by its id or at least the first four digits of it: no channel is reminded
   * of it until it becomes worse or ends. Resolves to its whole id. Rejects with `ALERT_UNKNOWN_ALERT` or
   * `ALERT_WORKER_UNREACHABLE`.
   */
  acknowledge(id: string, options?: AcknowledgeOptions): Promise<string>
  /**
   * What fires, who has taken it on, silences, and channels with their last outcome. Rejects with
   * `ALERT_WORKER_UNREACHABLE`.
   */
  status(): Promise<HubStatus>
  /** Answers a request for the page of option `control`; `controlHandler(transport)` calls it. */
  control(request: ControlRequest): Promise<ControlAnswer>
  /**
   * 'alert' says what becomes of alerts: fired, delivered, retrying, failed, suppressed, dropped, and
   * internal errors.
   */
  on(event: 'alert', listener: AlertListener): this
  once(event: 'alert', listener: AlertListener): this
  off(event: 'alert', listener: AlertListener): this
}

/** How an adapter reaches its hub. */
export interface AdapterConnection {
  flush(options?: FlushOptions): Promise<FlushResult>
  close(): Promise<FlushResult>
  stats(): Promise<Stats | undefined>
  request<One extends RequiredVerb>(request: One, given: Given<One>): Promise<Value<One>>
  /** Called before the first listener is added, for a connection that receives events only from then on. */
  listen?(): void
}

/** `listeners` receive the events of the connection. */
export function createAdapter(connection: AdapterConnection, listeners: Listeners<AlertEvent>): Adapter {
  const removers = new Map<AlertListener, () => void>()

  function off(listener: AlertListener): void {
    removers.get(listener)?.()
    removers.delete(listener)
  }

  function on(listener: AlertListener, heard: AlertListener): void {
    connection.listen?.()
    off(listener)
    removers.set(listener, listeners.add(heard))
  }

  return {
    flush: () => connection.flush(),
    close: () => connection.close(),
    stats: () => connection.stats(),
    explain: async (record) => connection.request('explain', lineOf(record)),
    silence: async (silence) => connection.request('silence', plainSilence(silence)),
    unsilence: async (id) => connection.request('unsilence', id),
    acknowledge: async (id, options) => connection.request('acknowledge', plainAnswer(id, options)),
    status: async () => connection.request('status', undefined),
    control: async (request) => connection.request('control', request),
    on(event, listener) {
      if (event === 'alert') on(listener, listener)
      return this
    },
    once(event, listener) {
      if (event !== 'alert') return this
      on(listener, (heard) => {
        off(listener)
        listener(heard)
      })
      return this
    },
    off(_event, listener) {
      off(listener)
      return this
    },
  }
}

/** The line that a record would be; a line stays as it is. */
function lineOf(record: string | object): string {
  return typeof record === 'string' ? record : JSON.stringify(toPlain(record) ?? null)
}

/**
 * A copy that can cross. Throws `ALERT_SILENCE_INVALID` for what is not plain data: left out, it would make
 * the silence wider.
 */
function plainSilence(given: SilenceRequest): SilenceRequest {
  try {
    return JSON.parse(JSON.stringify(structuredClone(given)))
  } catch (cause) {
    throw new AlertError('ALERT_SILENCE_INVALID', 'The silence is wrong: it must be plain data.', { cause })
  }
}

/** A copy that can cross. */
function plainAnswer(id: string, { by, comment, undo }: AcknowledgeOptions = {}): AcknowledgeRequest {
  return {
    id: String(id),
    ...(by === undefined ? {} : { by: String(by) }),
    ...(comment === undefined ? {} : { comment: String(comment) }),
    ...(undo === true ? { undo } : {}),
  }
}

interface PinoConfig {
  readonly code: 'PINO_CONFIG'
  readonly config: {
    readonly levels?: { readonly values?: Record<string, number> }
    readonly messageKey?: string
    readonly errorKey?: string
  }
}

/**
 * How a pino logger names things, by the message that it sends to its destinations; `undefined` for another
 * message.
 */
export function wireOf(message: unknown): WireConfig | undefined {
  if (!isPinoConfig(message)) return undefined
  const { levels, messageKey, errorKey } = message.config
  return { levels: levels?.values, messageKey, errorKey }
}

function isPinoConfig(message: unknown): message is PinoConfig {
  return (
    isObjectOrList(message) &&
    (message as PinoConfig).code === 'PINO_CONFIG' &&
    typeof (message as PinoConfig).config === 'object'
  )
}
