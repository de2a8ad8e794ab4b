// The same program for Bun, Deno and Node.js, with winston.
import winston from 'winston'
import { AlertTransport } from 'winston-alert-transport'

const alerts = new AlertTransport({
  service: 'mailer',
  // Without a channel alerts appear as cards on stderr.
  channels: process.env.SLACK_URL ? { slack: { url: '${SLACK_URL}' } } : {},
})
const logger = winston.createLogger({ transports: [new winston.transports.Console(), alerts] })

// Deno ends at an error that no code catches, without an 'exit' event: what is pending is sent before.
process.on('uncaughtException', (error) => {
  logger.error('the process ends', error)
  process.exit(1)
})

for (let letter = 1; letter <= 10; letter += 1)
  logger.error(`letter ${letter} not sent`, new Error('connect ECONNREFUSED 10.0.0.9:25'))
