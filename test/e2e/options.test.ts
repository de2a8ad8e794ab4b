import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { inSoak } from '../soak.ts'
import { type Inbox, openInbox, runProgram, unhurried, webhookBody } from './app.ts'

const bad = `{ level: 'eror', chanels: {}, channels: { hook: { type: 'webhook', url: '\${NO_SUCH_VARIABLE}' }, ops: { type: 'slack', wait: '5 parsecs', fallback: 'unknown' } } }`

describe('bad options', () => {
  let inbox: Inbox
  beforeAll(async () => {
    inbox = await openInbox()
  })
  afterAll(() => inbox.close())

  it.each([
    ['pino', `import { alertTransport } from 'pino-alert-transport'; const open = alertTransport`],
    [
      'winston',
      `import { AlertTransport } from 'winston-alert-transport'; const open = (options) => new AlertTransport(options)`,
    ],
  ])('are thrown at once by the %s adapter, all of them, by path', async (_adapter, imports) => {
    const ended = await runProgram(`${imports}
      try { open(${bad}); console.log('nothing thrown') } catch (error) { console.log(error.code); console.log(error.message) }
    `)
    expect(ended.stdout).toContain('ALERT_OPTIONS_INVALID')
    for (const path of [
      'level',
      'chanels',
      'channels.hook.url',
      'channels.ops.url',
      'channels.ops.wait',
      'channels.ops.fallback',
    ]) {
      expect(ended.stdout).toContain(path)
    }
    expect(ended.stdout).toContain('NO_SUCH_VARIABLE')
    expect(ended.stdout).toMatch(/did you mean.*channels/i)
    const none = await runProgram(`${imports}
      for (const options of [null, [], 'slack']) {
        try { open(options); console.log('nothing thrown') } catch (error) { console.log(error.message) }
      }
    `)
    expect(none.stdout.match(/options: expected an object, got/g)).toHaveLength(3)
  })

  it('disable the channel with a warning inside a plain pino worker, while a sibling target and the other channels run on', async () => {
    const log = join(inject('app'), 'sibling.log')
    const options = unhurried({
      service: 'orders',
      channels: { broken: { type: 'slack' }, hook: { ...inbox.channels.webhook, type: 'webhook' } },
    })
    const ended = await runProgram(`
      import pino from 'pino'
      const logger = pino({ transport: { targets: [
        { target: 'pino/file', options: { destination: ${JSON.stringify(log)} } },
        { target: 'pino-alert-transport', options: ${JSON.stringify(options)} },
      ] } })
      logger.error(new Error('no route to host'), 'lookup failed')
    `)
    expect(ended.code).toBe(0)
    expect(ended.stderr).toContain('channels.broken.url')
    expect(await readFile(log, 'utf8')).toContain('lookup failed')
    expect(inbox.received()).toHaveLength(1)
    expect(webhookBody(inbox.received()[0]!).subject).toContain('lookup failed')
  })

  it.each([
    ['worker', 'en', 'DRY RUN, not sent: ops (Slack)\n┌ [ERROR] orders: lookup failed'],
    ['inline', 'zh-CN', '试运行，未发送：ops（Slack）\n┌ [错误] orders：lookup failed'],
  ])(
    'that are missing secrets do no harm to a dry run, which shows cards, from the %s',
    async (runIn, locale, card) => {
      const options = {
        service: 'orders',
        closeTimeout: '9s',
        dryRun: true,
        runIn,
        locale,
        channels: { ops: { type: 'slack', url: '${NO_SUCH_VARIABLE}' } },
      }
      const ended = await runProgram(`
      import pino from 'pino'
      import { alertStream } from 'pino-alert-transport'
      const logger = pino(alertStream(${JSON.stringify(options)}))
      logger.error('lookup failed')
    `)
      expect(ended.code).toBe(0)
      expect(ended.stderr).toContain(card)
      expect(ended.stderr).not.toContain('NO_SUCH_VARIABLE')
    },
  )

  it.each([
    [
      'a pino transport',
      `import pino from 'pino'; import { alertTransport } from 'pino-alert-transport'
      const logger = pino({ transport: alertTransport(OPTIONS) })`,
    ],
    [
      'a pino stream',
      `import pino from 'pino'; import { alertStream } from 'pino-alert-transport'
      const logger = pino(alertStream(OPTIONS, { write() {} }))`,
    ],
    [
      'a winston transport',
      `import winston from 'winston'; import { AlertTransport } from 'winston-alert-transport'
      const logger = winston.createLogger({ transports: [new AlertTransport(OPTIONS)] })`,
    ],
  ])(
    'that are missing secrets do no harm to %s that is switched off: it says nothing',
    async (_, program) => {
      const options = {
        handleSignals: true,
        state: { dir: '/proc/nowhere' },
        channels: { console: {}, ops: { type: 'slack', url: '${NO_SUCH_VARIABLE}' } },
      }
      const source = `${program.replace('OPTIONS', JSON.stringify(options))}
      logger.error('lookup failed', { alert: true })`
      const ended = await runProgram(source, { env: { ALERT_ENABLED: 'false' } })
      expect([ended.code, ended.stdout, ended.stderr]).toEqual([0, '', ''])
    },
  )

  it.each(inSoak(['worker', 'process', 'inline'], ['worker']))(
    'that leave no channel let alerts be seen on stderr, from the %s',
    async (runIn) => {
      const options = {
        service: 'orders',
        closeTimeout: '9s',
        runIn,
        channels: { ops: { type: 'slack', url: '${NO_SUCH_VARIABLE}' } },
      }
      const ended = await runProgram(`
      import pino from 'pino'
      const logger = pino({ transport: { target: 'pino-alert-transport', options: ${JSON.stringify(options)} } })
      logger.error('lookup failed')
    `)
      expect(ended.code).toBe(0)
      expect(ended.stderr).toContain('NO_SUCH_VARIABLE')
      expect(ended.stderr).toContain('No channel of the options is usable')
      expect(ended.stderr).toContain('[ERROR] orders: lookup failed')
    },
  )
})
