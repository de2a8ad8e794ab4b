// A worker of BullMQ: a job that failed for good is logged with its id, and alerted.
import { setTimeout } from 'node:timers/promises'
import { Queue, Worker } from 'bullmq'
import pino from 'pino'

const logger = pino({
  transport: {
    targets: [
      { target: 'pino/file', options: { destination: 1 } },
      {
        target: 'pino-alert-transport',
        options: {
          service: 'shop',
          // Without a channel alerts appear as cards on stderr.
          channels: process.env.SLACK_URL ? { slack: { url: '${SLACK_URL}' } } : {},
        },
      },
    ],
  },
})

const connection = { url: process.env.REDIS_URL ?? 'redis://127.0.0.1:6379', maxRetriesPerRequest: null }
const queue = new Queue('payments', { connection })
const worker = new Worker(
  'payments',
  async ({ data: { order } }) => {
    throw new Error(`card gateway timeout for order ${order}`)
  },
  { connection },
)
worker.on('failed', (job, err) => {
  // BullMQ tries the job again until its attempts are used up: only then it is a problem.
  const level = (job?.attemptsMade ?? 1) < (job?.opts.attempts ?? 1) ? 'warn' : 'error'
  logger[level]({ err, jobId: job?.id, queue: worker.name, job: job?.name }, 'job failed')
})
// Without this listener BullMQ throws what goes wrong outside of jobs, such as a lost connection.
worker.on('error', (err) => logger.error({ err, queue: worker.name }, 'queue failed'))

// Twenty jobs fail twice each: one problem, one message.
for (let order = 1001; order <= 1020; order += 1) await queue.add('pay', { order }, { attempts: 2 })
while ((await queue.getFailedCount()) < 20) await setTimeout(50)
await worker.close()
await queue.obliterate({ force: true })
await queue.close()
