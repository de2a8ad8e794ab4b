import { describe, expect, it } from 'vitest'
import { createBatch } from '#core/fleet/batch.ts'
import type { Item } from '#core/fleet/fleet-types.ts'
import type { Occurrence } from '#core/model.ts'

const origin = { context: () => [], names: () => [] }
const sizeOf = (items: readonly Item[]) => Buffer.byteLength(JSON.stringify(items))

function occurrence(id: string, more: Partial<Occurrence> = {}, msg = id): Occurrence {
  const record = { time: 0, level: 50, levelLabel: 'error', msg, fields: {} }
  return {
    id,
    rule: 'error',
    key: id,
    severity: 'error',
    action: 'fire',
    record,
    labels: {},
    resolveAfterMs: 900_000,
    ...more,
  }
}

function takeAll(batch: ReturnType<typeof createBatch>): (readonly Item[])[] {
  const deltas: (readonly Item[])[] = []
  while (!batch.isEmpty()) deltas.push(batch.take())
  return deltas
}

describe('what a process counted', () => {
  it('is one item for each kind, with its first and its latest record', () => {
    const batch = createBatch()
    for (let n = 0; n < 1_000; n++)
      batch.add(occurrence(`kind ${n % 2}`, {}, `record ${n}`), n, origin, false)
    expect(takeAll(batch).flat()).toMatchObject([
      { count: 500, firstAt: 0, lastAt: 998, first: { msg: 'record 0' }, occurrence: { key: 'kind 0' } },
      { count: 500, firstAt: 1, lastAt: 999, first: { msg: 'record 1' }, occurrence: { key: 'kind 1' } },
    ])
  })

  it('keeps each moment under a condition, with the value that counts', () => {
    const batch = createBatch()
    for (const [at, value] of [
      [1, 'ann'],
      [5, 'bob'],
    ] as const)
      batch.add(occurrence('login', { condition: { forMs: 0, value } }), at, origin, true)
    expect(batch.take()).toMatchObject([
      {
        count: 2,
        moments: [
          [1, 'ann'],
          [5, 'bob'],
        ],
      },
    ])
  })

  it('is not moved across a record that ends something', () => {
    const batch = createBatch()
    batch.add(occurrence('a'), 1, origin, false)
    batch.add(occurrence('a', { action: 'resolve' }), 2, origin, false)
    batch.add(occurrence('a'), 3, origin, false)
    expect(batch.take()).toMatchObject([
      { count: 1, lastAt: 1 },
      { occurrence: { action: 'resolve' } },
      { count: 1, firstAt: 3 },
    ])
  })

  it('never takes more than 16 KiB at once, however large the records are', () => {
    const batch = createBatch()
    const large = '错'.repeat(10_000)
    for (let n = 0; n < 40; n++) {
      const err = { message: large, stack: large, causes: [large, large] }
      const fields = Object.fromEntries(Array.from({ length: 50 }, (_, field) => [`f${field}`, large]))
      const record = { time: n, level: 50, levelLabel: 'error', msg: large, fields, err }
      batch.add(occurrence(`kind ${n}`, { record }), n, origin, false)
      batch.add(occurrence(`kind ${n}`, { record: { ...record, time: n + 1 } }), n, origin, false)
    }
    const deltas = takeAll(batch)
    expect(Math.max(...deltas.map(sizeOf))).toBeLessThanOrEqual(16 * 1024)
    expect(deltas.flat().reduce((sum, item) => sum + ('occurrence' in item ? item.count : 0), 0)).toBe(80)
  })

  it('has room for 2 000 kinds', () => {
    const batch = createBatch()
    for (let n = 0; n < 2_000; n++) expect(batch.add(occurrence(`kind ${n}`), n, origin, false)).toBe(true)
    expect(batch.add(occurrence('one more'), 1, origin, false)).toBe(false)
    expect(batch.add(occurrence('kind 7'), 1, origin, false)).toBe(true)
  })
})
