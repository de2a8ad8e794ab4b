import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createGate } from '#core/read/gate.ts'
import { createReader, createRecordReader } from '#core/read/reader.ts'
import { createRules } from '#core/rules/rules.ts'
import { fuzz, inSoak } from '../../soak.ts'
import { arrival, readRecord } from './lines.ts'

const read = createReader({ now: () => arrival })
const rules = createRules({ rules: [], level: 50, labels: {} })

function inspect(line: string) {
  const record = read(line)
  return 'failed' in record ? record : rules.take(record)
}

test('__proto__ keys pollute nothing and are left out', () => {
  const line =
    '{"level":50,"msg":"x","__proto__":{"polluted":true},"a":{"__proto__":{"polluted":true},"b":1}}'
  const record = readRecord(line)
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  expect(record.fields['polluted']).toBeUndefined()
  expect(Object.keys(record.fields)).toEqual(['a'])
  expect(record.fields['a']).toEqual({ b: 1 })
})

test.each([
  ['objects', `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`],
  ['lists', `${'['.repeat(10_000)}${']'.repeat(10_000)}`],
])('10 000 levels of %s become a record that can be written again', (_shape, value) => {
  const record = readRecord(`{"level":50,"msg":"deep","a":${value}}`)
  expect(record.msg).toBe('deep')
  expect(JSON.stringify(record).length).toBeLessThan(2_000)
})

test('a short line is deep enough to be no danger', () => {
  const record = readRecord(`{"level":50,"a":${'['.repeat(990)}${']'.repeat(990)}}`)
  expect(() => JSON.stringify(record)).not.toThrow()
})

test('a line of a million keys, values or characters becomes a bounded record', () => {
  const keys = `{"level":50,${Array.from({ length: 40_000 }, (_, index) => `"k${index}":${index}`).join(',')}}`
  const list = `{"level":50,"a":[${'1,'.repeat(400_000)}1]}`
  const text = JSON.stringify({
    level: 50,
    msg: 'm'.repeat(300_000),
    err: { stack: 's'.repeat(300_000) },
    a: 't'.repeat(300_000),
  })
  for (const line of [keys, list, text]) {
    expect(JSON.stringify(readRecord(line)).length).toBeLessThan(70_000)
  }
})

test('named parts of wrong types are passed over', () => {
  const wrong = [null, true, 0, -1.5, '', 'x', [], [1], {}, { a: 1 }]
  for (const name of [
    'level',
    'severity',
    'time',
    'msg',
    'err',
    'error',
    'alert',
    'stack',
    'requestId',
    'traceId',
    'req',
    'trace',
    'metadata',
    'meta',
    'service',
  ]) {
    for (const value of wrong) {
      const record = readRecord({ level: 50, msg: 'x', [name]: value })
      expect(typeof record.msg).toBe('string')
      expect(Number.isFinite(record.level)).toBe(true)
      expect(Number.isFinite(record.time)).toBe(true)
      expect(() => rules.take(record)).not.toThrow()
    }
  }
})

test('no text makes gate, reader or rules throw', () => {
  const gate = createGate({ level: 50 })
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.json(),
        fc.json().map((json) => `{"level":50,"err":${json},"alert":${json},"msg":${json}}`),
      ),
      (line) => {
        gate(line)
        inspect(line)
      },
    ),
    fuzz(inSoak(2_000, 600)),
  )
})

test('the gate never refuses what the rules would take', () => {
  const gate = createGate({ level: 50 })
  const value = fc.oneof(
    fc.constantFrom(10, 30, 50, 60, 'info', 'error', 'ERROR', true, false, 'CODE', null),
    fc.json(),
  )
  const key = fc.constantFrom('level', 'severity', 'alert', 'msg', 'err', 'metadata', 'a"level":50', 'x')
  fc.assert(
    fc.property(fc.array(fc.tuple(key, value), { maxLength: 6 }), (pairs) => {
      const line = `{${pairs.map(([name, content]) => `${JSON.stringify(name)}:${JSON.stringify(content)}`).join(',')}}`
      if (!gate(line)) expect(inspect(line)).toBeUndefined()
    }),
    fuzz(inSoak(5_000, 1_200)),
  )
})

test('no object makes the reader throw', () => {
  const readObject = createRecordReader({ now: () => arrival })
  fc.assert(
    fc.property(
      fc.anything({
        withBigInt: true,
        withDate: true,
        withMap: true,
        withSet: true,
        withNullPrototype: true,
        withTypedArray: true,
        withSparseArray: true,
      }),
      (value) => {
        const record = readObject({ level: 50, msg: value, err: value, alert: value, a: value })
        expect(record).not.toHaveProperty('failed')
        JSON.stringify(record)
      },
    ),
    fuzz(inSoak(2_000, 600)),
  )
  const circular: Record<string, unknown> = { level: 50, msg: 'x' }
  circular['self'] = circular
  expect(readObject(circular)).toMatchObject({ msg: 'x' })
})
