import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  addToSpike,
  countWithin,
  loadSpike,
  measureSpike,
  mergeSpikes,
  openSpike,
  type SpikeWhen,
  saveSpike,
} from '#core/alerts/spike.ts'

const when: SpikeWhen = {
  kind: 'spike',
  factor: 2,
  withinMs: 1_000,
  atLeast: 1,
  windows: 5,
  referenceAtLeast: 0,
}
const now = 1_000_000
const times = fc.array(fc.integer({ min: now - 6_500, max: now }), { maxLength: 60 })

function spikeOf(at: readonly number[]) {
  const spike = openSpike()
  for (const each of at) addToSpike(spike, when, each)
  return spike
}

function medianOf(at: readonly number[]): number {
  const counts = [1, 2, 3, 4, 5].map(
    (n) => at.filter((each) => each <= now - n * 1_000 && each > now - (n + 1) * 1_000).length,
  )
  return counts.sort((a, b) => a - b)[2]!
}

describe('the records of a spike', () => {
  it('are counted exactly, in whatever order they arrive', () => {
    fc.assert(
      fc.property(times, (at) => {
        const { count, usual } = measureSpike(spikeOf(at), when, 0, now)
        expect(count).toBe(at.filter((each) => each > now - 1_000).length)
        expect(usual).toBe(medianOf(at))
      }),
    )
  })

  it('are the same after they were saved, and as many from two processes as from one', () => {
    fc.assert(
      fc.property(times, times, (a, b) => {
        const saved = JSON.parse(JSON.stringify(saveSpike(spikeOf(a))))
        const merged = loadSpike(mergeSpikes(saved, saveSpike(spikeOf(b))))
        expect(measureSpike(loadSpike(saved), when, 0, now)).toEqual(measureSpike(spikeOf(a), when, 0, now))
        expect(measureSpike(merged, when, 0, now)).toEqual(measureSpike(spikeOf([...a, ...b]), when, 0, now))
      }),
    )
  })

  it('take bounded memory however many they are, and are still counted to a hundredth of a window', () => {
    const long: SpikeWhen = { ...when, withinMs: 300_000 }
    const spike = openSpike()
    let most = 0
    for (let at = 0; at < 4_000_000; at += 7) {
      addToSpike(spike, long, at)
      most = Math.max(most, spike.times.length)
    }
    expect(most).toBeLessThanOrEqual(4_002)
    const { count, usual } = measureSpike(spike, long, 0, 4_000_000)
    for (const number of [count, usual])
      expect(Math.abs(number - 300_000 / 7)).toBeLessThan(300_000 / 7 / 100)
    expect(countWithin(spike, long.withinMs, 9_000_000)).toBe(0)
  })

  it('are compared with the windows that were watched, and with none before that', () => {
    const spike = spikeOf([now - 1_500, now - 1_400, now - 2_500, now - 10])
    const since = (ms: number) => measureSpike(spike, when, now - ms, now)
    expect(since(1_999).threshold).toBe(Number.POSITIVE_INFINITY)
    expect(since(2_000)).toMatchObject({ usual: 2, threshold: 4 })
    expect(since(3_000)).toMatchObject({ usual: 1.5, threshold: 3 })
    expect(since(60_000)).toMatchObject({ usual: 0, threshold: 1 })
  })

  it('that are a whole number of times as many are a spike in spite of rounding', () => {
    const spike = openSpike()
    for (let n = 1; n <= 5; n++)
      for (let each = 0; each < 10; each++) addToSpike(spike, when, now - n * 1_000)
    expect(measureSpike(spike, { ...when, factor: 1.1 }, 0, now).threshold).toBe(11)
  })
})
