// Whatever an application makes of pino's options: alertStream raises the same alerts as a hub that reads the
// text of every line, and passes few other lines on.
import { EventEmitter } from 'node:events'
import pino, { type DestinationStream, type Logger, type LoggerOptions } from 'pino'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createHub, type Hub } from '#core/index.ts'
import { wireOf } from '#core/worker/create-adapter.ts'
import { type AlertStream, alertStream } from '#pino/alert-stream.ts'
import { type Hook, openHook } from '../winston/hook.ts'

interface SetUp {
  readonly options?: LoggerOptions<string>
  /** What stands between the stream and pino, if anything. */
  readonly log?: (logger: Logger<string>) => void
  /** Lines that only their text could decide about may cross too. */
  readonly byText?: true
}

const failure = () => Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })

/** Of every kind one, in words that mislead a search of the text. */
function logAll(logger: Logger<string>): void {
  logger.info('request done')
  logger.info({ n: 1 }, 'an "alert" in words, and a "level":60')
  logger.info({ n: 2, user: { alert: true, level: 60 } }, 'below the top')
  logger.info({ alert: 'PAYMENT' }, 'a code')
  logger.info({ alert: { severity: 'critical', key: 'disk' } }, 'an object')
  logger.info({ alert: undefined, level: undefined }, 'nothing')
  logger.info({ level: 60 }, 'a second level')
  logger.debug({ alert: true }, 'below the logger’s own level')
  logger.error({ alert: false }, 'not to be sent')
  logger.error(failure(), 'failed')
  logger.error('failed without an error')
  logger.warn({ err: failure() }, 'a warning')
  logger.info({ res: { statusCode: 503 }, responseTime: 7, err: failure() }, 'request errored')
  logger.info({ res: { statusCode: 200 }, responseTime: 7 }, 'request completed')
  logger.fatal('the end')
}

const setUps: Readonly<Record<string, SetUp>> = {
  'no options': {},
  'bindings of a child': { log: (logger) => logAll(logger.child({ module: 'orders' })) },
  'an alert among the bindings of a child': {
    log: (logger) => logAll(logger.child({ alert: { key: 'orders' } })),
    byText: true,
  },
  'an alert among the bindings of a grandchild': {
    log: (logger) => logAll(logger.child({ a: 1 }).child({ alert: 'ORDERS' }).child({ b: 2 })),
    byText: true,
  },
  'parent and children in turn': {
    log(logger) {
      const children = [logger, logger.child({ alert: 'CHILD' }), logger.child({ a: 1 })]
      for (let n = 0; n < 9; n++) children[n % 3]!.info({ n }, 'in turn')
    },
    byText: true,
  },
  'a child for each line': {
    log(logger) {
      for (let n = 0; n < 20; n++) logger.child({ requestId: `req-${n}` }).info({ n }, 'once')
      for (let n = 0; n < 5; n++) logger.child({ alert: true }).info({ n }, 'once, with an alert')
    },
    byText: true,
  },
  setBindings: {
    log(logger) {
      const child = logger.child({ a: 1 })
      child.info('before')
      child.setBindings({ alert: 'SET' })
      child.info('after')
    },
    byText: true,
  },
  'a child with a level of its own': {
    log: (logger) => logAll(logger.child({ a: 1 }, { level: 'debug' })),
  },
  'a child with formatters of its own': {
    log: (logger) =>
      logAll(logger.child({ a: 1 }, { formatters: { log: (object) => ({ ...object, alert: 'LOG' }) } })),
    byText: true,
  },
  'a child with custom levels of its own': {
    log(logger) {
      const child = logger.child({ a: 1 }, { customLevels: { page: 65, calm: 25 } }) as never as Logger<
        'page' | 'calm'
      >
      logAll(child as never)
      child.page('now')
      child.calm('later')
    },
  },
  'a mixin': { options: { mixin: () => ({ traceId: 'abc' }) } },
  'a mixin that alerts': {
    options: { mixin: (_, level) => (level === 40 ? { alert: 'MIXED' } : { a: 1 }) },
  },
  'a strategy of merging': {
    options: {
      mixin: () => ({ alert: 'MIXED' }),
      mixinMergeStrategy: (own, mixed) => ({ ...own, ...mixed }),
    },
  },
  'formatters.log': {
    options: { formatters: { log: (object) => ('n' in object ? { alert: 'FOUND' } : object) } },
    byText: true,
  },
  'formatters.bindings': {
    options: { formatters: { bindings: () => ({ alert: 'BOUND' }) } },
    byText: true,
  },
  'labels as levels': { options: { formatters: { level: (label) => ({ level: label }) } } },
  'severity of Google Cloud': {
    options: {
      formatters: { level: (label, number) => ({ severity: label.toUpperCase(), level: number }) },
    },
    byText: true,
  },
  'levels turned around': {
    options: { formatters: { level: (_, number) => ({ level: 90 - number }) } },
    byText: true,
  },
  'no level at all': { options: { formatters: { level: () => ({}) } }, byText: true },
  nestedKey: { options: { nestedKey: 'payload' } },
  'custom levels': {
    options: { customLevels: { audit: 35, page: 70 } },
    log(logger) {
      logAll(logger)
      ;(logger as never as Logger<'audit' | 'page'>).audit('seen')
      ;(logger as never as Logger<'audit' | 'page'>).page('now')
    },
  },
  'only custom levels': {
    options: {
      customLevels: { debug: 1, info: 3, warn: 5, error: 7, fatal: 9 },
      useOnlyCustomLevels: true,
      level: 'info',
    },
  },
  'only levels of syslog, which count down': {
    options: {
      customLevels: { emerg: 0, crit: 2, fatal: 2.5, error: 3, warn: 4, info: 6, debug: 7 },
      useOnlyCustomLevels: true,
      levelComparison: 'DESC',
      level: 'info',
    },
    log(logger) {
      logAll(logger)
      ;(logger as never as Logger<'emerg' | 'crit'>).emerg('down')
      ;(logger as never as Logger<'emerg' | 'crit'>).crit('gone')
    },
    byText: true,
  },
  'only levels in hundreds, as labels': {
    options: {
      customLevels: { debug: 100, info: 200, warn: 400, error: 500, fatal: 600 },
      useOnlyCustomLevels: true,
      level: 'info',
      formatters: { level: (label) => ({ level: label }) },
    },
  },
  redact: { options: { redact: ['alert.key', 'err.stack', 'n'] } },
  'redact that removes': { options: { redact: { paths: ['alert', 'level'], remove: true } } },
  serializers: {
    options: { serializers: { alert: (value) => ({ key: String(value) }), err: pino.stdSerializers.err } },
  },
  'a serializer for symbols': {
    options: { serializers: { [Symbol.for('pino.*')]: (object: object) => object } as never },
  },
  'base null': { options: { base: null } },
  'an alert in base': { options: { base: { alert: { key: 'base' } } }, byText: true },
  'a name': { options: { name: 'billing' } },
  messageKey: { options: { messageKey: 'message' } },
  'messageKey alert': { options: { messageKey: 'alert' }, byText: true },
  errorKey: { options: { errorKey: 'error' } },
  'errorKey alert': { options: { errorKey: 'alert' } },
  msgPrefix: { options: { msgPrefix: '[alert":true] ' } },
  'no timestamp': { options: { timestamp: false } },
  'an ISO timestamp': { options: { timestamp: pino.stdTimeFunctions.isoTime } },
  'a timestamp that alerts': { options: { timestamp: () => ',"alert":"TIME"' }, byText: true },
  'a logMethod hook': {
    options: {
      hooks: {
        logMethod(given, method) {
          method.apply(this, [{ alert: 'HOOKED' }, String(given.at(-1))] as never)
        },
      },
    },
  },
  'a streamWrite hook': {
    options: { hooks: { streamWrite: (line) => line.replace('{', '{"alert":"WRITTEN",') } },
    byText: true,
  },
  crlf: { options: { crlf: true } },
  'a getter that throws': {
    log(logger) {
      const hostile = {
        get alert() {
          throw new Error('not for you')
        },
      }
      expect(() => logger.info(hostile, 'hostile')).toThrow('not for you')
      logger.info({ n: 1 }, 'fine')
    },
  },
  'the bindings of pino-http': {
    log(logger) {
      const child = logger.child({ req: { id: 1, headers: { 'x-note': '"level":60' } } })
      logAll(child)
    },
  },
}

