// One process: imports an adapter, starts its worker, and prints how long that took until the worker was up,
// with the CPU time of both threads.
const [what, url] = process.argv.slice(2)
// Never sent: the message waits.
const options = { channels: { hook: { type: 'webhook', url: 'http://127.0.0.1:9/hook', wait: '1h' } } }
const noOp = new URL('../contestants/no-op.mjs', import.meta.url).href

const starts = {
  'pino + no-op target': () => startTarget(noOp, {}),
  'pino + pino-alert-transport target': () => startTarget('pino-alert-transport', options),
  'pino + alertStream': async () => {
    const { default: pino } = await import('pino')
    const { alertStream } = await import('pino-alert-transport')
    const stream = alertStream(options, { write() {} })
    pino(stream).error('first')
    await stream.stats()
  },
  'winston-alert-transport': startWinston,
  'winston-alert-transport, winston loaded before': startWinston,
  'handler: pino + one fetch': async () => {
    const { default: pino } = await import('pino')
    pino({}, { write() {} }).error('first')
    const response = await fetch(`${url}/hook`, { method: 'POST', body: '{}' })
    await response.text()
  },
  'handler: pino + alertStream': () => handle({}),
  "handler: pino + alertStream, runIn 'inline'": () => handle({ runIn: 'inline' }),
  'handler: winston-alert-transport': async () => {
    const { default: winston } = await import('winston')
    const { AlertTransport } = await import('winston-alert-transport')
    const transport = new AlertTransport(toEndpoint())
    winston.createLogger({ transports: [transport] }).error('first')
    await transport.flush()
  },
}

if (what.endsWith('before')) await import('winston')
const before = process.cpuUsage()
const started = performance.now()
await starts[what]()
const ms = performance.now() - started
const { user, system } = process.cpuUsage(before)
console.log(JSON.stringify({ ms, cpuMs: (user + system) / 1000 }))
process.kill(process.pid, 'SIGKILL')

async function startTarget(target, given) {
  const { default: pino } = await import('pino')
  const stream = pino.transport({ target, options: given })
  pino(stream).error('first')
  await new Promise((resolve) => stream.once('ready', resolve))
}

async function startWinston() {
  const { AlertTransport } = await import('winston-alert-transport')
  const transport = new AlertTransport(options)
  transport.write({ level: 'error', message: 'first', [Symbol.for('level')]: 'error' })
  await transport.stats()
}

async function handle(more) {
  const { default: pino } = await import('pino')
  const { alertStream } = await import('pino-alert-transport')
  const stream = alertStream({ ...toEndpoint(), ...more }, { write() {} })
  pino({}, stream).error('first')
  await stream.flush()
}

function toEndpoint() {
  return { channels: { hook: { type: 'webhook', url: `${url}/hook` } } }
}
