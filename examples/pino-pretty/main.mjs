// Three targets of one logger: pretty lines for the developer, a file for the collector, alerts for people.
import pino from 'pino'

const logger = pino({
  level: 'info',
  transport: {
    targets: [
      { target: 'pino-pretty', options: { destination: 1 } },
      { target: 'pino/file', options: { destination: './service.log' } },
      {
        target: 'pino-alert-transport',
        level: 'error',
        options: {
          service: 'ledger',
          // Without a channel alerts appear as cards on stderr.
          channels: process.env.SLACK_URL ? { slack: { url: '${SLACK_URL}' } } : {},
        },
      },
    ],
  },
})

logger.info('closing the day')
for (let account = 7001; account <= 7010; account += 1) {
  const err = new Error(`account ${account} differs by ${account % 7} cents`)
  logger.error({ err, requestId: `close-${account}` }, 'ledger differs')
}
logger.info('closed')
