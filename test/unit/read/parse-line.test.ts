import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { shapeOf } from '#core/read/line-shape.ts'
import { createLineParser } from '#core/read/parse-line.ts'
import { pinoLines } from './lines.ts'

const stack = `Error: no such order\n    at save (/srv/app/src/orders/save.js:42:11)\n    at /srv/app/src/server.js:8:3`

/** The parser's answer in words that tell a difference in values, in their order, and in what is thrown. */
function answer(parse: (line: string) => unknown, line: string): unknown {
  try {
    const value = parse(line)
    return { value, written: JSON.stringify(value) }
  } catch {
    return 'not JSON'
  }
}

function expectSame(lines: readonly string[]): void {
  const parse = createLineParser()
  for (const line of lines) {
    const [ours, theirs] = [answer(parse, line), answer(JSON.parse, line)]
    if (!isDeepStrictEqual(ours, theirs)) expect.fail(`${line} came out as ${JSON.stringify(ours)}`)
  }
}

const word = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.constantFrom('order 4711', 'a "quoted" word', 'back\\slash', 'line\nbreak', '\ud800', '中文', '', stack),
)
const number = fc.oneof(
  fc.integer(),
  fc.double(),
  fc.constantFrom(0, -0, 1e21, 0.1, 2 ** 53 + 2, 1e-7, 12.5, 10, 100),
)
const scalar = fc.oneof(word, number, fc.boolean(), fc.constant(null))
const value = fc.oneof(
  scalar,
  fc.dictionary(fc.constantFrom('a', 'b', '7', 'message', 'stack'), scalar, { maxKeys: 4 }),
  fc.array(scalar, { maxLength: 3 }),
)
const keys = fc.constantFrom('level', 'time', 'msg', 'err', 'req', '12', 'id', 'a"b', '__proto__', 'ключ')
const padding = 'x'.repeat(100)

/** One record, and others that differ from it in some values. */
const alike = fc
  .tuple(fc.uniqueArray(keys, { minLength: 1, maxLength: 7 }), fc.infiniteStream(value))
  .chain(([names, values]) => {
    const first = names.map((name): [string, unknown] => [name, values.next().value])
    const change = fc.array(fc.tuple(fc.nat(names.length - 1), value), { maxLength: 3 })
    return fc.array(change, { minLength: 4, maxLength: 20 }).map((changes) =>
      changes.map((each) => {
        const entries = first.map(([name, given], index): [string, unknown] => {
          const [, changed] = each.find(([which]) => which === index) ?? [0, given]
          return [name, changed]
        })
        return JSON.stringify(Object.fromEntries([...entries, ['padding', padding]]))
      }),
    )
  })

test('a line is read as JSON.parse reads it, whatever lines came before', () => {
  fc.assert(fc.property(alike, expectSame), { numRuns: 700 })
})

test('so is a line that somebody has spoilt', () => {
  const spoil = fc.tuple(
    fc.nat(),
    fc.constantFrom('', '"', '\\', ',', '}', '{', ' ', '0', '.', '-', '\u0001', ':'),
  )
  const spoilt = fc.tuple(alike, fc.array(spoil, { minLength: 10, maxLength: 10 })).map(([lines, spoils]) =>
    lines.flatMap((line, index) => {
      const [where, what] = spoils[index % spoils.length]!
      const at = where % line.length
      return [line, line.slice(0, at) + what + line.slice(at + (where % 2)), line]
    }),
  )
  fc.assert(fc.property(spoilt, expectSame), { numRuns: 700 })
})

test('keys that repeat, numbers that begin with 0, and what follows the end count as in JSON', () => {
  const head = `{"level":50,"padding":"${padding}"`
  const usual = [1, 2, 3, 4, 5].map((n) => `${head},"n":${n},"m":"text ${n}"}`)
  const odd = [
    `${head},"n":7,"m":"a","n":8}`,
    `${head},"n":07,"m":"a"}`,
    `${head},"n":7.,"m":"a"}`,
    `${head},"n":-,"m":"a"}`,
    `${head},"n":-0,"m":"a"}`,
    `${head},"n":1e3,"m":"a"}`,
    `${head},"n":7,"m":"a"}}`,
    `${head},"n":7,"m":"a"} `,
    `${head},"n":7,"m":"a\tb"}`,
    `${head},"n":7,"m":"a\\tb"}`,
    `${head},"n":7,"m":"a}`,
    `${head},"n":,"m":"a"}`,
    `${head},"n":7,"m":"","x":{"__proto__":{"level":60}}}`,
  ]
  expectSame([...usual, ...odd, ...usual, ...odd.flatMap((line) => [line, line, line, ...usual])])
})

test('lines of one log call share a shape: other ids, times, messages and error messages fit it', () => {
  const lines = pinoLines({}, (logger) => {
    for (let n = 0; n < 6; n++) {
      const err = Object.assign(new Error(`order ${n} is gone`), {
        stack: stack.replace('no such order', `order ${n} is gone`),
      })
      logger.error({ err, requestId: `req-${n}`, ms: n + 0.5 }, `order ${n} could not be saved`)
    }
  })
  const [first, second, ...others] = lines.map((line) => line.trimEnd())
  const shape = shapeOf(first!, JSON.parse(first!))?.widen(second!, JSON.parse(second!))
  for (const line of others) {
    // Two lines may be of one millisecond, so that the shape does not know of the time yet.
    const wider = shape?.read(line) === undefined ? shape?.widen(line, JSON.parse(line)) : shape
    expect(wider?.read(line)).toEqual(JSON.parse(line))
  }
})

test('what lines share cannot be changed by one of them', () => {
  const parse = createLineParser()
  const line = (n: number) =>
    JSON.stringify({ level: 50, n, err: { message: 'boom', stack }, tags: [{ a: 1 }] })
  const values = [1, 2, 3, 4, 5].map((n) => parse(line(n)) as { err: object; tags: object[] })
  expect(values[4]!.err).toBe(values[3]!.err)
  expect(() => Object.assign(values[4]!.err, { message: 'changed' })).toThrow(TypeError)
  expect(() => Object.assign(values[4]!.tags[0]!, { a: 2 })).toThrow(TypeError)
})
