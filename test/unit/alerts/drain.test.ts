import { describe, expect, test } from 'vitest'
import { channel, eager, hour, minute, setStage } from './stage.ts'

describe('a flush', () => {
  test('sends what waits, without waiting and out of turn', () => {
    const stage = setStage([channel()])
    stage.fire('a', 0, { severity: 'critical' })
    stage.fire('b', 1)
    stage.note(stage.tracker.drain(2, { growth: false }))
    expect(stage.lines()).toMatchObject([{ at: 0 }, { at: 2, items: ['b first +1'] }])
  })

  test('does not wait for a pause that the provider asked for: its queue does', () => {
    const stage = setStage([eager()])
    stage.tracker.pause('chat', hour)
    stage.fire('a', 0)
    expect(stage.lines()).toEqual([])
    stage.note(stage.tracker.drain(1, { growth: false }))
    expect(stage.lines()).toMatchObject([{ at: 1, items: ['a first +1'] }])
  })

  test('sends no reminder before its time', () => {
    const stage = setStage([eager()])
    stage.fire('a', 0)
    stage.fire('a', 1)
    stage.note(stage.tracker.drain(2, { growth: false }))
    expect(stage.lines()).toHaveLength(1)
  })

  test('leaves an alert alone whose `after` is not over', () => {
    const stage = setStage([eager({ afterMs: minute })])
    stage.fire('a', 0)
    stage.note(stage.tracker.drain(2, { growth: false }))
    expect(stage.effects()).toEqual([])
    stage.pass(minute)
    expect(stage.lines()).toMatchObject([{ at: minute }])
  })

  test('keeps to the quota', () => {
    const stage = setStage([eager({ limits: [{ count: 1, perMs: hour }] })])
    stage.fire('a', 0)
    stage.fire('b', 1)
    stage.note(stage.tracker.drain(2, { growth: false }))
    expect(stage.lines()).toHaveLength(1)
  })
})

describe('the end of the stream', () => {
  const end = (stage: ReturnType<typeof setStage>, now: number) =>
    stage.note(stage.tracker.drain(now, { growth: true }))

  test('ends on a channel with renewals: a renewal is sent at its time only', () => {
    const stage = setStage([eager({ renews: true })])
    stage.fire('a', 0)
    end(stage, 1)
    expect(stage.lines()).toMatchObject([{ at: 0, items: ['a first +1'] }])
    end(stage, 6 * minute)
    expect(stage.lines()).toHaveLength(2)
  })

  test('sends all that is unsent: new alerts, grown counts, and more than the quota', () => {
    const stage = setStage([channel({ limits: [{ count: 1, perMs: hour }] })])
    stage.fire('a', 0, { severity: 'critical' })
    stage.fire('a', 1)
    stage.fire('b', 2)
    end(stage, 3)
    expect(stage.lines().at(-1)).toMatchObject({
      at: 3,
      reason: 'first',
      items: ['a repeat +1', 'b first +1'],
    })
  })

  test('sends the counts of a channel without reminders, also of ended alerts', () => {
    const stage = setStage([eager({ repeatMs: false })])
    stage.fire('a', 0)
    stage.fire('a', 1)
    stage.resolve('a', 2)
    stage.pass(hour)
    end(stage, hour)
    expect(stage.lines().at(-1)).toMatchObject({ at: hour, items: ['a repeat +1'] })
  })

  test('sends nothing before `after` is over, and records why', () => {
    const stage = setStage([eager({ afterMs: minute })])
    stage.fire('a', 0)
    stage.fire('a', 1)
    end(stage, 2)
    expect(stage.effects()).toEqual([
      { type: 'suppressed', channel: 'chat', alert: 'a', reason: 'closed', count: 2 },
    ])
  })

  test('sends also the end of an alert that ended before it was sent', () => {
    const stage = setStage([channel({ sendResolved: 'always' })])
    stage.fire('a', 0)
    stage.resolve('a', 1)
    end(stage, 2)
    expect(stage.lines().map((line) => line.reason)).toEqual(['first', 'resolved'])
  })

  test('sends nothing twice', () => {
    const stage = setStage([channel()])
    stage.fire('a', 0)
    end(stage, 1)
    end(stage, 2)
    expect(stage.lines()).toHaveLength(1)
  })

  test('of a burst that differs in nothing is one message with the whole count', () => {
    const stage = setStage([channel()])
    for (let n = 0; n < 10_000; n++) stage.fire('a', n / 10)
    end(stage, 1000)
    expect(stage.lines()).toMatchObject([{ items: ['a first +10000'] }])
  })
})
