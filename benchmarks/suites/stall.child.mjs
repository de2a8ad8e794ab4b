// One process: a winston logger whose other transport counts what reaches it, while the provider hangs.
import { Writable } from 'node:stream'
import winston from 'winston'
import { contestants } from '../contestants/index.mjs'

const [name, total, url, smtpPort] = process.argv.slice(2)
let seen = 0
const logger = await contestants[name]({ url, smtpPort: Number(smtpPort) })
logger.add(
  new winston.transports.Stream({
    stream: new Writable({
      objectMode: true,
      write: (_line, _encoding, done) => {
        seen++
        done()
      },
    }),
  }),
)
process.on('uncaughtException', () => {})
for (let n = 1; n <= Number(total); n++) {
  logger.error(`order ${n} could not be saved`, { requestId: `req-${n}` })
  if (n % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 1))
}
await new Promise((resolve) => setTimeout(resolve, 1_000))
console.log(JSON.stringify({ seen }))
process.exit(0)
