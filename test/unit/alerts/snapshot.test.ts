import { expect, test } from 'vitest'
import { createTracker, type TrackerSnapshot } from '#core/alerts/tracker.ts'
import { channel, eager, hour, minute, occurrence, recordAt, second, setStage } from './stage.ts'

const throughJson = (snapshot: TrackerSnapshot): TrackerSnapshot => JSON.parse(JSON.stringify(snapshot))

test('a snapshot survives JSON and comes out of the next tracker as it went in', () => {
  const stage = setStage([channel({ limits: [{ count: 9, perMs: hour }] }), eager({ name: '__proto__' })], {
    maxAlerts: 3,
  })
  for (let n = 0; n < 6; n++)
    stage.fire(`e${n}`, n * second, { code: 'E', resolveAfterMs: (n === 2 && false) || minute })
  stage.tracker.pause('chat', minute)
  stage.resolve('e0', 10 * second)
  stage.pass(20 * minute)
  stage.fire('e1', 20 * minute, { severity: 'critical' })
  const saved = throughJson(stage.tracker.snapshot())
  const next = createTracker({
    channels: [channel({ limits: [{ count: 9, perMs: hour }] }), eager({ name: '__proto__' })],
  })
  expect(next.restore(saved)).toEqual([])
  expect(throughJson(next.snapshot())).toEqual(saved)
})

test('the samples come along', () => {
  const stage = setStage([channel()])
  const record = {
    ...recordAt(0, 'boom'),
    fields: { user: { id: 7 } },
    err: { message: 'boom', stack: 'at a' },
  }
  stage.fire('a', 0, { record })
  const next = createTracker({ channels: [channel()] })
  next.restore(throughJson(stage.tracker.snapshot()))
  expect(next.live()[0]?.latest).toEqual(record)
})

test('the next process continues where the last one stopped: nothing twice, nothing lost', () => {
  const stage = setStage([eager({ sendResolved: 'always' })])
  stage.fire('a', 0)
  stage.fire('b', 0)
  stage.resolve('b', 1)
  const next = setStage([eager({ sendResolved: 'always' })])
  next.note(next.tracker.restore(throughJson(stage.tracker.snapshot())))
  next.fire('b', hour / 2)
  next.pass(hour)
  expect(next.lines().map(({ reason, items }) => [reason, ...items])).toEqual([
    ['resolved', 'a resolved +0'],
    ['regression', 'b regression +1'],
    ['resolved', 'b resolved +0'],
  ])
})

test('an alert that was not sent when the process died is sent after the weekend', () => {
  const stage = setStage([channel()])
  stage.fire('a', 0)
  const next = setStage([channel()])
  next.note(next.tracker.restore(throughJson(stage.tracker.snapshot())))
  next.pass(0)
  next.note(next.tracker.tick(60 * hour))
  expect(next.lines()[0]).toMatchObject({ items: ['a first +1'] })
})

test('a snapshot is not changed by what happens later', () => {
  const stage = setStage([channel()])
  stage.fire('a', 0)
  const saved = stage.tracker.snapshot()
  const before = JSON.stringify(saved)
  stage.note(stage.tracker.push(occurrence('a', 1), 1))
  stage.pass(hour)
  expect(JSON.stringify(saved)).toBe(before)
})

test('a restored snapshot leaves room in the quota for what this process sent and is not delivered yet', () => {
  const tracker = createTracker({ channels: [eager({ limits: [{ count: 1, perMs: hour }] })] })
  const fire = (id: string, now: number) => {
    tracker.push(occurrence(id, now), now)
    return tracker.tick(now).filter(({ type }) => type === 'notify')
  }
  expect(fire('a', 0)).toHaveLength(1)
  tracker.restore(throughJson(tracker.snapshot()), second)
  expect(fire('b', 2 * second)).toEqual([])
})
