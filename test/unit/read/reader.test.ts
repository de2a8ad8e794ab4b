import { pino } from 'pino'
import { expect, test } from 'vitest'
import { createReader, createRecordReader } from '#core/read/reader.ts'
import { arrival, pinoLine, readRecord } from './lines.ts'

test("pino's line becomes a record", () => {
  const line = pinoLine({ base: { pid: 1, service: 'billing' } }, (logger) =>
    logger.error({ userId: 7 }, 'payment failed'),
  )
  const record = readRecord(line)
  expect(record).toMatchObject({ level: 50, levelLabel: 'error', msg: 'payment failed' })
  expect({ ...record.fields }).toEqual({ pid: 1, service: 'billing', userId: 7 })
  expect(record.time).toBe(JSON.parse(line).time)
  expect(record.err).toBeUndefined()
  expect(record.alert).toBeUndefined()
})

test('a record is a plain object, and so are its error and its alert field', () => {
  const record = readRecord({
    level: 50,
    msg: 'payment failed',
    err: { type: 'Error', message: 'no route', stack: 'Error: no route\n    at pay (/srv/pay.js:1:2)' },
    alert: { key: 'orders' },
  })
  for (const part of [record, record.err, record.alert])
    expect(Object.getPrototypeOf(part)).toBe(Object.prototype)
  expect(Object.keys(record)).toEqual(['time', 'level', 'levelLabel', 'msg', 'fields', 'err', 'alert'])
  expect(Object.keys(record.err ?? {})).toEqual(['message', 'type', 'stack'])
})

test('fields have no prototype to trip over', () => {
  const { fields } = readRecord({ level: 50, msg: 'x' })
  expect(fields['toString']).toBeUndefined()
  expect('constructor' in fields).toBe(false)
})

test.each([
  ['a number', { level: 40 }, 40, 'warn'],
  ['a label', { level: 'warn' }, 40, 'warn'],
  ['a label in upper case', { level: 'ERROR' }, 50, 'error'],
  ['a coloured label', { level: '\u001b[31merror\u001b[39m' }, 50, 'error'],
  ['a number as text', { level: '60' }, 60, 'fatal'],
  ["Google's severity", { severity: 'WARNING' }, 40, 'warning'],
  ["Google's worst severity", { severity: 'EMERGENCY' }, 80, 'emergency'],
  ["syslog's alert", { level: 'alert' }, 70, 'alert'],
  ["Elastic's log.level", { 'log.level': 'error' }, 50, 'error'],
  ['a level beside a severity', { severity: 'INFO', level: 50 }, 50, 'error'],
  ['an unknown level beside a severity', { level: 'strange', severity: 'ERROR' }, 50, 'error'],
  ["winston's silly", { level: 'silly' }, 10, 'silly'],
  ["syslog's crit", { level: 'crit' }, 60, 'crit'],
  ['a number between two levels', { level: 45 }, 45, '45'],
  ['no level', {}, 0, ''],
  ['a level that is not one', { level: { a: 1 } }, 0, ''],
  ['a level named like a property of all objects', { level: 'constructor' }, 0, ''],
])('the level may be %s', (_shape, line, level, label) => {
  expect(readRecord(line)).toMatchObject({ level, levelLabel: label })
})

test("the logger's own names have the logger's numbers", () => {
  const levels = { audit: 35, error: 50 }
  const line = pinoLine({ customLevels: { audit: 35 }, level: 'trace' }, (logger) =>
    (logger as unknown as { audit(text: string): void }).audit('x'),
  )
  expect(readRecord(line, { levels })).toMatchObject({ level: 35, levelLabel: 'audit' })
  expect(readRecord({ level: 'Audit' }, { levels }).level).toBe(35)
})

test.each([
  ['counted from 1', { info: 1, warn: 2, error: 3, fatal: 4 }],
  ['counted down', { fatal: 0, error: 3, warn: 4, info: 6 }],
  ['in hundreds', { info: 200, warn: 400, error: 500, fatal: 600 }],
  ['with numbers that mean something else to pino', { info: 40, warn: 50, error: 60, fatal: 70 }],
])('a known name decides, whatever its number: levels %s', (_how, levels) => {
  const usual = { info: 30, warn: 40, error: 50, fatal: 60 }
  for (const label of ['info', 'warn', 'error', 'fatal'] as const) {
    const expected = { level: usual[label], levelLabel: label }
    expect(readRecord({ level: levels[label] }, { levels })).toMatchObject(expected)
    expect(readRecord({ level: label }, { levels })).toMatchObject(expected)
    expect(readRecord({ severity: levels[label] }, { levels }).level).toBe(usual[label])
  }
})

