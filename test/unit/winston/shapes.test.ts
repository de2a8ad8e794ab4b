import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import winston from 'winston'
import { type Format, lineOf, now } from './lines.ts'

const { splat, errors, metadata, colorize, json, timestamp } = winston.format

const formats: Record<string, readonly Format[]> = {
  'no format of its own': [],
  'splat and json': [splat(), json()],
  'errors with stacks': [errors({ stack: true }), json()],
  metadata: [errors({ stack: true }), metadata(), json()],
  'colours, splat, timestamp': [colorize({ all: true }), splat(), timestamp()],
}

function cardError(): Error {
  const error = new TypeError('card declined', { cause: new Error('gateway timeout') })
  return Object.assign(error, { code: 'E_CARD' })
}

describe.each(Object.entries(formats))('with %s', (name, given) => {
  it('an error alone gives its type, message, code and stack', () => {
    const line = lineOf((logger) => logger.error(cardError()), ...given)
    expect(line).toMatchObject({ level: 50, time: now, msg: 'card declined' })
    expect(line.err).toMatchObject({ type: 'TypeError', message: 'card declined', code: 'E_CARD' })
    expect(line.err?.stack).toContain('shapes.test.ts')
  })

  it('an error behind a message leaves the message as it was written', () => {
    const line = lineOf((logger) => logger.error('charging failed', cardError()), ...given)
    expect(line.msg).toBe('charging failed')
    expect(line.err).toMatchObject({ type: 'TypeError', message: 'card declined', code: 'E_CARD' })
    expect(line.err?.cause?.message).toBe('gateway timeout')
  })

  it.each(['err', 'error', 'e', 'reason', 'failure'])(
    'an error in the field %s is the error of the record',
    (key) => {
      const line = lineOf(
        (logger) => logger.error('charging failed', { [key]: cardError(), orderId: 7 }),
        ...given,
      )
      expect(line).toMatchObject({ msg: 'charging failed', orderId: 7 })
      expect(line.err).toMatchObject({ type: 'TypeError', message: 'card declined', code: 'E_CARD' })
      expect(line.err?.cause?.message).toBe('gateway timeout')
    },
  )

  it.each<[string, (logger: winston.Logger, error: unknown) => void, string]>([
    ['alone', (logger, error) => logger.error(error), 'card declined'],
    ['behind a message', (logger, error) => logger.error('charging failed', error), 'charging failed'],
    ['in a field', (logger, err) => logger.error('charging failed', { err }), 'charging failed'],
  ])('an error of another realm %s is the error of the record', (_place, log, msg) => {
    const cause = '{ cause: new Error("gateway timeout") }'
    const error = runInNewContext(
      `Object.assign(new TypeError('card declined', ${cause}), { code: 'E_CARD' })`,
    )
    const line = lineOf((logger) => log(logger, error), ...given)
    expect(line).toMatchObject({ level: 50, msg })
    expect(line.err).toMatchObject({ type: 'TypeError', message: 'card declined' })
    // Of an error that is logged alone, `metadata` moves what is enumerable.
    const { code } = line.err?.code === undefined ? (line['metadata'] as { code: unknown }) : line.err
    expect(code).toBe('E_CARD')
    expect(line.err?.stack).toContain('shapes.test.ts')
  })

  it('an object alone keeps message and fields', () => {
    const line = lineOf((logger) => logger.error({ message: 'charging failed', orderId: 7 }), ...given)
    expect(line).toMatchObject({ msg: 'charging failed', orderId: 7 })
  })

  it('an error in the place of the message is the error', () => {
    const line = lineOf((logger) => logger.log({ level: 'error', message: cardError() as never }), ...given)
    if (name.startsWith('colours')) return
    expect(line.msg).toBe('card declined')
    expect(line.err).toMatchObject({ type: 'TypeError', code: 'E_CARD' })
  })

  it('arguments are filled in, and fields behind them are found', () => {
    const line = lineOf(
      (logger) => logger.error('no card for %s', 'bob', { alert: { code: 'NO_CARD' }, orderId: 7 }),
      ...given,
    )
    expect(line).toMatchObject({ msg: 'no card for bob', alert: { code: 'NO_CARD' }, orderId: 7 })
  })

  it('an alert field is found beside a % that is not an argument', () => {
    const line = lineOf((logger) => logger.error('disk at 100%c', { alert: true }), ...given)
    expect(line.alert).toBe(true)
  })

  it('a child passes its fields on, with errors too', () => {
    const line = lineOf((logger) => logger.child({ service: 'billing' }).error(cardError()), ...given)
    expect(line).toMatchObject({ msg: 'card declined', service: 'billing' })
    expect(line.err).toMatchObject({ message: 'card declined', code: 'E_CARD' })
    expect(line.err?.stack).toContain('shapes.test.ts')
  })

  it('the level is the one logged, also if it is colored or overwritten', () => {
    const line = lineOf((logger) => logger.warn('low stock', { level: 'gold' }), ...given)
    expect(line.level).toBe(40)
  })

  it('a crash is fatal, says its kind once, and leaves the process report out', () => {
    const line = lineOf(
      (logger) => {
        const handler = logger.exceptions as unknown as { getAllInfo(error: unknown): object }
        logger.log(handler.getAllInfo(cardError()) as never)
      },
      ...given,
    )
    expect(line).toMatchObject({ level: 60, msg: 'uncaughtException: card declined', exception: true })
    expect(line.err).toMatchObject({ type: 'TypeError', message: 'card declined' })
    expect(Object.keys(line)).not.toEqual(expect.arrayContaining(['trace']))
    expect(JSON.stringify(line)).not.toContain('memoryUsage')
  })

  it('a rejection with something that is not an error says what it was', () => {
    const line = lineOf(
      (logger) => {
        const handler = logger.rejections as unknown as { getAllInfo(error: unknown): object }
        logger.log(handler.getAllInfo('queue gone') as never)
      },
      ...given,
    )
    expect(line).toMatchObject({ level: 60, msg: 'unhandledRejection: queue gone', rejection: true })
  })

  it('nothing at all is an empty message', () => {
    const line = lineOf((logger) => logger.error(undefined as never), ...given)
    expect(line.level).toBe(50)
  })
})

