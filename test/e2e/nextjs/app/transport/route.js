// A route that logs with pino alone.
import pino from 'pino'
import { alertTransport } from 'pino-alert-transport'
import { answer } from '../../answer.js'

const logger = pino({ transport: alertTransport(JSON.parse(process.env.OPTIONS)) })

export const dynamic = 'force-dynamic'
export const GET = (request) => answer((message) => logger.error(message), request)
