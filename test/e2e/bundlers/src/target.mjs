// An application that logs through pino's own worker.
import pino from 'pino'

const options = JSON.parse(process.env.OPTIONS)
const logger = pino({ transport: { target: 'pino-alert-transport', options } })
if (process.env.END === 'exit') {
  logger.fatal('last words')
  process.exit(1)
}
logger.error('broken')
