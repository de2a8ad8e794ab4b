// One process: logs a fatal record when it is asked to, and says at which moment of the machine's clock.
import { contestants } from '../contestants/index.mjs'

const [name, url] = process.argv.slice(2)
const channels = { hook: { type: 'webhook', url: `${url}/hook`, wait: 0, interval: 0, limit: [] } }
const logger = await contestants[name]({ url, destination: 'null', more: { channels } })
const isPino = logger.levels?.values !== undefined

process.on('message', ({ n }) => {
  const err = new Error(`latency-${n}- connect ECONNREFUSED 127.0.0.1:5432`)
  // Each a problem of its own: a reminder may wait.
  const alert = { key: `latency-${n}-` }
  const at = process.hrtime.bigint()
  if (isPino) logger.fatal({ err, alert }, `latency-${n}- payment failed`)
  else logger.error(`latency-${n}- payment failed`, { err, alert: { ...alert, severity: 'critical' } })
  process.send({ logged: true, at: `${at}` })
})
// The worker has started and connected by then, as in a service that is up.
setTimeout(() => process.send({ ready: true }), 1_000)
