// A service that logs with winston: the same dead database, and a nightly job that fails again and again.
import { setTimeout as sleep } from 'node:timers/promises'
import winston from 'winston'
import { AlertTransport } from 'winston-alert-transport'
import { databaseDown } from './database-down.mjs'

// Where the inbox of the demo listens; an application writes '${WECOM_KEY}' and the like here.
const inbox = JSON.parse(process.env.INBOX_CHANNELS)

const logger = winston.createLogger({
  transports: [
    new AlertTransport({
      service: 'billing',
      env: 'demo',
      channels: {
        ops: { type: 'email', ...inbox.email, to: ['ops'] },
        chat: { type: 'wecom', ...inbox.wecom },
      },
      recipients: { ops: ['ops@example.com'] },
      rules: [
        {
          name: 'job failed',
          match: { event: 'job.failed' },
          groupBy: ['job'],
          summary: 'Job {job} failed {times}',
        },
      ],
    }),
  ],
})

const records = Number(process.argv[2])
await databaseDown(records, (error, { orderId, requestId, ip }) => {
  logger.error(`invoice ${orderId} for ${ip} not written`, { err: error, requestId })
  if (orderId % 100 === 0) process.send?.({ logged: 100 })
})

for (const attempt of [1, 2, 3]) {
  logger.warn(`attempt ${attempt}: 3 ledgers differ`, {
    event: 'job.failed',
    job: 'nightly-settlement',
    attempt,
  })
  process.send?.({ logged: 1 })
  await sleep(200)
}
logger.end()
process.disconnect?.()
