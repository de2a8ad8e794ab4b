/**
 * The winston transport. winston's base class filters by level, keeps records back and passes on what a format throws; here every
 * record is looked at in the tick of its call, whatever its level, and nothing comes out of it but alerts.
 */
import type { AlertEvent, Explanation, FlushResult, SilenceOptions, Stats } from 'alert-core'
import { bounded, type Lease } from 'alert-core/adapter'
import TransportStream from 'winston-transport'
import { type Adapter, createAdapter } from './adapter.ts'
import { applyFormat } from './format.ts'
import type { Info } from './info.ts'
import { type AlertTransportOptions, alertPart, winstonPart } from './options.ts'

type Done = (error?: Error | null) => void
type Waiter = () => void

/** Of a logger, what a transport hears of. */
interface Source {
  readonly levels?: Readonly<Record<string, number>>
}

/** What an emitter takes for any event. */
type Listener = Parameters<TransportStream['on']>[1]
type AlertListener = (event: AlertEvent) => void

/** How long a crash waits for its alert before the process exits; what is not told by then is told during the exit. */
const crashMs = 500

// A transport that is dropped without a word gives back its part of the worker.
const dropped = new FinalizationRegistry<Lease>((lease) => lease.release())

/**
 * Tells people when what is logged says that the service breaks: `winston.createLogger({ transports: [new AlertTransport(options)] })`.
 * The constructor throws an AlertError with code `ALERT_OPTIONS_INVALID` that names every problem by its path; after it nothing
 * throws, emits 'error', or keeps the logger waiting.
 */
export class AlertTransport extends TransportStream {
  readonly #door: Adapter
  readonly #sources = new Set<Source>()
  readonly #crashes = new WeakSet<object>()
  #exitWaiters: Waiter[] = []
  /** Set by winston's exception handlers while they wait for 'finish'. */
  declare _ending?: boolean

  constructor(options: AlertTransportOptions = {}) {
    super(winstonPart(options))
    // One transport may serve any number of loggers, and each hangs half a dozen listeners onto it.
    this.setMaxListeners(0)
    this.#door = createAdapter(alertPart(options), emitterOf(new WeakRef(this)), (lease) => {
      dropped.unregister(this)
      dropped.register(this, lease, this)
    })
    // The base class closes with the first logger that lets go, though another may still hold on.
    this.removeAllListeners('pipe').removeAllListeners('unpipe')
    this.on('pipe', (source: Source) => this.#join(source))
    this.on('unpipe', (source: Source) => this.#leave(source))
    // By then the logger has been made, and has said which levels it has.
    setImmediate(() => this.#door.warm(this.level))
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

  /** Tells at once what waits to be told; resolves when it is, at the latest a second after `closeTimeout`. */
  flush(): Promise<FlushResult> {
    return this.#door.flush()
  }

  /** The same, and lets go of the worker unless other transports use it. Later records are counted, not told. */
  override close(): Promise<FlushResult> {
    return this.#door.close()
  }

  /** Counters of the worker, and under `failures` of what did not come to it. */
  stats(): Promise<Stats> {
    return this.#door.stats()
  }

  /** What would become of a record as winston passes it on: `{ level, message, … }`. Rejects with `ALERT_WORKER_UNREACHABLE`. */
  explain(info: object | string): Promise<Explanation> {
    return this.#door.explain(info as Info | string)
  }

  /** Silences alerts until a moment; resolves to the id that lifts it. Rejects with `ALERT_SILENCE_INVALID` or `ALERT_WORKER_UNREACHABLE`. */
  silence(silence: SilenceOptions): Promise<string> {
    return this.#door.silence(silence)
  }

  /** Lifts a silence made at run time; false where there is none of this id. Rejects with `ALERT_WORKER_UNREACHABLE`. */
  unsilence(id: string): Promise<boolean> {
    return this.#door.unsilence(id)
  }

  override _write(info: unknown, _encoding: BufferEncoding, done: Done): void {
    this.#take(info)
    done(null)
  }

  /** `logger.end()`: 'finish' comes when everything is told, or soon where what is not told is kept. */
  override _final(done: Done): void {
    this.#exitWaiters = []
    const telling = this.#door.flush()
    void (this.#door.isKept ? bounded(crashMs, telling, () => undefined) : telling).then(() => {
      this.#door.release()
      done()
    })
  }

  /** 'alert' hears what becomes of alerts: delivered, retrying, refused, suppressed, dropped, fault. */
  override on(event: 'alert', listener: AlertListener): this
  override on(event: string | symbol, listener: Listener): this
  override on(event: string | symbol, listener: Listener): this {
    return super.on(event, listener)
  }

  /**
   * winston's exception handlers wait for 'finish', up to 3 s, before they end the process. To emit it while the logger may live on
   * would detach the transport; so those who wait for the exit are remembered, and called apart.
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
    try {
      if (!this.silent && typeof given === 'object' && given !== null) this.#look(given as Info)
    } catch {
      this.#door.countUnreadable()
    }
    if (this.#exitWaiters.length > 0) void this.#tellBeforeExit()
  }

  #look(info: Info): void {
    if (!this.#door.wants(info, this.level) || this.#isPassedOver(info)) return
    const formatted = this.format === undefined ? info : applyFormat(this.format, info)
    if (formatted !== undefined) this.#door.take(formatted)
  }

  /** A crash comes once as a record and once from each handler that has the transport. */
  #isPassedOver(info: Info): boolean {
    const isException = info['exception'] === true
    if (!isException && info['rejection'] !== true) return false
    if ((isException ? this.handleExceptions : this.handleRejections) === false) return true
    if (this.#crashes.has(info)) return true
    this.#crashes.add(info)
    return false
  }

  async #tellBeforeExit(): Promise<void> {
    const waiters = this.#exitWaiters
    this.#exitWaiters = []
    this._ending = false
    await bounded(crashMs, this.#door.flush(), () => undefined)
    for (const waiter of waiters) {
      this.removeListener('finish', waiter)
      waiter()
    }
  }

  #join(source: Source): void {
    this.#sources.add(source)
    Object.assign(this, { levels: source.levels, parent: source })
    if (source.levels !== undefined) this.#door.setLevels(source.levels)
    this.#door.reopen()
  }

  #leave(source: Source): void {
    this.#sources.delete(source)
    if (this.#sources.size === 0) this.#door.release()
  }
}

/** Made out here: a function made in the constructor would hold on to `this`, and the link to the function. */
function emitterOf(transport: WeakRef<AlertTransport>): AlertListener {
  return (event) => transport.deref()?.emit('alert', event)
}
