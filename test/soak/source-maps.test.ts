// Real bundles: what an alert is called must not change with the build.
import { afterAll, describe, expect, it } from 'vitest'
import { fingerprint, recordKey } from '#core/fingerprint/fingerprint.ts'
import { findOwnFrame, frameText } from '#core/fingerprint/own-frame.ts'
import type { LogRecord } from '#core/model.ts'
import { createReader } from '#core/read/reader.ts'
import { logOf, removeFolders } from '../unit/source-maps/bundle-app.ts'

const read = createReader({ now: Date.now })
const readWithoutMaps = createReader({ now: Date.now, sourceMaps: false })
const recordOf = (line: string) => read(line) as LogRecord
const idOf = (line: string) =>
  fingerprint({ labels: {}, rule: 'error', key: recordKey(recordOf(line), undefined) }).id
const builtName = /server(?:\.[\da-f]+)?\.c?js/

function frameOf(line: string, record = recordOf(line)): string {
  const { err } = record
  const frame = findOwnFrame(err!.stack!, err!.message, err!.isBuilt)
  return frame === undefined ? '' : frameText(frame)
}

afterAll(removeFolders)

const frames = {
  esbuild: [
    'Gateway.charge (src/pay/charge.js:4)',
    'requireAmount (src/pay/charge.js:10)',
    'requireAmount (src/pay/charge.js:10)',
    'refund (src/pay/charge.js:16)',
  ],
  // It puts the class and the arrow function into expressions without a name.
  webpack: [
    'Object.charge (src/pay/charge.js:4)',
    'requireAmount (src/pay/charge.js:10)',
    'requireAmount (src/pay/charge.js:10)',
    'src/pay/charge.js:16',
  ],
}

describe.each(['esbuild', 'webpack'] as const)('a bundle by %s', { timeout: 120_000 }, (bundler) => {
  it.each(['file', 'inline'] as const)(
    'shows original files and functions, and its alerts keep their ids in the next build: map %s',
    async (map) => {
      const [before, after] = [
        await logOf(bundler, 'first', { map }),
        await logOf(bundler, 'second', { map }),
      ]
      expect(before[0]).not.toBe(after[0])
      expect(before[0]).toMatch(builtName)
      expect(before.map((line) => frameOf(line))).toEqual(frames[bundler])
      expect(after.map((line) => frameOf(line))).toEqual(frames[bundler])
      expect(after.map(idOf)).toEqual(before.map(idOf))
      expect(new Set(after.map(idOf)).size).toBe(3)
    },
  )

  it('without a map keeps the ids of its alerts too', async () => {
    const [before, after] = [
      await logOf(bundler, 'first', { map: 'none' }),
      await logOf(bundler, 'second', { map: 'none' }),
    ]
    expect(before.map((line) => frameOf(line)).join()).toMatch(builtName)
    expect(after.map(idOf)).toEqual(before.map(idOf))
  })
})

it('sourceMaps: false leaves frames as the engine wrote them', async () => {
  const [line = ''] = await logOf('esbuild', 'first')
  expect(frameOf(line, readWithoutMaps(line) as LogRecord)).toMatch(builtName)
})
