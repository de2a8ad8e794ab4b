import { expect, test } from 'vitest'
import { readDirective } from '#core/read/alert-field.ts'
import { pinoLine, readRecord } from './lines.ts'

test('false is never, true is always, a text is a code', () => {
  expect(readDirective(false)).toBe(false)
  expect(readDirective(true)).toEqual({})
  expect(readDirective('PAY_TIMEOUT')).toEqual({ code: 'PAY_TIMEOUT' })
  expect(readDirective('true')).toEqual({})
  expect(readDirective('false')).toBe(false)
})

test.each([[undefined], [null], [0], [1], [''], ['  ']])('%j says nothing', (value) => {
  expect(readDirective(value)).toBeUndefined()
})

test('an object says what it says', () => {
  const given = {
    code: 'PAY',
    severity: 'critical',
    key: 'gateway',
    resolve: true,
    labels: { team: 'money', tier: 1 },
    runbook: 'https://wiki.example.com/pay',
    channels: ['ops', 'oncall'],
    summary: 'Gateway {gateway} fails',
  }
  expect(readDirective(given)).toEqual({ ...given, labels: { team: 'money', tier: '1' } })
})

test('what in it has a wrong type is left out and named, up to five keys, and the field still counts', () => {
  const wrong = {
    code: {},
    severity: 'terrible',
    key: {},
    resolve: 'yes',
    labels: ['a'],
    runbook: 7n,
    channels: [1, null],
    summary: null,
  }
  expect(readDirective(wrong)).toEqual({
    ignored: ['code', 'severity', 'key', 'resolve', 'labels'],
    wrongSeverity: 'terrible',
  })
  expect(readDirective([])).toEqual({})
  expect(readDirective({ labels: { a: { b: 1 }, c: 'd' }, channels: ['ops', 3] })).toEqual({
    labels: { c: 'd' },
    channels: ['ops'],
  })
})

test('near misses are understood: numbers as codes, one channel, words for severities', () => {
  expect(readDirective({ code: 503, key: 7, channels: 'ops', severity: 'FATAL' })).toEqual({
    code: '503',
    key: '7',
    channels: ['ops'],
    severity: 'critical',
  })
  expect(readDirective({ severity: 'warn' })).toEqual({ severity: 'warning' })
})

test('labels have no prototype, and neither they nor texts grow without bound', () => {
  const labels = Object.fromEntries(
    Array.from({ length: 100 }, (_, index) => [`l${index}`, 'x'.repeat(5_000)]),
  )
  const directive = readDirective({ code: 'c'.repeat(5_000), labels })
  if (directive === undefined || directive === false) throw new Error('expected a directive')
  expect(directive.code).toHaveLength(1_000)
  expect(Object.getPrototypeOf(directive.labels)).toBeNull()
  expect(Object.keys(directive.labels ?? {})).toHaveLength(20)
})

test.each([
  ['the record', {}, (logger: import('pino').Logger) => logger.info({ alert: 'X' }, 'm')],
  [
    "pino's nestedKey",
    { nestedKey: 'payload' },
    (logger: import('pino').Logger) => logger.info({ alert: 'X' }, 'm'),
  ],
  [
    "winston's metadata",
    {},
    (logger: import('pino').Logger) => logger.info({ metadata: { alert: 'X' } }, 'm'),
  ],
  ['meta', {}, (logger: import('pino').Logger) => logger.info({ meta: { alert: 'X' } }, 'm')],
])('it is found in %s', (_place, options, log) => {
  expect(readRecord(pinoLine(options, log), options).alert).toEqual({ code: 'X' })
})

test("the record's own field comes before nested ones, unless it says nothing", () => {
  expect(readRecord({ level: 50, alert: false, metadata: { alert: true } }).alert).toBe(false)
  expect(readRecord({ level: 50, alert: 7, metadata: { alert: true } }).alert).toEqual({})
})
