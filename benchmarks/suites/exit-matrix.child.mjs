// One process that logs its last records and ends: the first argument gives adapter, way to end, severity and
// options. The end-to-end tests run this file in an application folder of their own, so it needs only the
// packages.
import { writeSync } from 'node:fs'

const { adapter, way, severity = 'critical', options } = JSON.parse(process.argv[2])
const handlesSignals = way === 'SIGTERM' || way === 'SIGINT'
const handlesCrash = way === 'handler'
const text = 'last words'
const mark = () => writeSync(1, `{"endsAt":${Date.now()}}\n`)

const adapters = {
  /** A target in pino's worker; what comes back also flushes and ends. */
  async target(given) {
    const { default: pino } = await import('pino')
    const { alertTransport } = await import('pino-alert-transport')
    const handle = alertTransport(given)
    const transport = pino.transport(handle)
    return { ...ofPino(pino(transport)), handle, end: () => transport.end() }
  },
  /** A stream around the application's own destination. */
  async stream(given) {
    const { default: pino } = await import('pino')
    const { alertStream } = await import('pino-alert-transport')
    const handle = alertStream(given, { write() {} })
    return { ...ofPino(pino({}, handle)), handle, end: () => handle.end() }
  },
  async winston(given) {
    const { default: winston } = await import('winston')
    const { AlertTransport } = await import('winston-alert-transport')
    const handle = new AlertTransport(handlesCrash ? { ...given, handleExceptions: true } : given)
    const logger = winston.createLogger({ transports: [handle] })
    return {
      log: (message) => logger.error(message, severity === 'critical' ? { alert: { severity } } : {}),
      // winston's own handler logs what was thrown, and exits.
      onCrash: () => {},
      handle,
      end: () => logger.end(),
    }
  },
}

function ofPino(logger) {
  return {
    log: (message) => (severity === 'critical' ? logger.fatal(message) : logger.error(message)),
    onCrash() {
      process.on('uncaughtException', (error) => {
        logger.fatal(error, error.message)
        process.exit(1)
      })
    },
  }
}

const { log, onCrash, handle, end } = await adapters[adapter](
  handlesSignals ? { ...options, handleSignals: true } : options,
)

async function warmUp() {
  log('first words')
  await handle.flush()
}

const alive = () => setInterval(() => {}, 1_000)

const ways = {
  /** After a killed process: lives until its stored messages are delivered, or for a while. */
  'next start'() {
    const timer = setTimeout(() => {}, 15_000)
    handle.on('alert', ({ type }) => type === 'delivered' && clearTimeout(timer))
  },
  natural() {
    log(text)
    mark()
  },
  cold() {
    log(text)
    mark()
    process.exit(0)
  },
  async warm() {
    await warmUp()
    log(text)
    mark()
    process.exit(0)
  },
  async exception() {
    await warmUp()
    setImmediate(() => {
      log(text)
      mark()
      throw new Error('not caught')
    })
  },
  async rejection() {
    await warmUp()
    log(text)
    mark()
    void Promise.reject(new Error('not handled'))
  },
  end() {
    log(text)
    mark()
    end()
  },
  async handler() {
    await warmUp()
    onCrash()
    setImmediate(() => {
      mark()
      throw new Error(text)
    })
  },
  SIGTERM: () => raise('SIGTERM'),
  SIGINT: () => raise('SIGINT'),
  // These three are not handled: the process ends in the same tick.
  'SIGTERM at once': () => raise('SIGTERM'),
  'SIGKILL at once': () => raise('SIGKILL'),
  async 'abort at once'() {
    await warmUp()
    log(text)
    mark()
    process.abort()
  },
}

async function raise(signal) {
  alive()
  await warmUp()
  log(text)
  mark()
  process.kill(process.pid, signal)
}

await ways[way]()
