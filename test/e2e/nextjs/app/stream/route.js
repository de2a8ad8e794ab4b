// A route that logs with pino beside a destination of its own.
import { Writable } from 'node:stream'
import pino from 'pino'
import { alertStream } from 'pino-alert-transport'
import { answer } from '../../answer.js'

const own = new Writable({ write: (_line, _encoding, done) => done() })
const logger = pino({}, pino.multistream([{ stream: own }, alertStream(JSON.parse(process.env.OPTIONS))]))

export const dynamic = 'force-dynamic'
export const GET = (request) => answer((message) => logger.error(message), request)
