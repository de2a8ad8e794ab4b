import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { inSoak } from '../soak.ts'
import { countDelivered, type Inbox, openInbox, runInTime, unhurried } from './app.ts'

const boom = 'const boom = (text) => new Error(text)'

/** Each makes `transport`, `fail(text)` and `record(level, text)`: what its `explain` takes. */
const adapters = {
  target: (options: object) => `
    import pino from 'pino'
    import { alertTransport } from 'pino-alert-transport'
    ${boom}
    const transport = alertTransport(${JSON.stringify(unhurried(options))})
    const logger = pino({ transport })
    const fail = (text) => logger.error(boom(text))
    const record = (level, text) => ({ level, msg: text, err: boom(text) })
  `,
  stream: (options: object) => `
    import pino from 'pino'
    import { alertStream } from 'pino-alert-transport'
    ${boom}
    const transport = alertStream(${JSON.stringify(unhurried(options))}, { write() {} })
    const logger = pino({}, pino.multistream([transport]))
    const fail = (text) => logger.error(text)
    const record = (level, text) => JSON.stringify({ level: logger.levels.values[level], msg: text })
  `,
  winston: (options: object) => `
    import winston from 'winston'
    import { AlertTransport } from 'winston-alert-transport'
    ${boom}
    const transport = new AlertTransport(${JSON.stringify(unhurried(options))})
    const logger = winston.createLogger({ transports: [transport] })
    const fail = (text) => logger.error(text, { err: boom(text) })
    const record = (level, text) => ({ level, message: text, err: boom(text) })
  `,
}

const program = `
  const said = {}
  const codeOf = (promise) => promise.then(() => 'no error', ({ name, code }) => name + ' ' + code)
  const until = new Date(Date.now() + 3_600_000).toISOString()
  said.below = (await transport.explain(record('info', 'all is well'))).outcome
  const id = await transport.silence({ match: { rule: 'disk' }, until, comment: 'the disk is being replaced' })
  fail('disk is full')
  await transport.flush()
  const { outcome, rule, severity, state, count, channels } = await transport.explain(record('error', 'disk is full'))
  said.silenced = { outcome, rule, severity, count, why: channels.map(({ channel, why }) => channel + ': ' + why) }
  said.notified = (await transport.stats()).channels.hook.delivered
  said.lifted = [await transport.unsilence(id), await transport.unsilence(id)]
  const [firing] = (await transport.status()).alerts
  said.taken = (await transport.acknowledge(firing.shortId, { by: 'ann' })) === firing.id
  said.by = (await transport.status()).alerts[0].acknowledged.by
  await transport.acknowledge(firing.id, { undo: true })
  said.unknown = await codeOf(transport.acknowledge('zzzzzz'))
  said.page = (await transport.control({ method: 'GET', url: '/', host: 'localhost', address: '' })).status
  said.wrong = await codeOf(transport.silence({ match: { rule: 'disk' }, until: 'tomorrow' }))
  said.unclonable = await codeOf(transport.silence({ match: { rule: () => true }, until }))
  fail('disk is full')
  await transport.close()
  said.afterwards = await codeOf(transport.silence({ match: {}, until }))
  console.log(JSON.stringify(said))
`

const everyHost = [
  ['target', 'worker'],
  ['target', 'process'],
  ['stream', 'worker'],
  ['stream', 'process'],
  ['winston', 'worker'],
  ['winston', 'inline'],
] as const
const someHosts = [everyHost[0], everyHost[3], everyHost[5]] as const

describe.each(inSoak(everyHost, someHosts))('the %s adapter with its hub in a %s', (adapter, runIn) => {
  let inbox: Inbox
  beforeAll(async () => {
    inbox = await openInbox()
  })
  beforeEach(() => inbox.clear())
  afterAll(() => inbox.close())

  it('explains a record, silences until that is lifted, and acknowledges an alert until that is undone', async () => {
    const options = {
      runIn,
      rules: [{ name: 'disk', match: { msg: { regex: 'disk' } } }],
      channels: { hook: { ...inbox.channels.webhook, type: 'webhook' } },
    }
    const ended = await runInTime(`${adapters[adapter](options)}${program}`)
    expect(ended.stderr).toBe('')
    expect(ended.code).toBe(0)
    const said = JSON.parse(ended.stdout)
    expect(said).toEqual({
      below: expect.stringMatching(/^(below|nothing)$/),
      silenced: { outcome: 'counts', rule: 'disk', severity: 'error', count: 2, why: ['hook: silenced'] },
      notified: 0,
      lifted: [true, false],
      taken: true,
      by: 'ann',
      unknown: 'AlertError ALERT_UNKNOWN_ALERT',
      page: 404,
      wrong: 'AlertError ALERT_SILENCE_INVALID',
      unclonable: 'AlertError ALERT_SILENCE_INVALID',
      afterwards: 'AlertError ALERT_WORKER_UNREACHABLE',
    })
    expect(countDelivered(inbox.received())).toBe(2)
  })
})
