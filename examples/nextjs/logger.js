// The logger of all server code.
import pino from 'pino'
import { alertStream } from 'pino-alert-transport'

export const logger = pino(
  {},
  alertStream({
    service: 'shop',
    // Next.js ends at SIGTERM: what is pending is sent before.
    handleSignals: true,
    // Without a channel alerts appear as cards on stderr.
    channels: process.env.SLACK_URL ? { slack: { url: '${SLACK_URL}' } } : {},
  }),
)
