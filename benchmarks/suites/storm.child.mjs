// One process: logs error records of 700 bytes with stacks as fast as pino can produce them, or so many a
// second, through our target or another one; prints how long each side was busy, how far the worker was
// behind, and what it counted.
import pino from 'pino'
import { alertTransport } from 'pino-alert-transport'
import { busiestOther, busyFor } from '../lib/busy.mjs'

const [what, total, url, perSecond] = process.argv.slice(2)
const isOurs = what === 'ours'
const hook = (name) => ({ type: 'webhook', url: `${url}/${name}` })
const transport = isOurs
  ? alertTransport({
      service: 'bench',
      channels: { one: hook('one'), two: hook('two'), three: hook('three') },
    })
  : { target: new URL(`../contestants/${what}.mjs`, import.meta.url).href }
const stream = pino.transport(transport)
const logger = pino(stream)
const err = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5432'), { code: 'ECONNREFUSED' })
err.stack = `Error: connect ECONNREFUSED 127.0.0.1:5432
    at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1611:16)
    at save (/srv/app/src/orders/save.js:42:11)
    at async handler (/srv/app/src/routes/orders.js:17:5)
    at async next (/srv/app/node_modules/koa/lib/application.js:163:7)
    at async /srv/app/src/server.js:88:3`

// thread-stream counts the bytes that its shared buffer has no room for, under a symbol.
const inside = Object.getOwnPropertySymbols(stream).find((symbol) => symbol.description === 'kImpl')
const behind = () => stream[inside]?.bufLen ?? Number.NaN
const startedAt = performance.now()
const most = [0, 0]

async function produce(count) {
  for (let n = 1; n <= count; n++) {
    logger.error({ err, requestId: `req-${n}` }, `order ${n} could not be saved`)
    if (n % 100 !== 0) continue
    const half = n > count / 2 ? 1 : 0
    most[half] = Math.max(most[half], behind())
    await new Promise(setImmediate)
    while (perSecond !== undefined && n > ((performance.now() - startedAt) * Number(perSecond)) / 1000)
      await new Promise((resolve) => setTimeout(resolve, 1))
  }
}
const allTaken = () => new Promise((resolve) => logger.flush(resolve))

if (perSecond === undefined) {
  await produce(50_000)
  await allTaken()
  most.fill(0)
}
const started = performance.now()
let mainUs
const workerUs = await busiestOther(async () => {
  mainUs = await busyFor(() => produce(Number(total)))
  await allTaken()
})
const takenMs = performance.now() - started
const stats = isOurs ? await transport.stats() : undefined
const line = {
  mainUs: mainUs / total,
  workerUs: workerUs / total,
  takenMs,
  behind: most,
  matched: stats?.matched,
}
console.log(JSON.stringify(line))
if (isOurs) await transport.close()
process.exit(0)
