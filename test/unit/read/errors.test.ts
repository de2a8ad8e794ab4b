import { pino } from 'pino'
import { expect, test } from 'vitest'
import { readError } from '#core/read/error-info.ts'
import { pinoLine, readRecord } from './lines.ts'

function thrown(message: string, extra: object = {}): Error {
  return Object.assign(new TypeError(message), extra)
}

test('err, error, the errorKey and any field that holds a stack are the error', () => {
  const err = { type: 'TypeError', message: 'boom', stack: 'TypeError: boom\n    at f (/app/src/f.js:1:1)' }
  for (const key of ['err', 'error', 'exception', 'reason', 'e']) {
    expect(readRecord({ level: 50, msg: 'x', [key]: err }).err).toMatchObject({
      type: 'TypeError',
      message: 'boom',
    })
  }
  expect(
    readRecord({ level: 50, msg: 'x', failure: { message: 'boom' } }, { errorKey: 'failure' }).err,
  ).toEqual({ message: 'boom' })
})

test('other fields are not taken for errors', () => {
  expect(readRecord({ level: 50, msg: 'x', user: { name: 'a', message: 'hi' } }).err).toBeUndefined()
  expect(readRecord({ level: 50, msg: 'x', error: true, err: null }).err).toBeUndefined()
})

test('logger.error(error) and logger.error({ err }, text) give the error', () => {
  const error = thrown('boom', { code: 'E_BOOM', statusCode: 503 })
  const alone = readRecord(pinoLine({}, (logger) => logger.error(error)))
  expect(alone).toMatchObject({ msg: 'boom', err: { type: 'TypeError', message: 'boom', code: 'E_BOOM' } })
  expect(alone.err?.stack).toContain('errors.test')
  expect(readRecord(pinoLine({}, (logger) => logger.error({ err: error }, 'it failed')))).toMatchObject({
    msg: 'it failed',
    err: { message: 'boom' },
  })
})

test('what else the error carries stays readable under err, whatever its key', () => {
  const line = pinoLine({ errorKey: 'failure' }, (logger) =>
    logger.error(thrown('boom', { statusCode: 503 })),
  )
  expect(readRecord(line, { errorKey: 'failure' }).fields['err']).toMatchObject({ statusCode: 503 })
})

test('{ error } keeps only what pino left of it', () => {
  const line = pinoLine({}, (logger) => logger.error({ error: thrown('boom', { code: 'E1' }) }, 'it failed'))
  expect(readRecord(line)).toMatchObject({ msg: 'it failed', err: { code: 'E1' } })
})

test('causes that pino folded into message and stack are separated again', () => {
  const error = new Error('boom', { cause: new TypeError('middle', { cause: new Error('root') }) })
  const line = pinoLine({}, (logger) => logger.error(error, 'it failed'))
  expect(JSON.parse(line).err.message).toBe('boom: middle: root')
  expect(readRecord(line).err).toMatchObject({ message: 'boom', causes: ['middle', 'root'] })
})

test('causes written as objects are followed, at most five', () => {
  const line = pinoLine({ serializers: { err: pino.stdSerializers.errWithCause } }, (logger) =>
    logger.error(new Error('boom', { cause: new Error('root') })),
  )
  expect(readRecord(line).err).toMatchObject({ message: 'boom', causes: ['root'] })
  const deep = Array.from({ length: 20 }).reduce<object>(
    (cause, _, index) => ({ message: `m${index}`, cause }),
    { message: 'root' },
  )
  expect(readError(deep)?.causes).toHaveLength(5)
  expect(readError({ message: 'boom', cause: 'a text' })?.causes).toEqual(['a text'])
})

test('an AggregateError says what it gathered', () => {
  const inner = [new Error('connect ECONNREFUSED ::1:5432'), new Error('connect ECONNREFUSED 127.0.0.1:5432')]
  const line = pinoLine({}, (logger) => logger.error(new AggregateError(inner, 'all failed')))
  expect(readRecord(line).err).toMatchObject({
    type: 'AggregateError',
    message: 'all failed',
    causes: inner.map(({ message }) => message),
  })
})

