import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createLru } from '#core/cache/lru.ts'

describe('createLru', () => {
  it('forgets the entry that was longest unused', () => {
    const evicted: [string, number][] = []
    const lru = createLru<string, number>(2, (key, value) => evicted.push([key, value]))
    lru.set('a', 1)
    lru.set('b', 2)
    expect(lru.get('a')).toBe(1)
    lru.set('c', 3)
    expect(evicted).toEqual([['b', 2]])
    expect(lru.keys()).toEqual(['a', 'c'])
    expect(lru.values()).toEqual([1, 3])
    expect(lru.size).toBe(2)
  })

  it('does not count looking as use', () => {
    const lru = createLru<string, number>(2)
    lru.set('a', 1)
    lru.set('b', 2)
    expect(lru.has('a')).toBe(true)
    expect(lru.values()).toEqual([1, 2])
    lru.set('c', 3)
    expect(lru.has('a')).toBe(false)
  })

  it('overwrites without evicting', () => {
    const evicted: string[] = []
    const lru = createLru<string, number>(2, (key) => evicted.push(key))
    lru.set('a', 1)
    lru.set('b', 2)
    lru.set('a', 3)
    expect(evicted).toEqual([])
    expect(lru.values()).toEqual([2, 3])
  })

  it('deletes and clears without calling it eviction', () => {
    const evicted: string[] = []
    const lru = createLru<string, number>(3, (key) => evicted.push(key))
    for (const key of ['a', 'b', 'c']) lru.set(key, 0)
    expect(lru.delete('b')).toBe(true)
    expect(lru.delete('b')).toBe(false)
    expect(lru.keys()).toEqual(['a', 'c'])
    lru.clear()
    expect(lru.size).toBe(0)
    expect(lru.keys()).toEqual([])
    lru.set('d', 1)
    expect(lru.keys()).toEqual(['d'])
    expect(evicted).toEqual([])
  })

  it('keeps undefined and null as values, and any key', () => {
    const lru = createLru<unknown, unknown>(5)
    lru.set('__proto__', undefined)
    lru.set(undefined, null)
    expect(lru.has('__proto__')).toBe(true)
    expect(lru.get(undefined)).toBeNull()
  })

  it.each([0, -1, Number.NaN])('stores nothing with a size of %d', (max) => {
    const evicted: string[] = []
    const lru = createLru<string, number>(max, (key) => evicted.push(key))
    lru.set('a', 1)
    expect(lru.size).toBe(0)
    expect(evicted).toEqual(['a'])
  })

  it('may be used by its own onEvict', () => {
    const lru = createLru<string, number>(2, (key, value) => {
      if (value < 3) lru.set(key, value + 1)
    })
    for (const key of ['a', 'b', 'c', 'd']) lru.set(key, 0)
    expect(lru.size).toBe(2)
    expect(lru.keys()).toHaveLength(2)
  })

  it('may be changed while its values are walked', () => {
    const lru = createLru<number, number>(10)
    for (let index = 0; index < 5; index++) lru.set(index, index)
    const seen: number[] = []
    for (const value of lru.values()) {
      seen.push(value)
      lru.delete(value)
      lru.set(value + 100, value)
    }
    expect(seen).toEqual([0, 1, 2, 3, 4])
  })

  it('behaves like the plainest model of itself', () => {
    const step = fc.record({
      verb: fc.constantFrom('get', 'set', 'delete', 'has'),
      key: fc.nat(8),
      value: fc.nat(),
    })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.array(step, { maxLength: 200 }), (max, steps) => {
        const lru = createLru<number, number>(max)
        let model: [number, number][] = []
        for (const { verb, key, value } of steps) {
          const known = model.find(([other]) => other === key)
          const others = model.filter(([other]) => other !== key)
          if (verb === 'set') {
            lru.set(key, value)
            model = [...others, [key, value] as [number, number]].slice(-max)
          } else if (verb === 'get') {
            expect(lru.get(key)).toBe(known?.[1])
            if (known) model = [...others, known]
          } else if (verb === 'delete') {
            expect(lru.delete(key)).toBe(known !== undefined)
            model = others
          } else {
            expect(lru.has(key)).toBe(known !== undefined)
          }
          expect(lru.keys()).toEqual(model.map(([other]) => other))
          expect(lru.size).toBe(model.length)
        }
      }),
    )
  })
})
