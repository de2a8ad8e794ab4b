import { expect, test } from 'vitest'
import { channel, eager, hour, minute, second, setStage } from './stage.ts'

type Stage = ReturnType<typeof setStage>
const reload = (stage: Stage, channels: Parameters<Stage['tracker']['reload']>[0], now: number) =>
  stage.note(stage.tracker.reload(channels, now))

test('a reload during `wait` sends nothing twice and loses nothing', () => {
  const stage = setStage([channel()])
  stage.fire('a', 0)
  reload(stage, [channel()], 2 * second)
  stage.fire('a', 3 * second)
  stage.pass(minute)
  expect(stage.lines()).toMatchObject([{ at: 5 * second, items: ['a first +2'] }])
})

test('a reload keeps what was sent, the reminders, the interval, the quota and the pause of a provider', () => {
  const plan = channel({ limits: [{ count: 2, perMs: hour }] })
  const stage = setStage([plan])
  stage.fire('a', 0)
  stage.pass(10 * second)
  reload(stage, [plan], 10 * second)
  stage.fire('b', 10 * second, { severity: 'critical', resolveAfterMs: false })
  stage.fire('c', 40 * second, { severity: 'critical', resolveAfterMs: false })
  stage.tracker.pause('chat', 2 * hour)
  reload(stage, [plan], minute)
  stage.pass(3 * hour)
  expect(stage.lines().map((line) => line.at)).toEqual([5 * second, 35 * second, 2 * hour])
})

test('new timing holds from then on', () => {
  const stage = setStage([channel()])
  stage.fire('a', 0)
  reload(stage, [channel({ waitMs: minute })], second)
  stage.pass(hour)
  expect(stage.lines()).toMatchObject([{ at: minute }])
})

test('a reminder that was promised comes when it was promised', () => {
  const stage = setStage([eager()])
  stage.fire('a', 0)
  stage.fire('a', 1)
  reload(stage, [eager({ repeatMs: hour })], 2)
  stage.pass(10 * minute)
  expect(stage.lines()).toMatchObject([{ at: 0 }, { at: 5 * minute, reason: 'repeat' }])
  expect(stage.notifications()[1]?.items[0]?.alert.count).toBe(2)
})

test('reminders that are switched on come for what was sent before', () => {
  const stage = setStage([eager({ repeatMs: false })])
  stage.fire('a', 0)
  reload(stage, [eager()], 1)
  stage.fire('a', 2)
  stage.pass(hour)
  expect(stage.lines()).toMatchObject([{ at: 0 }, { at: 5 * minute, reason: 'repeat' }])
})

test('a new channel is not notified of old alerts, but of what occurs again', () => {
  const stage = setStage([eager()])
  for (const at of [0, 1, 2]) stage.fire('a', at)
  reload(stage, [eager(), channel({ name: 'mail' })], minute)
  stage.pass(2 * minute)
  expect(stage.lines('mail')).toEqual([])
  stage.fire('a', 2 * minute)
  stage.pass(4 * minute)
  expect(stage.lines('mail')).toMatchObject([{ at: 2 * minute + 5 * second, items: ['a first +1'] }])
})

test('a channel that replaces another is notified of what no channel was notified of yet', () => {
  const stage = setStage([channel()])
  stage.fire('a', 0)
  reload(stage, [channel({ name: 'mail' })], second)
  stage.pass(minute)
  expect(stage.lines('mail')).toMatchObject([{ at: 5 * second, items: ['a first +1'] }])
  expect(stage.suppressed()).toEqual([
    { type: 'suppressed', channel: 'chat', alert: 'a', reason: 'closed', count: 1 },
  ])
})

test('a removed channel that returns starts from nothing', () => {
  const stage = setStage([eager()])
  stage.fire('a', 0)
  stage.resolve('a', 1)
  reload(stage, [], 2)
  reload(stage, [eager()], 3)
  stage.fire('a', 4)
  expect(stage.lines().at(-1)).toMatchObject({ at: 4, reason: 'first' })
})

test('a wider filter takes a living alert from its next record on', () => {
  const stage = setStage([eager(), eager({ name: 'sms', admits: () => false })])
  stage.fire('a', 0)
  reload(stage, [eager(), eager({ name: 'sms' })], 1)
  stage.pass(2)
  expect(stage.lines('sms')).toEqual([])
  stage.fire('a', 3)
  expect(stage.lines('sms')).toMatchObject([{ at: 3, items: ['a first +1'] }])
})

test('a narrower filter suppresses what is unsent with a reason, but the end is still sent', () => {
  const stage = setStage([eager({ sendResolved: 'always' })])
  stage.fire('a', 0)
  stage.fire('a', 1)
  reload(stage, [eager({ sendResolved: 'always', admits: () => false })], 2)
  stage.fire('a', 3)
  stage.pass(10 * minute)
  stage.resolve('a', 10 * minute)
  expect(stage.lines().map((line) => line.reason)).toEqual(['first', 'resolved'])
  expect(stage.suppressed()).toMatchObject([{ reason: 'filtered', count: 1 }])
})

test('a reload does not drop what was still to be sent of an alert that fired again milder', () => {
  const worst = eager({ admits: (alert) => alert.severity === 'critical' })
  const stage = setStage([worst])
  stage.tracker.pause('chat', minute)
  stage.fire('a', 0, { severity: 'critical' })
  stage.resolve('a', 1)
  stage.fire('a', 2, { severity: 'error' })
  reload(stage, [worst], 3)
  stage.pass(2 * minute)
  expect(stage.lines()).toMatchObject([{ at: minute, items: ['a first +1'] }])
})

test('names that every object has are names like others', () => {
  const stage = setStage([eager({ name: '__proto__' }), eager({ name: 'constructor' })])
  stage.fire('a', 0)
  stage.resolve('a', 1)
  stage.fire('a', hour)
  expect(stage.lines('__proto__').map((line) => line.reason)).toEqual(['first', 'regression'])
  expect(stage.lines('constructor').map((line) => line.reason)).toEqual(['first', 'regression'])
})
