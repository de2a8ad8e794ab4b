import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { backoffDelay } from '#core/time/backoff.ts'

const usual = { firstMs: 1000, factor: 2, maxMs: 60_000 }

describe('backoffDelay', () => {
  it('doubles its ceiling with each attempt, up to the longest', () => {
    const ceilings = [1, 2, 3, 4, 5, 6, 7, 8, 1000].map((attempt) => backoffDelay(attempt, usual, () => 1))
    expect(ceilings).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000])
  })

  it('spreads over the whole range below the ceiling', () => {
    expect(backoffDelay(3, usual, () => 0)).toBe(0)
    expect(backoffDelay(3, usual, () => 0.25)).toBe(1000)
  })

  it('takes an attempt before the first as the first', () => {
    expect(backoffDelay(0, usual, () => 1)).toBe(1000)
    expect(backoffDelay(-3, usual, () => 1)).toBe(1000)
    expect(backoffDelay(Number.NaN, usual, () => 1)).toBe(1000)
  })

  it('does not wait without a first delay', () => {
    expect(backoffDelay(5000, { ...usual, firstMs: 0 }, () => 1)).toBe(0)
    expect(backoffDelay(5, { ...usual, maxMs: 0 }, () => 1)).toBe(0)
  })

  it('stays between nothing and the longest, for any attempt and shape', () => {
    const shape = fc.record({
      firstMs: fc.nat(1e6),
      factor: fc.double({ min: 1, max: 100 }),
      maxMs: fc.nat(1e7),
    })
    fc.assert(
      fc.property(
        fc.integer(),
        shape,
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (attempt, backoff, at) => {
          fc.pre(!Number.isNaN(backoff.factor))
          const delayMs = backoffDelay(attempt, backoff, () => at)
          expect(delayMs).toBeGreaterThanOrEqual(0)
          expect(delayMs).toBeLessThanOrEqual(backoff.maxMs)
          expect(Number.isInteger(delayMs)).toBe(true)
        },
      ),
    )
  })

  it('draws its own chance by default', () => {
    const delays = new Set(Array.from({ length: 50 }, () => backoffDelay(7, usual)))
    expect(delays.size).toBeGreaterThan(10)
  })
})
