import { describe, expect, test } from 'vitest'
import { channel, eager, hour, minute, type Stage, second, setStage } from './stage.ts'

const addedIn = (items: readonly { readonly added: number }[] = []) =>
  items.reduce((sum, item) => sum + item.added, 0)

describe('a storm', () => {
  test('of more than twenty kinds becomes one message, the most frequent first', () => {
    const stage = setStage([channel()])
    for (let n = 0; n < 37; n++) for (let times = 0; times <= n; times++) stage.fire(`e${n}`, n * 10)
    stage.pass(minute)
    expect(stage.lines()).toHaveLength(1)
    const [storm] = stage.notifications()
    expect(storm).toMatchObject({ at: 5 * second, reason: 'storm' })
    expect(storm?.items.map((item) => item.alert.count)).toEqual(Array.from({ length: 37 }, (_, n) => 37 - n))
    expect(addedIn(storm?.items)).toBe((37 * 38) / 2)
  })

  test('begins with the most severe, however rare it is', () => {
    const stage = setStage([channel()])
    for (let n = 0; n < 60; n++) stage.fire(`e${n % 30}`, n)
    stage.fire('gone', 100, { severity: 'critical' })
    stage.pass(minute)
    const storm = stage.notifications().find(({ reason }) => reason === 'storm')
    expect(storm?.severity).toBe('critical')
    expect(storm?.items.slice(0, 2).map(({ alert }) => alert.id)).toEqual(['gone', 'e0'])
  })

  test('of twenty kinds is none yet', () => {
    const stage = setStage([channel()])
    for (let n = 0; n < 20; n++) stage.fire(`e${n}`, n)
    stage.pass(minute)
    expect(stage.lines()).toMatchObject([{ reason: 'first' }])
  })

  test('counts everything in it as sent', () => {
    const stage = setStage([channel()])
    for (let n = 0; n < 50; n++) stage.fire(`e${n}`, n)
    stage.pass(10 * minute)
    stage.fire('e7', 10 * minute)
    stage.pass(12 * minute)
    expect(stage.lines().at(-1)).toMatchObject({ reason: 'repeat', items: ['e7 repeat +1'] })
  })

  test.each([
    ['chat', channel()],
    ['mail', channel({ intervalMs: minute })],
    ['without an interval', channel({ intervalMs: 0 })],
  ])('of 5 000 kinds in 10 s is at most two messages: %s', (_, plan) => {
    const stage = setStage([plan])
    for (let n = 0; n < 5000; n++) stage.fire(`e${n}`, n * 2)
    stage.pass(hour)
    expect(stage.lines().length).toBeLessThanOrEqual(2)
    expect(stage.lines()[0]).toMatchObject({ reason: 'storm' })
    expect(addedIn(stage.notifications().flatMap((notification) => notification.items))).toBe(5000)
  })

  test('of critical alerts is one message at once and then one summary', () => {
    const stage = setStage([channel()])
    for (let n = 0; n < 500; n++) stage.fire(`e${n}`, n * 10, { severity: 'critical' })
    stage.pass(minute)
    expect(stage.lines().map((line) => [line.at, line.reason])).toEqual([
      [0, 'first'],
      [30 * second, 'storm'],
    ])
  })

  test('that drips onto a channel that never waits is slowed to one message in half a minute', () => {
    const stage = setStage([eager()])
    for (let n = 0; n < 300; n++) stage.fire(`e${n}`, n * second)
    const at = stage.lines().map((line) => line.at / second)
    expect(at.slice(0, 24)).toEqual([...Array(21).keys(), 50, 80, 110])
    expect(stage.lines()[22]).toMatchObject({ reason: 'storm' })
  })

  test.each([
    ['reminders', (stage: Stage, id: string, now: number) => stage.fire(id, now)],
    ['ends', (stage: Stage, id: string, now: number) => stage.resolve(id, now)],
  ])('is not made of %s: a new alert waits for none', (_, occur) => {
    const stage = setStage([eager({ repeatMs: minute, sendResolved: 'always' })])
    const ids = Array.from({ length: 30 }, (_, n) => `e${n}`)
    for (const [n, id] of ids.entries()) stage.fire(id, n * 10 * minute, { resolveAfterMs: false })
    const now = 24 * hour
    for (const [n, id] of ids.entries()) occur(stage, id, now + n * 100)
    stage.fire('disk is full', now + 5 * second)
    expect(
      stage
        .lines()
        .slice(-31)
        .map(({ at }) => at),
    ).toEqual([...ids.map((_, n) => now + n * 100), now + 5 * second])
  })

  test('delays no critical alert on a channel that never waits, nor is one delayed by others', () => {
    const stage = setStage([eager()])
    for (let n = 0; n < 30; n++) stage.fire(`e${n}`, n * 100)
    const paced = stage.lines().length
    for (let n = 0; n < 30; n++) stage.fire(`gone ${n}`, 4 * second + n * 100, { severity: 'critical' })
    expect(paced).toBe(21)
    expect(
      stage
        .lines()
        .slice(paced)
        .map(({ at }) => at),
    ).toEqual(Array.from({ length: 30 }, (_, n) => 4 * second + n * 100))
    expect(stage.notifications()[paced]?.items.map(({ alert }) => alert.id)).toEqual([
      'gone 0',
      ...Array.from({ length: 9 }, (_, n) => `e${n + 21}`),
    ])
  })

  test('that is over lets the channel speak at once again', () => {
    const stage = setStage([eager()])
    for (let n = 0; n < 30; n++) stage.fire(`e${n}`, 0)
    stage.pass(2 * minute)
    stage.fire('later', 3 * minute)
    expect(stage.lines().at(-1)).toMatchObject({ at: 3 * minute, items: ['later first +1'] })
  })
})
