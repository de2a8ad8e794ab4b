// One process of the service. All of them have the same options but for their name.
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import pino from 'pino'
import { alertTransport } from 'pino-alert-transport'

const { ALERTS, REDIS_URL, SLACK_URL, WORKER } = process.env

const people = SLACK_URL ? { type: 'slack', url: '${SLACK_URL}' } : { type: 'console' }
const transport = alertTransport({
  service: 'checkout',
  process: WORKER,
  state: REDIS_URL ? { redis: '${REDIS_URL}' } : { dir: ALERTS },
  // All that is logged until the last process ends is in one message, however busy the machine is.
  channels: { people: { ...people, wait: '1m' } },
})
const logger = pino({ transport })
// Until it is known which process notifies.
const isStarting = async () => ['starting', undefined].includes((await transport.stats()).fleet?.role)
while (await isStarting()) await sleep(50)
process.send('ready')

await once(process, 'message')
for (let order = 1; order <= 5; order++)
  logger.error({ err: new Error('connect ECONNREFUSED 10.0.0.7:5432') }, `order ${order} not saved`)
process.send('logged')

await once(process, 'message')
await transport.close()
process.disconnect()
