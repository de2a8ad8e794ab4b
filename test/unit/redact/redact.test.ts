import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRedactor } from '#core/redact/redact.ts'
import { fuzz } from '../../soak.ts'

const redactor = createRedactor({})
const plain = (value: unknown) => JSON.parse(JSON.stringify(redactor.value(value)))

describe('the copy of a value', () => {
  it('has no secret, whether its name or its text gives it away', () => {
    const record = {
      msg: 'login with password=hunter2 failed',
      user: 'bob',
      password: 'hunter2',
      req: { headers: { Authorization: 'Bearer abcdefgh', host: 'h', 'set-cookie': ['a=b', 'c=d'] } },
      tries: ['token: abc12', 3],
    }
    expect(plain(record)).toEqual({
      msg: 'login with password=*** failed',
      user: 'bob',
      password: '***',
      req: { headers: { Authorization: '***', host: 'h', 'set-cookie': '***' } },
      tries: ['token: ***', 3],
    })
  })

  it('keeps values that cannot be secrets: booleans, nulls, numbers of tokens', () => {
    const value = { password: null, hasToken: true, token: false, max_tokens: 512, secret: '' }
    expect(plain(value)).toEqual(value)
    expect(plain({ cvv: 123, otp: 0 })).toEqual({ cvv: '***', otp: '***' })
  })

  it('hides a card number that is a number', () => {
    expect(plain({ n: 4111111111111111, t: 1767614400000, x: 1.5, big: 12345678901234567890n })).toEqual({
      n: '***',
      t: 1767614400000,
      x: 1.5,
      big: '12345678901234567890',
    })
  })

  it('hides the value itself when its path says so', () => {
    expect(redactor.value('hunter2', 'password')).toBe('***')
    expect(redactor.value('hunter2', 'body.user.password')).toBe('***')
    expect(redactor.value('bob', 'body.user.name')).toBe('bob')
    expect(redactor.value('bob')).toBe('bob')
  })

  it("hides the values of Node's rawHeaders", () => {
    expect(plain({ req: { rawHeaders: ['Host', 'h', 'Cookie', 'sid', 'X-Api-Key', 'abc'] } })).toEqual({
      req: { rawHeaders: ['Host', 'h', 'Cookie', '***', 'X-Api-Key', '***'] },
    })
  })

  it('makes plain data of values that are not data', () => {
    class Point {
      x = 1
      get computed() {
        return 2
      }
    }
    const error = Object.assign(new TypeError('token=abc broke'), { code: 'E1', apiKey: 'abc' })
    const value = {
      at: new Date(0),
      never: new Date(Number.NaN),
      url: new URL('https://user:pass@host/x'),
      bytes: Buffer.from('secret'),
      map: new Map([['password', 'x']]),
      set: new Set([1, 2]),
      call: () => 1,
      mark: Symbol('x'),
      point: new Point(),
      error,
    }
    expect(plain(value)).toEqual({
      at: '1970-01-01T00:00:00.000Z',
      never: 'Invalid Date',
      url: 'https://***@host/x',
      bytes: '[6 bytes]',
      map: '[1 entries]',
      set: '[2 entries]',
      point: { x: 1 },
      error: { type: 'TypeError', message: 'token=*** broke', code: 'E1', apiKey: '***' },
    })
  })

  it('is bounded in depth', () => {
    let deep: unknown = 'bottom'
    for (let level = 0; level < 100_000; level++) deep = { a: deep }
    expect(plain(deep)).toEqual({ a: { a: { a: { a: { a: '…' } } } } })
  })

  it('is bounded in keys, items and text', () => {
    const wide = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`k${index}`, index]))
    const copied = plain({ wide, list: new Array(1000).fill(1), text: 'x'.repeat(1_000_000) })
    expect(Object.keys(copied.wide)).toHaveLength(101)
    expect(copied.wide['…']).toBe('…')
    expect(copied.list).toHaveLength(101)
    expect(copied.list.at(-1)).toBe('…')
    expect(copied.text).toHaveLength(10_000)
    expect(Object.keys(plain({ ['k'.repeat(1000)]: 1 }))[0]).toHaveLength(200)
  })

  it('is bounded as a whole', () => {
    const level = (rest: unknown) =>
      Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`k${index}`, rest]))
    const bush = level(level(level(level(1))))
    expect(JSON.stringify(redactor.value(bush)).length).toBeLessThan(100_000)
  })

  it('survives a circle, and shows twice what stands there twice', () => {
    const shared = { x: 1 }
    const value: Record<string, unknown> = { a: shared, b: shared }
    value['self'] = value
    expect(plain(value)).toEqual({ a: { x: 1 }, b: { x: 1 }, self: '[circular]' })
  })

  it('survives getters and proxies that throw', () => {
    const refuse = () => {
      throw new Error('no')
    }
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    const value = {
      ok: 1,
      get broken(): unknown {
        return refuse()
      },
      keys: new Proxy({}, { ownKeys: refuse }),
      proto: new Proxy({}, { getPrototypeOf: refuse }),
      proxy,
    }
    expect(plain(value)).toEqual({
      ok: 1,
      broken: '[unreadable]',
      keys: '[unreadable]',
      proto: '[unreadable]',
      proxy: '[unreadable]',
    })
  })

  it('does not pollute anything by the names of its keys', () => {
    const value = JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}')
    const copied = redactor.value(value)
    expect(Object.getPrototypeOf(copied)).toBeNull()
    expect(Object.keys(copied as object)).toEqual(['__proto__', 'constructor'])
    expect({}).not.toHaveProperty('polluted')
  })

  it('leaves the original as it was', () => {
    const value = Object.freeze({ password: 'x', list: Object.freeze([Object.freeze({ token: 'y' })]) })
    const before = JSON.stringify(value)
    redactor.value(value)
    expect(JSON.stringify(value)).toBe(before)
  })

  it('can be made and stringified of anything', () => {
    fc.assert(
      fc.property(
        fc.anything({ withBigInt: true, withDate: true, withMap: true, withTypedArray: true }),
        (value) => {
          JSON.stringify(redactor.value(value))
        },
      ),
      fuzz(500),
    )
  })

  it('never holds the value of a sensitive field, wherever it stands', () => {
    const secret = 'S3CRET-value-0'
    const name = fc.constantFrom(
      'password',
      'Authorization',
      'api_key',
      'client-secret',
      'refreshToken',
      'cardNumber',
    )
    const tree = fc.letrec<{ node: unknown }>((tie) => ({
      node: fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom<unknown>('a', 1, null),
        name.map((key) => ({ [key]: secret, other: 1 })),
        name.map((key) => ({ text: `${key}=${secret}`, json: JSON.stringify({ [key]: secret }) })),
        fc.array(tie('node'), { maxLength: 4 }),
        fc.dictionary(fc.string({ maxLength: 5 }), tie('node'), { maxKeys: 4 }),
      ),
    })).node
    fc.assert(
      fc.property(tree, (value) => {
        expect(JSON.stringify(redactor.value(value)) ?? '').not.toContain(secret)
      }),
      fuzz(1000),
    )
  })
})

