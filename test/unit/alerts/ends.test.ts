import { describe, expect, test } from 'vitest'
import { channel, eager, hour, minute, occurrence, second, setStage } from './stage.ts'

const always = eager({ sendResolved: 'always' })

describe('an end', () => {
  test('by a resolve record is sent once, at once, to a channel that was notified', () => {
    const stage = setStage([always])
    stage.fire('a', 0)
    stage.resolve('a', 1000)
    stage.resolve('a', 2000)
    stage.pass(hour)
    expect(stage.lines()).toMatchObject([
      { at: 0 },
      { at: 1000, reason: 'resolved', items: ['a resolved +0'] },
    ])
    expect(stage.notifications()[1]?.items[0]?.alert.state).toBe('resolved')
  })

  test('knows when it came, by which record, and when the life before ended', () => {
    const stage = setStage([always])
    stage.fire('a', 0)
    stage.resolve('a', 1000)
    stage.fire('a', hour)
    stage.pass(2 * hour)
    const alerts = stage.notifications().map(({ items }) => items[0]!.alert)
    expect(alerts[1]).toMatchObject({ endedBy: 'record', endedAt: 1000, endRecord: { time: 1000 } })
    expect(alerts[2]).toMatchObject({ state: 'firing', formerEndedAt: 1000 })
    expect(alerts[2]).not.toHaveProperty('endedAt')
    expect(alerts[3]).toMatchObject({ endedBy: 'quiet', endedAt: hour + 15 * minute })
    expect(alerts[3]).not.toHaveProperty('endRecord')
  })

  test('comes by itself after the quiet time, counted from the last record', () => {
    const stage = setStage([always])
    stage.fire('a', 0)
    stage.fire('a', 4 * minute)
    stage.pass(hour)
    expect(stage.lines().at(-1)).toMatchObject({ at: 19 * minute, reason: 'resolved' })
    expect(stage.tracker.live()).toEqual([])
  })

  test('does not wait for a tick: a record at that very moment starts a new life', () => {
    const stage = setStage([always])
    stage.fire('a', 0)
    stage.tracker.push(occurrence('a', 15 * minute), 15 * minute)
    expect(stage.tracker.live()).toMatchObject([{ count: 1, firstSeen: 15 * minute }])
  })

  test('comes sooner when the latest record says so', () => {
    const stage = setStage([always])
    stage.fire('a', 0)
    stage.fire('a', 1, { resolveAfterMs: 2 * second })
    stage.pass(hour)
    expect(stage.lines().at(-1)).toMatchObject({ at: 2 * second + 1, reason: 'resolved' })
  })

  test('never comes by quiet where only a resolve record ends the alert', () => {
    const stage = setStage([always])
    stage.fire('a', 0, { resolveAfterMs: false })
    stage.pass(100 * hour)
    expect(stage.tracker.live()).toHaveLength(1)
    stage.resolve('a', 100 * hour)
    expect(stage.lines().at(-1)).toMatchObject({ at: 100 * hour, reason: 'resolved' })
  })

  test('contains the records that were not sent before', () => {
    const stage = setStage([always])
    stage.fire('a', 0)
    stage.fire('a', 1)
    stage.resolve('a', 2)
    expect(stage.lines().at(-1)).toMatchObject({ items: ['a resolved +1'] })
  })

  test('is sent by default only of alerts that were critical', () => {
    const stage = setStage([eager()])
    stage.fire('a', 0)
    stage.fire('b', 0, { severity: 'critical' })
    stage.pass(hour)
    const ends = stage.lines().filter((line) => line.reason === 'resolved')
    expect(ends).toMatchObject([{ items: ['b resolved +0'] }])
  })

  test('is never sent if the channel does not want ends', () => {
    const stage = setStage([eager({ sendResolved: 'never' })])
    stage.fire('b', 0, { severity: 'critical' })
    stage.resolve('b', 1)
    stage.pass(hour)
    expect(stage.lines()).toHaveLength(1)
  })

  test('of an unknown alert has no effect', () => {
    const stage = setStage([always])
    stage.resolve('a', 0)
    stage.pass(hour)
    expect(stage.effects()).toEqual([])
  })
})

