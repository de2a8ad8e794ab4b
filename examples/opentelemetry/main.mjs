// An express service under OpenTelemetry: the alert has the id of the trace, as a link to it.
import { once } from 'node:events'
import express from 'express'
import pino from 'pino'
import { alertStream } from 'pino-alert-transport'
import { pinoHttp } from 'pino-http'

const alerts = alertStream({
  service: 'shop',
  trace: { url: 'https://traces.example.com/trace/{traceId}' },
  // Without a channel alerts appear as cards on stderr.
  channels: process.env.SLACK_URL ? { slack: { url: '${SLACK_URL}' } } : {},
})

const app = express()
app.use(pinoHttp({ logger: pino({}, alerts) }))
app.get('/orders/:id/pay', (request) => {
  if (request.params.id === 'none') throw Object.assign(new Error('no such order'), { status: 404 })
  throw new Error(`card gateway timeout for order ${request.params.id}`)
})
app.use((error, _request, response, _next) => {
  // pino-http logs this error with the request.
  response.err = error
  response.status(error.status ?? 500).json({ error: 'payment failed' })
})

// Twenty customers try to pay, one asks for an unknown order: one problem, one message.
const server = app.listen(0, '127.0.0.1')
await once(server, 'listening')
for (let id = 1001; id <= 1020; id += 1) await visit(id)
await visit('none')
server.close()
server.closeAllConnections()

function visit(id) {
  return fetch(`http://127.0.0.1:${server.address().port}/orders/${id}/pay`)
}
