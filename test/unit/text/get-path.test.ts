import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { getPath } from '#core/text/get-path.ts'

describe('getPath', () => {
  it.each([
    ['msg', 'boom'],
    ['err.code', 'ECONNREFUSED'],
    ['items.1.id', 7],
    ['items.length', 2],
    ['none', undefined],
    ['err.none', undefined],
    ['msg.length', undefined],
    ['err.code.x', undefined],
    ['nothing', null],
    ['nothing.x', undefined],
    ['', undefined],
    ['.', undefined],
    ['err.', undefined],
    ['.err', undefined],
    ['flag', false],
  ])('reads %j', (path, value) => {
    const record = {
      msg: 'boom',
      err: { code: 'ECONNREFUSED' },
      items: [{ id: 1 }, { id: 7 }],
      nothing: null,
      flag: false,
    }
    expect(getPath(record, path)).toBe(value)
  })

  it('prefers a key that holds the dots itself, at any level', () => {
    expect(getPath({ 'a.b': 1, a: { b: 2 } }, 'a.b')).toBe(1)
    expect(getPath({ a: { 'b.c': 1, b: { c: 2 } } }, 'a.b.c')).toBe(1)
  })

  it('sees own properties only', () => {
    for (const path of ['constructor', 'toString', '__proto__', 'constructor.name', '__proto__.polluted']) {
      expect(getPath({}, path)).toBeUndefined()
    }
    expect(getPath(Object.create({ inherited: 1 }), 'inherited')).toBeUndefined()
    expect(getPath(JSON.parse('{"__proto__":{"a":1}}'), '__proto__.a')).toBe(1)
  })

  it('reads objects without a prototype', () => {
    expect(getPath(Object.assign(Object.create(null), { a: { b: 1 } }), 'a.b')).toBe(1)
  })

  it('takes a getter that throws as absent', () => {
    const value = {
      get broken(): unknown {
        throw new Error('no')
      },
    }
    expect(getPath(value, 'broken')).toBeUndefined()
    expect(getPath(value, 'broken.x')).toBeUndefined()
  })

  it('takes a hostile or revoked proxy as absent', () => {
    const refuse = () => {
      throw new Error('no')
    }
    const hostile = new Proxy({}, { has: refuse, get: refuse, getOwnPropertyDescriptor: refuse })
    const { proxy, revoke } = Proxy.revocable({ a: 1 }, {})
    revoke()
    expect(getPath({ hostile }, 'hostile.a')).toBeUndefined()
    expect(getPath({ proxy }, 'proxy.a')).toBeUndefined()
  })

  it('never throws, whatever the root and the path', () => {
    fc.assert(fc.property(fc.anything(), fc.string(), (root, path) => void getPath(root, path)))
  })

  it('reads as deep as the path is long', () => {
    let deep: unknown = 'bottom'
    for (let level = 0; level < 10_000; level++) deep = { a: deep }
    expect(getPath(deep, new Array(10_000).fill('a').join('.'))).toBe('bottom')
  })
})