describe('what options add', () => {
  it('hides the fields of added paths at any depth', () => {
    const { value } = createRedactor({ paths: ['ssn2', 'user.email', 'items.*.iban'] })
    const copied = value({
      ssn2: 1,
      user: { email: 'e', name: 'n' },
      body: { user: { email: 'e' } },
      items: [{ iban: 'i' }],
    })
    expect(JSON.parse(JSON.stringify(copied))).toEqual({
      ssn2: '***',
      user: { email: '***', name: 'n' },
      body: { user: { email: '***' } },
      items: [{ iban: '***' }],
    })
    expect(value('e', 'user.email')).toBe('***')
  })

  it('hides whole objects and list items by path', () => {
    const { value } = createRedactor({ paths: ['customer', 'phones.*'] })
    expect(JSON.stringify(value({ customer: { a: 1 }, phones: ['1', '2'] }))).toBe(
      '{"customer":"***","phones":["***","***"]}',
    )
  })

  it('hides what added patterns match, in texts and in fields', () => {
    const { text, value } = createRedactor({ patterns: ['EMP-\\d{4}', '\\p{Script=Han}{2,}先生'] })
    expect(text('EMP-1234 called 王小先生, password=x')).toBe('*** called ***, password=***')
    expect(JSON.stringify(value({ a: ['EMP-1234'] }))).toBe('{"a":["***"]}')
  })

  it('is not harmed by a pattern that matches nothing or does not compile', () => {
    const { text } = createRedactor({ patterns: ['x*', '(', '', '\\-y'] })
    expect(text('axxb-y')).toBe('a***b***')
  })
})

it('hides all of a quoted value in the key of a group, also if it looks like the next field or was cut', () => {
  const { key } = createRedactor({ paths: ['customer'] })
  expect(key('customer="Jane a=b" job=x')).toBe('customer=*** job=x')
  expect(key('customer="a \\" b=c" job=x · own')).toBe('customer=*** job=x · own')
  expect(key('job=x customer="Jane a=b and')).toBe('job=x customer=***')
  expect(key('customer="Jane a=b"…0123456789abcdef job=x')).toBe('customer=*** job=x')
})
