import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readDelta, readUnknown, withoutTexts, writeDelta } from '#core/fleet/redis-delta.ts'
import { fuzz } from '../../soak.ts'

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
    fuzz(3_000),
  )
})

it('of what cannot be read counts one record, if its count is not a number', () => {
  for (const count of [[{ toString: null }], { valueOf: 1 }, '7', -1, 1.5]) {
    const items = [{ occurrence: {}, count }]
    expect(readUnknown(JSON.stringify({ v: 1, m: 'm', i: items })).unread).toBe(1)
  }
})

it('has the moment of an end that was submitted later by the clock of its reader', () => {
  const record = { time: 0, level: 30, levelLabel: 'info', msg: 'fine', fields: {} }
  const sender = { member: 'm', process: 'web-1', options: '', number: 1, lowest: 1, asks: false }
  const items = [
    { names: ['disk'], record, at: 5_000 },
    { names: ['disk'], record },
  ]
  expect(readDelta(writeDelta({ ...sender, items }), -2_000)?.items).toEqual([
    { names: ['disk'], record, at: 3_000 },
    { names: ['disk'], record },
  ])
})

describe('what stands in Redis', () => {
  const sender = { member: 'm', process: 'web-1', options: 'x' }
  const written = { ...sender, number: 3, lowest: 2, items: [{ silence: 's' }], asks: false }

  it('is read as it was written', () => {
    expect(readDelta(writeDelta(written), 0)).toEqual({ ...written, unread: 0 })
    const withEntries = { ...written, entries: [['alert/a', {}] as const] }
    expect(readDelta(writeDelta(withEntries), 0)).toEqual({ ...withEntries, unread: 0 })
    const asks = { ...written, number: 0, lowest: 0, items: [], asks: true }
    expect(readDelta(writeDelta(asks), 0)).toEqual({ ...asks, unread: 0 })
    const question = { id: 'a-1', withinMs: 100, question: { request: 'status' } }
    const asked = { ...asks, asks: false, question }
    expect(readDelta(writeDelta(asked), 0)).toEqual({ ...asked, unread: 0 })
  })

  it.each([
    ['of another version', { v: 2 }],
    ['without a member', { m: 7 }],
    ['with half a number', { n: 1.5 }],
    ['with a number that is a text', { n: '1' }],
    ['with a number beyond those that count', { n: 2 ** 60 }],
    ['without items', { i: {} }],
  ])('is none: %s', (_, change) => {
    const envelope = { v: 1, m: 'm', p: 'p', o: 'o', n: 1, l: 1, i: [] }
    expect(readDelta(JSON.stringify(envelope), 0)).toBeDefined()
    expect(readDelta(JSON.stringify({ ...envelope, ...change }), 0)).toBeUndefined()
  })

  it.each([
    ['an id that could name another key', { id: 'a:b', withinMs: 1, question: 1 }],
    ['an id that is too long', { id: 'a'.repeat(41), withinMs: 1, question: 1 }],
    ['no time to wait', { id: 'a', question: 1 }],
  ])('is not a question with %s', (_, q) => {
    expect(readDelta(JSON.stringify({ v: 1, m: 'm', p: 'p', o: 'o', q }), 0)).toBeUndefined()
  })

  it('has no name and no options where those are not texts, and no entries without a list of them', () => {
    const json = JSON.stringify({ v: 1, m: 'm', p: 1, o: {}, n: 1, l: 1, i: [], e: 'x' })
    expect(readDelta(json, 0)).toEqual({
      ...written,
      process: '',
      options: '',
      number: 1,
      lowest: 1,
      items: [],
      unread: 0,
    })
  })
})

it('without texts holds neither the headline of a life nor the summary that a record brought', () => {
  const said = (value: unknown) => JSON.parse(JSON.stringify(value, withoutTexts))
  const life = { id: 'a', severity: 'error', headline: 'disk of ACME is full', from: 1 }
  expect(said({ ...life, key: 'disk of <*> is full' })).toMatchObject({ headline: 'disk of <*> is full' })
  // As a process of an earlier version wrote it.
  expect(said(life)).toMatchObject({ headline: '', from: 1 })
  const labels = { summary: 'nightly', headline: 'news' }
  expect(said([{ rule: 'error', key: 'k', summary: 'disk of ACME is full', labels }])).toEqual([
    { rule: 'error', key: 'k', labels },
  ])
})
