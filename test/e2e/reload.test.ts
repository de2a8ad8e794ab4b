import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { inSoak } from '../soak.ts'
import {
  countDelivered,
  type Inbox,
  importTools,
  openInbox,
  runInTime,
  unhurried,
  webhookBody,
} from './app.ts'

/** Each makes `transport`, `log(level, text)` and `explain(level, text)`. */
const adapters = {
  target: (options: object) => `
    import pino from 'pino'
    import { alertTransport } from 'pino-alert-transport'
    const transport = alertTransport(${JSON.stringify(unhurried(options))})
    const logger = pino({ transport })
    const log = (level, text) => logger[level](text)
    const explain = (level, text) => transport.explain({ level, msg: text })
  `,
  stream: (options: object) => `
    import pino from 'pino'
    import { alertStream } from 'pino-alert-transport'
    const transport = alertStream(${JSON.stringify(unhurried(options))}, { write() {} })
    const logger = pino({}, pino.multistream([transport]))
    const log = (level, text) => logger[level](text)
    const explain = (level, text) => transport.explain({ level, msg: text })
  `,
  winston: (options: object) => `
    import winston from 'winston'
    import { AlertTransport } from 'winston-alert-transport'
    const transport = new AlertTransport(${JSON.stringify(unhurried(options))})
    const logger = winston.createLogger({ transports: [transport] })
    const log = (level, text) => logger[level](text)
    const explain = (level, text) => transport.explain({ level, message: text })
  `,
}

/**
 * The next document comes while the channel waits with the first alert; what is logged then goes by the next
 * rules.
 */
const program = (file: string, next: string) => `
  import { renameSync, writeFileSync } from 'node:fs'
  const becomes = async (wanted) => {
    while ((await explain('error', 'disk is full')).rule !== wanted) await new Promise((resolve) => setTimeout(resolve, 20))
  }
  await becomes('before')
  for (let n = 0; n < 5; n++) log('error', 'disk is full')
  await transport.stats()
  writeFileSync(${JSON.stringify(`${file}.next`)}, ${JSON.stringify(next)})
  renameSync(${JSON.stringify(`${file}.next`)}, ${JSON.stringify(file)})
  await becomes('after')
  for (let n = 0; n < 3; n++) log('error', 'disk is full')
  log('warn', 'disk is nearly full')
  const result = await transport.close()
  if (!result.delivered) throw new Error('something is left')
`

const everyHost = [
  ['target', 'worker'],
  ['target', 'process'],
  ['stream', 'worker'],
  ['stream', 'process'],
  ['stream', 'inline'],
  ['winston', 'worker'],
  ['winston', 'process'],
  ['winston', 'inline'],
] as const
const someHosts = [everyHost[0], everyHost[6]] as const

describe.each(inSoak(everyHost, someHosts))(
  'a document in a file, watched by the %s adapter with its hub in a %s',
  (adapter, runIn) => {
    let inbox: Inbox
    let folder: string
    beforeAll(async () => {
      inbox = await openInbox()
    })
    beforeEach(() => {
      inbox.clear()
      folder = mkdtempSync(join(tmpdir(), 'alert-reload-'))
    })
    afterEach(() => rmSync(folder, { recursive: true, force: true }))
    afterAll(() => inbox.close())

    const documentOf = (rule: string, more: object, channel: object = {}) =>
      JSON.stringify({
        ...more,
        rules: [{ name: rule, match: { msg: { regex: 'disk' } } }],
        channels: { hook: { ...inbox.channels.webhook, type: 'webhook', wait: '1m', ...channel } },
      })

    it('that changes during a wait sends nothing twice and loses nothing, and lower levels reach the hub', async () => {
      const file = join(folder, 'alerts.json')
      writeFileSync(file, documentOf('before', {}))
      const next = documentOf('after', { level: 'warn' }, { timeout: '7s' })
      const options = { runIn, reload: { file, every: 100 } }
      const ended = await runInTime(`${adapters[adapter](options)}${program(file, next)}`)
      expect(ended.stderr).toBe('')
      expect(ended.code).toBe(0)
      const received = inbox.received()
      expect(countDelivered(received)).toBe(9)
      const alerts = received.flatMap((each) => webhookBody(each).alerts)
      expect(new Set(alerts.map(({ id }) => id)).size).toBe(alerts.length)
      expect(alerts.map(({ rule, newCount }) => `${rule} ${newCount}`).sort()).toEqual([
        'after 1',
        'after 3',
        'before 5',
      ])
    })
  },
)

describe.each(inSoak(['target', 'stream', 'winston'] as const, ['stream'] as const))(
  'a document in Consul, watched by the %s adapter over https',
  (adapter) => {
    it('is in force from the first line, and its change at once', async () => {
      const inbox = await openInbox()
      const { createConsul } = await importTools()
      const consul = await createConsul({ token: 'store-token', tls: true })
      const folder = mkdtempSync(join(tmpdir(), 'alert-reload-'))
      try {
        const rules = (name: string) => `rules: [{ name: ${name}, match: { msg: { regex: disk } } }]\n`
        consul.set('billing/alerts', rules('before'))
        writeFileSync(join(folder, 'ca.pem'), consul.ca!)
        const options = {
          reload: { consul: 'billing/alerts' },
          channels: { hook: { ...inbox.channels.webhook, type: 'webhook' } },
        }
        const running = runInTime(
          `${adapters[adapter](options)}
        log('error', 'disk is full')
        while ((await explain('error', 'disk is full')).rule !== 'after') await new Promise((resolve) => setTimeout(resolve, 20))
        log('error', 'disk is full')
        await transport.close()`,
          {
            env: {
              CONSUL_HTTP_ADDR: consul.url,
              CONSUL_HTTP_TOKEN: 'store-token',
              NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem'),
            },
          },
        )
        // The second request blocks until the key changes.
        while (!consul.requests.some(({ index }) => index > 0))
          await new Promise((resolve) => setTimeout(resolve, 20))
        consul.set('billing/alerts', rules('after'))
        const ended = await running
        expect(ended.stderr).toBe('')
        expect(ended.code).toBe(0)
        const alerts = inbox.received().flatMap((each) => webhookBody(each).alerts)
        expect(alerts.map(({ rule, newCount }) => `${rule} ${newCount}`).sort()).toEqual([
          'after 1',
          'before 1',
        ])
      } finally {
        await consul.close()
        await inbox.close()
        rmSync(folder, { recursive: true, force: true })
      }
    })
  },
)
