// A service that logs with pino, in three processes: their database refuses connections. In the first one a
// payment callback is rejected, then it crashes; the others end.
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import pino from 'pino'
import { alertTransport } from 'pino-alert-transport'
import { databaseDown } from './database-down.mjs'

// Where the inbox of the demo listens; an application writes '${SLACK_URL}' and the like here.
const inbox = JSON.parse(process.env.INBOX_CHANNELS)
const [records, name] = process.argv.slice(2)

const transport = alertTransport({
  service: 'orders',
  env: 'demo',
  process: name,
  // The processes share it: one of them notifies for all.
  state: { dir: process.env.STATE },
  // All three end at about the same time, and the last one sends what is left.
  closeTimeout: '9s',
  channels: {
    ops: { type: 'email', ...inbox.email, to: ['ops'] },
    chat: { type: 'slack', ...inbox.slack },
    oncall: { type: 'dingtalk', ...inbox.dingtalk, minSeverity: 'critical' },
    gateway: { type: 'webhook', ...inbox.webhook, match: { code: 'PAYMENT_CALLBACK_REJECTED' } },
  },
  recipients: { ops: ['ops@example.com'] },
  trace: { url: 'https://trace.example.com/{traceId}' },
})
const logger = pino({ transport })
// It resolves once it is known which process notifies.
await transport.flush()
process.send({ isReady: true })
await once(process, 'message')

await databaseDown(Number(records), (err, { orderId, requestId, ip, ms }) => {
  logger.error({ err, requestId }, `order ${orderId} from ${ip} not saved after ${ms} ms`)
  if (orderId % 100 === 0) process.send({ logged: 100 })
})
process.send({ isDone: true })
await once(process, 'message')

if (name === 'orders-1') {
  logger.error(
    {
      alert: { code: 'PAYMENT_CALLBACK_REJECTED', severity: 'critical' },
      requestId: randomUUID(),
      traceId: randomUUID().replaceAll('-', ''),
      card: '4111 1111 1111 1111',
    },
    'payment callback rejected: signature differs',
  )
  process.send({ logged: 1 })

  logger.fatal(new Error('out of connections, giving up'), 'orders is going down')
  process.send({ logged: 1 }, () => process.exit(1))
} else {
  process.disconnect()
}
