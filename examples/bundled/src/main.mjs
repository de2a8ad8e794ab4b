// The service that is bundled: nothing in it knows of the bundle.
import pino from 'pino'

const logger = pino({
  transport: {
    targets: [
      { target: 'pino/file', options: { destination: 1 } },
      {
        target: 'pino-alert-transport',
        level: 'error',
        options: {
          service: 'edge',
          // Without a channel alerts appear as cards on stderr.
          channels: process.env.SLACK_URL ? { slack: { url: '${SLACK_URL}' } } : {},
        },
      },
    ],
  },
})

for (let tile = 1; tile <= 10; tile += 1)
  logger.error(new Error(`tile ${tile} could not be drawn`), 'drawing failed')
