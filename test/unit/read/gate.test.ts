import { expect, test } from 'vitest'
import { createGate } from '#core/read/gate.ts'
import { pinoLine, pinoLines, readRecord } from './lines.ts'

const gate = createGate({ level: 50 })

test('lines below the threshold are passed over, the others are read', () => {
  const lines = pinoLines({ level: 'trace' }, (logger) => {
    logger.trace('t')
    logger.debug('d')
    logger.info('i')
    logger.warn('w')
    logger.error('e')
    logger.fatal('f')
  })
  expect(lines.map(gate)).toEqual([false, false, false, false, true, true])
})

test('an alert field is seen at any level, wherever it stands', () => {
  const line = pinoLine({}, (logger) => logger.info({ alert: 'PAY' }, 'callback lost'))
  expect(gate(line)).toBe(true)
  expect(gate(pinoLine({ nestedKey: 'payload' }, (logger) => logger.info({ alert: true }, 'x')))).toBe(true)
  expect(gate('{"level":30,"alert" : true}')).toBe(true)
  expect(gate('{"level":30,"metadata":{"alert":{"code":"X"}}}')).toBe(true)
})

test('the word alert inside a message is not an alert field', () => {
  expect(gate(pinoLine({}, (logger) => logger.info('the "alert": true of a text')))).toBe(false)
})

test('an escaped key is not passed over', () => {
  expect(gate('{"level":30,"msg":"x","\\u0061lert":true}')).toBe(true)
  expect(gate('{"level":30,"msg":"x","\\u006cevel":50}')).toBe(true)
  expect(gate('{"level":30,"msg":"\\u001b[31mred\\u001b[39m"}')).toBe(false)
})

test('a second level, which wins over the first, is not passed over', () => {
  const line = pinoLine({}, (logger) => logger.info({ level: 60 }, 'x'))
  expect(gate(line)).toBe(true)
  expect(readRecord(line).level).toBe(60)
})

test.each([
  ['label', '{"level":"info","time":1}', false],
  ['label in upper case', '{"level":"INFO","time":1}', false],
  ['label that is bad enough', '{"level":"error","time":1}', true],
  ['unknown label', '{"level":"strange","time":1}', true],
  ['severity instead of a level', '{"severity":"INFO","message":"x"}', false],
  ['severity that is bad enough', '{"severity":"CRITICAL","message":"x"}', true],
  ['severity with a level behind it', '{"severity":"INFO","level":50}', true],
  ['level of three digits', '{"level":100,"time":1}', true],
  ['level of four digits', '{"level":1000,"time":1}', true],
  ['level of one digit', '{"level":5,"time":1}', false],
  ['level of one digit that is an error in syslog', '{"level":3,"version":"1.1"}', true],
  ['level alone', '{"level":30}', false],
  ['level with CRLF behind it', '{"level":30}\r', false],
  ['level that is not an integer', '{"level":30.5,"time":1}', true],
  ['level with an exponent', '{"level":3e1,"time":1}', true],
  ['level below zero', '{"level":-1,"time":1}', true],
  ['level that is not first', '{"time":1,"level":30}', true],
  ['level behind a blank', '{"level": 30}', true],
  ['no level', '{"time":1,"msg":"x"}', true],
  ['no JSON', 'Server listening on 3000', true],
  ['nothing', '', true],
  ['level cut off', '{"level":3', true],
  ['label cut off', '{"level":"inf', true],
])('a line whose level is written as %s', (_shape, line, passes) => {
  expect(gate(line)).toBe(passes)
})

test("the logger's own levels count", () => {
  const own = createGate({ level: 50, levels: { audit: 35, alarm: 55, info: 30 } })
  expect(own('{"level":"audit"}')).toBe(false)
  expect(own('{"level":"alarm"}')).toBe(true)
  expect(own('{"level":"info"}')).toBe(false)
})

test('the threshold is the option', () => {
  const low = createGate({ level: 20 })
  expect(low('{"level":10}')).toBe(false)
  expect(low('{"level":20}')).toBe(true)
})

test('everything is read where a rule looks at lower levels', () => {
  expect(createGate({ level: 50, wantsAll: true })('{"level":10}')).toBe(true)
})