test('an unknown name has its place among the known ones', () => {
  const up = { info: 1, poor: 2, bad: 3, fatal: 4, doom: 5 }
  expect(Object.values(up).map((level) => readRecord({ level }, { levels: up }).level)).toEqual([
    30, 40, 50, 60, 61,
  ])
  const down = { doom: 1, crit: 2, bad: 3, info: 6, chat: 7 }
  expect(Object.values(down).map((level) => readRecord({ level }, { levels: down }).level)).toEqual([
    61, 60, 52.5, 30, 29,
  ])
})

test('a level that a formatter wrote as label or under another name is read', () => {
  const label = pinoLine({ formatters: { level: (name) => ({ level: name }) } }, (logger) =>
    logger.fatal('x'),
  )
  const severity = pinoLine(
    { formatters: { level: (name) => ({ severity: name.toUpperCase() }) } },
    (logger) => logger.error('x'),
  )
  expect(readRecord(label).level).toBe(60)
  expect(readRecord(severity).level).toBe(50)
})

const noon = Date.UTC(2026, 5, 1, 12)

test.each([
  ['milliseconds', { time: noon }, noon],
  ['seconds', { time: noon / 1000 }, noon],
  ['fractions of a second', { time: noon / 1000 + 0.5 }, noon + 500],
  ['microseconds', { time: noon * 1000 }, noon],
  ['milliseconds as text', { time: String(noon) }, noon],
  ['nanoseconds as text', { time: `${noon}000000` }, noon],
  ['ISO', { time: '2026-06-01T12:00:00.000Z' }, noon],
  ['ISO with an offset', { time: '2026-06-01T14:00:00+02:00' }, noon],
  ["winston's timestamp", { timestamp: '2026-06-01T12:00:00.000Z' }, noon],
  ["Elastic's @timestamp", { '@timestamp': '2026-06-01T12:00:00.000Z' }, noon],
  ['missing', {}, arrival],
  ['nonsense', { time: 'yesterday' }, arrival],
  ['before computers', { time: -5 }, arrival],
  ['beyond all time', { time: 9e20 }, arrival],
  ['an object', { time: { a: 1 } }, arrival],
])('the time may be %s', (_shape, line, time) => {
  expect(readRecord({ level: 50, ...line }).time).toBe(time)
})

test.each([
  ['isoTime', pino.stdTimeFunctions.isoTime],
  ['unixTime', pino.stdTimeFunctions.unixTime],
  ['epochTime', pino.stdTimeFunctions.epochTime],
])("pino's %s is read", (_name, timestamp) => {
  const record = readRecord(pinoLine({ timestamp }, (logger) => logger.error('x')))
  expect(Math.abs(record.time - Date.now())).toBeLessThan(60_000)
})

test('a line without a time gets that of its arrival', () => {
  expect(readRecord(pinoLine({ timestamp: false }, (logger) => logger.error('x'))).time).toBe(arrival)
})

test('messageKey and errorKey are honoured, and the usual keys still work', () => {
  const options = { messageKey: 'message', errorKey: 'failure' }
  const line = pinoLine(options, (logger) => logger.error(new Error('boom'), 'it failed'))
  expect(readRecord(line, options)).toMatchObject({
    msg: 'it failed',
    err: { message: 'boom', type: 'Error' },
  })
  expect(readRecord(line)).toMatchObject({ msg: 'it failed', err: { message: 'boom' } })
})

test("nestedKey: fields are found under their own names and under the key's", () => {
  const line = pinoLine({ nestedKey: 'payload' }, (logger) =>
    logger.error({ userId: 7, alert: { code: 'X' }, requestId: 'r1', err: new Error('boom') }, 'x'),
  )
  const record = readRecord(line, { nestedKey: 'payload' })
  expect(record).toMatchObject({ alert: { code: 'X' }, requestId: 'r1', err: { message: 'boom' } })
  expect(record.fields['userId']).toBe(7)
  expect(record.fields['payload']).toMatchObject({ userId: 7 })
})