describe('a record', () => {
  it('keeps the stack of an error that was logged as text', () => {
    const line = lineOf((logger) => logger.error(cardError().stack!))
    expect(line.msg).toBe('TypeError: card declined')
    expect(line.err).toMatchObject({ type: 'TypeError', message: 'card declined' })
    expect(line.err?.stack).toContain('shapes.test.ts')
  })

  it('takes an object as message for fields', () => {
    const line = lineOf((logger) => logger.error({ err: cardError(), alert: 'CARD', orderId: 7 } as never))
    expect(line).toMatchObject({ msg: 'card declined', alert: 'CARD', orderId: 7 })
    expect(line.err?.type).toBe('TypeError')
  })

  it('shows an object without a message as its message', () => {
    expect(lineOf((logger) => logger.error({ orderId: 7 } as never)).msg).toBe('{"orderId":7}')
  })

  it('finds what format.metadata() moved under its old name and its new one', () => {
    const line = lineOf((logger) => logger.error('failed', { orderId: 7 }), metadata(), json())
    expect(line).toMatchObject({ orderId: 7, metadata: { orderId: 7 } })
  })

  it('does not bring back what a format took out', () => {
    const withoutCard = winston.format((info) => {
      delete info['card']
      return info
    })
    const line = lineOf((logger) => logger.error('failed', { card: '4111', orderId: 7 }), withoutCard())
    expect(line).toMatchObject({ orderId: 7 })
    expect(JSON.stringify(line)).not.toContain('4111')
  })

  it('keeps a cause chain and the parts of an AggregateError', () => {
    const root = new Error('socket closed')
    const middle = new Error('query failed', { cause: root })
    const outer = new AggregateError([new Error('replica 1'), new RangeError('replica 2')], 'no replica', {
      cause: middle,
    })
    const { err } = lineOf((logger) => logger.error('read failed', { err: outer }))
    expect(err?.type).toBe('AggregateError')
    expect(err?.cause?.cause?.message).toBe('socket closed')
    expect(err?.aggregateErrors?.map((each) => `${each.type}: ${each.message}`)).toEqual([
      'Error: replica 1',
      'RangeError: replica 2',
    ])
  })

  it('survives an error that is its own cause', () => {
    const error: Error & { cause?: unknown } = new Error('snake')
    error.cause = error
    expect(lineOf((logger) => logger.error('bitten', error)).err?.cause).toBe('[circular]')
  })

  it('stands with an error under its own name as well, there without the stack', () => {
    const line = lineOf((logger) => logger.error('failed', { error: cardError() }))
    expect(line['error']).toEqual({ message: 'card declined', code: 'E_CARD' })
  })

  it('keeps the fields that were added to an error', () => {
    const error = Object.assign(new Error('connect ECONNREFUSED'), {
      errno: -111,
      address: '10.0.0.1',
      port: 5432,
    })
    expect(lineOf((logger) => logger.error('failed', { err: error })).err).toMatchObject({
      errno: -111,
      address: '10.0.0.1',
      port: 5432,
    })
  })

  it('keeps a message that only ends like its error', () => {
    const line = lineOf((logger) => logger.error({ message: 'caught: boom', err: new Error('boom') }))
    expect(line.msg).toBe('caught: boom')
  })

  it('cannot change its level or its time by a field', () => {
    const line = lineOf((logger) => logger.error('failed', { time: 5, level: 'info' }))
    expect(line).toMatchObject({ level: 50, time: now })
  })
})
