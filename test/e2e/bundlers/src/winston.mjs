// An application that logs with winston.
import winston from 'winston'
import { AlertTransport } from 'winston-alert-transport'

const options = JSON.parse(process.env.OPTIONS)
const logger = winston.createLogger({ transports: [new AlertTransport(options)] })
if (process.env.END === 'exit') {
  logger.error('last words')
  process.exit(1)
}
logger.error('broken')
