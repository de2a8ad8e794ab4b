import { createServer } from 'node:net'
import { pino } from 'pino'
import { describe, expect, test } from 'vitest'
import { recordKey } from '#core/fingerprint/fingerprint.ts'
import type { LogRecord } from '#core/model.ts'
import { readError } from '#core/read/error-info.ts'
import { createRecordReader } from '#core/read/reader.ts'
import { concise, textsOf } from '#core/render/describe.ts'
import { lineOf } from '../winston/lines.ts'
import { arrival, pinoLine, readRecord } from './lines.ts'

const publish = createRecordReader({ now: () => arrival })
const stackOf = (name: string) => `Error: ${name}\n    at query (/app/src/db.js:1:1)`

function published(err: unknown): LogRecord {
  const record = publish({ level: 50, msg: '', err })
  if ('failed' in record) throw new Error(record.failed)
  return record
}

const said = (record: LogRecord) => {
  const { message, error } = concise(textsOf(record))
  return error === '' ? message : `${message} | ${error}`
}

function failed(code: string, message: string): Error {
  const error = new Error('query failed', { cause: Object.assign(new Error(message), { code }) })
  error.stack = stackOf('query failed')
  return error
}

const causes = [
  failed('ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:5432'),
  failed('28P01', 'password authentication failed for user "app"'),
  failed('ENOSPC', 'ENOSPC: no space left on device, write'),
]

describe.each([
  ['hub.publish({ error })', published],
  ['logger.error(err)', (err: Error) => readRecord(pinoLine({}, (logger) => logger.error(err)))],
  [
    'logger.error({ err }, text)',
    (err: Error) => readRecord(pinoLine({}, (logger) => logger.error({ err }, 'x'))),
  ],
  [
    "pino's errWithCause",
    (err: Error) =>
      readRecord(
        pinoLine({ serializers: { err: pino.stdSerializers.errWithCause } }, (logger) => logger.error(err)),
      ),
  ],
])('with %s', (_way, read) => {
  test('three causes of one failure are three alerts', () => {
    expect(new Set(causes.map((err) => recordKey(read(err), undefined))).size).toBe(3)
  })

  test('the cause is in the message', () => {
    expect(said(read(causes[0]!))).toContain('connect ECONNREFUSED 127.0.0.1:5432')
    expect(said(read(causes[1]!))).toContain('password authentication failed for user "app"')
  })

  test('the same cause with other numbers is the same alert', () => {
    const other = failed('ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.2:5432')
    expect(recordKey(read(other), undefined)).toBe(recordKey(read(causes[0]!), undefined))
  })
})

test('the code of a cause is shown where its message does not say it', () => {
  expect(said(published(causes[1]))).toBe(
    'query failed | password authentication failed for user "app" (28P01)',
  )
})

test('a failed fetch says why', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  const error = await fetch(`http://127.0.0.1:${port}/`).catch((reason: unknown) => reason as Error)
  for (const record of [published(error), readRecord(pinoLine({}, (logger) => logger.error(error)))]) {
    expect(said(record)).toMatch(/^fetch failed \| .*ECONNREFUSED/)
    expect(recordKey(record, undefined)).toContain('ECONNREFUSED')
  }
})

test('a cause without a message is known by its code', () => {
  const cause = Object.assign(new AggregateError([], ''), { code: 'ECONNREFUSED' })
  expect(published(new TypeError('fetch failed', { cause })).err).toMatchObject({
    message: 'fetch failed',
    root: { message: 'ECONNREFUSED' },
  })
})

test('the first of the errors that Promise.any gathers is the root', async () => {
  const gathered = await Promise.any([
    Promise.reject(new Error('primary is down')),
    Promise.reject(new Error('replica is down')),
  ]).catch((reason: unknown) => reason as AggregateError)
  const { err } = published(gathered)
  expect(err).toMatchObject({
    type: 'AggregateError',
    causes: ['primary is down', 'replica is down'],
    root: { message: 'primary is down' },
  })
})

