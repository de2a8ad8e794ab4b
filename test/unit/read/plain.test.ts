import { expect, test } from 'vitest'
import { boundPlain, copyPlain, toPlain } from '#core/read/plain.ts'

test('what JSON cannot hold becomes something that it can', () => {
  const value = {
    at: new Date(0),
    never: new Date(Number.NaN),
    bytes: new Uint8Array(5),
    set: new Set([1, 'a']),
    map: new Map([['k', 1]]),
    pattern: /a+/g,
    boxed: Object('text'),
    waiting: Promise.resolve(),
    large: 12n,
    huge: 10n ** 1_000n,
    money: { toJSON: () => '12 EUR' },
    nothing: undefined,
    call: () => 1,
  }
  expect(toPlain(value)).toEqual({
    at: '1970-01-01T00:00:00.000Z',
    never: 'Invalid Date',
    bytes: '[Uint8Array, 5 bytes]',
    set: [1, 'a'],
    map: { k: 1 },
    pattern: '/a+/g',
    boxed: 'text',
    waiting: '[promise]',
    large: '12',
    huge: '[a huge integer]',
    money: '12 EUR',
  })
})

test('getters and proxies that throw cost only themselves', () => {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  const value = {
    proxy,
    get broken(): never {
      throw new Error('no')
    },
    rest: 1,
  }
  expect(toPlain(value)).toEqual({ rest: 1 })
})

test('a large field leaves room for the fields behind it', () => {
  const data = Array.from({ length: 190 }, () => Object.fromEntries(words(100)))
  const record = { level: 50, err: { message: 'boom', response: { data } }, team: 'a', req: { id: 'r-1' } }
  const { value, isCut } = copyPlain(record)
  expect(isCut).toBe(true)
  expect(value).toMatchObject({ level: 50, err: { message: 'boom' }, team: 'a', req: { id: 'r-1' } })
  expect(Object.keys(value as object)).toEqual(['level', 'err', 'team', 'req'])
})

test('a thousand long texts share the room', () => {
  const record = Object.fromEntries(words(1_000).map(([key]) => [key, 'x'.repeat(20_000)]))
  const text = JSON.stringify(copyPlain({ ...record, last: 'short' }).value)
  expect(text.length).toBeLessThan(300_000)
  expect(JSON.parse(text)).toMatchObject({ w0: expect.stringMatching(/^x{200,}$/) })
})

test('parsed JSON within the bounds is not copied', () => {
  const parsed = JSON.parse('{"a":{"b":[1,{"c":"d"}]}}')
  expect(boundPlain(parsed)).toEqual({ value: parsed, isCut: false })
  expect(boundPlain(parsed).value).toBe(parsed)
})

test.each([
  ['too deep', `${'{"a":'.repeat(40)}1${'}'.repeat(40)}`],
  ['a text too long', `{"a":"${'x'.repeat(20_000)}"}`],
  ['a list too long', `{"a":[${'1,'.repeat(300)}1]}`],
])('parsed JSON that is %s is cut, and says so', (_shape, json) => {
  const { value, isCut } = boundPlain(JSON.parse(json))
  expect(isCut).toBe(true)
  expect(JSON.stringify(value).length).toBeLessThan(17_000)
})

test('an object that holds itself does not count as cut', () => {
  const circular: Record<string, unknown> = { a: 1 }
  circular['self'] = circular
  expect(copyPlain(circular)).toEqual({ value: { a: 1 }, isCut: false })
})

const rows = Array.from({ length: 260 }, (_, id) => ({ id, tags: ['a', 'b'], text: 'x'.repeat(300) }))
test.each([
  ['long lists', { a: rows, b: { c: rows, d: 1 }, e: [rows, rows] }],
  [
    'long texts',
    { a: 'x'.repeat(17_000), b: { c: ['y'.repeat(90_000), 'z'] }, d: '\ud83d\ude00'.repeat(9_000) },
  ],
  ['many values', Object.fromEntries(words(90).map(([key]) => [key, Object.fromEntries(words(90))]))],
  ['depth', JSON.parse(`{"a":${'{"b":[1,'.repeat(20)}1${']}'.repeat(20)},"c":{"d":1}}`)],
  ['names of prototypes', JSON.parse('{"a":{"__proto__":{"b":1},"c":{"d":1}},"e":[{"__proto__":1}]}')],
])('what was parsed and has %s is bounded as any other value is', (_, value) => {
  const json = JSON.stringify(value)
  expect(boundPlain(JSON.parse(json))).toEqual(copyPlain(JSON.parse(json)))
})

test('of parsed JSON that is cut the parts that fit are not copied', () => {
  const parsed = JSON.parse(JSON.stringify({ long: rows, short: { a: 1 } }))
  const { value } = boundPlain(parsed)
  expect(value).toMatchObject({ short: { a: 1 } })
  expect((value as typeof parsed).short).toBe(parsed.short)
  expect((value as typeof parsed).long[0]).toBe(parsed.long[0])
})

function words(count: number): [string, string][] {
  return Array.from({ length: count }, (_, index) => [`w${index}`, `value ${index}`])
}