test('of duplicate keys the last wins', () => {
  const line = pinoLine({}, (logger) => logger.child({ requestId: 'a' }).child({ requestId: 'b' }).error('x'))
  expect(line.match(/requestId/g)).toHaveLength(2)
  expect(readRecord(line).requestId).toBe('b')
})

test('a message that is not a text is written out', () => {
  expect(readRecord({ level: 50, msg: 42 }).msg).toBe('42')
  expect(readRecord({ level: 50, msg: { a: 1 } }).msg).toBe('{"a":1}')
  expect(readRecord({ level: 50, msg: null }).msg).toBe('')
  expect(readRecord({ level: 50 }).msg).toBe('')
})

test('without a message the error has one', () => {
  expect(readRecord({ level: 50, err: { message: 'boom' } }).msg).toBe('boom')
})

test('a long message is cut', () => {
  expect(readRecord({ level: 50, msg: 'm'.repeat(50_000) }).msg.length).toBe(10_000)
})

test("winston's own JSON is read", () => {
  const record = readRecord({
    level: 'error',
    message: 'charge failed',
    timestamp: '2026-06-01T12:00:00.000Z',
    metadata: { alert: { code: 'PAY' }, requestId: 'r9' },
  })
  expect(record).toMatchObject({
    level: 50,
    msg: 'charge failed',
    time: noon,
    alert: { code: 'PAY' },
    requestId: 'r9',
  })
})

test.each([
  ['text', 'Server listening', 'not-json'],
  ['nothing', '', 'not-json'],
  ['a line cut off', '{"level":50,"msg":"x', 'not-json'],
  ['bytes', '\u0000\u0001\ufffd\ufffd', 'not-json'],
  ['null', 'null', 'not-an-object'],
  ['a number', '42', 'not-an-object'],
  ['a list', '[{"level":50}]', 'not-an-object'],
  ['more than a mebibyte of text', 'x'.repeat(2 * 1024 * 1024), 'too-long'],
])('a line that holds %s is a failure with its reason', (_shape, line, failed) => {
  expect(createReader({ now: () => arrival })(line)).toEqual({ failed })
})

test('what is given as an object is read like a line', () => {
  const read = createRecordReader({ now: () => arrival })
  class PaymentError extends Error {
    readonly code = 'E_PAY'
  }
  const record = read({
    level: 'error',
    msg: 'x',
    err: new PaymentError('declined', { cause: new Error('no funds') }),
  })
  expect(record).toMatchObject({
    level: 50,
    err: { type: 'PaymentError', message: 'declined', code: 'E_PAY', causes: ['no funds'] },
  })
})

test('an object that cannot be read is a failure, and one that can be read in part is a record', () => {
  const read = createRecordReader({ now: () => arrival })
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  expect(read(proxy)).toHaveProperty('failed')
  const halfBroken = {
    level: 50,
    msg: 'still read',
    get secret() {
      throw new Error('no')
    },
  }
  expect(read(halfBroken)).toMatchObject({ msg: 'still read' })
})

test.each([
  [
    'an error and a request',
    { reqId: 'req-1', err: { type: 'E', message: 'm', stack: 'E: m\n    at f (/a.js:1:2)' } },
  ],
  ['an error that is a text', { reqId: 'req-1', err: 'broken' }],
  ['ids that are objects', { reqId: { id: 7 }, pid: { a: 1 }, hostname: ['web-1'], err: { alert: false } }],
  ['ids that say nothing', { reqId: '', requestId: 'r-2', err: null }],
  ['a number as id behind a better one', { requestId: 'r-2', reqId: 12 }],
  ['names as long as those with a meaning', { reqIe: 'x', msk: 1, errs: 2, '': 3, äö: 4 }],
])('usual names are read as those that the options give a meaning: %s', (_what, fields) => {
  const line = JSON.stringify({ level: 50, time: arrival, pid: 1, hostname: 'web-1', ...fields, msg: 'x' })
  const now = () => arrival
  const named = createReader({ now, trace: { requestId: ['hostname.none', 'level.none'] } })
  expect(createReader({ now })(line)).toEqual(named(line))
})

test('each record has its own level, whatever the one before had', () => {
  const read = createReader({ now: () => arrival })
  const levels = [50, 'warn', undefined, 50, 'strange', 30, null, 50]
  expect(levels.map((level) => read(JSON.stringify({ level, msg: 'x' })))).toMatchObject(
    [50, 40, 0, 50, 0, 30, 0, 50].map((level) => ({ level })),
  )
})
