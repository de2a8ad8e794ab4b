import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { countDelivered, type Inbox, openInbox, runInTime, unhurried, webhookBody } from './app.ts'

const adapters = {
  pino: (options: object) => `
    import pino from 'pino'
    const logger = pino({ transport: { target: 'pino-alert-transport', options: ${JSON.stringify(unhurried(options))} } })
    const fail = (n) => logger.error({ err: Object.assign(new Error(words(n)), { code: 'ECONNREFUSED' }), requestId: 'req-' + n }, 'order could not be saved')
  `,
  winston: (options: object) => `
    import winston from 'winston'
    import { AlertTransport } from 'winston-alert-transport'
    const logger = winston.createLogger({ transports: [new AlertTransport(${JSON.stringify(unhurried(options))})] })
    const fail = (n) => logger.error('order could not be saved', { err: Object.assign(new Error(words(n)), { code: 'ECONNREFUSED' }), requestId: 'req-' + n })
  `,
}

const burst = `
  const words = (n) => 'connect ECONNREFUSED 10.0.' + (n % 256) + '.' + ((n * 7) % 256) + ':' + (1024 + (n % 60000)) + ' for order ' + (n * 31) + ' after ' + (n % 900) + 'ms'
  for (let n = 1; n <= 10_000; n++) {
    fail(n)
    if (n % 500 === 0) await new Promise(setImmediate)
  }
`

describe.each(['pino', 'winston'] as const)('the %s adapter', (adapter) => {
  let inbox: Inbox
  beforeAll(async () => {
    inbox = await openInbox()
  })
  beforeEach(() => inbox.clear())
  afterAll(() => inbox.close())

  it('reports 10 000 error records that differ in ids, ips and numbers in at most two messages that count them all', async () => {
    const options = { service: 'orders', channels: { hook: { ...inbox.channels.webhook, type: 'webhook' } } }
    const ended = await runInTime(`${adapters[adapter](options)}${burst}`)
    expect(ended.stderr).toBe('')
    expect(ended.code).toBe(0)
    const received = inbox.received()
    expect(received.length).toBeGreaterThan(0)
    expect(received.length).toBeLessThanOrEqual(2)
    expect(countDelivered(received)).toBe(10_000)
    expect(webhookBody(received.at(-1)!).alerts).toHaveLength(1)
  })

  it('delivers a fatal record that is followed by process.exit at once', async () => {
    const options = { service: 'orders', channels: { hook: { ...inbox.channels.webhook, type: 'webhook' } } }
    const last =
      adapter === 'pino'
        ? `logger.fatal(new Error('out of memory'), 'going down')`
        : `logger.error('going down', { alert: { severity: 'critical' } })`
    const ended = await runInTime(`${adapters[adapter](options)}\n${last}\nprocess.exit(7)`)
    expect(ended.code).toBe(7)
    expect(inbox.received()).toHaveLength(1)
    expect(webhookBody(inbox.received()[0]!).severity).toBe('critical')
  })

  it('sends one mail over STARTTLS with AUTH for 50 records, to a recipient group, without stack or secret', async () => {
    const options = {
      service: 'orders',
      env: 'test',
      channels: { ops: { ...inbox.channels.email, type: 'email', to: ['ops'] } },
      recipients: { ops: ['ops@example.com', 'lead@example.com'] },
    }
    const ended = await runInTime(`${adapters[adapter](options)}
      const words = (n) => 'gateway said no to card 4111 1111 1111 1111, password=hunter2-' + n
      for (let n = 1; n <= 50; n++) fail(n)
    `)
    expect(ended.stderr).toBe('')
    const received = inbox.received({ provider: 'email' })
    expect(received).toHaveLength(1)
    const mail = received[0]!
    expect(mail.ok).toBe(true)
    expect(mail.request.secure).toBe(true)
    expect(mail.view.to).toEqual(expect.arrayContaining(['ops@example.com', 'lead@example.com']))
    expect(mail.view.subject).toContain('orders')
    const text = `${mail.view.subject}\n${mail.view.text}\n${mail.view.html}`
    expect(text).toContain('50 times')
    expect(text).toContain('ECONNREFUSED')
    expect(text).toMatch(/req-(1|50)\b/)
    expect(text).not.toContain('node:internal')
    expect(text).not.toMatch(/\n\s+at .*:\d+:\d+/)
    expect(mail.request.body).not.toContain('hunter2')
    expect(mail.request.body).not.toContain('4111')
  })

  it('notifies dingtalk (signed, mentioning), wecom, slack and webhook each once of a record with an alert code', async () => {
    const { dingtalk, wecom, slack, webhook } = inbox.channels
    const options = {
      service: 'payments',
      channels: { dingtalk: { ...dingtalk, mentions: { error: ['13800000000'] } }, wecom, slack, webhook },
    }
    const record = { alert: { code: 'PAYMENT_CALLBACK' }, requestId: 'req-77' }
    const log =
      adapter === 'pino'
        ? `logger.error(${JSON.stringify(record)}, 'callback rejected')`
        : `logger.error('callback rejected', ${JSON.stringify(record)})`
    const ended = await runInTime(`${adapters[adapter](options)}\n${log}`)
    expect(ended.stderr).toBe('')
    for (const provider of ['dingtalk', 'wecom', 'slack', 'webhook']) {
      const received = inbox.received({ provider })
      expect(received, provider).toHaveLength(1)
      expect(received[0]!.ok, received[0]!.answer.body).toBe(true)
      expect(`${received[0]!.view.subject} ${received[0]!.view.text}`).toContain('PAYMENT_CALLBACK')
    }
    expect(inbox.received({ provider: 'dingtalk' })[0]!.request.path).toContain('sign=')
    expect(inbox.received({ provider: 'dingtalk' })[0]!.view.mentions).toEqual(['13800000000'])
  })
})
