// Which files are read: a frame comes out of a log line, and may name anything.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { transformSync } from 'esbuild'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { recordKey } from '#core/fingerprint/fingerprint.ts'
import type { LogRecord } from '#core/model.ts'
import { createReader } from '#core/read/reader.ts'
import { originalPlace } from '#core/source-maps/original-place.ts'

const folders: string[] = []
let folder: string
beforeEach(() => {
  // Maps are kept by path.
  folder = mkdtempSync(join(tmpdir(), 'alert-original-'))
  folders.push(folder)
})
afterAll(() => {
  for (const made of folders) rmSync(made, { recursive: true, force: true })
})

const source = 'export function charge(amount) {\n  throw new Error(amount)\n}\n'

function build(text = source, sourcefile = '../src/pay.ts') {
  const { code, map } = transformSync(text, { sourcemap: 'external', minify: true, sourcefile })
  return { code, map, column: code.indexOf('new Error') + 1 }
}

function write(name: string, text: string): string {
  const path = join(folder, name)
  mkdirSync(join(path, '..'), { recursive: true })
  writeFileSync(path, text)
  return path
}

const at = (file: string, column: number, name = 'charge') => ({ file, column, line: 1, name })

describe('a map is found', () => {
  it('beside the file, whose path or url the frame has', () => {
    const { code, map, column } = build()
    const file = write('dist/pay.js', code)
    write('dist/pay.js.map', map)
    const expected = { name: 'charge', file: join(folder, 'src/pay.ts'), line: 2, column: 9 }
    expect(originalPlace(at(file, column))).toEqual(expected)
    expect(originalPlace(at(pathToFileURL(file).href, column))).toEqual(expected)
  })

  it('where the comment at the end of the file says', () => {
    const { code, map, column } = build()
    const file = write('dist/pay.js', `${code}//# sourceMappingURL=../maps/pay%20it.js.map\n`)
    write('maps/pay it.js.map', map)
    expect(originalPlace(at(file, column)).file).toBe(join(folder, 'src/pay.ts'))
  })

  it('and its sources are urls: what is encoded in them is decoded', () => {
    const { code, map, column } = build(source, '../app/%5Bid%5D/a%20b%E4%BB%98.ts')
    const file = write('dist/pay.js', code)
    write('dist/pay.js.map', map)
    expect(originalPlace(at(file, column)).file).toBe(join(folder, 'app/[id]/a b付.ts'))
  })

  it('and a source that no url can be, or one with a line break, is taken as it is or not at all', () => {
    for (const [sourcefile, expected] of [
      ['../src/100%.ts', 'src/100%.ts'],
      ['../src/a%0Ab.ts', 'dist/pay.js'],
    ] as const) {
      const { code, map, column } = build(source, sourcefile)
      const name = `${sourcefile.length}/dist/pay.js`
      const file = write(name, code)
      write(`${name}.map`, map)
      expect(originalPlace(at(file, column)).file).toBe(join(folder, `${sourcefile.length}`, expected))
    }
  })

  it('through two builds, each with a map of its own', () => {
    const first = build('/* compiled */\n'.repeat(5) + source, '../src/pay.ts')
    const second = build(first.code, '../lib/pay.js')
    write('lib/pay.js', first.code)
    write('lib/pay.js.map', first.map)
    const file = write('dist/bundle.js', second.code)
    write('dist/bundle.js.map', second.map)
    expect(originalPlace(at(file, second.column))).toMatchObject({
      file: join(folder, 'src/pay.ts'),
      line: 7,
    })
  })
})

it.each([
  ['webpack', 'webpack://shop/./src/pay.ts?1a2b', 'src/pay.ts'],
  ['webpack without a name', 'webpack:///./src/pay.ts', 'src/pay.ts'],
  ['webpack, from above', 'webpack://shop/../lib/pay.ts', 'lib/pay.ts'],
  ['turbopack', 'turbopack:///[project]/src/pay.ts', 'src/pay.ts'],
  ['a bundler of Next.js', 'webpack://_N_E/./src/pay.ts?0b5c', 'src/pay.ts'],
  ['Next.js, the folder of a route', 'turbopack:///[project]/app/%5Bid%5D/page.tsx', 'app/[id]/page.tsx'],
])('the source is shown without what %s adds', (_name, written, expected) => {
  const { code, map, column } = build()
  const file = write('dist/pay.js', code)
  write('dist/pay.js.map', JSON.stringify({ ...JSON.parse(map), sources: [written] }))
  expect(originalPlace(at(file, column)).file).toBe(expected)
})

