import { expect, it } from 'vitest'
import * as winstonAlertTransport from 'winston-alert-transport'
import { AlertTransport } from 'winston-alert-transport'

it('the class says what to write if it is called without new', () => {
  const call = AlertTransport as unknown as (options: object) => unknown
  expect(() => call({})).toThrow(
    /^AlertTransport is a class for winston: write new AlertTransport\(options\)\. For pino, use pino-alert-transport\.$/,
  )
})

it('the class has its name, makes its instances and can be extended', () => {
  class Own extends AlertTransport {}
  const transport = new Own({ enabled: false })
  expect(transport).toBeInstanceOf(AlertTransport)
  expect(AlertTransport.name).toBe('AlertTransport')
  expect(new AlertTransport({ enabled: false }).constructor.name).toBe('AlertTransport')
  expect(winstonAlertTransport.default).toBe(AlertTransport)
})
