import { describe, expect, test } from 'vitest'
import { channel, eager, hour, minute, second, setStage } from './stage.ts'

describe('the first message', () => {
  test('waits to collect what belongs together', () => {
    const stage = setStage([channel()])
    for (let n = 0; n < 100; n++) stage.fire('a', n * 40)
    stage.pass(minute)
    expect(stage.lines()).toEqual([
      { at: 5 * second, channel: 'chat', reason: 'first', items: ['a first +100'] },
    ])
  })

  test('of a critical alert does not wait', () => {
    const stage = setStage([channel()])
    stage.fire('a', 1234, { severity: 'critical' })
    expect(stage.lines()).toMatchObject([{ at: 1234, items: ['a first +1'] }])
  })

  test('of a critical alert is sent on a channel with `after` only if it still fires then', () => {
    const stage = setStage([channel({ afterMs: 2 * minute })])
    stage.fire('a', 0, { severity: 'critical' })
    stage.pass(2 * minute - 1)
    expect(stage.lines()).toEqual([])
    stage.pass(2 * minute)
    expect(stage.lines()).toMatchObject([{ at: 2 * minute, items: ['a first +1'] }])
  })

  test('takes along an alert that is still collecting, sooner than one interval later', () => {
    const stage = setStage([channel()])
    stage.fire('a', 0)
    stage.fire('b', 3 * second)
    stage.pass(minute)
    expect(stage.lines()).toMatchObject([{ at: 5 * second, items: ['a first +1', 'b first +1'] }])
  })

  test('does not take along an alert whose `after` is not over', () => {
    const stage = setStage([channel({ afterMs: 5 * second, intervalMs: 0 })])
    stage.fire('a', 0)
    stage.fire('b', 3 * second)
    stage.pass(minute)
    expect(stage.lines()).toMatchObject([{ at: 5 * second }, { at: 8 * second }])
  })

  test('says since when, how often, and when the next reminder comes', () => {
    const stage = setStage([channel()])
    stage.fire('a', 1000)
    stage.fire('a', 2000)
    stage.pass(minute)
    const [item] = stage.notifications()[0]?.items ?? []
    expect(item).toMatchObject({ added: 2, nextAt: 6 * second + 5 * minute })
    expect(item?.alert).toMatchObject({ state: 'firing', count: 2, firstSeen: 1000, lastSeen: 2000 })
    expect(item).not.toHaveProperty('notifiedAt')
  })

  test('is not sent on a channel whose filter does not take it, and the reason is recorded once', () => {
    const stage = setStage([channel({ admits: (alert) => alert.severity === 'critical' })])
    stage.fire('a', 0)
    stage.fire('a', 1)
    stage.pass(hour)
    expect(stage.effects()).toEqual([{ type: 'suppressed', channel: 'chat', alert: 'a', reason: 'filtered' }])
  })

  test('shows the most severe alert first, then the most frequent', () => {
    const stage = setStage([channel({ intervalMs: minute })])
    stage.fire('now', 0, { severity: 'critical' })
    stage.fire('rare', 1)
    stage.fire('often', 2)
    stage.fire('often', 3)
    stage.fire('worst', 4, { severity: 'critical' })
    stage.pass(minute)
    expect(stage.lines()[1]).toMatchObject({ items: ['worst first +1', 'often first +2', 'rare first +1'] })
    expect(stage.notifications()[1]?.severity).toBe('critical')
  })
})

describe('reminders', () => {
  test('come at 5, 15, 35 … minutes, and at last every four hours, as long as it fires', () => {
    const stage = setStage([channel({ waitMs: 0 })])
    for (let at = 0; at <= 20 * hour; at += 10 * second) stage.fire('a', at)
    const minutes = stage.lines().map((line) => line.at / minute)
    expect(minutes).toEqual([0, 5, 15, 35, 75, 155, 315, 555, 795, 1035])
    expect(stage.lines()[2]).toMatchObject({ reason: 'repeat', items: ['a repeat +60'] })
  })

  test('say when the last message was sent and when the next one comes', () => {
    const stage = setStage([eager()])
    for (let at = 0; at <= 16 * minute; at += minute) stage.fire('a', at)
    expect(stage.notifications()[2]?.items[0]).toMatchObject({ notifiedAt: 5 * minute, nextAt: 35 * minute })
  })

  test('come only if it occurred again, then as soon as it does', () => {
    const stage = setStage([eager()])
    stage.fire('a', 0)
    stage.fire('a', 12 * minute)
    stage.pass(14 * minute)
    expect(stage.lines()).toMatchObject([{ at: 0 }, { at: 12 * minute, items: ['a repeat +1'] }])
  })

  test('never come with `repeat: false`', () => {
    const stage = setStage([eager({ repeatMs: false })])
    for (let at = 0; at <= hour; at += minute) stage.fire('a', at)
    expect(stage.lines()).toHaveLength(1)
    expect(stage.notifications()[0]?.items[0]).not.toHaveProperty('nextAt')
  })

  test('are never closer than `repeat`, even where the longest pause was set shorter', () => {
    const stage = setStage([eager({ repeatMs: hour, repeatMaxMs: minute })])
    for (let at = 0; at <= 3 * hour; at += minute) stage.fire('a', at)
    expect(stage.lines().map((line) => line.at / hour)).toEqual([0, 1, 2, 3])
  })

  test('of an endless error over a weekend are about twenty messages', () => {
    const stage = setStage([channel(), channel({ name: 'mail', intervalMs: minute })])
    const weekend = 62 * hour
    for (let n = 0; n < 26_000; n++) stage.fire('a', Math.round((n * weekend) / 26_000))
    stage.pass(weekend)
    for (const name of ['chat', 'mail']) {
      expect(stage.lines(name).length).toBeLessThanOrEqual(21)
      expect(stage.lines(name).length).toBeGreaterThan(15)
    }
  })
})

