// A service for a container: its alerting is configured by the file that ALERT_CONFIG names.
import { once } from 'node:events'
import express from 'express'
import pino from 'pino'
import { alertStream } from 'pino-alert-transport'
import { pinoHttp } from 'pino-http'

const { ALERT_CONFIG, PORT = '0', SLACK_URL } = process.env

const alerts = alertStream({
  // Process 1 gets a SIGTERM from `docker stop` and from the kubelet: what is pending is sent before the end.
  handleSignals: true,
  // The same file, looked at again: a change of the ConfigMap needs no restart.
  ...(ALERT_CONFIG && { reload: { file: ALERT_CONFIG } }),
  // Without a channel alerts appear as cards on stderr.
  ...(SLACK_URL && { channels: { slack: { url: '${SLACK_URL}' } } }),
})

const app = express()
// A probe asks whether this service can answer. A restart would not repair what it depends on.
app.get('/healthz', (_request, response) => response.send('ok'))
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

const server = app.listen(Number(PORT), '0.0.0.0')
await once(server, 'listening')
console.log(`listening on ${server.address().port}`)
