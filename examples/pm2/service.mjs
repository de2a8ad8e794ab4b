// One instance of the service. PM2 numbers them in NODE_APP_INSTANCE, which messages show.
import { createServer } from 'node:http'
import pino from 'pino'
import { alertTransport } from 'pino-alert-transport'
import { pinoHttp } from 'pino-http'

const { ALERTS, PORT, SLACK_URL } = process.env

const alerts = alertTransport({
  service: 'shop',
  // The instances share this directory: together they send one message, with the count of all.
  state: { dir: ALERTS ?? '/var/lib/shop/alerts' },
  // PM2 ends an instance by SIGINT: what is pending is sent before.
  handleSignals: true,
  // Without a channel alerts appear as cards on stderr.
  channels: SLACK_URL ? { slack: { url: '${SLACK_URL}' } } : {},
})
const targets = [{ target: 'pino/file', options: { destination: 1 } }, alerts]
const logRequest = pinoHttp({ logger: pino({ transport: { targets } }) })
// It resolves once it is known which instance notifies.
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
server.listen(Number(PORT ?? 3000), '127.0.0.1', () => process.send?.('ready'))
