import { configure, getJsonLinesFormatter, getLogger, type LogRecord, reset } from '@logtape/logtape'
import bunyan from 'bunyan'
import { Logger } from 'tslog'
import { expect, test } from 'vitest'
import { recordKey } from '#core/fingerprint/fingerprint.ts'
import { readRecord } from '../lines.ts'
import { linesOf, paymentError } from './payment.ts'

const root = { message: 'connect ECONNREFUSED 127.0.0.1:5432' }
const err = { type: 'TypeError', message: 'charge failed', stack: expect.stringContaining('pay.js:42') }

test('bunyan: level, time, error and request are read', () => {
  const [beside, alone] = linesOf((stream) => {
    const streams = [{ stream: stream as NodeJS.WritableStream }]
    const logger = bunyan.createLogger({ name: 'billing', streams, serializers: bunyan.stdSerializers })
    logger.error({ err: paymentError(), req_id: 'r-1' }, 'payment failed')
    logger.fatal(paymentError())
  })
  expect(readRecord(beside!)).toMatchObject({
    level: 50,
    msg: 'payment failed',
    requestId: 'r-1',
    err: { message: 'charge failed', code: 'E_PAY' },
  })
  expect(readRecord(alone!)).toMatchObject({
    level: 60,
    msg: 'charge failed',
    err: { type: 'TypeError', code: 'E_PAY' },
  })
})

test('LogTape: the error among the properties is read', async () => {
  const written: string[] = []
  const format = getJsonLinesFormatter()
  await configure({
    sinks: { list: (record: LogRecord) => void written.push(format(record)) },
    loggers: [
      { category: 'app', lowestLevel: 'debug', sinks: ['list'] },
      { category: ['logtape', 'meta'], sinks: [] },
    ],
  })
  getLogger('app').error('payment of {user} failed', { user: 'ann', error: paymentError(), requestId: 'r-1' })
  await reset()
  expect(readRecord(written[0]!)).toMatchObject({
    level: 50,
    msg: 'payment of "ann" failed',
    requestId: 'r-1',
    err: { ...err, code: 'E_PAY', root },
  })
})

test('tslog: the error with its parsed frames is read', () => {
  const written: string[] = []
  const logger = new Logger({ type: 'hidden' })
  logger.attachTransport({ format: 'json', write: (_record, line) => void written.push(line) })
  logger.error('payment failed', paymentError())
  logger.fatal(paymentError())
  expect(readRecord(written[0]!)).toMatchObject({ level: 50, msg: 'payment failed', err: { ...err, root } })
  expect(readRecord(written[1]!)).toMatchObject({ level: 60, msg: 'charge failed', err })
})

test.each([
  [
    'Medusa',
    {
      level: 'error',
      message: 'payment failed',
      stack: [
        { file: '/srv/app/src/pay.js', methodName: 'charge', arguments: [], lineNumber: 42, column: 11 },
      ],
    },
  ],
  [
    'a stack in one line',
    {
      level: 'error',
      message: 'payment failed',
      stack:
        'TypeError: charge failed    at charge (/srv/app/src/pay.js:42:11)    at main (/srv/app/src/x.js:1:1)',
    },
  ],
  [
    'a stack of lines',
    {
      level: 'error',
      message: 'payment failed',
      stack: ['TypeError: charge failed', '    at charge (/srv/app/src/pay.js:42:11)'],
    },
  ],
  [
    'AWS Powertools',
    {
      level: 'ERROR',
      message: 'payment failed',
      error: {
        name: 'TypeError',
        message: 'charge failed',
        location: '/srv/app/src/pay.js:42',
        stack: 'TypeError: charge failed\n    at charge (/srv/app/src/pay.js:42:11)',
      },
    },
  ],
  [
    'Datadog',
    {
      status: 'error',
      message: 'payment failed',
      error: {
        kind: 'TypeError',
        message: 'charge failed',
        stack: 'TypeError: charge failed\n    at charge (/srv/app/src/pay.js:42:11)',
      },
    },
  ],
  [
    'log4js',
    {
      startTime: '2026-06-01T12:00:00.000Z',
      level: { level: 40_000, levelStr: 'ERROR' },
      message: 'payment failed',
      err: { stack: 'TypeError: charge failed\n    at charge (/srv/app/src/pay.js:42:11)' },
    },
  ],
  [
    'roarr',
    {
      context: {
        logLevel: 50,
        error: {
          name: 'TypeError',
          message: 'charge failed',
          stack: 'TypeError: charge failed\n    at charge (/srv/app/src/pay.js:42:11)',
        },
      },
      message: 'payment failed',
    },
  ],
  [
    'JSON as text',
    {
      level: 50,
      msg: 'payment failed',
      err: JSON.stringify({
        type: 'TypeError',
        message: 'charge failed',
        stack: 'TypeError: charge failed\n    at charge (/srv/app/src/pay.js:42:11)',
      }),
    },
  ],
])('the error of %s is read', (_logger, given) => {
  const record = readRecord(given)
  expect(record).toMatchObject({
    level: 50,
    msg: 'payment failed',
    err: { stack: expect.stringContaining('pay.js:42') },
  })
})

test("Strapi's message that is a stack is the error", () => {
  const stack = 'TypeError: charge failed\n    at charge (/srv/app/src/pay.js:42:11)'
  const expected = { msg: 'charge failed', err: { type: 'TypeError', message: 'charge failed', stack } }
  expect(readRecord({ level: 'error', message: stack })).toMatchObject(expected)
  expect(readRecord({ level: 'error', message: stack, stack })).toMatchObject(expected)
  // Its `logErrors` writes the message, and behind it the stack that begins with it.
  const repeated = `charge failed\n${stack}`
  expect(readRecord({ level: 'error', message: repeated })).toMatchObject(expected)
  expect(readRecord({ level: 'error', message: repeated, stack })).toMatchObject(expected)
  expect(readRecord({ level: 'error', message: `of two\nlines\n${stack}` })).toMatchObject({
    ...expected,
    msg: 'of two\nlines',
  })
})

test("Medusa's stack of frames names the first own one", () => {
  const frame = (file: string, methodName: string) => ({
    file,
    methodName,
    arguments: [],
    lineNumber: 4,
    column: 2,
  })
  const record = readRecord({
    level: 'error',
    message: 'connect ECONNREFUSED 127.0.0.1:5432',
    code: 'ECONNREFUSED',
    stack: [
      frame('node:net', 'afterConnect'),
      frame('/srv/node_modules/pg/lib/client.js', 'query'),
      frame('/srv/app/src/pay.js', 'charge'),
    ],
  })
  expect(recordKey(record, undefined)).toBe('ECONNREFUSED · charge (src/pay) · connect ECONNREFUSED <*>:5432')
})
