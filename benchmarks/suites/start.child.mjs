// One process: imports a door, starts its worker, and prints when the worker took its first line.
const [what, url] = process.argv.slice(2)
const started = performance.now()
let flush
if (what === 'winston-alert-transport') {
  const { AlertTransport } = await import('winston-alert-transport')
  const transport = new AlertTransport({
    channels: { hook: { type: 'webhook', url: `${url}/hook`, wait: '1h' } },
  })
  transport.write({ level: 'error', message: 'first', [Symbol.for('level')]: 'error' })
  flush = () => transport.stats()
} else {
  const { default: pino } = await import('pino')
  const target = what === 'no-op target' ? new URL('../contestants/no-op.mjs', import.meta.url).href : what
  const stream = pino.transport({
    target,
    options:
      what === 'no-op target'
        ? {}
        : { channels: { hook: { type: 'webhook', url: `${url}/hook`, wait: '1h' } } },
  })
  const logger = pino(stream)
  logger.error('first')
  flush = () => new Promise((resolve) => stream.once('ready', resolve))
}
await flush()
const ms = performance.now() - started
const { user, system } = process.cpuUsage()
console.log(JSON.stringify({ ms, cpuMs: (user + system) / 1000 }))
process.kill(process.pid, 'SIGKILL')
