import { ecsFormat as ecsPino } from '@elastic/ecs-pino-format'
import { ecsFormat as ecsWinston } from '@elastic/ecs-winston-format'
import { type LoggerOptions, pino } from 'pino'
import { describe, expect, test } from 'vitest'
import winston from 'winston'
import { readRecord } from '../lines.ts'
import { linesOf, paymentError, trace, writableOf } from './payment.ts'

describe('@elastic/ecs-pino-format', () => {
  const [inObject, alone, request] = linesOf((stream) => {
    const logger = pino(ecsPino({ convertReqRes: true }) as LoggerOptions, stream)
    logger.error({ err: paymentError(), 'trace.id': trace }, 'payment failed')
    logger.fatal(paymentError())
    logger.error({ req: { id: 'r-1', method: 'GET', url: '/x', headers: {} } }, 'bad request')
  })

  test('the error, the level, the time and the trace are read', () => {
    expect(readRecord(inObject!)).toMatchObject({
      level: 50,
      msg: 'payment failed',
      traceId: trace,
      err: { type: 'TypeError', message: 'charge failed' },
    })
    expect(readRecord(inObject!).err?.stack).toContain('src/pay.js:42')
    expect(readRecord(alone!)).toMatchObject({ level: 60, msg: 'charge failed', err: { type: 'TypeError' } })
    expect(readRecord(alone!).time).toBeGreaterThan(1_600_000_000_000)
  })

  test('rules may say err, whatever the schema calls it', () => {
    expect(readRecord(inObject!).fields['err']).toMatchObject({ type: 'TypeError' })
  })

  test('a request is read', () => {
    expect(readRecord(request!)).toMatchObject({ level: 50, msg: 'bad request' })
  })
})

test('@elastic/ecs-winston-format: the error with its code and cause is read', () => {
  const lines = linesOf((stream) => {
    const transports = [new winston.transports.Stream({ stream: writableOf(stream) })]
    const logger = winston.createLogger({ format: ecsWinston(), transports })
    logger.error('payment failed', { err: paymentError() })
    logger.error(paymentError() as never)
  })
  for (const line of lines)
    expect(readRecord(line)).toMatchObject({
      level: 50,
      err: {
        type: 'TypeError',
        message: 'charge failed',
        code: 'E_PAY',
        root: { message: 'connect ECONNREFUSED 127.0.0.1:5432' },
      },
    })
  expect(readRecord(lines[0]!).msg).toBe('payment failed')
})

test('flat names are read', () => {
  const record = readRecord({
    '@timestamp': '2026-06-01T12:00:00.000Z',
    'log.level': 'error',
    message: 'payment failed',
    'error.type': 'TypeError',
    'error.message': 'charge failed',
    'error.stack_trace': 'TypeError: charge failed\n    at charge (/srv/app/src/pay.js:42:11)',
    'trace.id': trace,
  })
  expect(record).toMatchObject({
    level: 50,
    msg: 'payment failed',
    traceId: trace,
    err: { type: 'TypeError', message: 'charge failed' },
  })
  expect(record.err?.stack).toContain('pay.js')
})
