// A service that never logs an error: what is there for that must not wait for the first one.
import { describe, expect, it } from 'vitest'
import { runProgram } from '../../e2e/app.ts'

const adapters = {
  target: `
    import pino from 'pino'
    import { alertTransport } from 'pino-alert-transport'
    const open = (options) => { const transport = alertTransport(options); pino({ transport }); return transport }
  `,
  stream: `
    import pino from 'pino'
    import { alertStream } from 'pino-alert-transport'
    const open = (options) => { const transport = alertStream(options, { write() {} }); pino({}, transport); return transport }
  `,
  winston: `
    import winston from 'winston'
    import { AlertTransport } from 'winston-alert-transport'
    const open = (options) => { const transport = new AlertTransport(options); winston.createLogger({ transports: [transport] }); return transport }
  `,
}

/** Ends with the first request or internal error. `options` may name `url` for the requests. */
const program = (adapter: keyof typeof adapters, options: string) => `
  import { createServer } from 'node:http'
  ${adapters[adapter]}
  const end = (word) => { console.log(word); process.exit() }
  const server = createServer(({ method }, response) => { response.end(); end(method) })
  // A moment later, when nothing else happens: the application does not turn its event loop for us.
  server.listen(0, '127.0.0.1', () => setTimeout(() => {
    const url = 'http://127.0.0.1:' + server.address().port
    const transport = open(${options})
    transport.on('alert', ({ type, code }) => type === 'error' && end(code))
  }, 100))
  setTimeout(() => end('nothing came'), 30_000)
`

describe.each(['target', 'stream', 'winston'] as const)(
  'a service that logs nothing, adapter %s',
  (adapter) => {
    it.each([
      ['gives its sign of life', `{ heartbeat: { url, every: '1s' } }`, 'GET'],
      [
        'is reported when expected records are absent',
        `{ channels: { hook: { type: 'webhook', url } }, rules: [{ name: 'nightly job', match: { job: 'ok' }, when: { absent: '1s' }, severity: 'critical' }] }`,
        'POST',
      ],
      // prom-client is not installed there.
      ['serves its metrics', `{ metrics: { port: 0 } }`, 'ALERT_METRICS_UNUSABLE'],
    ])('%s', async (_name, options, word) => {
      const { stdout } = await runProgram(program(adapter, options))
      expect(stdout).toBe(`${word}\n`)
    })
  },
)
