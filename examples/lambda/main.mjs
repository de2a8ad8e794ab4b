// An AWS Lambda function with pino-lambda. Between two invocations the process is frozen: each sends what it
// has to say before it returns.
import pino from 'pino'
import { alertStream } from 'pino-alert-transport'
import { GlobalContextStorageProvider, lambdaRequestTracker, pinoLambdaDestination } from 'pino-lambda'

const alerts = alertStream(
  {
    service: 'shop',
    // Lambda has no time for a worker that sleeps and wakes: everything happens in the invocation.
    runIn: 'inline',
    // Without a channel alerts appear as cards on stderr.
    channels: process.env.SLACK_URL ? { slack: { url: '${SLACK_URL}' } } : {},
  },
  pinoLambdaDestination(),
)
// pino-lambda adds the id of the request to the line that it writes; the mixin adds it to that of the alert.
const logger = pino({ mixin: () => GlobalContextStorageProvider.getContext() }, alerts)
const withRequest = lambdaRequestTracker()

export async function handler(event, context) {
  withRequest(event, context)
  try {
    return await pay(event)
  } catch (err) {
    logger.error({ err }, 'payment failed')
    return { statusCode: 500 }
  } finally {
    await alerts.flush()
  }
}

async function pay({ order }) {
  throw new Error(`card gateway timeout for order ${order}`)
}

// Lambda calls the handler. Here the process ends right after one invocation.
const id = '6bc28136-xmpl-4365-b021-0ce6b2e64ab0'
const answer = await handler({ order: 1001 }, { awsRequestId: id })
process.stdout.write(`${JSON.stringify(answer)}\n`)
process.exit()
