// One process: logs a fatal record when it is asked to, and says at which moment of the machine's clock.
import { contestants } from '../contestants/index.mjs'
import { steadyMs } from '../lib/marks.mjs'

const [name, url] = process.argv.slice(2)
const channels = { hook: { type: 'webhook', url: `${url}/hook`, wait: 0, interval: 0, limit: [] } }
// More new alerts than these in half a minute are a storm, and are sent together.
const callsOfLogger = 20
let logger = await createLogger(0)

function createLogger(number) {
  const more = { channels, service: `bench-${number}` }
  return contestants[name]({ url, destination: 'null', more })
}

process.on('message', async ({ n }) => {
  if (n > 0 && n % callsOfLogger === 0) logger = await createLogger(n / callsOfLogger)
  const err = new Error(`latency-${n}- connect ECONNREFUSED 127.0.0.1:5432`)
  // Each a problem of its own: a reminder may wait.
  const alert = { key: `latency-${n}-` }
  const isPino = logger.levels?.values !== undefined
  const at = steadyMs()
  if (isPino) logger.fatal({ err, alert }, `latency-${n}- payment failed`)
  else logger.error(`latency-${n}- payment failed`, { err, alert: { ...alert, severity: 'critical' } })
  process.send({ logged: true, at })
})
// The worker has started and connected by then, as in a service that is up.
setTimeout(() => process.send({ ready: true }), 1_000)
