import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { inSoak } from '../soak.ts'
import { type Inbox, openInbox, runInTime, unhurried, webhookBody } from './app.ts'

/** Each makes `log(level, text, fields)` and `end()`. */
const adapters = {
  target: (options: object) => `
    import pino from 'pino'
    const logger = pino({ level: 'debug', transport: { target: 'pino-alert-transport', options: ${JSON.stringify(unhurried(options))} } })
    const log = (level, text, fields) => logger[level](fields, text)
  `,
  stream: (options: object) => `
    import pino from 'pino'
    import { alertStream } from 'pino-alert-transport'
    const logger = pino({ level: 'debug' }, pino.multistream([alertStream(${JSON.stringify(unhurried(options))})]))
    const log = (level, text, fields) => logger[level](fields, text)
  `,
  winston: (options: object) => `
    import winston from 'winston'
    import { AlertTransport } from 'winston-alert-transport'
    const logger = winston.createLogger({ transports: [new AlertTransport(${JSON.stringify(unhurried(options))})] })
    const log = (level, text, fields) => logger[level](text, fields)
  `,
}

const program = `
  log('info', 'order 7 accepted', { requestId: 'req-7' })
  log('info', 'something else', {})
  log('debug', 'card <b>checked</b> with token=abcdef0123456789', { requestId: 'req-7' })
  log('error', 'payment failed', { requestId: 'req-7' })
`

describe.each(inSoak(['target', 'stream', 'winston'] as const, ['stream'] as const))(
  'with `context` the %s adapter',
  (adapter) => {
    let inbox: Inbox
    beforeAll(async () => {
      inbox = await openInbox()
    })
    beforeEach(() => inbox.clear())
    afterAll(() => inbox.close())

    it('brings the lower lines of the same request to a webhook, a mail and a chat', async () => {
      const { webhook, email, slack, dingtalk } = inbox.channels
      const options = {
        timeZone: 'UTC',
        context: { lines: 3 },
        channels: {
          hook: { ...webhook, type: 'webhook' },
          mail: { ...email, type: 'email', to: ['ops@example.com'] },
          slack,
          dingtalk,
        },
      }
      const ended = await runInTime(`${adapters[adapter](options)}${program}`)
      expect(ended.stderr).toBe('')
      expect(ended.code).toBe(0)
      const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
      const lines = [
        { time, level: 'info', text: 'order 7 accepted' },
        { time, level: 'debug', text: 'card <b>checked</b> with token=***' },
      ]
      const hook = inbox.received().find(({ provider }) => provider === 'webhook')
      expect(webhookBody(hook!).alerts[0]?.['logLines']).toEqual(lines)
      const others = inbox.received().filter(({ provider }) => provider !== 'webhook')
      expect(others.map(({ provider }) => provider).sort()).toEqual(['dingtalk', 'email', 'slack'])
      for (const { request } of others) {
        expect(request.body).toContain('order 7 accepted')
        expect(request.body).not.toContain('something else')
        expect(request.body).not.toContain('abcdef0123456789')
      }
    })
  },
)
