import { Writable } from 'node:stream'
import { finished } from 'node:stream/promises'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createLineStream } from '#core/worker/line-stream.ts'

/** The stream before the one of pino-abstract-transport, which is a list here. */
function openStream(wants: (line: string) => boolean = () => true) {
  const passed: string[] = []
  let tooLong = 0
  const inner = new Writable({
    decodeStrings: false,
    write(chunk: string, _encoding, done) {
      passed.push(chunk)
      done()
    },
  })
  const stream = createLineStream(inner, {
    wants,
    flush: async () => {},
    countTooLong() {
      tooLong++
    },
  })
  return { stream, passed, tooLong: () => tooLong }
}

test('the stream takes everything and never asks to wait', () => {
  const { stream, passed } = openStream()
  const line = `{"level":50,"msg":"${'x'.repeat(500_000)}"}\n`
  for (let n = 0; n < 50; n++) expect(stream.write(line)).toBe(true)
  expect(stream.writableNeedDrain).toBe(false)
  expect(passed.join('')).toBe(line.repeat(50))
})

test('lines come out whole and in order, however the text is cut into chunks', async () => {
  const line = fc.string({ minLength: 1, maxLength: 40 }).map((text) => text.replaceAll('\n', ' '))
  await fc.assert(
    fc.asyncProperty(
      fc.array(line, { maxLength: 20 }),
      fc.infiniteStream(fc.nat({ max: 60 })),
      async (lines, sizes) => {
        const { stream, passed } = openStream()
        const text = lines.map((each) => `${each}\n`).join('')
        for (let start = 0; start < text.length; ) {
          const size = 1 + (sizes.next().value as number)
          stream.write(text.slice(start, start + size))
          start += size
        }
        stream.end()
        await finished(stream)
        expect(passed.join('')).toBe(text)
        for (const chunk of passed) expect(chunk.endsWith('\n')).toBe(true)
      },
    ),
  )
})

test('lines that are not wanted are left out, wherever they stand', async () => {
  const isWanted = (line: string) => line.includes('wanted')
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom('wanted', 'wanted \r', 'another', ''), { maxLength: 12 }),
      fc.nat({ max: 60 }),
      async (lines, cut) => {
        const { stream, passed } = openStream(isWanted)
        const text = lines.map((each) => `${each}\n`).join('')
        stream.write(text.slice(0, cut))
        stream.write(text.slice(cut))
        stream.end()
        await finished(stream)
        const wanted = lines.filter(isWanted).map((each) => `${each}\n`)
        expect(passed.join('')).toBe(wanted.join(''))
        expect(passed).not.toContain('')
      },
    ),
  )
})

test('a text of many lines is passed on in pieces of at most 32 Ki characters, a longer line alone', () => {
  const { stream, passed } = openStream()
  const line = (chars: number) => `{"level":50,"msg":"${'x'.repeat(chars)}"}\n`
  const text = line(700).repeat(2_000) + line(100_000) + line(700).repeat(2_000)
  stream.write(text)
  expect(passed.join('')).toBe(text)
  const long = passed.filter(({ length }) => length > 32 * 1024)
  expect(long.map(({ length }) => length)).toEqual([line(100_000).length])
  expect(passed.length).toBeLessThan(100)
})

test('a line above 1 MiB is shortened if it is JSON, else counted, and its neighbours are read', async () => {
  const { stream, passed, tooLong } = openStream()
  const short = '{"level":30,"msg":"all is well"}\n'
  const long = (start: string) => `${start}"pad":"${'x'.repeat(1_500_000)}","msg":"disk full"}\n`
  const text = short + long('{"level":50,"time":1,') + short + long('') + short
  for (let start = 0; start < text.length; start += 700_000) stream.write(text.slice(start, start + 700_000))
  stream.write(text)
  stream.end('{"level":30,"msg":"the last has no newline"}')
  await finished(stream)
  const lines = passed.join('').trimEnd().split('\n')
  expect(lines.map((each) => JSON.parse(each).msg)).toEqual([
    ...Array(2).fill(['all is well', 'disk full', 'all is well', 'all is well']).flat(),
    'the last has no newline',
  ])
  expect(tooLong()).toBe(2)
})
