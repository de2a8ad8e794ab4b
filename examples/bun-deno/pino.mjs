// The same program for Bun, Deno and Node.js, with pino.
import pino from 'pino'
import { alertStream } from 'pino-alert-transport'

const alerts = alertStream({
  service: 'ledger',
  // Without a channel alerts appear as cards on stderr.
  channels: process.env.SLACK_URL ? { slack: { url: '${SLACK_URL}' } } : {},
})
const logger = pino({}, alerts)

// Deno ends at an error that no code catches, without an 'exit' event: what is pending is sent before.
process.on('uncaughtException', (error) => {
  logger.fatal(error)
  process.exit(1)
})

for (let row = 1; row <= 10; row += 1)
  logger.error(new Error(`row ${row} differs by ${row * 3}`), 'ledger differs')
