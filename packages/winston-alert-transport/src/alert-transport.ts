/**
 * The winston transport. winston's base class filters by level, buffers records and throws what a format
 * throws; this one looks at every record in the tick of its call, whatever its level, and never throws.
 */
import type {
  AcknowledgeOptions,
  AlertEvent,
  ControlAnswer,
  ControlRequest,
  Explanation,
  FlushResult,
  HubStatus,
  SilenceRequest,
  Stats,
} from 'alert-core'
import { bounded, isObjectOrList, releaseWithOwner } from 'alert-core/adapter'
import TransportStream from 'winston-transport'
import { type Info, isCrashMessage } from './info.ts'
import { createWinstonAdapter, type WinstonAdapter } from './winston-adapter.ts'
import { type AlertTransportOptions, alertPart, winstonPart } from './winston-options.ts'

type Done = (error?: Error | null) => void
type Waiter = () => void

/** The part of a logger that a transport uses. */
interface Source {
  readonly levels?: Readonly<Record<string, number>>
  getMaxListeners?(): number
  setMaxListeners?(most: number): unknown
}

/** What an emitter takes for any event. */
type Listener = Parameters<TransportStream['on']>[1]
type AlertListener = (event: AlertEvent) => void

/**
 * How long winston's exception handlers wait for the alert; what is not sent by then is sent during the exit.
 */
const crashMs = 500

/**
 * Notifies people when the logs say that the service breaks: `winston.createLogger({ transports: [new
 * AlertTransport(options)] })`. The constructor throws an AlertError with code `ALERT_OPTIONS_INVALID` that
 * names every problem by its path; after it nothing throws, emits 'error', or keeps the logger waiting.
 */
export class AlertTransport extends TransportStream {
  readonly #adapter: WinstonAdapter
  readonly #sources = new Set<Source>()
  readonly #crashes = new WeakSet<object>()
  #exitWaiters: Waiter[] = []
  /** Set by winston's exception handlers while they wait for 'finish'. */
  declare _ending?: boolean