describe('nothing is read', () => {
  const kept = (file: string, column: number) =>
    expect(originalPlace(at(file, column))).toEqual(at(file, column))

  it.each([
    ['a relative path', 'dist/pay.js'],
    ['another kind of file', '/etc/passwd'],
    ['a url of another scheme', 'https://example.com/pay.js'],
    ['a share of another machine', '//server/share/pay.js'],
    ['a share of another machine on Windows', '\\\\server\\share\\pay.js'],
    ['a url of another machine', 'file://server/share/pay.js'],
    ['a file that does not exist', '/nowhere/at/all/pay.js'],
    ['a path with a zero', '/srv/\0/pay.js'],
    ['a path without end', `/${'a'.repeat(5_000)}.js`],
  ])('for %s', (_name, file) => {
    kept(file, 5)
  })

  it.each([
    ['on another machine', 'https://example.com/pay.js.map'],
    ['without a scheme on another machine', '//example.com/pay.js.map'],
    ['under a name that is not that of a map', '../secret.json'],
    ['with another scheme', 'data:text/plain;base64,e30='],
  ])('from a map %s', (_name, url) => {
    const { code, map, column } = build()
    const file = write('dist/pay.js', `${code}//# sourceMappingURL=${url}\n`)
    write('secret.json', map)
    kept(file, column)
  })

  it('from a map that is a folder', () => {
    const { code, column } = build()
    const file = write('dist/pay.js', code)
    mkdirSync(join(folder, 'dist/pay.js.map'))
    kept(file, column)
  })

  it.skipIf(process.platform === 'win32')('from a pipe, and nothing waits for one', () => {
    const { code, column } = build()
    const file = write('dist/pay.js', code)
    execFileSync('mkfifo', [`${file}.map`])
    kept(file, column)
  })

  it.skipIf(process.platform === 'win32')('from a device', () => {
    const { code, column } = build()
    const file = write('dist/pay.js', code)
    symlinkSync('/dev/zero', `${file}.map`)
    kept(file, column)
  })

  it('from a map that is too large', () => {
    const { code, map, column } = build()
    const file = write('dist/pay.js', code)
    write('dist/pay.js.map', map + ' '.repeat(17 * 1024 * 1024))
    kept(file, column)
  })

  it('from a map that is broken', () => {
    const { code, map, column } = build()
    const file = write('dist/pay.js', code)
    write('dist/pay.js.map', map.slice(0, -20))
    kept(file, column)
  })
})

it('a map is read once: what changes on disk later does not change the names of alerts', () => {
  const { code, map, column } = build()
  const file = write('dist/pay.js', code)
  write('dist/pay.js.map', map)
  const before = originalPlace(at(file, column))
  write('dist/pay.js.map', JSON.stringify({ ...JSON.parse(map), sources: ['../src/other.ts'] }))
  expect(originalPlace(at(file, column))).toEqual(before)
})

describe('the name of a minified function', () => {
  const app = `
class Payments { charge(amount) { throw new Error(amount) } }
const retry = async (work) => { throw new Error(work) }
const outer = (first) => { const inner = function () { throw new Error(first) }; return inner }
export const all = [new Payments(), new Payments(), retry, outer, Payments, retry, outer]
`
  const { code, map } = transformSync(app, {
    sourcemap: 'external',
    minify: true,
    format: 'iife',
    sourcefile: '../src/a.js',
  })
  const columns = [...code.matchAll(/new Error/g)].map(({ index }) => index + 1)
  const nameAt = (name: string, column: number) => {
    const file = write('dist/a.js', code)
    write('dist/a.js.map', map)
    return originalPlace(at(file, column, name)).name
  }
  const [inMethod, inArrow] = columns as [number, number]
  const short = (pattern: RegExp) => pattern.exec(code)![1]!

  it('is what the map says of its definition', () => {
    expect(nameAt(`${short(/class (\w+)/)}.charge`, inMethod)).toBe('Payments.charge')
    expect(nameAt(`new ${short(/class (\w+)/)}`, inMethod)).toBe('new Payments')
    expect(nameAt(short(/(\w+)=async/), inArrow)).toBe('retry')
  })

  it('is left out if its definition is not found', () => {
    expect(nameAt('Q', inMethod)).toBe('')
    expect(nameAt('Q.charge', inMethod)).toBe('charge')
    expect(nameAt('$', inMethod)).toBe('')
  })

  it('is kept if it is not a short one', () => {
    expect(nameAt('Object.charge [as pay]', inMethod)).toBe('Object.charge [as pay]')
    expect(nameAt('', inMethod)).toBe('')
  })
})

describe('the option sourceMaps', () => {
  it('is that of each hub, also where two of them read the same stack in one thread', () => {
    const { code, map, column } = build()
    const file = write('dist/pay.js', code)
    write('dist/pay.js.map', map)
    const stack = `Error: no\n    at charge (${file}:1:${column})`
    const line = JSON.stringify({
      level: 50,
      msg: 'no payment',
      err: { type: 'Error', message: 'no', stack },
    })
    const [withMaps, without] = [true, false].map((sourceMaps) => createReader({ now: () => 0, sourceMaps }))
    const keyOf = (read: typeof withMaps) => recordKey(read!(line) as LogRecord, undefined)
    for (let turn = 0; turn < 3; turn++) {
      expect(keyOf(withMaps)).toContain('charge (src/pay)')
      expect(keyOf(without)).toContain('charge (dist/pay)')
    }
  })
})
