import { runInNewContext } from 'node:vm'
import { type LoggerOptions, pino } from 'pino'
import { describe, expect, expectTypeOf, it, test } from 'vitest'
import { composeLogMethod, type LogMethod, logMethod } from '#pino/hooks.ts'

type Log = (...args: unknown[]) => void

/** What a logger writes for one call at error level, without what every line has. */
function written(args: readonly unknown[], options: LoggerOptions = { hooks: { logMethod } }) {
  const lines: string[] = []
  const logger = pino(
    { base: null, timestamp: false, ...options },
    { write: (line) => void lines.push(line) },
  )
  ;(logger.error as Log)(...args)
  const { err, ...record } = JSON.parse(lines.join(''))
  return err === undefined ? record : { ...record, err: err.message ?? err }
}

const error = new Error('card declined')

describe('an error behind a text', () => {
  test.each([
    [['payment failed', error], 'payment failed'],
    [['payment failed:', error], 'payment failed:'],
    [['payment %s failed', 7, error], 'payment 7 failed'],
    [['100%% of %d failed', 3, error], '100% of 3 failed'],
    [['payment failed', error, 'and more'], 'payment failed'],
    [['payment %s failed', 7, 'more', error], 'payment 7 failed'],
  ])('%j is read', (args, msg) => {
    expect(written(args)).toEqual({ level: 50, err: 'card declined', msg })
  })

  it.each([
    [[{ orderId: 7 }, 'payment failed', error], { orderId: 7, msg: 'payment failed' }],
    [[{ err: null }, 'payment %s failed', 7, error], { msg: 'payment 7 failed' }],
    [[Object.create(null), 'payment failed', error, 'and more'], { msg: 'payment failed' }],
  ])('is read behind fields too: %j', (args, expected) => {
    expect(written(args)).toEqual({ level: 50, err: 'card declined', ...expected })
  })

  it('leaves the fields of the call as they were', () => {
    const fields = Object.freeze({ orderId: 7 })
    expect(written([fields, 'payment failed', error])).toMatchObject({ err: 'card declined', orderId: 7 })
    expect(fields).toEqual({ orderId: 7 })
  })

  it('may be of another realm', () => {
    expect(written(['payment failed', runInNewContext("new TypeError('card declined')")])).toMatchObject({
      err: 'card declined',
    })
  })

  it("has the logger's own error key, also in a child with a prefix", () => {
    const lines: string[] = []
    const options = { errorKey: 'failure', msgPrefix: '[pay] ', hooks: { logMethod } }
    const child = pino(options, { write: (line) => void lines.push(line) }).child({ team: 'a' })
    ;(child.error as Log)('payment failed', error)
    expect(JSON.parse(lines.join(''))).toMatchObject({
      failure: { message: 'card declined', stack: expect.stringContaining('card declined') },
      msg: '[pay] payment failed',
      team: 'a',
    })
  })
})

test.each([
  [[error]],
  [[error, 'payment failed']],
  [[error, 'payment %s failed', 7]],
  [[{ err: error, orderId: 7 }, 'payment failed']],
  [[{ orderId: 7 }, 'payment failed: %s', error]],
  [[{ err: new Error('refused') }, 'payment failed', error]],
  [[new (class Order {})(), 'payment failed', error]],
  [['payment failed: %s', error]],
  [['payment %s failed: %o', 7, error]],
  [['payment failed']],
  [['payment %s failed', 7]],
  [['payment failed', { orderId: 7 }]],
  [['']],
  [[undefined, 'payment failed']],
  [[null]],
  [[]],
])('every other call is written as without the hook: %j', (args) => {
  expect(written(args)).toEqual(written(args, {}))
})

it("comes before the application's own hook, which gets the level and decides", () => {
  const seen: unknown[] = []
  const own: LogMethod = function own(args, method, level) {
    seen.push([...args], level)
    method.apply(this, args)
  }
  const options = { hooks: { logMethod: composeLogMethod(own) } }
  expect(written(['payment failed', error], options)).toMatchObject({ err: 'card declined' })
  expect(seen).toEqual([[{ err: error }, 'payment failed'], 50])
})

it('does not lose a level: what the logger does not write is not looked at', () => {
  const lines: string[] = []
  const logger = pino({ level: 'fatal', hooks: { logMethod } }, { write: (line) => void lines.push(line) })
  ;(logger.error as Log)('payment failed', error)
  expect(lines).toEqual([])
})

it("has pino's own type", () => {
  expectTypeOf(logMethod).toEqualTypeOf<NonNullable<NonNullable<LoggerOptions['hooks']>['logMethod']>>()
})
