import vm from 'node:vm'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bounds, serialise, startWalk } from '#winston/serialise.ts'
import { inSoak } from '../../soak.ts'
import { lineOfInfo } from './lines.ts'

function shown(value: unknown): unknown {
  const json = serialise(value, startWalk())
  return json === undefined ? undefined : JSON.parse(json)
}

describe('a value', () => {
  it('that is plain data comes out as JSON.stringify writes it', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        expect(shown(value)).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })

  it('of any kind gives JSON of a bounded length, and never throws', () => {
    const anything = fc.anything({
      withBigInt: true,
      withBoxedValues: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withNullPrototype: true,
      withObjectString: true,
      withSparseArray: true,
      withTypedArray: true,
      withUnicodeString: true,
      maxDepth: 6,
    })
    fc.assert(
      fc.property(fc.dictionary(fc.string(), anything), anything, (fields, message) => {
        const line = lineOfInfo({ ...fields, message, level: 'error', [Symbol.for('level')]: 'error' })
        expect(line.level).toBe(50)
        expect(JSON.stringify(line).length).toBeLessThan(4 * bounds.totalChars)
      }),
      { numRuns: inSoak(2_000, 150) },
    )
  })

  it.each<[string, unknown, unknown]>([
    ['a date', new Date(0), '1970-01-01T00:00:00.000Z'],
    ['an impossible date', new Date(Number.NaN), 'Invalid Date'],
    ['a BigInt', 12345678901234567890n, '12345678901234567890'],
    ['a symbol', Symbol('x'), 'Symbol(x)'],
    ['not a number', Number.NaN, 'NaN'],
    ['infinity', Number.NEGATIVE_INFINITY, '-Infinity'],
    ['a buffer', Buffer.alloc(12), '[Buffer, 12 bytes]'],
    ['an array buffer', new ArrayBuffer(3), '[ArrayBuffer, 3 bytes]'],
    [
      'a map',
      new Map<unknown, unknown>([
        ['a', 1],
        [{}, 2],
      ]),
      { a: 1, '[object]': 2 },
    ],
    ['a set', new Set([1, 'b']), [1, 'b']],
    ['a pattern', /x/g, '/x/g'],
    ['a boxed text', Object('text'), 'text'],
    ['a promise', Promise.resolve(), '[promise]'],
    ['a url', new URL('http://host/x'), 'http://host/x'],
    ['a function', () => {}, undefined],
    ['fields that JSON leaves out', { a: undefined, b: () => {}, c: 1 }, { c: 1 }],
    ['a list with holes', [1, undefined, 3], [1, null, 3]],
    ['an object without prototype', Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
    ['a key named __proto__', JSON.parse('{"__proto__":{"x":1}}'), JSON.parse('{"__proto__":{"x":1}}')],
    ['lone surrogates', '\ud800x\udfff', '\ud800x\udfff'],
  ])('%s', (_name, value, expected) => {
    expect(shown(value)).toEqual(expected)
  })

  it('that contains itself is written once', () => {
    const ring: Record<string, unknown> = { name: 'ring' }
    ring['self'] = ring
    expect(shown(ring)).toEqual({ name: 'ring', self: '[circular]' })
  })

  it('that occurs twice is not circular', () => {
    const twin = { a: 1 }
    expect(shown([twin, twin])).toEqual([twin, twin])
  })

  it('with a getter that throws shows the rest', () => {
    const value = {
      get broken() {
        throw new Error('no')
      },
      whole: 1,
    }
    expect(shown(value)).toEqual({ broken: '[unreadable]', whole: 1 })
  })

  it('whose toJSON throws is shown by its own keys', () => {
    const value = {
      a: 1,
      toJSON() {
        throw new Error('no')
      },
    }
    expect(shown(value)).toEqual({ a: 1 })
  })

  it('whose toJSON never ends is cut', () => {
    const endless = { toJSON: () => ({ ...endless }) }
    expect(JSON.stringify(shown({ endless }))).toContain('[too deep]')
  })

  it('that is a proxy which throws at everything is unreadable, and nothing else suffers', () => {
    const trap = () => {
      throw new Error('trap')
    }
    const hostile = new Proxy({}, { get: trap, ownKeys: trap, getPrototypeOf: trap, has: trap })
    const { proxy: revoked, revoke } = Proxy.revocable({}, {})
    revoke()
    expect(shown({ hostile, revoked, a: 1 })).toMatchObject({ a: 1, revoked: '[unreadable]' })
    expect(lineOfInfo(hostile).level).toBe(50)
    expect(lineOfInfo(revoked).level).toBe(50)
  })

  it('that is an error of another realm is an error', () => {
    expect(shown(vm.runInNewContext('new TypeError("elsewhere")'))).toMatchObject({
      type: 'TypeError',
      message: 'elsewhere',
    })
  })

  it('nests as deep as it likes', () => {
    let deep: unknown = 'bottom'
    for (let depth = 0; depth < 10_000; depth++) deep = { deep }
    expect(JSON.stringify(shown(deep))).toContain('[too deep]')
  })
})

describe('what is too much', () => {
  it('a text of 50 MB is cut', () => {
    const line = lineOfInfo({ message: 'x'.repeat(50_000_000), body: '\n'.repeat(50_000_000) })
    expect(line.msg.length).toBeLessThanOrEqual(bounds.textChars + 1)
    expect((line['body'] as string).length).toBeLessThanOrEqual(bounds.textChars + 1)
  })

  it('a million keys are cut, and the error among them is found', () => {
    const wide: Record<string, unknown> = Object.fromEntries(
      Array.from({ length: 100_000 }, (_, n) => [`k${n}`, n]),
    )
    wide['err'] = new Error('needle')
    const line = lineOfInfo({ ...wide, message: 'haystack', inner: wide })
    expect(Object.keys(line).length).toBeLessThan(250)
    expect(line.err?.message).toBe('needle')
  })

  it('a list of a million is cut', () => {
    const line = lineOfInfo({ message: 'long', list: new Array(1_000_000).fill(0) })
    expect(line['list']).toHaveLength(bounds.items + 1)
  })

  it('many large fields are cut, but message, alert and error stay', () => {
    const fields = Object.fromEntries(Array.from({ length: 90 }, (_, n) => [`k${n}`, 'x'.repeat(5_000)]))
    const line = lineOfInfo({
      ...fields,
      message: 'large',
      alert: { code: 'LARGE' },
      err: new Error('heavy'),
    })
    expect(line).toMatchObject({ msg: 'large', alert: { code: 'LARGE' } })
    expect(line.err?.message).toBe('heavy')
    expect(line['…']).toBe('cut')
    expect(JSON.stringify(line).length).toBeLessThan(2 * bounds.totalChars)
  })

  it('a tree with many branches is cut in time', () => {
    let tree: unknown = { leaf: () => {} }
    for (let depth = 0; depth < 7; depth++) tree = Array.from({ length: 100 }, () => tree)
    expect(JSON.stringify(lineOfInfo({ message: 'tree', tree })).length).toBeLessThan(2 * bounds.totalChars)
  })
})