describe('an alert that becomes worse', () => {
  test('is sent at once, and its reminders start again', () => {
    const stage = setStage([channel({ intervalMs: 0 })])
    for (let at = 0; at <= 20 * minute; at += minute) stage.fire('a', at)
    stage.fire('a', 20 * minute + 1, { severity: 'critical' })
    stage.pass(21 * minute)
    const [last] = stage.notifications().slice(-1)
    expect(last).toMatchObject({ at: 20 * minute + 1, reason: 'escalated', severity: 'critical' })
    expect(last?.items[0]).toMatchObject({ nextAt: 25 * minute + 1 })
  })

  test('waits for its turn on a busy channel', () => {
    const stage = setStage([channel({ waitMs: 0 })])
    stage.fire('a', 0)
    stage.fire('a', 1000, { severity: 'critical' })
    stage.pass(minute)
    expect(stage.lines()).toMatchObject([
      { at: 0 },
      { at: 30 * second, reason: 'escalated', items: ['a escalated +1'] },
    ])
  })

  test('reaches the channels that take only the worst, with all its records', () => {
    const worst = eager({ name: 'sms', admits: (alert) => alert.severity === 'critical' })
    const stage = setStage([worst])
    stage.fire('a', 0)
    stage.fire('a', 1)
    stage.fire('a', 2, { severity: 'critical', code: 'DB_DOWN' })
    expect(stage.lines()).toMatchObject([{ at: 2, reason: 'first', items: ['a first +3'] }])
    expect(stage.notifications()[0]?.items[0]?.alert.code).toBe('DB_DOWN')
  })

  test('stays as bad as it was when milder records follow', () => {
    const stage = setStage([eager()])
    stage.fire('a', 0, { severity: 'critical' })
    stage.fire('a', 1, { severity: 'warning' })
    stage.pass(10 * minute)
    expect(stage.lines().map((line) => line.reason)).toEqual(['first', 'repeat'])
    expect(stage.notifications()[1]?.severity).toBe('critical')
  })
})

describe('a busy channel', () => {
  test('sends in its next message what became due meanwhile', () => {
    const stage = setStage([channel({ waitMs: 0 })])
    stage.fire('a', 0)
    stage.fire('b', 10 * second)
    stage.fire('c', 20 * second)
    stage.pass(minute)
    expect(stage.lines()).toMatchObject([{ at: 0 }, { at: 30 * second, items: ['b first +1', 'c first +1'] }])
  })

  test('obeys its quota exactly and loses nothing by it', () => {
    const stage = setStage([eager({ limits: [{ count: 2, perMs: hour }] })])
    for (const [n, id] of ['a', 'b', 'c', 'd'].entries())
      stage.fire(id, n * minute, { resolveAfterMs: false })
    stage.pass(2 * hour)
    expect(stage.lines()).toMatchObject([
      { at: 0 },
      { at: minute },
      { at: hour, items: ['c first +1', 'd first +1'] },
    ])
  })

  test('is left alone as long as its provider asked for', () => {
    const stage = setStage([eager()])
    stage.tracker.pause('chat', minute)
    stage.tracker.pause('chat', second)
    stage.fire('a', 0)
    stage.fire('a', second)
    stage.pass(hour)
    expect(stage.lines()).toMatchObject([{ at: minute, items: ['a first +2'] }])
  })

  test('does not delay another', () => {
    const stage = setStage([eager({ name: 'slow' }), eager({ name: 'quick' })])
    stage.tracker.pause('slow', hour)
    stage.fire('a', 0)
    expect(stage.lines()).toMatchObject([{ at: 0, channel: 'quick' }])
  })
})

describe('a channel that takes silence for the end', () => {
  const renewing = { repeatMs: 4 * minute, repeatMaxMs: 4 * minute, intervalMs: 0, renews: true } as const

  test('is notified again of what still fires, until it ends, though it did not occur again', () => {
    const stage = setStage([channel({ ...renewing, sendResolved: 'always' })])
    stage.fire('a', 0, { resolveAfterMs: 10 * minute })
    stage.pass(hour)
    expect(stage.lines().map(({ at, items }) => [at / second, ...items])).toEqual([
      [5, 'a first +1'],
      [245, 'a repeat +0'],
      [485, 'a repeat +0'],
      [600, 'a resolved +0'],
    ])
  })

  test('is notified at most once a minute without news, also if its `repeat` is 0', () => {
    const stage = setStage([channel({ ...renewing, repeatMs: 0, repeatMaxMs: 0 })])
    stage.fire('a', 0, { resolveAfterMs: 5 * minute })
    stage.pass(hour)
    expect(stage.lines().map(({ at }) => at / second)).toEqual([5, 65, 125, 185, 245])
  })

  test('is not notified again if its reminders are switched off', () => {
    const stage = setStage([channel({ ...renewing, repeatMs: false })])
    stage.fire('a', 0, { resolveAfterMs: hour })
    stage.pass(hour)
    expect(stage.lines()).toHaveLength(1)
  })
})

test('a critical alert waits for the interval also while the share of the others is used up', () => {
  const stage = setStage([channel({ waitMs: 0, limits: [{ count: 4, perMs: hour }] })])
  for (let n = 0; n < 3; n++) stage.fire(`error ${n}`, n * minute)
  stage.fire('critical', 2 * minute + 2 * second, { severity: 'critical' })
  stage.pass(hour)
  expect(stage.lines().find(({ items }) => items.includes('critical first +1'))).toMatchObject({
    at: 2 * minute + 30 * second,
  })
})