test("an AggregateError without a message, as Node's sockets throw it, takes its first error's", () => {
  const error = Object.assign(new AggregateError([new Error('connect ECONNREFUSED ::1:5432')]), {
    code: 'ECONNREFUSED',
  })
  const record = readRecord(pinoLine({}, (logger) => logger.error({ err: error }, 'query failed')))
  expect(record.err).toMatchObject({ message: 'connect ECONNREFUSED ::1:5432', code: 'ECONNREFUSED' })
})

test('an error may be a text, with or without a stack', () => {
  expect(readError('out of paper')).toEqual({ message: 'out of paper' })
  expect(readError('RangeError: too much\n    at f (/app/src/f.js:1:1)')).toMatchObject({
    type: 'RangeError',
    message: 'too much',
    stack: 'RangeError: too much\n    at f (/app/src/f.js:1:1)',
  })
})

test('numbers as codes are text', () => {
  expect(readError({ message: 'dup', code: 11000 })?.code).toBe('11000')
  expect(readError({ errno: -111 })).toEqual({ message: '-111', code: '-111' })
})

test('an error spread over the record itself is found', () => {
  const stack = 'TypeError: boom\n    at f (/app/src/f.js:1:1)'
  expect(readRecord({ level: 'error', message: 'boom', stack })).toMatchObject({
    msg: 'boom',
    err: { type: 'TypeError', message: 'boom', stack },
  })
  expect(readRecord({ level: 50, type: 'Error', msg: 'boom', stack, code: 'E1' }).err).toMatchObject({
    type: 'Error',
    code: 'E1',
  })
})

test('beside a message that says something else, such an error keeps its own', () => {
  const stack = 'TypeError: boom\n    at f (/app/src/f.js:1:1)'
  const expected = { msg: 'charge failed', err: { type: 'TypeError', message: 'boom' } }
  expect(readRecord({ level: 50, msg: 'charge failed', stack })).toMatchObject(expected)
  expect(readRecord({ severity: 'ERROR', message: 'charge failed', stack_trace: stack })).toMatchObject(
    expected,
  )
  expect(readRecord({ level: 'error', message: 'charge failed', stack: [stack] })).toMatchObject(expected)
})

test('without a message an error says its stack, its code or its type', () => {
  expect(readError({ stack: 'TypeError: boom\n    at f' })).toMatchObject({
    type: 'TypeError',
    message: 'boom',
  })
  expect(readError({ code: 'E1' })?.message).toBe('E1')
  expect(readError({ name: 'TimeoutError' })).toEqual({ type: 'TimeoutError', message: 'TimeoutError' })
})

test('a DOMException is called by its name, and not by the number of old times', () => {
  const wanted = { type: 'TimeoutError', message: 'too slow' }
  const error = new DOMException('too slow', 'TimeoutError')
  const { err } = readRecord(pinoLine({}, (logger) => logger.error(error)))
  expect(err).toMatchObject(wanted)
  expect(err).not.toHaveProperty('code')
  const plain = { name: 'TimeoutError', message: 'too slow', stack: error.stack, code: 23 }
  for (const given of [plain, { ...plain, name: 'DOMException' }, { ...plain, stack: undefined }])
    expect(readError(given)).toMatchObject(wanted)
  expect(readError({ message: 'x', cause: plain })).toMatchObject({ causes: ['too slow'] })
  // A number of another meaning is kept.
  expect(readError({ name: 'MongoError', message: 'x', code: 23 })).toMatchObject({ code: '23' })
})

test('texts of an error are cut', () => {
  const error = readError({ message: 'm'.repeat(50_000), stack: 's'.repeat(50_000), code: 'c'.repeat(5_000) })
  expect(error?.message.length).toBe(10_000)
  expect(error?.stack?.length).toBe(16_384)
  expect(error?.code?.length).toBe(200)
})
