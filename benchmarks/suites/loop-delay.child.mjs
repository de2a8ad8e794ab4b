// One process: a steady rate of log calls, 1 % errors, while the provider hangs; prints the delay of the
// event loop.
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { contestants } from '../contestants/index.mjs'
import { isShort } from '../lib/size.mjs'

const [name, rate, url, smtpPort] = process.argv.slice(2)
const logger = await contestants[name]({ url, smtpPort: Number(smtpPort), destination: 'null' })
const forMs = isShort ? 300 : 3_000
const isPino = logger.levels?.values !== undefined
const err = new Error('connect ECONNREFUSED 127.0.0.1:5432')
process.on('uncaughtException', () => {})
await new Promise((resolve) => setTimeout(resolve, 1_000))
const delay = monitorEventLoopDelay({ resolution: 5 })
delay.enable()
const started = performance.now()
let n = 0
await new Promise((resolve) => {
  const timer = setInterval(() => {
    const due = ((performance.now() - started) * Number(rate)) / 1000
    // A contestant that cannot keep the rate stops after the same time.
    while (n < due && (n % 100 !== 0 || performance.now() - started < forMs)) {
      n++
      if (n % 100 !== 0) isPino ? logger.info({ n }, 'request done') : logger.info('request done', { n })
      else isPino ? logger.error({ err }, 'payment failed') : logger.error('payment failed', { err })
    }
    if (performance.now() - started < forMs) return
    clearInterval(timer)
    resolve()
  }, 5)
})
console.log(
  JSON.stringify({
    p99: delay.percentile(99) / 1e6,
    max: delay.max / 1e6,
    kept: (n * 1000) / (forMs * Number(rate)),
  }),
)
process.exit(0)