  constructor(options: AlertTransportOptions = {}) {
    super(winstonPart(options))
    // One transport may serve any number of loggers, and each hangs half a dozen listeners onto it.
    this.setMaxListeners(0)
    this.#adapter = createWinstonAdapter(alertPart(options), emitterOf(new WeakRef(this)))
    releaseWithOwner(this, this.#adapter.connection)
    // The base class closes with the first logger that removes it, though another may still use it.
    this.removeAllListeners('pipe').removeAllListeners('unpipe')
    this.on('pipe', (source: Source) => this.#join(source))
    this.on('unpipe', (source: Source) => this.#release(source))
    // By then the logger has been created, and its levels are known.
    setImmediate(() => this.#adapter.warm(this.level))
  }

  /** Takes a record as a logger passes it on. */
  override write(info: unknown, encoding?: BufferEncoding | Done, done?: Done): boolean {
    this.#take(info)
    const callback = typeof encoding === 'function' ? encoding : done
    if (typeof callback === 'function') process.nextTick(callback, null)
    return true
  }

  /** Takes a record as winston's exception handlers pass it on; `next` is called at once. */
  override log(info: unknown, next: () => void): void {
    this.#take(info)
    next()
  }

  /**
   * Sends what is pending; resolves when it is delivered or refused, at the latest a second after
   * `closeTimeout`.
   */
  flush(): Promise<FlushResult> {
    return this.#adapter.flush()
  }

  /**
   * Like `flush`; then releases the worker, unless other transports use it. Later records are counted, and no
   * alert comes of them.
   */
  override close(): Promise<FlushResult> {
    return this.#adapter.close()
  }

  /** Counters since the start; under `failures` also those of records that did not reach the worker. */
  stats(): Promise<Stats> {
    return this.#adapter.stats()
  }

  /**
   * What would become of a record as winston passes it on: `{ level, message, … }`. Rejects with
   * `ALERT_WORKER_UNREACHABLE`.
   */
  explain(info: object | string): Promise<Explanation> {
    return this.#adapter.explain(info)
  }

  /**
   * Silences alerts until a moment; resolves to the id that lifts it. Rejects with `ALERT_SILENCE_INVALID`,
   * `ALERT_UNKNOWN_ALERT` or `ALERT_WORKER_UNREACHABLE`.
   */
  silence(silence: SilenceRequest): Promise<string> {
    return this.#adapter.silence(silence)
  }

  /**
   * Lifts a silence made at run time; false if it does not exist. Rejects with `ALERT_WORKER_UNREACHABLE`.
   */
  unsilence(id: string): Promise<boolean> {
    return this.#adapter.unsilence(id)
  }

  /**
   * Takes on an alert that fires, by its id or at least the first four digits of it: no channel is reminded
   * of it until it becomes worse or ends. Resolves to its whole id. Rejects with `ALERT_UNKNOWN_ALERT` or
   * `ALERT_WORKER_UNREACHABLE`.
   */
  acknowledge(id: string, options?: AcknowledgeOptions): Promise<string> {
    return this.#adapter.acknowledge(id, options)
  }

  /**
   * What fires, who has taken it on, silences, and channels with their last outcome. Rejects with
   * `ALERT_WORKER_UNREACHABLE`.
   */
  status(): Promise<HubStatus> {
    return this.#adapter.status()
  }

  /** Answers a request for the page of option `control`; `controlHandler(transport)` calls it. */
  control(request: ControlRequest): Promise<ControlAnswer> {
    return this.#adapter.control(request)
  }

  override _write(info: unknown, _encoding: BufferEncoding, done: Done): void {
    this.#take(info)
    done(null)
  }

  /** `logger.end()`: 'finish' comes when everything is sent, or soon if a state directory keeps the rest. */
  override _final(done: Done): void {
    this.#exitWaiters = []
    const sending = this.#adapter.flush()
    void (this.#adapter.keepsUnsent ? bounded(crashMs, sending, () => undefined) : sending).then(() => {
      this.#adapter.release()
      done()
    })
  }

  /**
   * 'alert' says what becomes of alerts: fired, delivered, retrying, failed, suppressed, dropped, and
   * internal errors.
   */
  override on(event: 'alert', listener: AlertListener): this
  override on(event: string | symbol, listener: Listener): this
  override on(event: string | symbol, listener: Listener): this {
    return super.on(event, listener)
  }

  /**
   * winston's exception handlers wait for 'finish', up to 3 s, before they end the process. Emitting it would
   * detach the transport from a logger that may live on; so the listeners of the handlers are kept, and
   * called apart.
   */
  override once(event: 'alert', listener: AlertListener): this
  override once(event: string | symbol, listener: Listener): this
  override once(event: string | symbol, listener: Listener): this {
    if (event === 'finish' && this._ending === true) this.#exitWaiters.push(listener)
    return super.once(event, listener)
  }

  override off(event: 'alert', listener: AlertListener): this
  override off(event: string | symbol, listener: Listener): this
  override off(event: string | symbol, listener: Listener): this {
    return super.off(event, listener)
  }

  #take(given: unknown): void {
    if (typeof given === 'string') warnMisplaced()
    try {
      if (!this.silent && isObjectOrList(given)) this.#look(given as Info)
    } catch {
      this.#adapter.countUnreadable()
    }
    if (this.#exitWaiters.length > 0) void this.#sendBeforeExit()
  }

  #look(info: Info): void {
    if (this.#adapter.wants(info, this.level) && !this.#isRepeated(info))
      this.#adapter.take(info, this.format)
  }

  /** winston passes a crash as a record, and once more for each handler with this transport. */
  #isRepeated(info: Info): boolean {
    const isException = info['exception'] === true
    if (!(isException || info['rejection'] === true) || !isCrashMessage(info['message'])) return false
    if ((isException ? this.handleExceptions : this.handleRejections) === false) return true
    if (this.#crashes.has(info)) return true
    this.#crashes.add(info)
    return false
  }

  async #sendBeforeExit(): Promise<void> {
    const waiters = this.#exitWaiters
    this.#exitWaiters = []
    this._ending = false
    await bounded(crashMs, this.#adapter.flush(), () => undefined)
    for (const waiter of waiters) {
      this.removeListener('finish', waiter)
      waiter()
    }
  }

  #join(source: Source): void {
    if (!this.#sources.has(source)) shiftListenerLimit(source, 1)
    this.#sources.add(source)
    Object.assign(this, { levels: source.levels, parent: source })
    if (source.levels !== undefined) this.#adapter.setLevels(source.levels)
    this.#adapter.reopen()
  }

  #release(source: Source): void {
    if (this.#sources.delete(source)) shiftListenerLimit(source, -1)
    if (this.#sources.size === 0) this.#adapter.release()
  }
}

/**
 * `logger.pipe(transport)` adds a listener to the logger for each transport, and Node warns of a leak at the
 * eleventh. The listener is winston's, and only the emitter's own limit counts; so the limit moves by one
 * while the transport is there, and a leak of others is still found. Zero means unlimited.
 */
function shiftListenerLimit(source: Source, by: 1 | -1): void {
  const most = source.getMaxListeners?.() ?? 0
  if (most > 0) source.setMaxListeners?.(Math.max(1, most + by))
}

/** Out here: a function created in the constructor would refer to `this`, and the link to the function. */
function emitterOf(transport: WeakRef<AlertTransport>): AlertListener {
  return (event) => transport.deref()?.emit('alert', event)
}

let isWarned = false

/** A logger of winston writes objects. */
function warnMisplaced(): void {
  if (isWarned) return
  isWarned = true
  process.emitWarning(
    'The AlertTransport of winston-alert-transport is given lines of text, of which no alert comes: for pino use pino-alert-transport.',
    { type: 'AlertWarning', code: 'ALERT_TRANSPORT_MISPLACED' },
  )
}
