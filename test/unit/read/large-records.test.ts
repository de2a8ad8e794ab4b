import { expect, test } from 'vitest'
import { createReader, createRecordReader } from '#core/read/reader.ts'
import { createRules } from '#core/rules/rules.ts'
import { arrival, readRecord } from './lines.ts'

/** A response of about so many bytes, as an HTTP client keeps it with its error. */
function response(bytes: number): object {
  const rows = Array.from({ length: Math.ceil(bytes / 100) }, (_, id) => ({ id, text: 'x'.repeat(80) }))
  return { status: 502, headers: { 'content-type': 'application/json' }, data: { rows } }
}

const sizes = [47_000, 300_000, 5_000_000]

test.each(sizes)('an error of %i bytes leaves the fields behind it', (bytes) => {
  const record = readRecord({
    level: 50,
    err: { type: 'AxiosError', message: 'boom', response: response(bytes) },
    req: { id: 'r-1', method: 'POST', url: '/pay' },
    team: 'payments',
    msg: 'charge failed',
  })
  expect(record).toMatchObject({
    msg: 'charge failed',
    requestId: 'r-1',
    err: { type: 'AxiosError', message: 'boom' },
    fields: { team: 'payments', req: { method: 'POST', url: '/pay' }, err: { response: { status: 502 } } },
  })
  expect(JSON.stringify(record).length).toBeLessThan(400_000)
  expect(record.cutFrom).toBeGreaterThan(bytes > 400_000 ? 5_000_000 : 40_000)
})

test.each(sizes)('an error of %i bytes does not hide the alert field', (bytes) => {
  const err = { message: 'boom', response: response(bytes) }
  const rules = createRules({ rules: [], level: 50, labels: {} })
  expect(rules.take(readRecord({ level: 50, err, alert: false }))).toEqual({ off: 'alert' })
  expect(rules.take(readRecord({ level: 30, err, alert: 'PAYMENT' }))).toMatchObject({ code: 'PAYMENT' })
})

test('a record that is kept whole does not say that it was cut', () => {
  expect(readRecord({ level: 50, err: { message: 'boom', response: response(3_000) } })).not.toHaveProperty(
    'cutFrom',
  )
})

test('what the options name is read from the largest record', () => {
  const named = () => ['err.response.data.rows.400.id', 'late.field', 'err.message']
  const fields = Object.fromEntries(Array.from({ length: 1_200 }, (_, index) => [`f${index}`, { a: index }]))
  const given = {
    level: 50,
    err: { message: 'boom', response: response(60_000) },
    ...fields,
    late: { field: 7 },
  }
  const line = readRecord(given, { named })
  expect(line.fields['err.response.data.rows.400.id']).toBe(400)
  expect(line.fields['late.field']).toBe(7)
  const object = createRecordReader({ now: () => arrival, named })(given)
  expect(object).toMatchObject({ fields: { 'late.field': 7 }, cutFrom: 0 })
})

test('an id deep in a record that was cut is found', () => {
  const filler = Array.from({ length: 6_000 }, (_, index) => [`f${index}`, index] as const)
  const req = { ...Object.fromEntries(filler), headers: { 'x-request-id': 'r-9' } }
  expect(readRecord({ level: 50, msg: 'x', req }).requestId).toBe('r-9')
})

test('a line of 20 MB is read in part, not refused', () => {
  const record = createReader({ now: () => arrival })(
    `{"level":60,"msg":"big","body":"${'x'.repeat(20_000_000)}"}`,
  )
  expect(record).toMatchObject({ level: 60, msg: 'big', cutFrom: 20_000_034 })
})

const manyRows = Array.from({ length: 50_000 }, (_, id) => ({ id, name: `row ${id}`, ok: true }))
const fewLargeRows = Array.from({ length: 2_000 }, () => ({ k: 'x'.repeat(990) }))
const manyKeys = Object.fromEntries(manyRows.map(({ id }) => [`key${id}`, { id, text: 'x'.repeat(20) }]))
const manyScalars = Object.fromEntries(manyRows.map(({ id }) => [`key${id}`, 'x'.repeat(20)]))

test.each([
  ['small rows', manyRows],
  ['rows of 1 kB', fewLargeRows],
  ['an object of many objects', manyKeys],
  ['an object of many texts', manyScalars],
  ['lists in lists', [[manyRows], [manyRows]]],
  ['six large objects', { a: manyRows, b: manyKeys, c: manyRows, d: manyScalars, e: manyRows, f: manyKeys }],
])('what stands behind 2 MB of %s in an object is read', (_, large) => {
  const record = readRecord({
    level: 50,
    err: {
      type: 'Error',
      message: 'boom',
      response: { data: { large }, status: 404 },
      code: 'ERR_BAD',
      statusCode: 404,
    },
    ctx: { large, team: 'a' },
    msg: 'late',
  })
  expect(record).toMatchObject({
    msg: 'late',
    err: { type: 'Error', message: 'boom', code: 'ERR_BAD' },
    fields: { err: { statusCode: 404, response: { status: 404 } }, ctx: { team: 'a' } },
  })
})

test('the last fields of an error with 50 000 fields are read for a rule', () => {
  const err = { message: 'boom', ...manyScalars, code: 'ERR_BAD', statusCode: 404 }
  const named = () => ['err.code', 'err.statusCode']
  const { fields } = readRecord({ level: 50, err }, { named })
  expect(fields).toMatchObject({ 'err.code': 'ERR_BAD', 'err.statusCode': 404 })
})

test('an error behind many large fields is read', () => {
  const fields = Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`f${index}`, manyRows]))
  const err = { type: 'Error', message: 'boom', code: 'ERR_BAD', response: { manyRows } }
  expect(readRecord({ level: 50, ...fields, err })).toMatchObject({
    err: { message: 'boom', code: 'ERR_BAD' },
  })
})
