// An error that carries more than the 8 Mi characters that wait for a worker at most.
import { expect, it } from 'vitest'
import { inSoak } from '../soak.ts'
import { runProgram, unhurried, type WebhookBody } from './app.ts'
import { openMoodyServer } from './moody-server.ts'

/** Each makes `log(level, text, fields)`. */
const adapters = {
  target: (options: object) => `
    import pino from 'pino'
    const logger = pino({ transport: { target: 'pino-alert-transport', options: ${JSON.stringify(options)} } })
    const log = (level, text, fields) => logger[level](fields, text)
  `,
  stream: (options: object) => `
    import pino from 'pino'
    import { alertStream } from 'pino-alert-transport'
    const logger = pino({}, alertStream(${JSON.stringify(options)}, { write() {} }))
    const log = (level, text, fields) => logger[level](fields, text)
  `,
  winston: (options: object) => `
    import winston from 'winston'
    import { AlertTransport } from 'winston-alert-transport'
    const logger = winston.createLogger({ transports: [new AlertTransport(${JSON.stringify(options)})] })
    const log = (level, text, fields) => logger[level](text, fields)
  `,
}

const program = `
  const rows = Array.from({ length: 9_000 }, (_, id) => ({ id, text: 'x'.repeat(1_000) }))
  const err = Object.assign(new Error('Request failed with status code 502'), {
    code: 'ERR_BAD_RESPONSE',
    response: { status: 502, data: { rows } },
  })
  const behind = { team: 'pay', order: { area: 'checkout' }, requestId: 'r-1' }
  const lines = [
    ['error', 'charge failed', { err, ...behind }],
    ['error', 'not to be sent', { err, ...behind, alert: false }],
    ['info', 'sent for its code', { err, ...behind, alert: 'PAYMENT' }],
  ]
  const [level, text, fields] = lines[Number(process.argv[2])]
  log(level, text, fields)
`

const cases = [
  ['target', 'worker'],
  ['stream', 'worker'],
  ['stream', 'inline'],
  ['winston', 'worker'],
  ['winston', 'inline'],
] as const

it.each(inSoak(cases, [cases[0], cases[4]] as const))(
  'an error of 9 million characters by the adapter %s with runIn: %s leaves what decides about the alert',
  async (adapter, runIn) => {
    const server = await openMoodyServer()
    const hook = { type: 'webhook', url: server.url, wait: 0, interval: 0, minSeverity: 'info' }
    const options = unhurried({
      service: 'shop',
      ...(adapter === 'target' ? {} : { runIn }),
      channels: {
        pay: { ...hook, match: { team: 'pay' } },
        other: { ...hook, match: { team: 'other' } },
      },
      rules: [{ name: 'checkout', match: { 'order.area': 'checkout' }, severity: 'critical' }],
    })
    for (const line of ['0', '1', '2']) {
      const ended = await runProgram(`${adapters[adapter](options)}${program}`, { args: [line] })
      expect(ended).toMatchObject({ code: 0, stderr: '' })
    }
    expect(server.posts.map(briefly)).toEqual([
      'pay: checkout, charge failed, ERR_BAD_RESPONSE, r-1, cut',
      'pay: checkout, sent for its code, PAYMENT, r-1, cut',
    ])
    await server.close()
  },
)

function briefly(post: WebhookBody): string {
  const { channel, text } = post as never as Record<string, string>
  const [alert] = post.alerts as readonly Record<string, unknown>[]
  const { rule, headline, code, requestId } = alert!
  const cut = text!.includes('Record: cut, as it ') ? 'cut' : 'whole'
  return `${channel}: ${rule}, ${headline}, ${code}, ${requestId}, ${cut}`
}
