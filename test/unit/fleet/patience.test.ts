import { describe, expect, it } from 'vitest'
import { createPatience } from '#core/fleet/patience.ts'
import { createVirtualClock } from '#core/time/virtual-clock.ts'

const second = 1_000

/** Beats, each so long after the one before, until the other is to be replaced; undefined if never. */
async function beatsUntilReplaced(intervalsMs: readonly number[], doublings = 0) {
  const clock = createVirtualClock()
  const patience = createPatience(clock)
  for (let n = 0; n < doublings; n++) patience.double()
  const silence = patience.listen()
  for (const [index, ms] of intervalsMs.entries()) {
    await clock.advance(ms)
    if (silence.beat()) return index + 1
  }
  return undefined
}

const inTime = (count: number) => Array<number>(count).fill(second)

describe('a process that notifies and does not answer', () => {
  it('is replaced after four beats', async () => {
    expect(await beatsUntilReplaced(inTime(9))).toBe(5)
  })

  it('is not judged by the beats of a process that is stalled itself', async () => {
    expect(await beatsUntilReplaced(Array<number>(9).fill(3 * second))).toBeUndefined()
    expect(await beatsUntilReplaced([20 * second, ...inTime(4)])).toBeUndefined()
    expect(await beatsUntilReplaced([20 * second, ...inTime(5)])).toBe(6)
  })

  it('is replaced at last by a process whose beats seldom come in time', async () => {
    expect(await beatsUntilReplaced([...Array<number>(20).fill(2 * second), second])).toBe(21)
  })

  it('is waited for longer after each replacement, but not beyond a bound', async () => {
    expect(await beatsUntilReplaced(inTime(99), 1)).toBe(9)
    expect(await beatsUntilReplaced(inTime(99), 2)).toBe(17)
    expect(await beatsUntilReplaced(inTime(99), 9)).toBe(65)
  })

  it('is waited for as at first once there was no replacement for ten minutes', async () => {
    const clock = createVirtualClock()
    const patience = createPatience(clock)
    patience.double()
    await clock.advance(601 * second)
    const silence = patience.listen()
    for (let n = 0; n < 4; n++) {
      await clock.advance(second)
      expect(silence.beat()).toBe(false)
    }
    await clock.advance(second)
    expect(silence.beat()).toBe(true)
  })
})
