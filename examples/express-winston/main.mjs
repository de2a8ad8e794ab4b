// An express service: express-winston logs each request, and what its handlers threw with the request.
import { once } from 'node:events'
import express from 'express'
import expressWinston from 'express-winston'
import winston from 'winston'
import { AlertTransport } from 'winston-alert-transport'

const logger = winston.createLogger({
  format: winston.format.json(),
  transports: [
    new winston.transports.Console(),
    new AlertTransport({
      service: 'shop',
      // Without a channel alerts appear as cards on stderr.
      channels: process.env.SLACK_URL ? { slack: { url: '${SLACK_URL}' } } : {},
    }),
  ],
})

/** Neither cookies nor tokens belong in a log, so only the id of the request is logged of its headers. */
const headers = { headerBlacklist: ['authorization', 'cookie'] }

const app = express()
// Every request at 'info'. With `statusLevels` a failed one would be an error a second time.
app.use(expressWinston.logger({ winstonInstance: logger, ...headers }))
app.get('/orders/:id/pay', (request) => {
  if (request.params.id === 'none') throw Object.assign(new Error('no such order'), { status: 404 })
  throw new Error(`card gateway timeout for order ${request.params.id}`)
})
app.use(expressWinston.errorLogger({ winstonInstance: logger, ...headers }))
app.use((error, _request, response, _next) => {
  response.status(error.status ?? 500).json({ error: 'payment failed' })
})

// Twenty customers try to pay, one asks for an unknown order: one problem, one message.
const server = app.listen(0, '127.0.0.1')
await once(server, 'listening')
for (const id of [...Array(20).keys()].map((index) => 1001 + index).concat('none'))
  await fetch(`http://127.0.0.1:${server.address().port}/orders/${id}/pay`, {
    headers: { 'x-request-id': `order-${id}` },
  })
server.close()
server.closeAllConnections()
