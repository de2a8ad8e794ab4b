import fc from 'fast-check'
import { expect, it } from 'vitest'
import { readDelta, readUnknown } from '#core/fleet/redis-delta.ts'

const text = fc.string({ unit: 'binary', maxLength: 20 })
const part = fc.oneof(
  text,
  fc.jsonValue({ maxDepth: 2 }),
  fc.double(),
  fc.constantFrom(-1, 0, 1e308, '__proto__', null),
)
const item = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.record({ silence: part }, { noNullPrototype: true }),
  fc.record({ names: part, record: part, count: part }, { requiredKeys: [] }),
  fc.record(
    {
      occurrence: fc.oneof(part, fc.record({ id: text, record: fc.record({ msg: part, time: part }) })),
      firstAt: part,
      lastAt: part,
      moments: part,
      count: part,
    },
    { requiredKeys: ['occurrence'] },
  ),
)
const delta = fc.record(
  {
    v: fc.constant(1),
    m: text,
    p: part,
    o: part,
    n: fc.nat(),
    l: fc.nat(),
    i: fc.array(item),
    e: part,
    asks: part,
  },
  { requiredKeys: ['v', 'm', 'n', 'l', 'i'] },
)

it('of whatever stands in Redis a delta is read without an error, or none is', () => {
  const written = fc.oneof(
    text,
    fc.json({ maxDepth: 4 }),
    delta.map((one) => JSON.stringify(one)),
  )
  fc.assert(
    fc.property(written, fc.integer({ min: -100_000, max: 100_000 }), (json, shiftMs) => {
      const read = readDelta(json, shiftMs)
      if (read !== undefined) {
        expect(typeof read.process).toBe('string')
        expect(Number.isSafeInteger(read.number) && Number.isSafeInteger(read.unread)).toBe(true)
        for (const one of read.items) expect(typeof one).toBe('object')
      }
      expect(readUnknown(json).unread).toBeGreaterThanOrEqual(1)
    }),
    { numRuns: 3_000 },
  )
})
