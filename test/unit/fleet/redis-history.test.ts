import { describe, expect, it } from 'vitest'
import { hasLast, readHistory, withWrite, writeHistory } from '#core/fleet/redis-history.ts'

const history = [
  { term: 'a', revision: 4 },
  { term: 'b', revision: 9 },
]

describe('which writes a state continues', () => {
  it.each([
    ['the last one', { term: 'b', revision: 9 }, true],
    ['an earlier one of the same term', { term: 'b', revision: 7 }, true],
    ['one that another process took over', { term: 'a', revision: 4 }, true],
    ['not one after which another process took over without it', { term: 'a', revision: 5 }, false],
    ['not one of a term that it does not know', { term: 'c', revision: 1 }, false],
  ])('is known: %s', (_, write, isIn) => {
    expect(hasLast(history, [write])).toBe(isIn)
  })

  it('is not judged where it was not written down', () => {
    expect(hasLast([], [{ term: 'a', revision: 1 }])).toBe(true)
    expect(hasLast(history, [])).toBe(true)
  })

  it('is not judged once so many processes took over that the oldest are not known', () => {
    let long: ReturnType<typeof readHistory> = []
    for (let n = 1; n <= 25; n++) long = withWrite(long, { term: `t${n}`, revision: n })
    expect(long).toHaveLength(20)
    expect(hasLast(long, [{ term: 't1', revision: 1 }])).toBe(true)
    expect(hasLast(long, [{ term: 't24', revision: 25 }])).toBe(false)
  })

  it('has one entry for each term, and is read as it was written', () => {
    const longer = withWrite(history, { term: 'b', revision: 10 })
    expect(longer).toEqual([
      { term: 'a', revision: 4 },
      { term: 'b', revision: 10 },
    ])
    expect(readHistory(writeHistory(longer))).toEqual(longer)
    expect(readHistory('')).toEqual([])
    expect(readHistory('what another program wrote')).toEqual([])
  })
})