describe.each([
  ['hub.publish', published],
  ['pino', (err: unknown) => readRecord(pinoLine({}, (logger) => logger.error(err)))],
  ['winston', (err: unknown) => readRecord(lineOf((logger) => logger.error('', err)))],
])('of what Promise.any gathers, with %s', (logger, read) => {
  const down = () => new Error('replica is down')
  const gather = async (...reasons: readonly unknown[]) =>
    Promise.any(reasons.map((reason) => Promise.reject(reason))).catch((error: unknown) => error)

  test.each([
    ['null', null, 'null'],
    ['undefined', undefined, 'null'],
    ['a text', 'out of paper', 'out of paper'],
  ])('the error is the root though the first is %s', async (_kind, first, text) => {
    expect(read(await gather(first, down())).err).toMatchObject({
      causes: ['replica is down', text],
      root: { message: 'replica is down' },
    })
  })

  test('an object without a message is the root rather than a text', async () => {
    expect(read(await gather('out of paper', { code: 'E_QUOTA' })).err).toMatchObject({
      causes: ['E_QUOTA', 'out of paper'],
      root: { message: 'E_QUOTA', code: 'E_QUOTA' },
    })
  })

  test('nothing is lost if all are null', async () => {
    const record = read(await gather(null, null))
    expect(record.err).toMatchObject({ type: 'AggregateError', message: 'All promises were rejected' })
    expect(record.err).toMatchObject({ root: { message: 'null' } })
    expect(recordKey(record, undefined)).toContain('AggregateError')
  })

  test('the root is that of another AggregateError, whatever stands before it', async () => {
    const inner = await gather(null, down())
    expect(read(await gather(inner, null)).err).toMatchObject({ root: { message: 'replica is down' } })
    expect(read(await gather(undefined, await gather(null, inner))).err).toMatchObject({
      root: { message: 'replica is down' },
    })
    const other = await gather(null, new Error('disk full'))
    const keys = [inner, other].map(async (each) => recordKey(read(await gather(each, null)), undefined))
    expect(new Set(await Promise.all(keys)).size).toBe(2)
  })

  test('as a cause it says what began it', async () => {
    const error = new Error('query failed', { cause: await gather(null, down()) })
    const { err } = read(error)
    // pino's own serializer leaves out what a cause gathers.
    if (logger !== 'pino') expect(err).toMatchObject({ root: { message: 'replica is down' } })
    expect(err).toMatchObject({
      message: 'query failed',
      causes: expect.arrayContaining(['All promises were rejected']),
    })
  })
})

test('members of members are read, however deep they are in a text', () => {
  const text = `${'{"errors":['.repeat(3_000)}{"message":"disk full"}${',null]}'.repeat(3_000)}`
  expect(readError(text)?.message).toBe('null')
})

test('a SuppressedError has two causes', () => {
  const suppressed = Object.assign(new Error('An error was suppressed during disposal'), {
    name: 'SuppressedError',
  })
  Object.defineProperty(suppressed, 'error', { value: new Error('close failed') })
  Object.defineProperty(suppressed, 'suppressed', { value: new Error('query failed') })
  expect(published(suppressed).err).toMatchObject({
    type: 'SuppressedError',
    causes: ['close failed', 'query failed'],
    root: { message: 'close failed' },
  })
})

test.each([
  ['a text', 'disk full', { message: 'disk full' }],
  ['an object without a message', { code: 'E7', status: 503 }, { message: 'status 503', code: 'E7' }],
  ['a stack as text', stackOf('disk full'), { message: 'disk full', type: 'Error' }],
  ['a chain', { message: 'a', cause: { message: 'b', cause: 'c' } }, { message: 'c' }],
  ['several errors', { message: 'a', errors: [{ message: 'b', cause: { message: 'c' } }] }, { message: 'c' }],
])('a cause may be %s', (_kind, cause, root) => {
  expect(readRecord({ level: 50, err: { message: 'boom', cause } }).err?.root).toEqual(root)
})

test.each([
  ['TypeORM', 'driverError'],
  ['ioredis', 'lastNodeError'],
  ['NATS', 'chainedError'],
  ['VError', 'jse_cause'],
  ['Sequelize', 'parent'],
  ['kafkajs and mssql', 'originalError'],
  ['Apollo', 'networkError'],
  ['an SDK', 'innerException'],
])('the error below one of %s is its cause: %s', (_library, name) => {
  const read = (message: string) => {
    const error = Object.assign(new Error('query failed'), { [name]: new Error(message) })
    error.stack = stackOf('query failed')
    return [published(error), readRecord(pinoLine({}, (logger) => logger.error(error)))]
  }
  for (const record of read('disk full')) expect(record.err?.root).toMatchObject({ message: 'disk full' })
  const keys = [...read('disk full'), ...read('no route')].map((record) => recordKey(record, undefined))
  expect(new Set(keys).size).toBe(2)
})

test('what has the name of a cause but says nothing is none', () => {
  const err = { type: 'Error', message: 'boom', previous: { page: 2 }, lastError: null, networkError: false }
  expect(readRecord({ level: 50, err }).err).toEqual({ type: 'Error', message: 'boom' })
})
