// winston with the formats people use: the console in colour, a file in JSON, alerts for people. Whatever a
// format does to a line, the alert is made of what was logged.

import winston from 'winston'
import { AlertTransport } from 'winston-alert-transport'

const { combine, colorize, errors, json, printf, splat, timestamp } = winston.format

const logger = winston.createLogger({
  level: 'info',
  format: combine(errors({ stack: true }), splat(), timestamp()),
  transports: [
    new winston.transports.Console({
      format: combine(
        colorize(),
        printf(({ timestamp: at, level, message }) => `${at} ${level} ${message}`),
      ),
    }),
    new winston.transports.File({ filename: './service.log', format: json() }),
    new AlertTransport({
      level: 'error',
      service: 'mailer',
      // Without a channel alerts appear as cards on stderr.
      channels: process.env.SLACK_URL ? { slack: { url: '${SLACK_URL}' } } : {},
    }),
  ],
})

logger.info('sending %d letters', 10)
const letters = logger.child({ job: 'newsletter' })
// The error as a field: splat() takes one that stands alone behind a %d apart before any transport sees it.
for (let letter = 1; letter <= 10; letter += 1)
  letters.error('letter %d not sent', letter, { err: new Error(`550 mailbox ${letter} is full`) })
logger.end()
