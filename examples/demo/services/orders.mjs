// A service that logs with pino: its database refuses connections, a payment callback is rejected, then it
// crashes.
import { randomUUID } from 'node:crypto'
import pino from 'pino'
import { databaseDown } from './database-down.mjs'

// Where the inbox of the demo listens; an application writes '${SLACK_URL}' and the like here.
const inbox = JSON.parse(process.env.INBOX_CHANNELS)

const logger = pino({
  transport: {
    target: 'pino-alert-transport',
    options: {
      service: 'orders',
      env: 'demo',
      channels: {
        ops: { type: 'email', ...inbox.email, to: ['ops'] },
        chat: { type: 'slack', ...inbox.slack },
        oncall: { type: 'dingtalk', ...inbox.dingtalk, minSeverity: 'critical' },
        gateway: { type: 'webhook', ...inbox.webhook, match: { code: 'PAYMENT_CALLBACK_REJECTED' } },
      },
      recipients: { ops: ['ops@example.com'] },
      trace: { url: 'https://trace.example.com/{traceId}' },
    },
  },
})

const records = Number(process.argv[2])
await databaseDown(records, (err, { orderId, requestId, ip, ms }) => {
  logger.error({ err, requestId }, `order ${orderId} from ${ip} not saved after ${ms} ms`)
  if (orderId % 100 === 0) process.send?.({ logged: 100 })
})

logger.error(
  {
    alert: { code: 'PAYMENT_CALLBACK_REJECTED', severity: 'critical' },
    requestId: randomUUID(),
    traceId: randomUUID().replaceAll('-', ''),
    card: '4111 1111 1111 1111',
  },
  'payment callback rejected: signature differs',
)
process.send?.({ logged: 1 })

logger.fatal(new Error('out of connections, giving up'), 'orders is going down')
process.send?.({ logged: 1 }, () => process.exit(1))
