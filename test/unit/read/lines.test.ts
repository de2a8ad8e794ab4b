import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createLines } from '#core/read/lines.ts'
import { createShortener, shortenLine } from '#core/read/shorten-line.ts'
import { bestRatio, linear } from '../text/linear.ts'

function cut(chunks: readonly string[], maxChars: number): { lines: string[]; long: (string | undefined)[] } {
  const lines: string[] = []
  const long: (string | undefined)[] = []
  const cutter = createLines(
    (line) => lines.push(line),
    (line) => long.push(line),
    maxChars,
  )
  for (const chunk of chunks) cutter.write(chunk)
  cutter.end()
  return { lines, long }
}

function parts(whole: string, cuts: readonly number[]): string[] {
  const at = [...new Set([0, ...cuts.map((cut) => cut % (whole.length + 1)), whole.length])].sort(
    (a, b) => a - b,
  )
  return at.slice(1).map((end, index) => whole.slice(at[index], end))
}

test('a text gives the same lines wherever its chunks are cut', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '\n'), maxLength: 200 })
  fc.assert(
    fc.property(text, fc.array(fc.nat(200)), fc.integer({ min: 1, max: 12 }), (whole, cuts, maxChars) => {
      const { lines, long } = cut(parts(whole, cuts), maxChars)
      const all = whole.split('\n').filter((line) => line !== '')
      expect(lines).toEqual(all.filter((line) => line.length <= maxChars))
      expect(long).toHaveLength(all.length - lines.length)
    }),
  )
})

test('a line that is too long is shortened to the same JSON wherever its chunks are cut', () => {
  const record = fc.dictionary(fc.string({ unit: 'binary', maxLength: 8 }), fc.jsonValue({ maxDepth: 4 }), {
    minKeys: 1,
  })
  fc.assert(
    fc.property(record, fc.array(fc.nat(2_000)), (given, cuts) => {
      const line = JSON.stringify(given)
      const { long } = cut([...parts(line, cuts), '\n'], 1)
      expect(JSON.parse(long[0]!)).toEqual(JSON.parse(`${line.slice(0, -1)},"…":${line.length}}`))
    }),
  )
})

test('every field of a line of megabytes remains, and of the large ones the first part', () => {
  const rows = Array.from({ length: 50_000 }, (_, id) => ({
    id,
    name: `row "${id}" \\ \u2028 中`,
    tags: ['a', null],
  }))
  const record = {
    level: 50,
    err: { message: 'boom', stack: 's'.repeat(20_000), response: { rows } },
    deep: JSON.parse(`${'['.repeat(1_000)}${']'.repeat(1_000)}`),
    team: 'a',
    alert: { code: 'PAYMENT' },
    msg: 'it "failed"',
  }
  const line = JSON.stringify(record)
  const short = shortenLine(line)!
  expect(short.length).toBeLessThan(100_000)
  const { err, deep, ...rest } = JSON.parse(short)
  expect(rest).toEqual({
    level: 50,
    team: 'a',
    alert: { code: 'PAYMENT' },
    msg: 'it "failed"',
    '…': line.length,
  })
  expect(err).toMatchObject({ message: 'boom', stack: 's'.repeat(8_192) })
  expect(err.response.rows.slice(0, 500)).toEqual(rows.slice(0, 500))
  expect(Array.isArray(deep)).toBe(true)
})

test('of an endless line no more is kept than a share', () => {
  const shortener = createShortener()
  shortener.write('{"level":50')
  for (let index = 0; index < 20_000; index++) shortener.write(`,"field ${index}":"${'x'.repeat(1_000)}"`)
  const short = shortener.end()!
  expect(short.length).toBeLessThan(1_000_000)
  expect(JSON.parse(short)).toMatchObject({ level: 50, 'field 0': 'x'.repeat(1_000) })
})

test.each([
  ['text', 'x'.repeat(20_000)],
  ['a list', `[${'1,'.repeat(20_000)}1]`],
  ['fields without an object', `"pad":"${'x'.repeat(20_000)}","msg":"disk full"}`],
  ['text before an object', `${'x'.repeat(20_000)}{"level":50}`],
  ['a text in quotes', `"${'x'.repeat(20_000)}"`],
])('a line that is too long and holds %s is only counted', (_, line) => {
  expect(shortenLine(line)).toBeUndefined()
})

test.each([
  ['few escapes', `${'x'.repeat(78)}\\n`],
  ['escapes only', '\\n'],
  ['quotes that are escaped', '\\"'],
])('a text with %s is shortened in time linear in its length', (_, unit) => {
  const line = (size: number) => `{"a":"${unit.repeat(size / unit.length)}","b":1}`
  expect(bestRatio(line, shortenLine, 20_000)).toBeLessThan(linear)
  expect(JSON.parse(shortenLine(line(100_000))!)).toMatchObject({ b: 1 })
})

test('the part of a text that is kept ends before an escape or behind one', () => {
  for (let before = 8_185; before <= 8_193; before++) {
    for (const sign of ['\\n', '\\"', '\\\\', '\\u00e9']) {
      const line = `{"a":"${'x'.repeat(before)}${sign}${'y'.repeat(9_000)}","b":1}`
      const { a, b } = JSON.parse(shortenLine(line)!)
      expect([
        `${'x'.repeat(before)}${JSON.parse(`"${sign}"`)}${'y'.repeat(9_000)}`.startsWith(a),
        b,
      ]).toEqual([true, 1])
      expect(a.length).toBeGreaterThan(8_180)
      expect(a.length).toBeLessThanOrEqual(8_192)
    }
  }
})
