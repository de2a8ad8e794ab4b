import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createQuota, createRateLimiter, partOfLimit } from '#core/time/rate-limit.ts'

/** The most takes that any window of this length holds. */
function mostIn(times: readonly number[], perMs: number): number {
  return Math.max(
    0,
    ...times.map((from) => times.filter((time) => time >= from && time < from + perMs).length),
  )
}

it.each([
  [12, 3, 4],
  [10, 4, 2],
  [2, 5, 1],
  [0, 3, 0],
  [7, 1, 7],
])('a limit of %i among %i is %i each', (count, among, each) => {
  expect(partOfLimit({ count, perMs: 1_000 }, among)).toEqual({ count: each, perMs: 1_000 })
})

describe('createQuota', () => {
  it('allows so many at once, then one whenever one leaves the window', () => {
    const quota = createQuota([{ count: 3, perMs: 1000 }])
    for (const now of [0, 100, 200]) {
      expect(quota.waitMs(now)).toBe(0)
      quota.take(now)
    }
    expect(quota.waitMs(300)).toBe(700)
    expect(quota.waitMs(999)).toBe(1)
    expect(quota.waitMs(1000)).toBe(0)
    quota.take(1000)
    expect(quota.waitMs(1000)).toBe(100)
  })

  it('holds every one of several limits', () => {
    const quota = createQuota([
      { count: 2, perMs: 1000 },
      { count: 3, perMs: 60_000 },
    ])
    quota.take(0)
    quota.take(0)
    expect(quota.waitMs(0)).toBe(1000)
    quota.take(1000)
    expect(quota.waitMs(2000)).toBe(58_000)
  })

  it('without limits is always free and remembers nothing', () => {
    const quota = createQuota([])
    for (let now = 0; now < 1000; now++) quota.take(now)
    expect(quota.waitMs(1000)).toBe(0)
    expect(quota.snapshot()).toEqual([])
  })

  it('with a count of zero is never free', () => {
    expect(createQuota([{ count: 0, perMs: 1000 }]).waitMs(0)).toBe(Number.POSITIVE_INFINITY)
    expect(createQuota([{ count: Number.NaN, perMs: 1000 }]).waitMs(0)).toBe(Number.POSITIVE_INFINITY)
  })

  it('counts what was taken against its advice', () => {
    const quota = createQuota([{ count: 1, perMs: 1000 }])
    quota.take(0)
    quota.take(500)
    expect(quota.waitMs(1000)).toBe(500)
  })

  it('keeps no more times than its largest count, however much is taken', () => {
    const quota = createQuota([{ count: 5, perMs: 1000 }])
    for (let now = 0; now < 10_000; now++) quota.take(now)
    expect(quota.snapshot()).toEqual([9995, 9996, 9997, 9998, 9999])
  })

  it('continues after a restart with its counted times', () => {
    const limits = [{ count: 2, perMs: 60_000 }]
    const before = createQuota(limits)
    before.take(1000)
    before.take(2000)
    const after = createQuota(limits)
    after.restore(JSON.parse(JSON.stringify(before.snapshot())))
    expect(after.waitMs(3000)).toBe(before.waitMs(3000))
    expect(after.waitMs(3000)).toBe(58_000)
  })

  it.each([undefined, null, 'x', {}, [null, 'a', Number.NaN, {}]])(
    'is not harmed by restoring %j',
    (state) => {
      const quota = createQuota([{ count: 1, perMs: 1000 }])
      quota.restore(state)
      expect(quota.waitMs(0)).toBe(0)
    },
  )

  it('does not wait for hours when the clock is set back', () => {
    const quota = createQuota([{ count: 2, perMs: 1000 }])
    quota.take(10_000_000)
    quota.take(10_000_400)
    expect(quota.waitMs(500)).toBe(600)
    quota.take(500)
    expect(quota.waitMs(500)).toBe(1000)
  })

  it('never lets a window hold more than its count, and never waits without need', () => {
    const limit = fc.record({
      count: fc.integer({ min: 1, max: 6 }),
      perMs: fc.integer({ min: 1, max: 100 }),
    })
    fc.assert(
      fc.property(
        fc.array(limit, { minLength: 1, maxLength: 3 }),
        fc.array(fc.nat(40), { maxLength: 60 }),
        (limits, gaps) => {
          const quota = createQuota(limits)
          const taken: number[] = []
          let now = 0
          for (const gap of gaps) {
            now += gap
            const fits = limits.every(({ count, perMs }) => mostIn([...taken, now], perMs) <= count)
            const waitMs = quota.waitMs(now)
            expect(waitMs === 0).toBe(fits)
            now += waitMs
            expect(quota.waitMs(now)).toBe(0)
            quota.take(now)
            taken.push(now)
          }
          for (const { count, perMs } of limits) expect(mostIn(taken, perMs)).toBeLessThanOrEqual(count)
        },
      ),
    )
  })
})

describe('createRateLimiter', () => {
  it('holds a rate a minute by its own clock', () => {
    let now = 5000
    const limiter = createRateLimiter({ perMinute: 20 }, () => now)
    for (let index = 0; index < 20; index++) {
      expect(limiter.waitMs()).toBe(0)
      limiter.take()
    }
    expect(limiter.waitMs()).toBe(60_000)
    now += 60_000
    expect(limiter.waitMs()).toBe(0)
  })

  it('holds both rates when both are given', () => {
    const limiter = createRateLimiter({ perSecond: 1, perMinute: 2 }, () => now)
    let now = 0
    limiter.take()
    expect(limiter.waitMs()).toBe(1000)
    now = 1000
    limiter.take()
    expect(limiter.waitMs()).toBe(59_000)
  })

  it('takes a rate below one as one in a longer time', () => {
    let now = 0
    const limiter = createRateLimiter({ perSecond: 0.25 }, () => now)
    limiter.take()
    expect(limiter.waitMs()).toBe(4000)
    now = 4000
    expect(limiter.waitMs()).toBe(0)
  })

  it('is always free when no rate is given', () => {
    const limiter = createRateLimiter({}, () => 0)
    for (let index = 0; index < 100; index++) limiter.take()
    expect(limiter.waitMs()).toBe(0)
  })
})
