// One process: logs `total` error records against a provider that never answers, and prints how far its
// memory grew.
import { contestants } from '../contestants/index.mjs'

const [name, total, url, smtpPort] = process.argv.slice(2)
const logger = await contestants[name]({ url, smtpPort: Number(smtpPort), destination: 'null' })
const isPino = logger.levels?.values !== undefined
process.on('uncaughtException', () => {})
let most = 0

/** Logs so many records, and looks at the memory now and then. */
async function log(count) {
  for (let n = 1; n <= count; n++) {
    write(n)
    if (n % 200 === 0) await new Promise(setImmediate)
    if (n % 10_000 === 0) most = Math.max(most, process.memoryUsage.rss())
  }
  most = Math.max(most, process.memoryUsage.rss())
}

function write(n) {
  const err = new Error(`connect ECONNREFUSED 10.0.0.${n % 256}:5432`)
  if (isPino) logger.error({ err, requestId: `req-${n}` }, `order ${n} could not be saved`)
  else logger.error(`order ${n} could not be saved`, { err, requestId: `req-${n}` })
}

// The worker's start with the first error, and code compiled on its first run, do not count as growth.
await log(5_000)
await new Promise((resolve) => setTimeout(resolve, 1_500))
await log(5_000)
const before = process.memoryUsage.rss()
most = before
await log(Number(total))
console.log(JSON.stringify({ mib: (most - before) / 1024 / 1024 }))
process.exit(0)
