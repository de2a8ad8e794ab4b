import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createVirtualClock } from '#core/time/virtual-clock.ts'

describe('createVirtualClock', () => {
  it('stands still until it is moved', async () => {
    const clock = createVirtualClock(1000)
    expect(clock.now()).toBe(1000)
    await clock.advance(250)
    expect(clock.now()).toBe(1250)
    await clock.advanceTo(5000)
    expect(clock.now()).toBe(5000)
  })

  it('runs each due timer once, at its own time, and leaves the others', async () => {
    const clock = createVirtualClock()
    const calls: string[] = []
    clock.after(300, () => calls.push(`c@${clock.now()}`))
    clock.after(100, () => calls.push(`a@${clock.now()}`))
    clock.after(200, () => calls.push(`b@${clock.now()}`))
    expect(clock.pending()).toBe(3)
    expect(clock.nextTimerAt()).toBe(100)
    await clock.advance(250)
    expect(calls).toEqual(['a@100', 'b@200'])
    expect(clock.now()).toBe(250)
    expect(clock.pending()).toBe(1)
    expect(clock.nextTimerAt()).toBe(300)
  })

  it('runs timers of one time in the order of their making', async () => {
    const clock = createVirtualClock()
    const calls: number[] = []
    for (let index = 0; index < 20; index++) clock.after(50, () => calls.push(index))
    await clock.advance(50)
    expect(calls).toEqual(Array.from({ length: 20 }, (_, index) => index))
  })

  it('runs timers that timers make, when they fall due on the way', async () => {
    const clock = createVirtualClock()
    const at: number[] = []
    const again = () => {
      at.push(clock.now())
      clock.after(10, again)
    }
    clock.after(10, again)
    await clock.advance(45)
    expect(at).toEqual([10, 20, 30, 40])
  })

  it('lets promises settle between two timers, however long their chain', async () => {
    const clock = createVirtualClock()
    const seen: string[] = []
    clock.after(10, async () => {
      for (let step = 0; step < 100; step++) await Promise.resolve()
      process.nextTick(() => seen.push(`resolved at ${clock.now()}`))
    })
    clock.after(20, () => seen.push('next timer'))
    await clock.advance(20)
    expect(seen).toEqual(['resolved at 10', 'next timer'])
  })

  it('lets what was started before settle before the first timer', async () => {
    const clock = createVirtualClock()
    const seen: string[] = []
    clock.after(0, () => seen.push('timer'))
    void Promise.resolve().then(() => seen.push('promise'))
    await clock.advance(0)
    expect(seen).toEqual(['promise', 'timer'])
  })

  it('sees a timer that a promise made meanwhile', async () => {
    const clock = createVirtualClock()
    const seen: number[] = []
    clock.after(10, () => {
      void Promise.resolve().then(() => clock.after(5, () => seen.push(clock.now())))
    })
    await clock.advance(15)
    expect(seen).toEqual([15])
  })

  it('forgets a cancelled timer, also while it moves', async () => {
    const clock = createVirtualClock()
    const calls: string[] = []
    const second = clock.after(20, () => calls.push('second'))
    clock.after(10, () => second.cancel())
    const third = clock.after(30, () => calls.push('third'))
    await clock.advance(100)
    third.cancel()
    expect(calls).toEqual(['third'])
    expect(clock.pending()).toBe(0)
    expect(clock.nextTimerAt()).toBeUndefined()
  })

  it('runs overlapping moves one after the other', async () => {
    const clock = createVirtualClock()
    const at: number[] = []
    clock.after(5, () => at.push(clock.now()))
    clock.after(12, () => at.push(clock.now()))
    await Promise.all([clock.advance(10), clock.advance(10)])
    expect(at).toEqual([5, 12])
    expect(clock.now()).toBe(20)
  })

  it('rejects with what a timer throws and continues at the next move', async () => {
    const clock = createVirtualClock()
    const calls: string[] = []
    clock.after(10, () => {
      throw new Error('broken timer')
    })
    clock.after(20, () => calls.push('next'))
    await expect(clock.advance(30)).rejects.toThrow('broken timer')
    expect(clock.now()).toBe(10)
    await clock.advance(10)
    expect(calls).toEqual(['next'])
  })

  it('never goes back', async () => {
    const clock = createVirtualClock(1000)
    await clock.advanceTo(500)
    await clock.advance(-100)
    expect(clock.now()).toBe(1000)
  })

  it('moves to a finite time only, and never runs a timer that waits for ever', async () => {
    const clock = createVirtualClock()
    clock.after(Number.POSITIVE_INFINITY, () => {})
    expect(clock.nextTimerAt()).toBeUndefined()
    expect(clock.pending()).toBe(1)
    await expect(clock.advance(Number.POSITIVE_INFINITY)).rejects.toThrow(RangeError)
    await expect(clock.advanceTo(Number.NaN)).rejects.toThrow(RangeError)
    expect(clock.now()).toBe(0)
  })

  it('runs what is left in the order of (time, making), however it was made and cancelled', async () => {
    const timer = fc.record({ ms: fc.nat(50), cancelled: fc.boolean() })
    await fc.assert(
      fc.asyncProperty(fc.array(timer, { maxLength: 40 }), async (wanted) => {
        const clock = createVirtualClock()
        const order: number[] = []
        const timers = wanted.map(({ ms }, index) => clock.after(ms, () => order.push(index)))
        wanted.forEach(({ cancelled }, index) => {
          if (cancelled) timers[index]?.cancel()
        })
        await clock.advance(50)
        const expected = wanted
          .map((timer, index) => ({ ...timer, index }))
          .filter(({ cancelled }) => !cancelled)
          .sort((a, b) => a.ms - b.ms || a.index - b.index)
        expect(order).toEqual(expected.map(({ index }) => index))
      }),
    )
  })
})
