import fc from 'fast-check'
import { expect, test } from 'vitest'
import { abridge } from '#core/read/abridge.ts'
import { createLines, type LongLine } from '#core/read/lines.ts'

function cut(chunks: readonly string[], maxChars: number): { lines: string[]; long: LongLine[] } {
  const lines: string[] = []
  const long: LongLine[] = []
  const cutter = createLines(
    (line) => lines.push(line),
    (line) => long.push(line),
    maxChars,
  )
  for (const chunk of chunks) cutter.write(chunk)
  cutter.end()
  return { lines, long }
}

test('a text gives the same lines wherever its chunks are cut, and of lines that are too long their ends', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '\n'), maxLength: 200 })
  fc.assert(
    fc.property(text, fc.array(fc.nat(200)), fc.integer({ min: 1, max: 12 }), (whole, cuts, maxChars) => {
      const at = [...new Set([0, ...cuts.filter((cut) => cut < whole.length), whole.length])].sort(
        (a, b) => a - b,
      )
      const { lines, long } = cut(
        at.slice(1).map((end, index) => whole.slice(at[index], end)),
        maxChars,
      )
      const all = whole.split('\n').filter((line) => line !== '')
      expect(lines).toEqual(all.filter((line) => line.length <= maxChars))
      expect(long).toEqual(
        all
          .filter((line) => line.length > maxChars)
          .map((line) => ({ head: line, tail: line, chars: line.length })),
      )
    }),
  )
})

test('of an endless line no more is kept than its ends', () => {
  const { long } = cut(
    ['{"level":50,', ...Array.from({ length: 50 }, () => 'x'.repeat(100_000)), '"}\n'],
    1_000,
  )
  expect(long).toMatchObject([{ chars: 5_000_014 }])
  expect(long[0]!.head).toHaveLength(1_000)
  expect(long[0]!.tail).toHaveLength(10_000)
})

const ends = (line: string): LongLine => ({
  head: line.slice(0, 1_000),
  tail: line.slice(-10_000),
  chars: line.length,
})
const pad = `"body":"${'x'.repeat(20_000)}"`

test.each([
  [
    'its level, time and message',
    `{"level":50,"time":17900,${pad},"msg":"order \\"7\\" failed"}`,
    { level: 50, time: 17900, msg: 'order "7" failed' },
  ],
  [
    'a level in words',
    `{"level":"error","time":"2026-09-01T00:00:00.000Z",${pad},"message":"boom"}\r`,
    { level: 'error', msg: 'boom' },
  ],
  [
    'its size where the message is not at its end',
    `{"level":60,"msg":"boom",${pad}}`,
    { level: 60, msg: 'a log record of 20035 characters' },
  ],
  [
    'its size where the message itself is what is long',
    `{"level":60,"time":1,"msg":"${'x'.repeat(20_000)}"}`,
    { level: 60, time: 1, msg: 'a log record of 20030 characters' },
  ],
])('a line that is too long becomes an alert with %s', (_, line, expected) => {
  const { cut, ...rest } = JSON.parse(abridge(ends(line))!)
  expect(cut).toBe(`a log record of ${line.length} characters`)
  expect(rest).toMatchObject(expected)
})

test.each([
  ['does not say how bad it is', `{${pad},"msg":"boom"}`],
  ['is not a record', 'x'.repeat(20_000)],
  ['wants no alert', `{"level":50,"alert":false,${pad},"msg":"boom"}`],
])('a line that is too long and %s is only counted', (_, line) => {
  expect(abridge(ends(line))).toBeUndefined()
})
