// One process: logs error records of 700 bytes with stacks as fast as pino can produce them, and prints its own rate and how long the worker was behind.
import pino from 'pino'
import { alertTransport } from 'pino-alert-transport'

const [total, url] = process.argv.slice(2)
const transport = alertTransport({
  service: 'bench',
  channels: { hook: { type: 'webhook', url: `${url}/hook` } },
})
const stream = pino.transport(transport)
const logger = pino(stream)
const err = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5432'), { code: 'ECONNREFUSED' })
err.stack = `Error: connect ECONNREFUSED 127.0.0.1:5432
    at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1611:16)
    at save (/srv/app/src/orders/save.js:42:11)
    at async handler (/srv/app/src/routes/orders.js:17:5)
    at async next (/srv/app/node_modules/koa/lib/application.js:163:7)
    at async /srv/app/src/server.js:88:3`
await transport.flush()
const started = performance.now()
let backlog = 0
for (let n = 1; n <= Number(total); n++) {
  logger.error({ err, requestId: `req-${n}` }, `order ${n} could not be saved`)
  if (n % 100 === 0) {
    await new Promise(setImmediate)
    backlog = Math.max(backlog, stream.writableLength ?? 0)
  }
}
const producedMs = performance.now() - started
await new Promise((resolve) => logger.flush(resolve))
const takenMs = performance.now() - started
const stats = await transport.stats()
console.log(JSON.stringify({ producedMs, takenMs, backlog, matched: stats?.matched }))
await transport.close()
process.exit(0)
