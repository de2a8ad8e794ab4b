// One process: logs `calls` records, `share` of them errors, and prints the time of the main thread for each.

import { contestants } from '../contestants/index.mjs'
import { busyFor } from '../lib/busy.mjs'
import { amount } from '../lib/size.mjs'

const [name, calls, share, url, smtpPort, destination] = process.argv.slice(2)
const logger = await contestants[name]({ url, smtpPort: Number(smtpPort), destination })
const total = Number(calls)
const every = Number(share) === 0 ? Number.POSITIVE_INFINITY : Math.round(1 / Number(share))
// Each failure makes an error of its own, as in a service.
const failure = () =>
  Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5432'), { code: 'ECONNREFUSED' })
const isPino =
  typeof logger.child === 'function' &&
  typeof logger.fatal === 'function' &&
  logger.levels?.values !== undefined
const failInPino = (n) => logger.error({ err: failure(), requestId: `req-${n}` }, 'payment failed')
// As services that want the stack in their file log an error: winston takes over its message and stack.
const failWithStack = (n) =>
  logger.error('payment failed', Object.assign(failure(), { requestId: `req-${n}` }))
const failWithField = (n) => logger.error('payment failed', { err: failure(), requestId: `req-${n}` })
const failInWinston = destination === 'null' ? failWithField : failWithStack
const fail = isPino ? failInPino : failInWinston
const inform = isPino
  ? (n) => logger.info({ n, requestId: `req-${n}` }, 'request done')
  : (n) => logger.info('request done', { n, requestId: `req-${n}` })

async function run(count) {
  for (let n = 1; n <= count; n++) {
    if (n % every === 0) fail(n)
    else inform(n)
    // The loop turns as it does in a service: what a transport put off is done and counted too.
    if (n % 100 === 0) await new Promise(setImmediate)
  }
}

await new Promise((resolve) => setTimeout(resolve, 500))
await run(amount(10_000))
const busyUs = await busyFor(() => run(total))
console.log(JSON.stringify({ us: busyUs / total }))
process.exit(0)
