import { WinstonModule } from 'nest-winston'
import { expect, test } from 'vitest'
import winston from 'winston'
import { readRecord } from '../lines.ts'
import { linesOf, paymentError, writableOf } from './payment.ts'

test('nest-winston: the stack that Nest gives as a list is the error', () => {
  const lines = linesOf((stream) => {
    const transports = [new winston.transports.Stream({ stream: writableOf(stream) })]
    const logger = WinstonModule.createLogger({ format: winston.format.json(), transports })
    logger.error('payment failed', paymentError().stack, 'PayService')
    logger.error(paymentError())
  })
  expect(readRecord(lines[0]!)).toMatchObject({
    level: 50,
    msg: 'payment failed',
    err: { type: 'TypeError', stack: expect.stringContaining('src/pay.js:42') },
  })
  expect(readRecord(lines[1]!)).toMatchObject({
    msg: 'charge failed',
    err: {
      type: 'TypeError',
      message: 'charge failed',
      code: 'E_PAY',
      stack: expect.stringContaining('pay.js'),
    },
  })
})
