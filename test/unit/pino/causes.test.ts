// What pino's own serializer does not write of an error's causes.
import { runInNewContext } from 'node:vm'
import { type LoggerOptions, pino } from 'pino'
import { describe, expect, it, test } from 'vitest'
import { createReader } from '#core/read/reader.ts'
import { errorKeyOf, withCauses } from '#pino/causes.ts'
import { logMethod } from '#pino/hooks.ts'

const refused = Object.assign(new Error('duplicate key'), { code: '23505', constraint: 'users_email_key' })
const read = createReader({ now: () => 0 })

/** Logs through a stream that asks for metadata, as alertStream does: what crosses to the worker. */
function crossing(log: (logger: pino.Logger) => void, options: LoggerOptions = {}) {
  const lines: string[] = []
  const stream = {
    [Symbol.for('pino.metadata')]: true,
    lastLogger: undefined,
    lastObj: undefined,
    write(this: { lastLogger: unknown; lastObj: unknown }, line: string) {
      lines.push(withCauses(line, this.lastLogger, this.lastObj))
    },
  }
  log(pino(options, stream))
  return lines.join('')
}

/** Logs with the hook, and reads what every transport sees. */
function hooked(log: (logger: pino.Logger) => void, options: LoggerOptions = {}) {
  const lines: string[] = []
  log(pino({ hooks: { logMethod }, ...options }, { write: (line) => void lines.push(line) }))
  return lines.join('')
}

const circular = new Error('outer')
circular.cause = circular

describe.each([
  ['alertStream', crossing],
  ['the hook', hooked],
])('%s', (_, logged) => {
  test.each<[string, (logger: pino.Logger, err: unknown) => void, string]>([
    ['by itself', (logger, err) => logger.error(err), 'charge failed'],
    ['before a text', (logger, err) => logger.error(err, 'order %d failed', 7), 'order 7 failed'],
    ['under its key', (logger, err) => logger.error({ err }), 'charge failed'],
  ])('reads an error of another realm %s', (_name, log, msg) => {
    const cause = '{ cause: Object.assign(new Error("refused"), { code: "ECONNREFUSED" }) }'
    const err = runInNewContext(`Object.assign(new TypeError('charge failed', ${cause}), { code: 'E_PAY' })`)
    const found = {
      msg,
      err: {
        type: 'TypeError',
        message: 'charge failed',
        code: 'E_PAY',
        stack: expect.stringContaining('causes.test.ts'),
        root: { message: 'refused', code: 'ECONNREFUSED' },
      },
    }
    expect(read(logged((logger) => log(logger, err)))).toMatchObject(found)
    const inChild = (logger: pino.Logger) => log(logger.child({ team: 'a' }), err)
    expect(read(logged(inChild))).toMatchObject({ ...found, fields: { team: 'a' } })
  })

  test.each<[string, unknown, object, string]>([
    ['the code of a cause', refused, { message: 'duplicate key', code: '23505' }, 'save failed'],
    ['a cause that is an object', { code: 'E_QUOTA', reason: 'full' }, { code: 'E_QUOTA' }, 'save failed'],
    ['a cause that is a text', 'disk full', { message: 'disk full' }, 'save failed'],
    [
      'the code of a cause of a cause',
      new Error('query failed', { cause: refused }),
      { message: 'duplicate key', code: '23505' },
      'save failed',
    ],
    [
      'the members of a cause',
      new AggregateError([Object.assign(new Error('a is down'), { code: 'EA' })], 'no replica'),
      { message: 'a is down', code: 'EA' },
      'save failed',
    ],
  ])('reads %s', (_name, cause, root, message) => {
    const line = logged((logger) => logger.error(new Error('save failed', { cause })))
    expect(read(line)).toMatchObject({ err: { message, root } })
    expect(
      read(logged((logger) => logger.error({ err: new Error('save failed', { cause }), a: 1 }, 'oops'))),
    ).toMatchObject({ msg: 'oops', err: { message, root }, fields: { a: 1 } })
  })

  it('lets rules see the cause as a part of the error', () => {
    const record = read(logged((logger) => logger.error(new Error('save failed', { cause: refused }))))
    expect(record).toMatchObject({
      fields: { err: { cause: { code: '23505', constraint: 'users_email_key' } } },
    })
  })

  test.each<[string, Error, LoggerOptions]>([
    ['pino writes all of', new Error('save failed', { cause: new Error('refused') }), {}],
    ['there are none of', refused, {}],
    ['are circular', circular, {}],
    [
      'the application has its own serializer for',
      new Error('save failed', { cause: refused }),
      { serializers: { err: (error: Error) => ({ message: error.message }) } },
    ],
    [
      'the application redacts in',
      new Error('save failed', { cause: refused }),
      { redact: ['err.cause', 'err.stack'] },
    ],
  ])('adds nothing if causes %s', (_name, error, options) => {
    expect(logged((logger) => logger.error(error), options)).not.toContain('err.cause')
  })

  it('uses the error key of the logger, and survives causes that throw', () => {
    const options = { errorKey: 'failure' }
    const line = logged((logger) => logger.error(new Error('save failed', { cause: refused })), options)
    expect(createReader({ now: () => 0, errorKey: 'failure' })(line)).toMatchObject({
      err: { message: 'save failed', root: { code: '23505' } },
    })
    const bad = new Error('save failed')
    const hostile = {}
    Object.defineProperty(hostile, 'code', {
      get() {
        throw new Error('no')
      },
    })
    Object.defineProperty(bad, 'cause', { value: hostile })
    expect(read(logged((logger) => logger.error(bad)))).toMatchObject({ err: { message: 'save failed' } })
  })
})

/** A logger of a copy of pino with symbols of its own; counts how often these are listed. */
function ofOtherCopy(errorKey: string) {
  const listed = { times: 0 }
  const logger = new Proxy(
    { [Symbol('pino.errorKey')]: errorKey },
    {
      ownKeys(target) {
        listed.times++
        return Reflect.ownKeys(target)
      },
    },
  )
  return { logger, child: Object.create(logger) as object, listed }
}

test('the names that a logger uses are looked up once for each copy of pino in turn', () => {
  const first = ofOtherCopy('failure')
  const second = ofOtherCopy('problem')
  expect([first.logger, first.child, first.logger].map(errorKeyOf)).toEqual(['failure', 'failure', 'failure'])
  expect(first.listed.times).toBe(1)
  expect([second.logger, first.child, pino(), {}].map(errorKeyOf)).toEqual([
    'problem',
    'failure',
    'err',
    'err',
  ])
})
