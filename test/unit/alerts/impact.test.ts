import { describe, expect, it } from 'vitest'
import {
  addSigns,
  createImpactRoom,
  impactCounts,
  loadImpact,
  mergeImpact,
  mergeSavedImpact,
  mostValues,
  releaseImpact,
  saveImpact,
} from '#core/alerts/impact.ts'
import { eager, minute, occurrence, second, setStage } from './stage.ts'

const signs = (count: number, from = 1) => Array.from({ length: count }, (_, index) => from + index)

describe('the different values of a field', () => {
  it('are counted once each, up to a thousand', () => {
    const impact = new Map()
    const room = createImpactRoom()
    for (const sign of [1, 2, 2, 1, 3]) addSigns(impact, { userId: [sign] }, room)
    expect(impactCounts(impact)).toEqual([{ field: 'userId', count: 3 }])
    addSigns(impact, { userId: signs(mostValues) }, room)
    expect(impactCounts(impact)).toEqual([{ field: 'userId', count: mostValues }])
    addSigns(impact, { userId: [2 ** 47] }, room)
    expect(impactCounts(impact)).toEqual([{ field: 'userId', count: mostValues, isMore: true }])
  })

  it('take no more room than there is for all alerts, and give it back', () => {
    const impact = new Map()
    const room = { left: 3 }
    addSigns(impact, { userId: signs(5) }, room)
    expect(impactCounts(impact)).toEqual([{ field: 'userId', count: 3, isMore: true }])
    releaseImpact(impact, room)
    expect(room.left).toBe(3)
  })

  it('are the same after they were saved, in eight characters each', () => {
    const impact = new Map()
    addSigns(impact, { userId: [0, 1, 2 ** 48 - 1], tenantId: signs(50) }, createImpactRoom())
    const saved = saveImpact(impact)
    expect(saved['userId']!.values).toHaveLength(24)
    const loaded = loadImpact(JSON.parse(JSON.stringify(saved)))
    expect(impactCounts(loaded)).toEqual(impactCounts(impact))
    addSigns(loaded, { userId: [0, 2 ** 48 - 1] }, createImpactRoom())
    expect(impactCounts(loaded)[0]).toEqual({ field: 'userId', count: 3 })
  })

  it('of two alerts are counted once when these become one', () => {
    const one = new Map()
    const other = new Map()
    const room = createImpactRoom()
    addSigns(one, { userId: [1, 2] }, room)
    addSigns(other, { userId: [2, 3], ip: [9] }, room)
    const saved = mergeSavedImpact(saveImpact(one), saveImpact(other))!
    mergeImpact(one, other, room)
    const both = [
      { field: 'userId', count: 3 },
      { field: 'ip', count: 1 },
    ]
    expect(impactCounts(one)).toEqual(both)
    expect(impactCounts(loadImpact(saved))).toEqual(both)
  })
})

describe('an alert', () => {
  it('counts the values of its records, and starts anew with its next life', () => {
    const stage = setStage([eager()])
    stage.fire('a', 0, { impact: { userId: [1] } })
    stage.fire('a', second, { impact: { userId: [2] } })
    stage.fire('a', 2 * second, { impact: { userId: [1] } })
    expect(stage.tracker.live()[0]!.impact).toEqual([{ field: 'userId', count: 2 }])
    stage.fire('a', 60 * minute, { impact: { userId: [3] } })
    expect(stage.tracker.live()[0]!.impact).toEqual([{ field: 'userId', count: 1 }])
  })

  it('counts the values of the records that its condition collected, and of no others', () => {
    const condition = { forMs: 0, when: { kind: 'window', count: 3, withinMs: minute } } as const
    const stage = setStage([eager()])
    for (const [index, at] of [0, 10 * minute, 10 * minute + second, 10 * minute + 2 * second].entries())
      stage.fire('a', at, { condition, impact: { userId: [index] } })
    expect(stage.tracker.live()[0]).toMatchObject({ count: 3, impact: [{ field: 'userId', count: 3 }] })
  })

  it('takes over the values of a restored one', () => {
    const first = setStage([eager()])
    first.fire('a', 0, { impact: { userId: [1, 2] } })
    const next = setStage([eager()])
    next.tracker.restore(JSON.parse(JSON.stringify(first.tracker.snapshot())), second)
    next.note(next.tracker.push(occurrence('a', second, { impact: { userId: [2, 3] } }), second))
    expect(next.tracker.live()[0]).toMatchObject({ count: 2, impact: [{ field: 'userId', count: 3 }] })
  })
})
