// A function of Vercel. The platform freezes the process after the answer, unless `waitUntil` has a promise
// that is still pending: alerts are sent behind the answer.
import { waitUntil } from '@vercel/functions'
import pino from 'pino'
import { alertStream } from 'pino-alert-transport'

const alerts = alertStream({
  service: 'shop',
  // No time for a worker that sleeps and wakes: everything happens in the invocation.
  runIn: 'inline',
  // Without a channel alerts appear as cards on stderr.
  channels: process.env.SLACK_URL ? { slack: { url: '${SLACK_URL}' } } : {},
})
const logger = pino({}, alerts)

export async function GET(request) {
  const req = { method: request.method, url: new URL(request.url).pathname }
  try {
    return Response.json(await pay(req.url))
  } catch (err) {
    logger.error({ err, req, requestId: request.headers.get('x-vercel-id') })
    return Response.json({ error: 'payment failed' }, { status: 500 })
  } finally {
    waitUntil(alerts.flush())
  }
}

async function pay(path) {
  throw new Error(`card gateway timeout for order ${path.split('/')[2]}`)
}
