import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hash64 } from '#core/text/text.ts'

describe('hash64', () => {
  it('is the same on every machine and in every version', () => {
    const known = ['', 'a', 'b', 'card gateway timeout', '支付网关超时', '💥'].map(hash64)
    expect(known).toMatchInlineSnapshot(`
      [
        "1aee8d83c14d9671",
        "82c9790130324e85",
        "c254d2bf735896c0",
        "3fad17a2ef2d70e8",
        "e7a81e575c16a412",
        "d795bcc58e5117ea",
      ]
    `)
  })

  it('is 16 hex digits for any text, lone surrogates included', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(hash64(text)).toMatch(/^[\da-f]{16}$/)
        expect(hash64(text)).toBe(hash64(text))
      }),
    )
    expect(hash64('\ud800')).not.toBe(hash64('\udc00'))
  })

  it('gives 200 000 similar texts different hashes', () => {
    const seen = new Set<string>()
    for (let index = 0; index < 200_000; index++) seen.add(hash64(`payments|error|timeout of order ${index}`))
    expect(seen.size).toBe(200_000)
  })

  it('uses both halves: each spreads over its range', () => {
    const halves = [0, 8].map((from) => {
      const buckets = new Array<number>(256).fill(0)
      for (let index = 0; index < 65_536; index++) {
        buckets[Number.parseInt(hash64(`key ${index}`).slice(from, from + 2), 16)]!++
      }
      return { least: Math.min(...buckets), most: Math.max(...buckets) }
    })
    for (const { least, most } of halves) {
      expect(least).toBeGreaterThan(160)
      expect(most).toBeLessThan(360)
    }
  })
})
