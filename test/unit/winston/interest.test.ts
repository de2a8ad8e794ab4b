import { describe, expect, it } from 'vitest'
import winston from 'winston'
import { createInterest } from '#winston/interest.ts'
import { npmLevels } from '#winston/winston-levels.ts'
import { type Format, infosOf } from './lines.ts'

const isInteresting = createInterest({ levels: npmLevels, threshold: 50, wantsAll: false })

function isNotified(log: (logger: winston.Logger) => void, ...formats: Format[]): boolean {
  return isInteresting(infosOf(log, ...formats)[0]!)
}

const { splat, metadata, json, colorize } = winston.format

describe('what crosses to the worker', () => {
  it('is what reaches the threshold', () => {
    expect(isNotified((logger) => logger.error('x'))).toBe(true)
    expect(isNotified((logger) => logger.warn('x'))).toBe(false)
    expect(isNotified((logger) => logger.error('x'), colorize())).toBe(true)
  })

  it.each<[string, Format[]]>([
    ['no format', []],
    ['splat', [splat(), json()]],
    ['metadata', [metadata(), json()]],
  ])('is whatever carries an alert field, with %s', (_name, formats) => {
    for (const alert of [true, 'CODE', { code: 'CODE' }]) {
      expect(isNotified((logger) => logger.info('x', { alert }), ...formats)).toBe(true)
      expect(isNotified((logger) => logger.info('x %s', 'y', { alert }), ...formats)).toBe(true)
      expect(isNotified((logger) => logger.debug({ message: 'x', alert }), ...formats)).toBe(true)
      expect(isNotified((logger) => logger.child({ alert }).debug('x'), ...formats)).toBe(true)
    }
    expect(isNotified((logger) => logger.info('x', { other: true }), ...formats)).toBe(false)
  })

  it('is not a record with alert: false', () => {
    expect(isNotified((logger) => logger.error('x', { alert: false }))).toBe(false)
  })

  it('is every crash, whatever its level', () => {
    const thrown = { level: 'info', message: 'uncaughtException: x', exception: true }
    const rejected = { level: 'info', message: 'unhandledRejection: x', rejection: true }
    expect(isNotified((logger) => logger.log(thrown))).toBe(true)
    expect(isNotified((logger) => logger.log(rejected), metadata())).toBe(true)
  })

  it("is not a record that only copies a crash's marks, as express-winston does", () => {
    const meta = { level: 'info', message: 'HTTP GET /x 404', exception: true }
    expect(isNotified((logger) => logger.log(meta))).toBe(false)
  })

  it('is what cannot be read', () => {
    const hostile = new Proxy(
      {},
      {
        get() {
          throw new Error('trap')
        },
      },
    )
    expect(isInteresting(hostile)).toBe(true)
  })

  it('is everything if a rule matches all levels', () => {
    const wantsAll = createInterest({ levels: npmLevels, threshold: 50, wantsAll: true })
    expect(wantsAll(infosOf((logger) => logger.silly('x'))[0]!)).toBe(true)
  })
})
