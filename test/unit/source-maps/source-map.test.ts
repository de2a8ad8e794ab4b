// The same answers as Node's own reader of source maps, in less memory.
import { SourceMap as NodeMap } from 'node:module'
import { transformSync } from 'esbuild'
import { describe, expect, it } from 'vitest'
import { readSourceMap } from '#core/source-maps/source-map.ts'

const source = Array.from(
  { length: 400 },
  (_, n) =>
    `export function handle${n}(first, second) {\n  const total = first + second\n  return total > ${n} ? total : handle${n}(second, first)\n}`,
).join('\n')

function builtBy(options: object) {
  const { code, map } = transformSync(source, { sourcemap: true, sourcefile: 'src/handle.js', ...options })
  return { code, map }
}

describe.each([
  ['in one line', { minify: true }],
  ['in many lines', {}],
])('a map of code %s', (_name, options) => {
  const { code, map } = builtBy(options)
  const ours = readSourceMap(map)!
  const theirs = new NodeMap(JSON.parse(map))

  it('finds at every position what Node finds', () => {
    const lines = code.split('\n')
    let compared = 0
    for (const [line, text] of lines.entries())
      for (let column = 0; column < text.length; column += 7) {
        const entry = theirs.findEntry(line, column) as {
          originalLine?: number
          originalColumn?: number
          generatedLine?: number
        }
        const found = ours.find({ line, column })
        if (entry.generatedLine !== line) expect(found).toBeUndefined()
        else
          expect([found?.source, found?.line, found?.column]).toEqual([
            'src/handle.js',
            entry.originalLine,
            entry.originalColumn,
          ])
        compared++
      }
    expect(compared).toBeGreaterThan(1_000)
  })

  it('says what an identifier was called at its own position only', () => {
    if (!('minify' in options)) return
    const at = code.indexOf('function ') + 'function '.length
    const first = code.indexOf('(') + 1
    expect(ours.find({ line: 0, column: first })?.name).toBe('first')
    expect(ours.find({ line: 0, column: at - 2 })?.name).toBeUndefined()
  })
})

it('a map in sections finds in each section what its own map says', () => {
  const { map } = builtBy({ minify: true })
  const sections = { version: 3, sections: [section(2, 0, map), section(9, 40, map)] }
  const found = readSourceMap(JSON.stringify(sections))!
  const own = readSourceMap(map)!
  expect(found.find({ line: 0, column: 5 })).toBeUndefined()
  expect(found.find({ line: 2, column: 500 })).toEqual(own.find({ line: 0, column: 500 }))
  expect(found.find({ line: 9, column: 540 })).toEqual(own.find({ line: 0, column: 500 }))
})

function section(line: number, column: number, map: string) {
  return { offset: { line, column }, map: JSON.parse(map) }
}

it.each([
  ['not JSON', '<html>'],
  ['a number', '7'],
  ['null', 'null'],
  ['an empty object', '{}'],
  ['without sources', '{"version":3,"mappings":"AAAA"}'],
])('%s is not a map', (_name, text) => {
  expect(readSourceMap(text)).toBeUndefined()
})

it.each([
  ['characters that are none', 'AAAA;!!!!,AAAA'],
  ['a number that never ends', 'gggggggggggggggggggggg'],
  ['a source that does not exist', 'AEAA'],
  ['a negative source', 'ADAA'],
  ['only separators', ';;;,,,;;;'],
])('mappings with %s end there', (_name, mappings) => {
  const map = readSourceMap(JSON.stringify({ version: 3, mappings, sources: ['a.js'], names: [] }))!
  expect(() => map.find({ line: 1, column: 3 })).not.toThrow()
  expect(map.find({ line: 1, column: 3 })).toBeUndefined()
})

it('sections inside sections, which the standard forbids, are ignored', () => {
  let text = '{"sections":[]}'
  for (let depth = 0; depth < 2_000; depth++)
    text = `{"sections":[{"offset":{"line":0,"column":0},"map":${text}}]}`
  expect(readSourceMap(text)?.find({ line: 0, column: 0 })).toBeUndefined()
})
