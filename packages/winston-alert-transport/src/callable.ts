/**
 * The class as it is exported. A class that is called without `new`, as pino does with what a target's file
 * exports, throws an error of JavaScript's own words: this one says what to write.
 */
import type { WrittenOptions } from 'alert-core'
import { AlertTransport as TransportClass } from './alert-transport.ts'
import type { WinstonOptions } from './winston-options.ts'

interface AlertTransportConstructor {
  readonly prototype: TransportClass
  new <Name extends string = string>(options?: WrittenOptions<Name> & WinstonOptions): TransportClass
}

/**
 * Notifies people when the logs say that the service breaks: `winston.createLogger({ transports: [new
 * AlertTransport(options)] })`. The constructor throws an AlertError with code `ALERT_OPTIONS_INVALID` that
 * names every problem by its path; after it nothing throws, emits 'error', or keeps the logger waiting.
 */
const CallableTransport: AlertTransportConstructor = new Proxy(TransportClass, {
  apply() {
    throw new TypeError(
      'AlertTransport is a class for winston: write new AlertTransport(options). For pino, use pino-alert-transport.',
    )
  },
})

/** What `new AlertTransport(options)` returns. */
type CallableTransport = TransportClass

// Not a second declaration of the name, which a bundler would change: it is the name of the class.
export { CallableTransport as AlertTransport }
