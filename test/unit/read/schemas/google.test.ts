import { createGcpLoggingPinoConfig } from '@google-cloud/pino-logging-gcp-config'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { readRecord } from '../lines.ts'
import { linesOf, paymentError, trace } from './payment.ts'

test('@google-cloud/pino-logging-gcp-config: severity, time, error, cause and trace are read', () => {
  const lines = linesOf((stream) => {
    const config = createGcpLoggingPinoConfig({ serviceContext: { service: 'billing', version: '1' } })
    const logger = pino(config, stream)
    logger.error({ err: paymentError(), trace_id: trace, span_id: '00f067aa0ba902b7' }, 'payment failed')
    logger.fatal('going down')
  })
  const [error, fatal] = lines.filter((line) => line.includes('failed') || line.includes('going down'))
  expect(readRecord(error!)).toMatchObject({
    level: 50,
    msg: 'payment failed',
    traceId: trace,
    err: {
      type: 'TypeError',
      message: 'charge failed',
      code: 'E_PAY',
      causes: ['connect ECONNREFUSED 127.0.0.1:5432'],
    },
  })
  expect(Math.abs(readRecord(error!).time - Date.now())).toBeLessThan(60_000)
  expect(readRecord(fatal!)).toMatchObject({ level: 60, msg: 'going down' })
})

test('what Error Reporting takes is read', () => {
  const stack = 'TypeError: charge failed\n    at charge (/srv/app/src/pay.js:42:11)'
  const base = { severity: 'CRITICAL', 'logging.googleapis.com/trace': `projects/shop/traces/${trace}` }
  expect(readRecord({ ...base, message: 'payment failed', stack_trace: stack })).toMatchObject({
    level: 60,
    msg: 'payment failed',
    traceId: trace,
    err: { type: 'TypeError', stack },
  })
  // The stack as the message.
  expect(readRecord({ ...base, message: stack })).toMatchObject({
    msg: 'charge failed',
    err: { type: 'TypeError', message: 'charge failed', stack },
  })
})
