// A route that logs with winston.
import winston from 'winston'
import { AlertTransport } from 'winston-alert-transport'
import { answer } from '../../answer.js'

const logger = winston.createLogger({ transports: [new AlertTransport(JSON.parse(process.env.OPTIONS))] })

export const dynamic = 'force-dynamic'
export const GET = (request) => answer((message) => logger.error(message), request)
