import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { fingerprint, recordKey } from '#core/fingerprint/fingerprint.ts'
import { fuzz } from '../../soak.ts'
import { makeRecord } from '../read/lines.ts'

const stack = 'Error: x\n    at charge (/app/src/pay.js:1:1)'

test('the key is code or type, frame and message', () => {
  const err = { message: 'declined 7', type: 'PayError', code: 'E_PAY', stack }
  expect(recordKey(makeRecord({ msg: 'charge of 5 failed', err }), undefined)).toBe(
    'E_PAY · charge (src/pay) · charge of <*> failed',
  )
  expect(recordKey(makeRecord({ msg: 'charge failed', err }), 'ALERT_CODE')).toContain('ALERT_CODE · charge')
  expect(
    recordKey(makeRecord({ msg: 'charge failed', err: { message: 'declined 7', code: 'E_PAY' } }), undefined),
  ).toBe('E_PAY · charge failed · declined <*>')
  expect(recordKey(makeRecord({ msg: 'x', err: { message: 'x', type: 'PayError' } }), undefined)).toBe(
    'PayError · x',
  )
  expect(recordKey(makeRecord({ msg: 'disk 95% full' }), undefined)).toBe('disk <*> full')
  expect(recordKey(makeRecord({ msg: '', err: { message: 'out of 5' } }), undefined)).toBe('out of <*>')
})

test("the error's own message separates problems that are logged in the same words", () => {
  const key = (message: string) =>
    recordKey(makeRecord({ msg: 'request failed', err: { message, type: 'Error', stack } }), undefined)
  expect(key('no route to billing')).not.toBe(key('token expired'))
  expect(key('took 5 ms')).toBe(key('took 900 ms'))
})

test('a status or a constraint that no text names separates problems', () => {
  const key = (fields: object, msg = 'request failed') =>
    recordKey(
      makeRecord({ msg, err: { message: msg, type: 'Error', stack }, fields: { ...fields } }),
      undefined,
    )
  expect(key({ err: { statusCode: 500 } })).not.toBe(key({ err: { statusCode: 502 } }))
  expect(key({ err: { status: 503 } })).toBe(key({ err: { statusCode: 503 } }))
  expect(key({ err: { statusCode: 503 } }, 'failed with 503')).toBe(key({}, 'failed with 503'))
  expect(key({ err: { constraint: 'users_email' } })).not.toBe(key({ err: { constraint: 'users_phone' } }))
  expect(key({ err: { status: 'pending', constraint: 'id = 4711' } })).toBe(key({}))
  const plain = (status: unknown) => recordKey(makeRecord({ msg: 'x failed', fields: { status } }), undefined)
  expect(plain(500)).not.toBe(plain(503))
  expect(plain('active')).toBe(plain(7))
})

test('line numbers and machines make no difference', () => {
  const key = (place: string) =>
    recordKey(
      makeRecord({ msg: 'x', err: { message: 'x', stack: `Error: x\n    at f (${place})` } }),
      undefined,
    )
  expect(key('/app/src/a.js:1:1')).toBe(key('/home/bob/shop/src/a.js:22:9'))
  expect(key('/app/src/a.js:1:1')).not.toBe(key('/app/src/b.js:1:1'))
})

test('the id is sixteen hex digits of labels, rule and key', () => {
  const { id } = fingerprint({ labels: { service: 'pay' }, rule: 'error', key: 'k' })
  expect(id).toMatch(/^[0-9a-f]{16}$/)
  const others = [
    fingerprint({ labels: { service: 'mail' }, rule: 'error', key: 'k' }),
    fingerprint({ labels: { env: 'pay' }, rule: 'error', key: 'k' }),
    fingerprint({ labels: { service: 'pay' }, rule: 'fatal', key: 'k' }),
    fingerprint({ labels: { service: 'pay' }, rule: 'error', key: 'l' }),
  ]
  expect(new Set([id, ...others.map((other) => other.id)]).size).toBe(5)
})

