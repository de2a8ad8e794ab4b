// What a newcomer gets wrong on Express and on NestJS: a message names it within 10 s, or it works.
import { afterAll, beforeAll, describe, it } from 'vitest'
import { type Inbox, openInbox, runProgram } from '../../e2e/app.ts'
import { openMoodyServer } from '../../e2e/moody-server.ts'

let inbox: Inbox
let closed: string
beforeAll(async () => {
  inbox = await openInbox({ rateLimits: false })
  closed = (await openMoodyServer('refused')).url
})
afterAll(() => inbox.close())

/** An application that fails at one request, and logs it by `logger`. */
const frameworks = {
  Express: `const { default: express } = await import('express')
    const { default: pinoHttp } = await import('pino-http')
    const app = express()
    if (typeof logger.bindings === 'function') app.use(pinoHttp({ logger }))
    app.get('/', () => { throw new Error('card gateway gone') })
    app.use((error, request, response, next) => { logger.error(error.message, { err: error }); response.status(500).end() })
    const server = app.listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    await fetch('http://127.0.0.1:' + server.address().port + '/')
    setTimeout(() => { server.close(); server.closeAllConnections() }, 500)`,
  NestJS: `await import('reflect-metadata')
    const { Controller, Get, Module } = await import('@nestjs/common')
    const { NestFactory } = await import('@nestjs/core')
    class Orders { pay() { logger.error('card gateway gone'); throw new Error('card gateway gone') } }
    Controller()(Orders)
    Get()(Orders.prototype, 'pay', Object.getOwnPropertyDescriptor(Orders.prototype, 'pay'))
    class App {}
    Module({ controllers: [Orders] })(App)
    const app = await NestFactory.create(App, { logger: false, forceCloseConnections: true })
    await app.listen(0, '127.0.0.1')
    await fetch(await app.getUrl())
    setTimeout(() => app.close(), 500)`,
} as const

interface Mistake {
  /** Sets `logger`. */
  readonly code: string
  /** What stderr says; absent if it works. */
  readonly says?: RegExp
}

const pinoWith = (options: string) => `const logger = pino({ transport: alertTransport(${options}) })`
const winstonWith = (options: string) =>
  `const logger = winston.createLogger({ transports: [new AlertTransport(${options})] })`

const mistakes = (slack: string, closed: string, service: string): Record<string, Mistake> => ({
  'an environment variable that is not set': {
    code: pinoWith("{ channels: { slack: { url: '${NO_SUCH_URL}' } } }"),
    says: /channels\.slack\.url.*NO_SUCH_URL/s,
  },
  'a misspelt option': {
    code: winstonWith(`{ chanels: { slack: { url: '${slack}' } } }`),
    says: /chanels.*channels/s,
  },
  'a name of its own without a type': {
    code: pinoWith(`{ channels: { ops: { url: '${slack}' } } }`),
    says: /channels\.ops.*type/s,
  },
  'a misspelt type': {
    code: winstonWith(`{ channels: { ops: { type: 'slak', url: '${slack}' } } }`),
    says: /channels\.ops\.type.*slack/s,
  },
  'a mail without recipients': {
    code: winstonWith(`{ channels: { email: { host: 'localhost', from: 'a@example.com' } } }`),
    says: /channels\.email.*to/s,
  },
  'an unknown level': {
    code: pinoWith(`{ level: 'eror', channels: { slack: { url: '${slack}' } } }`),
    says: /level: .*error/s,
  },
  'an address that nothing listens on': {
    code: pinoWith(`{ channels: { slack: { url: '${closed}', wait: 0 } } }`),
    says: /slack.*127\.0\.0\.1.*refused/s,
  },
  'a webhook that was removed': {
    code: winstonWith(`{ channels: { slack: { url: '${slack}x', wait: 0 } } }`),
    says: /slack.*(404|403|invalid|no_)/s,
  },
  'the transport as options': {
    code: `const logger = pino(alertTransport({ service: '${service}', channels: { slack: { url: '${slack}' } } }))`,
  },
  'a default import': {
    code: `const { default: alerts } = await import('pino-alert-transport')
      const logger = pino({ transport: alerts({ service: '${service}', channels: { slack: { url: '${slack}' } } }) })`,
  },
  'the transport as a destination': {
    code: `const logger = pino({}, alertTransport({ channels: { slack: { url: '${slack}' } } }))`,
    says: /ALERT_TRANSPORT_MISPLACED.*pino\(\{ transport: alertTransport\(options\) \}\)/s,
  },
  'the stream as a transport': {
    code: `const logger = pino({ transport: alertStream({ channels: { slack: { url: '${slack}' } } }) })`,
    says: /please pass to option directly/,
  },
  "winston's transport in pino": {
    code: `const logger = pino({}, new AlertTransport({ channels: { slack: { url: '${slack}' } } }))`,
    says: /ALERT_TRANSPORT_MISPLACED.*pino-alert-transport/s,
  },
  'the class in place of a transport': {
    code: `const logger = winston.createLogger({ transports: [AlertTransport] })`,
    says: /Invalid transport/,
  },
  'the class called without new': {
    code: `const logger = winston.createLogger({ transports: [AlertTransport({ channels: { slack: { url: '${slack}' } } })] })`,
    says: /write new AlertTransport\(options\)/,
  },
  "winston's package as a target of pino": {
    code: `const logger = pino({ transport: { target: 'winston-alert-transport', options: { channels: { slack: { url: '${slack}' } } } } })`,
    says: /For pino, use pino-alert-transport/,
  },
  'options beside the target': {
    code: `const logger = pino({ transport: { target: 'pino-alert-transport', channels: { slack: { url: '${slack}' } } } })`,
    says: /ALERT_TRANSPORT_MISPLACED.*target.*options/s,
  },
  'a dry run that was forgotten': {
    code: winstonWith(`{ dryRun: true, channels: { slack: { url: '${slack}', wait: 0 } } }`),
    says: /DRY RUN, not sent: slack/,
  },
})

describe.each(Object.keys(frameworks) as (keyof typeof frameworks)[])('on %s', (framework) => {
  // One after another: the time is measured, and on a busy machine once more.
  it.for(Object.keys(mistakes('', '', '')))(
    '%s is named by a message within 10 s, or works',
    { retry: 2 },
    async (name, { expect }) => {
      const slack = String(inbox.channels.slack['url'])
      const service = `${framework}-${name.replaceAll(' ', '-')}`
      const { code, says } = mistakes(slack, closed, service)[name]!
      const ended = await runProgram(
        `import pino from 'pino'; import winston from 'winston'
       import { alertStream, alertTransport } from 'pino-alert-transport'
       import { AlertTransport } from 'winston-alert-transport'
       ${code}
       ${frameworks[framework]}`,
      )
      if (says === undefined) {
        expect(ended.stderr).toBe('')
        expect(ended.code).toBe(0)
        expect(JSON.stringify(inbox.received({ provider: 'slack', ok: true }))).toContain(service)
      } else {
        expect(ended.stderr).toMatch(says)
        expect(ended.msUntil(says)).toBeLessThan(10_000)
      }
    },
  )
})
