// Schemas that count levels as syslog does: 0 is an emergency, 3 an error, 7 debug.
import { describe, expect, test } from 'vitest'
import { createGate } from '#core/read/gate.ts'
import { createRecordReader } from '#core/read/reader.ts'
import { arrival, readRecord } from '../lines.ts'
import { paymentError } from './payment.ts'

const ranks = [80, 70, 60, 50, 40, 35, 30, 20]
const gelf = {
  version: '1.1',
  host: 'web-1',
  short_message: 'payment failed',
  timestamp: 1_790_000_000.25,
}

const shapes: readonly (readonly [string, (level: number) => object])[] = [
  ['GELF', (level) => ({ ...gelf, level })],
  ['GELF whose level comes first', (level) => ({ level, ...gelf })],
  ['GELF with a level as text', (level) => ({ ...gelf, level: String(level) })],
  ['GELF 1.0 with a facility', (level) => ({ ...gelf, version: '1.0', level, facility: 'billing' })],
  ['a parser of RFC 5424', (severity) => ({ facility: 1, severity, hostname: 'web-1', message: 'failed' })],
  ['a parser that says level', (level) => ({ level, facility: 'local0', appname: 'billing', message: 'x' })],
  [
    'Logstash',
    (severity) => ({ severity, severity_label: 'x', facility: 3, facility_label: 'y', message: 'x' }),
  ],
  ['journald', (level) => ({ PRIORITY: String(level), MESSAGE: 'failed', _HOSTNAME: 'web-1' })],
  ['journald with numbers', (level) => ({ MESSAGE: 'failed', PRIORITY: level })],
]

describe.each(shapes)('%s', (_name, write) => {
  test.each(ranks.map((rank, level) => [level, rank] as const))('level %i is rank %i', (level, rank) => {
    expect(readRecord(write(level)).level).toBe(rank)
  })

  test('an error passes the first look', () => {
    expect(createGate({ level: 50 })(JSON.stringify(write(3)))).toBe(true)
  })
})

test('GELF: the stack, the fields, the ids and the alert field are read', () => {
  const line = {
    ...gelf,
    level: 3,
    full_message: paymentError().stack,
    _requestId: 'r-1',
    _trace_id: 'abc',
    _team: 'billing',
    _alert: 'PAYMENT',
  }
  expect(readRecord(line)).toMatchObject({
    time: 1_790_000_000_250,
    level: 50,
    levelLabel: 'err',
    msg: 'payment failed',
    requestId: 'r-1',
    traceId: 'abc',
    alert: { code: 'PAYMENT' },
    fields: { team: 'billing', _team: 'billing' },
    err: { type: 'TypeError', message: 'charge failed', stack: expect.stringContaining('pay.js:42') },
  })
})

test('GELF of any size, and published as an object, is read alike', () => {
  const large = { ...gelf, level: 2, _team: 'billing', _rows: Array.from({ length: 6_000 }, () => 'row') }
  expect(readRecord(large)).toMatchObject({ level: 60, msg: 'payment failed', fields: { team: 'billing' } })
  const publish = createRecordReader({ now: () => arrival })
  expect(publish(large)).toMatchObject({ level: 60, msg: 'payment failed' })
})

test.each<[string, object, number]>([
  ['a level of pino beside a facility', { level: 50, facility: 3, msg: 'x' }, 50],
  ['a level of pino beside a severity', { level: 30, severity: 3, facility: 3, msg: 'x' }, 30],
  ['a level as text beside a facility', { level: 'error', severity: 6, facility: 3, msg: 'x' }, 50],
  ['a number beyond the levels of syslog', { level: 8, facility: 3, msg: 'x' }, 8],
  ['a number without anything that says syslog', { level: 3, msg: 'x' }, 3],
  ['a version and a host without a short message', { level: 3, version: '1.1', host: 'a', msg: 'x' }, 3],
  ['GELF without a level', { ...gelf }, 0],
  ['GELF with a level of pino', { ...gelf, level: 50 }, 50],
])('%s keeps its meaning', (_name, line, level) => {
  expect(readRecord(line).level).toBe(level)
})

test("a logger's own level below ten stays below the threshold", () => {
  const gate = createGate({ level: 50, levels: { trace: 5, info: 30, error: 50 } })
  expect(gate('{"level":5,"time":1,"msg":"x"}')).toBe(false)
  expect(gate('{"level":30,"time":1,"msg":"x"}')).toBe(false)
})

test('a level that the logger itself counts so is its own, whatever facility stands beside it', () => {
  const read = createRecordReader({ now: () => arrival, levels: { low: 3, high: 90 } })
  expect(read({ level: 3, facility: 'north', msg: 'x' })).toMatchObject({ level: 3, levelLabel: 'low' })
  expect(read({ level: 2, facility: 1, message: 'x' })).toMatchObject({ level: 60, levelLabel: 'crit' })
})
