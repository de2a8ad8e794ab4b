// One process: logs `total` error records against a provider that never answers, and prints how far its memory grew.
import { contestants } from '../contestants/index.mjs'

const [name, total, url, smtpPort] = process.argv.slice(2)
const logger = await contestants[name]({ url, smtpPort: Number(smtpPort), destination: 'null' })
const isPino = logger.levels?.values !== undefined
process.on('uncaughtException', () => {})
await new Promise((resolve) => setTimeout(resolve, 500))
const before = process.memoryUsage().rss
let most = before
for (let n = 1; n <= Number(total); n++) {
  const err = new Error(`connect ECONNREFUSED 10.0.0.${n % 256}:5432`)
  if (isPino) logger.error({ err, requestId: `req-${n}` }, `order ${n} could not be saved`)
  else logger.error(`order ${n} could not be saved`, { err, requestId: `req-${n}` })
  if (n % 200 === 0) await new Promise(setImmediate)
  if (n % 20_000 === 0) most = Math.max(most, process.memoryUsage().rss)
}
console.log(JSON.stringify({ mib: (most - before) / 1024 / 1024 }))
process.exit(0)