describe('an alert that ends before a channel is notified', () => {
  test('is still sent, and then its end if the channel gets ends', () => {
    const stage = setStage([channel({ sendResolved: 'always' }), channel({ name: 'quiet' })])
    stage.fire('a', 0)
    stage.resolve('a', 1000)
    stage.pass(hour)
    expect(stage.lines('quiet')).toMatchObject([{ at: 5 * second, items: ['a first +1'] }])
    expect(stage.notifications('quiet')[0]?.items[0]?.alert.state).toBe('resolved')
    expect(stage.lines('chat').map((line) => [line.at, line.reason])).toEqual([
      [5 * second, 'first'],
      [35 * second, 'resolved'],
    ])
  })

  test('is not sent if `after` was not over, and the reason is recorded with the count', () => {
    const stage = setStage([eager({ afterMs: 2 * minute, sendResolved: 'always' })])
    stage.fire('a', 0)
    stage.fire('a', 30 * second)
    stage.resolve('a', 40 * second)
    stage.pass(hour)
    expect(stage.effects()).toEqual([
      { type: 'suppressed', channel: 'chat', alert: 'a', reason: 'ended', count: 2 },
    ])
  })

  test.each([
    [minute, 0],
    [minute + 1, 1],
  ])('at %d ms with an `after` of a minute is sent %d times', (endsAt, times) => {
    const stage = setStage([eager({ afterMs: minute })])
    stage.fire('a', 0)
    // Both at that very moment: the record comes before the tick.
    if (times === 0) stage.note(stage.tracker.push(occurrence('a', endsAt, { action: 'resolve' }), endsAt))
    else stage.resolve('a', endsAt)
    stage.pass(hour)
    expect(stage.lines()).toHaveLength(times)
  })

  test('is sent if `after` was over and the channel was only busy', () => {
    const stage = setStage([eager({ afterMs: minute })])
    stage.tracker.pause('chat', hour)
    stage.fire('a', 0)
    stage.resolve('a', 2 * minute)
    stage.pass(2 * hour)
    expect(stage.lines()).toMatchObject([{ at: hour, items: ['a first +1'] }])
  })

  test('that fires again and again is not put off for ever', () => {
    const stage = setStage([channel({ waitMs: 5 * second })])
    for (let n = 0; n < 20; n++) {
      stage.fire('a', n * second)
      stage.resolve('a', n * second + 500)
    }
    expect(stage.lines()).toMatchObject([{ at: 5 * second, items: ['a first +5'] }])
  })
})

test('records since the last message are sent with the next reminder though the alert ended', () => {
  const stage = setStage([eager()])
  stage.fire('a', 0)
  stage.fire('a', minute)
  stage.resolve('a', 2 * minute)
  stage.pass(hour)
  expect(stage.lines()).toMatchObject([{ at: 0 }, { at: 5 * minute, items: ['a repeat +1'] }])
  expect(stage.notifications()[1]?.items[0]).not.toHaveProperty('nextAt')
})

test('an end is sent though it is discovered late', () => {
  const stage = setStage([always])
  stage.fire('a', 0)
  stage.note(stage.tracker.tick(3 * 24 * hour))
  expect(stage.lines()).toMatchObject([{ at: 0 }, { at: 3 * 24 * hour, reason: 'resolved' }])
})

test('an alert that could not be sent within a day of its end is dropped with a reason', () => {
  const stage = setStage([always])
  stage.tracker.pause('chat', 48 * hour)
  stage.fire('a', 0)
  stage.pass(72 * hour)
  expect(stage.effects()).toEqual([
    { type: 'suppressed', channel: 'chat', alert: 'a', reason: 'expired', count: 1 },
  ])
})

test('the last records of an alert that could not be sent within a day of its end are dropped as ended', () => {
  const stage = setStage([eager()])
  stage.fire('a', 0)
  stage.fire('a', 1)
  stage.resolve('a', 2)
  stage.tracker.pause('chat', 48 * hour)
  stage.pass(72 * hour)
  expect(stage.lines()).toHaveLength(1)
  expect(stage.suppressed()).toEqual([
    { type: 'suppressed', channel: 'chat', alert: 'a', reason: 'ended', count: 1 },
  ])
})
