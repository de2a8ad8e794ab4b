// An express service with Sentry and alerts beside each other: Sentry collects each error with all that
// surrounds it, the alert notifies people once, and leads to the trace in Sentry.
import { once } from 'node:events'
import * as Sentry from '@sentry/node'
import express from 'express'
import pino from 'pino'
import { alertStream } from 'pino-alert-transport'
import { pinoHttp } from 'pino-http'

const alerts = alertStream({
  service: 'shop',
  trace: { url: 'https://example.sentry.io/explore/traces/trace/{traceId}/' },
  // Without a channel alerts appear as cards on stderr.
  channels: process.env.SLACK_URL ? { slack: { url: '${SLACK_URL}' } } : {},
})
// The trace that Sentry knows the request by.
const mixin = () => ({ traceId: Sentry.getActiveSpan()?.spanContext().traceId })

const app = express()
app.use(pinoHttp({ logger: pino({ mixin }, alerts) }))
app.get('/orders/:id/pay', (request) => {
  if (request.params.id === 'none') throw Object.assign(new Error('no such order'), { status: 404 })
  throw new Error(`card gateway timeout for order ${request.params.id}`)
})
Sentry.setupExpressErrorHandler(app)
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
await Sentry.close()

function visit(id) {
  return fetch(`http://127.0.0.1:${server.address().port}/orders/${id}/pay`)
}
