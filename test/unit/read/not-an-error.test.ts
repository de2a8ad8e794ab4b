import { expect, test } from 'vitest'
import { recordKey } from '#core/fingerprint/fingerprint.ts'
import { readError } from '#core/read/error-info.ts'
import { createRecordReader } from '#core/read/reader.ts'
import { arrival, readRecord } from './lines.ts'

const publish = createRecordReader({ now: () => arrival })
const record = (err: unknown) => readRecord({ level: 50, msg: 'request failed', err })
const key = (err: unknown) => recordKey(record(err), undefined)

test.each([
  ['GraphQL', { errors: [{ message: 'Cannot query field "x"' }] }, { message: 'Cannot query field "x"' }],
  [
    'problem+json',
    { status: 409, title: 'Conflict', detail: 'order is closed' },
    { message: 'order is closed' },
  ],
  [
    'fields of its own',
    { tag: 'stream', attrs: { code: '401' } },
    { code: '401', message: 'code 401, tag stream' },
  ],
  [
    'OAuth',
    { error: 'invalid_grant', error_description: 'expired' },
    { message: 'error invalid_grant, error_description expired' },
  ],
  ['a list of errors', [{ message: 'one' }, { message: 'two' }], { message: 'one', causes: ['two'] }],
  ['a number', 42, { message: '42' }],
  ['a text', 'out of paper', { message: 'out of paper' }],
  [
    'JSON as text',
    '{"type":"PayError","message":"declined","code":"E1"}',
    { type: 'PayError', message: 'declined', code: 'E1' },
  ],
])('an error in the shape of %s is read', (_shape, given, expected) => {
  expect(readError(given)).toMatchObject(expected)
})

test('what a promise was rejected with is the error under reason too, if it is an object', () => {
  const rejected = (reason: unknown) => readRecord({ level: 50, reason, msg: 'unhandledRejection' })
  expect(rejected({ tag: 'stream', attrs: { code: '401' } }).err).toMatchObject({ code: '401' })
  expect(rejected('timeout').err).toBeUndefined()
})

test('a rejection without an error is named by its reason, not by the sentence that Node writes', () => {
  const rejection = (reason: string) => ({
    type: 'UnhandledPromiseRejection',
    code: 'ERR_UNHANDLED_REJECTION',
    message: `This error originated either by throwing inside of an async function without a catch block, or by rejecting a promise which was not handled with .catch(). The promise rejected with the reason "${reason}".`,
  })
  expect(readError(rejection('card gateway gone'))).toMatchObject({
    message: 'unhandled rejection: card gateway gone',
    code: 'ERR_UNHANDLED_REJECTION',
  })
  expect(readError(rejection('said "no".'))).toMatchObject({ message: 'unhandled rejection: said "no".' })
  expect(key(rejection('card gateway gone'))).not.toBe(key(rejection('books do not agree')))
})

test('three objects without a message are three alerts', () => {
  const keys = ['401', '403', '500'].map((code) => key({ tag: 'stream', attrs: { code } }))
  expect(new Set(keys).size).toBe(3)
  expect(key({ tag: 'stream', attrs: { code: '401' }, at: 17 })).toBe(
    key({ tag: 'stream', attrs: { code: '401' }, at: 18 }),
  )
})

test.each([[undefined], [null], [[]], [{}], [''], [false], [0]])('%j says nothing of an error', (value) => {
  expect(readError(value)).toBeUndefined()
})

test.each([
  [{ event: 'payment_failed', orderId: 7 }, 'payment_failed'],
  [{ 'event.name': 'payment_failed' }, 'payment_failed'],
  [{ type: 'disk_full', disk: 'sda' }, 'disk_full'],
  [{ reason: 'declined', orderId: 7 }, 'reason declined, orderId 7'],
  [{ pid: 7, hostname: 'web-1', name: 'billing' }, ''],
])('a record without a message is named by what it says: %j', (fields, name) => {
  expect(readRecord({ level: 50, time: 1_790_000_000_000, ...fields }).msg).toBe(name)
})

test('a published object keeps its name too', () => {
  expect(publish({ level: 50, name: 'payment_failed' })).toMatchObject({ msg: 'payment_failed' })
})

test('a large object costs no more than a few values', () => {
  const values = Object.fromEntries(Array.from({ length: 150 }, (_, n) => [`f${n}`, 'x'.repeat(1_000)]))
  expect(readError(values)!.message.length).toBeLessThan(600)
})
