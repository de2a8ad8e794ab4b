// What each worker of the cluster runs.
import { once } from 'node:events'
import { createServer } from 'node:http'
import pino from 'pino'
import { alertTransport } from 'pino-alert-transport'
import { pinoHttp } from 'pino-http'

const { ALERTS, SLACK_URL, WORKER } = process.env

export async function serve() {
  const alerts = alertTransport({
    service: 'shop',
    process: WORKER,
    // The workers share this directory: together they send one message, with the count of all.
    state: { dir: ALERTS },
    // The primary ends a worker by SIGTERM: what is pending is sent before.
    handleSignals: true,
    // Without a channel alerts appear as cards on stderr.
    channels: SLACK_URL ? { slack: { url: '${SLACK_URL}' } } : {},
  })
  const targets = [{ target: 'pino/file', options: { destination: 1 } }, alerts]
  const logRequest = pinoHttp({ logger: pino({ transport: { targets } }) })
  // It resolves once it is known which worker notifies.
  await alerts.flush()

  const server = createServer((request, response) => {
    logRequest(request, response)
    const order = request.url.split('/')[2]
    response.statusCode = order === 'none' ? 404 : 500
    // pino-http logs this error with the request.
    response.err = new Error(order === 'none' ? 'no such order' : `card gateway timeout for order ${order}`)
    response.setHeader('connection', 'close')
    response.end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  process.send(server.address())
}