test('the order of labels and the object that holds them make no difference', () => {
  const one = fingerprint({ labels: { a: '1', b: '2' }, rule: 'r', key: 'k' })
  const other = fingerprint({ labels: { b: '2', a: '1' }, rule: 'r', key: 'k' })
  expect(one).toEqual(other)
})

test('a long key is cut for people, not for the id', () => {
  const long = 'k'.repeat(5_000)
  const one = fingerprint({ labels: {}, rule: 'r', key: `${long}a` })
  const other = fingerprint({ labels: {}, rule: 'r', key: `${long}b` })
  expect(one.key.length).toBeLessThanOrEqual(500)
  expect(one.id).not.toBe(other.id)
})

test('only service and env of the labels count: a version or a pod makes no problem new', () => {
  const id = (labels: Record<string, string>) => fingerprint({ labels, rule: 'r', key: 'k' }).id
  const labels = { service: 'pay', env: 'prod' }
  expect(id({ ...labels, version: '1.4.1', pod: 'pay-7f9c4' })).toBe(id({ ...labels, pod: 'pay-x2x9z' }))
  expect(id(labels)).not.toBe(id({ ...labels, env: 'test' }))
})

test('records that differ in one part only, and come in turn, keep their keys', () => {
  const err = { message: 'declined', type: 'PayError', code: 'E_PAY', stack }
  const records = [
    makeRecord({ msg: 'charge failed', err }),
    makeRecord({ msg: 'charge lost', err }),
    makeRecord({ msg: 'charge failed', err: { ...err, message: 'refused' } }),
    makeRecord({ msg: 'charge failed', err: { ...err, code: 'E_OTHER' } }),
    makeRecord({ msg: 'charge failed', err: { ...err, stack: stack.replace('charge', 'refund') } }),
    makeRecord({ msg: 'charge failed', err: { ...err, root: { message: 'no route' } } }),
    makeRecord({ msg: 'charge failed', err: { ...err, root: { message: 'no host' } } }),
    makeRecord({ msg: 'charge failed', err: { message: 'declined', type: 'OtherError' } }),
  ]
  const keys = records.map((record) => recordKey(record, undefined))
  for (const other of records) {
    for (const [index, record] of records.entries()) {
      recordKey(other, undefined)
      expect(recordKey(record, undefined)).toBe(keys[index])
      expect(recordKey(record, 'ALERT_CODE')).toContain('ALERT_CODE')
    }
  }
  expect(keys[5]).not.toBe(keys[6])
  expect(new Set(keys).size).toBeGreaterThanOrEqual(7)
})

test('another process makes the same key and the same id of the same record', async () => {
  const messages = [
    'order 7 failed',
    'GET /x 500',
    'user alice not found',
    '{"event":"a","n":5}',
    '用户 张三',
  ]
  const records = messages.map((msg) => makeRecord({ msg, err: { message: `${msg}!`, stack } }))
  const idsBy = (module: { recordKey: typeof recordKey; fingerprint: typeof fingerprint }) =>
    records.map((record) => {
      const key = module.recordKey(record, undefined)
      return module.fingerprint({ labels: { service: 'pay' }, rule: 'error', key }).id
    })
  const here = idsBy({ recordKey, fingerprint })
  vi.resetModules()
  const fresh = await import('#core/fingerprint/fingerprint.ts')
  expect(fresh.recordKey).not.toBe(recordKey)
  expect(idsBy(fresh)).toEqual(here)
})

test('what came before makes no difference', () => {
  const message = fc.oneof(
    fc.string({ maxLength: 60 }),
    fc.constantFrom('', 'a', 'b 5', 'order 7 failed', 'order 8 failed'),
  )
  const records = fc.array(
    message.map((msg) => makeRecord({ msg, err: { message: msg.toUpperCase(), stack } })),
    { maxLength: 40 },
  )
  fc.assert(
    fc.property(records, (list) => {
      const keys = new Map(list.map((record) => [record, recordKey(record, undefined)]))
      for (const record of list.toReversed()) expect(recordKey(record, undefined)).toBe(keys.get(record))
    }),
    fuzz(100),
  )
})
