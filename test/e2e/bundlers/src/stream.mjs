// An application that keeps its own destination.
import { Writable } from 'node:stream'
import pino from 'pino'
import { alertStream } from 'pino-alert-transport'

const own = new Writable({ write: (_line, _encoding, done) => done() })
const options = JSON.parse(process.env.OPTIONS)
const logger = pino({}, pino.multistream([{ stream: own }, alertStream(options)]))
if (process.env.END === 'exit') {
  logger.fatal('last words')
  process.exit(1)
}
logger.error('broken')