let hook: Hook
beforeAll(async () => {
  hook = await openHook()
})
afterAll(() => hook.close())
const streams: AlertStream[] = []
afterEach(async () => {
  await Promise.all(streams.splice(0).map((stream) => stream.close()))
})

/** The reference: a hub that reads the text of every line. */
function openReference(options: LoggerOptions<string> | undefined) {
  const lines: string[] = []
  let hub: Hub | undefined
  const destination = Object.assign(new EventEmitter(), { write: (line: string) => lines.push(line) })
  destination.on('message', (message: unknown) => {
    const nestedKey = options?.nestedKey
    const wire = { ...wireOf(message), ...(nestedKey === undefined ? {} : { nestedKey }) }
    hub = createHub({ ...hook.options, level: wire.levels?.['error'] } as never, { wire } as never)
  })
  return {
    destination,
    lines,
    async matched() {
      for (const line of lines) hub!.write(line)
      const { matched } = hub!.stats()
      await hub!.close()
      return matched
    },
  }
}

describe.each(Object.entries(setUps))('%s', (_, { options, log = logAll, byText }) => {
  it.each([
    ['wrapping the destination', (stream: AlertStream) => stream],
    ['wrapping a multistream', (stream: AlertStream) => stream],
    [
      'in a multistream',
      (stream: AlertStream, destination: DestinationStream) =>
        pino.multistream([{ stream: destination, level: 0 }, stream as never]),
    ],
  ] as const)('%s', async (how, place) => {
    const { destination, lines, matched } = openReference(options)
    const wrapped =
      how === 'in a multistream'
        ? undefined
        : how === 'wrapping a multistream'
          ? pino.multistream([{ stream: destination, level: 0 }])
          : destination
    const stream = alertStream({ ...hook.options, runIn: 'inline' } as never, wrapped as DestinationStream)
    streams.push(stream)
    log(pino(options ?? {}, place(stream, destination)) as never)
    await stream.flush()
    const stats = await stream.stats()
    expect(stats.matched).toBe(await matched())
    expect(lines.length).toBeGreaterThan(0)
    if (byText !== true) expect(stats.lines).toBeLessThanOrEqual(stats.matched + misleading(lines))
  })
})

/** Lines with a field by which they might be interesting. */
function misleading(lines: readonly string[]): number {
  return lines.filter((line) =>
    /below the top|"level":60\}|a second level|not to be sent|a warning/.test(line),
  ).length
}
