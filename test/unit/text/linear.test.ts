import { describe, expect, it } from 'vitest'
import { bestRatio, linear } from './linear.ts'

const same = (size: number) => size

describe('bestRatio', () => {
  it('takes one loop for linear', () => {
    let sum = 0
    const work = (size: number) => {
      for (let i = 0; i < size; i++) sum += i % 7
    }
    expect(bestRatio(same, work, 50_000)).toBeLessThan(linear)
    expect(sum).toBeGreaterThan(0)
  })

  it('does not take a loop within a loop for linear', () => {
    let sum = 0
    const work = (size: number) => {
      for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) sum += (i ^ j) & 1
    }
    expect(bestRatio(same, work, 50)).toBeGreaterThan(linear)
    expect(sum).toBeGreaterThan(0)
  })

  it('does not take a regular expression that starts over everywhere for linear', () => {
    const startsOver = /x*y/
    expect(
      bestRatio(
        (size) => 'x'.repeat(size),
        (text) => startsOver.test(text),
        100,
      ),
    ).toBeGreaterThan(linear)
  })
})
