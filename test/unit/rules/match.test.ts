import { expect, test } from 'vitest'
import { type Condition, compileMatch, type Matches } from '#core/rules/match.ts'
import { getPath } from '#core/text/get-path.ts'
import { bestRatio, linear } from '../text/linear.ts'

function holds(matches: Matches, fields: object, levels?: Record<string, number>): boolean {
  return compileMatch(matches, levels)((path) => getPath(fields, path))
}

const met: readonly [Condition, unknown][] = [
  ['a', 'a'],
  [5, 5],
  [true, true],
  [null, null],
  [null, undefined],
  [['a', 'b'], 'b'],
  [[1, null], undefined],
  [500, '500'],
  ['11000', 11000],
  ['b', ['a', 'b']],
  [{ regex: '^a' }, 'abc'],
  [{ regex: '^5\\d\\d$' }, 503],
  [{ regex: '^b' }, ['a', 'b']],
  [{ not: 'a' }, 'b'],
  [{ not: 'a' }, undefined],
  [{ not: { regex: '^a' } }, 'b'],
  [{ not: { not: 'a' } }, 'a'],
  [{ exists: true }, 0],
  [{ exists: true }, ''],
  [{ exists: false }, undefined],
  [{ exists: false }, null],
  [{ gt: 5 }, 6],
  [{ gte: 5 }, 5],
  [{ lt: 5 }, '4'],
  [{ lte: 5 }, 5],
  [{ gte: 400, lt: 500 }, 404],
  [{ gt: '5' }, 6],
  [{ gte: '2026-01-01' }, '2026-06-01T00:00:00Z'],
]
test.each(met)('%j holds of %j', (condition, value) => {
  expect(holds({ field: condition }, { field: value })).toBe(true)
})

const missed: readonly [Condition, unknown][] = [
  ['a', 'b'],
  ['a', undefined],
  [5, 6],
  [true, 'true'],
  [true, 1],
  [null, 0],
  [null, ''],
  [['a', 'b'], 'c'],
  ['', 0],
  ['[object Object]', {}],
  [{ regex: 'a' }, undefined],
  [{ regex: 'a' }, null],
  [{ regex: 'object' }, {}],
  [{ not: 'a' }, 'a'],
  [{ exists: true }, null],
  [{ exists: true }, undefined],
  [{ exists: false }, 0],
  [{ gt: 5 }, 5],
  [{ gt: 5 }, undefined],
  [{ gt: 5 }, 'many'],
  [{ gt: 5 }, ''],
  [{ gt: 5 }, null],
  [{ gt: 5 }, [6]],
  [{ gte: 400, lt: 500 }, 500],
  [{ gte: 'b' }, 'a'],
  [{ gte: 'b' }, 5],
]
test.each(missed)('%j does not hold of %j', (condition, value) => {
  expect(holds({ field: condition }, { field: value })).toBe(false)
})

test('all conditions of a match hold, or any match of a list', () => {
  const both = { a: 1, b: 2 }
  expect(holds(both, { a: 1, b: 2 })).toBe(true)
  expect(holds(both, { a: 1, b: 3 })).toBe(false)
  expect(holds([{ a: 1 }, { b: 2 }], { a: 0, b: 2 })).toBe(true)
  expect(holds([{ a: 1 }, { b: 2 }], { a: 0, b: 0 })).toBe(false)
  expect(holds({}, {})).toBe(true)
  expect(holds([], { a: 1 })).toBe(false)
})

test('level compares by rank, also with the levels of the logger', () => {
  expect(holds({ level: 'error' }, { level: 50 })).toBe(true)
  expect(holds({ level: ['warn', 'error'] }, { level: 40 })).toBe(true)
  expect(holds({ level: { gte: 'warn' } }, { level: 50 })).toBe(true)
  expect(holds({ level: { gt: 'error' } }, { level: 50 })).toBe(false)
  expect(holds({ level: { lt: 'WARN' } }, { level: 'info' })).toBe(true)
  expect(holds({ level: 'audit' }, { level: 35 }, { audit: 35 })).toBe(true)
  expect(holds({ level: { gte: 'audit' } }, { level: 30 }, { audit: 35 })).toBe(false)
})

test('severity compares by rank', () => {
  expect(holds({ severity: { gte: 'error' } }, { severity: 'critical' })).toBe(true)
  expect(holds({ severity: { gte: 'error' } }, { severity: 'warning' })).toBe(false)
  expect(holds({ severity: 'critical' }, { severity: 'critical' })).toBe(true)
})

test('paths reach into nested fields, and a key with dots wins', () => {
  expect(holds({ 'err.code': 'E1' }, { err: { code: 'E1' } })).toBe(true)
  expect(holds({ 'err.code': 'E1' }, { 'err.code': 'E1' })).toBe(true)
  expect(holds({ 'err.code.x.y': 'E1' }, { err: { code: 'E1' } })).toBe(false)
})

test('a regular expression keeps nothing between two texts', () => {
  const match = compileMatch({ a: { regex: 'x' } })
  for (let round = 0; round < 3; round++) expect(match(() => 'x')).toBe(true)
})

test('of a long text a regular expression sees the first characters only', () => {
  expect(holds({ a: { regex: 'end' } }, { a: `${'x'.repeat(20_000)}end` })).toBe(false)
  const match = compileMatch({ a: { regex: 'xy' } })
  expect(
    bestRatio(
      (size) => 'x'.repeat(size * 100),
      (text) => match(() => text),
    ),
  ).toBeLessThan(linear)
})

test('a text that is made for a regular expression costs no more than any other', () => {
  const match = compileMatch({ a: { regex: '^(a+)+$' } })
  expect(
    bestRatio(
      (size) => `${'a'.repeat(size * 10)}!`,
      (text) => match(() => text),
    ),
  ).toBeLessThan(linear)
})
