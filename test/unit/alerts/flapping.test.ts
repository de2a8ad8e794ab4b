import { describe, expect, test } from 'vitest'
import { eager, hour, minute, setStage } from './stage.ts'

describe('an alert that fires again after its end', () => {
  test('is a regression, and says when the last message was sent', () => {
    const stage = setStage([eager()])
    stage.fire('a', 0)
    stage.resolve('a', minute)
    stage.fire('a', hour)
    expect(stage.lines().at(-1)).toMatchObject({ at: hour, reason: 'regression', items: ['a regression +1'] })
    expect(stage.notifications().at(-1)?.items[0]?.notifiedAt).toBe(0)
  })

  test('is not sent again before its repeat is over', () => {
    const stage = setStage([eager({ sendResolved: 'always' })])
    for (let n = 0; n < 60; n++) {
      stage.fire('a', n * 10_000)
      stage.resolve('a', n * 10_000 + 5000)
    }
    stage.pass(5 * hour)
    const firing = stage.lines().filter((line) => line.reason !== 'resolved')
    // From the third return on it flaps.
    expect(firing.map((line) => line.at / minute)).toEqual([0, 240])
    const total = stage.notifications().flatMap(({ items }) => items.map((item) => item.added))
    expect(total.reduce((sum, added) => sum + added, 0)).toBe(60)
  })

  test('is sent at once if it is worse than before', () => {
    const stage = setStage([eager()])
    stage.fire('a', 0)
    stage.resolve('a', 1000)
    stage.fire('a', 2000, { severity: 'critical' })
    expect(stage.lines().at(-1)).toMatchObject({ at: 2000, reason: 'regression' })
  })

  test('more than a day later is sent like a new one', () => {
    const stage = setStage([eager()])
    stage.fire('a', 0)
    stage.resolve('a', minute)
    stage.fire('a', 24 * hour + minute)
    expect(stage.lines().at(-1)).toMatchObject({ reason: 'first' })
    expect(stage.notifications().at(-1)?.items[0]).not.toHaveProperty('notifiedAt')
  })

  test('within its quiet time never ended', () => {
    const stage = setStage([eager()])
    stage.fire('a', 0)
    stage.fire('a', 15 * minute - 1)
    expect(stage.lines().map((line) => line.reason)).toEqual(['first', 'repeat'])
  })

  test('is not sent for five minutes also without reminders', () => {
    const stage = setStage([eager({ repeatMs: false })])
    stage.fire('a', 0)
    stage.resolve('a', 1)
    stage.fire('a', 2)
    stage.pass(hour)
    expect(stage.lines()).toMatchObject([{ at: 0 }, { at: 5 * minute, reason: 'regression' }])
  })

  test('counts from zero, and the unsent records of its earlier life are sent with it', () => {
    const stage = setStage([eager({ repeatMs: 10 * minute })])
    stage.fire('a', 0)
    stage.fire('a', 1)
    stage.resolve('a', 2)
    stage.fire('a', minute)
    stage.pass(11 * minute)
    const item = stage.notifications()[1]?.items[0]
    expect(item).toMatchObject({ reason: 'regression', added: 2 })
    expect(item?.alert.count).toBe(1)
  })

  test('as something this channel does not take, still sends what it took before', () => {
    const worst = eager({ admits: (alert) => alert.severity === 'critical' })
    const stage = setStage([worst])
    stage.tracker.pause('chat', minute)
    stage.fire('a', 0, { severity: 'critical' })
    stage.resolve('a', 1)
    stage.fire('a', 2, { severity: 'error' })
    stage.pass(10 * minute)
    expect(stage.lines()).toMatchObject([{ at: minute, items: ['a first +1'] }])
  })
})
