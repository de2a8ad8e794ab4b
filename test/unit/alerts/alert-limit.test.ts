import { expect, test } from 'vitest'
import { overflowRule } from '#core/alerts/capacity.ts'
import type { Alert } from '#core/model.ts'
import { channel, eager, hour, minute, setStage } from './stage.ts'

const totalAdded = (stage: ReturnType<typeof setStage>, name = 'chat') =>
  stage
    .notifications(name)
    .flatMap((notification) => notification.items)
    .reduce((sum, item) => sum + item.added, 0)

test('records of too many kinds are counted under one alert, and the counts still add up', () => {
  const stage = setStage([channel()], { maxAlerts: 10 })
  for (let n = 0; n < 25; n++) stage.fire(`e${n}`, n, { labels: { service: 'billing', tenant: `t${n}` } })
  stage.pass(minute)
  const [storm] = stage.notifications()
  const overflow = storm?.items[0]
  expect(overflow).toMatchObject({ added: 15, alert: { rule: overflowRule, labels: { service: 'billing' } } })
  expect(overflow?.alert.id).toMatch(/^[0-9a-f]{16}$/)
  expect(storm?.items).toHaveLength(11)
  expect(totalAdded(stage)).toBe(25)
  expect(stage.effects()).toContainEqual({ type: 'dropped', reason: 'alert-limit', count: 15 })
})

test('a known alert is still counted under its own name when the table is full', () => {
  const stage = setStage([channel()], { maxAlerts: 1 })
  for (const id of ['a', 'b', 'a', 'c', 'a']) stage.fire(id, 0)
  stage.pass(minute)
  expect(stage.notifications()[0]?.items.map((item) => item.added)).toEqual([3, 2])
})

test('the alert about too many kinds is as bad as the worst among them', () => {
  const stage = setStage([eager()], { maxAlerts: 1 })
  stage.fire('a', 0)
  stage.fire('b', 1)
  stage.fire('c', 2, { severity: 'critical' })
  expect(stage.notifications().at(-1)).toMatchObject({ reason: 'escalated', severity: 'critical' })
})

test('the table never grows beyond its limit, whatever labels the records bring', () => {
  const stage = setStage([channel()], { maxAlerts: 5 })
  for (let n = 0; n < 1000; n++) stage.fire(`e${n}`, n, { labels: { service: `s${n}` } })
  expect(stage.tracker.live()).toHaveLength(6)
})

test('the alert that ended first makes room, and its unsent records pass to the overflow alert', () => {
  const stage = setStage([eager({ repeatMs: hour })], { maxAlerts: 2 })
  for (const id of ['a', 'b']) {
    stage.fire(id, 0)
    stage.fire(id, 1)
    stage.resolve(id, 2)
  }
  stage.fire('c', 3)
  expect(stage.tracker.snapshot().alerts.map((alert) => alert.rule === overflowRule || alert.id)).toEqual([
    'b',
    true,
    'c',
  ])
  stage.pass(2 * hour)
  expect(totalAdded(stage)).toBe(5)
  expect(stage.lines().find((line) => line.items.some((item) => item.startsWith('c')))).toMatchObject({
    at: 3,
  })
})

test('the end of an evicted alert is recorded as suppressed', () => {
  const stage = setStage([eager({ sendResolved: 'always', intervalMs: minute })], { maxAlerts: 1 })
  stage.fire('a', 0)
  stage.resolve('a', 1)
  stage.fire('b', 2)
  expect(stage.suppressed()).toEqual([
    { type: 'suppressed', channel: 'chat', alert: 'a', reason: 'alert-limit' },
  ])
})

test('an alert that only a resolve record ends makes room after a day of silence', () => {
  const stage = setStage([eager()], { maxAlerts: 1 })
  stage.fire('a', 0, { resolveAfterMs: false })
  stage.fire('b', 24 * hour - 1)
  stage.pass(24 * hour)
  stage.fire('c', 24 * hour + minute)
  expect(stage.tracker.live().map((alert) => (alert.rule === overflowRule ? 'overflow' : alert.id))).toEqual([
    'overflow',
    'c',
  ])
})

test('kinds get alerts of their own again when the others are over', () => {
  const stage = setStage([channel()], { maxAlerts: 3 })
  for (let n = 0; n < 10; n++) stage.fire(`e${n}`, n)
  stage.pass(hour)
  stage.fire('later', hour)
  stage.pass(hour + minute)
  expect(stage.lines().at(-1)).toMatchObject({ items: ['later first +1'] })
  expect(stage.tracker.snapshot().alerts).toHaveLength(1)
})

test('if a filter refuses the overflow alert, each record it would have taken is recorded with a reason', () => {
  const narrow = eager({ name: 'sms', admits: (alert) => alert.rule !== overflowRule, repeatMs: hour })
  const stage = setStage([narrow], { maxAlerts: 1 })
  stage.fire('a', 0)
  stage.fire('a', 1)
  stage.resolve('a', 2)
  stage.fire('b', 3)
  expect(stage.suppressed()).toContainEqual({
    type: 'suppressed',
    channel: 'sms',
    alert: 'a',
    reason: 'alert-limit',
    count: 1,
  })
})

test('records that were suppressed are not sent when the overflow alert becomes worse', () => {
  const admits = (alert: Alert) => alert.rule !== overflowRule || alert.severity === 'critical'
  const stage = setStage([eager({ admits, repeatMs: hour })], { maxAlerts: 1 })
  stage.fire('a', 0)
  stage.fire('a', 1)
  stage.resolve('a', 2)
  stage.fire('b', 3)
  stage.fire('c', 4, { severity: 'critical' })
  const recorded = stage.suppressed().reduce((sum, effect) => sum + (effect.count ?? 0), 0)
  expect([totalAdded(stage), recorded]).toEqual([3, 1])
})
