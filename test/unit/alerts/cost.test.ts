import { expect, test } from 'vitest'
import { createTracker } from '#core/alerts/tracker.ts'
import { channel, eager, occurrence, setStage } from './stage.ts'

/** Nanoseconds a push of a known alert takes with so many alerts alive: the best of several rounds. */
function pushCost(alive: number): number {
  const names = ['a', 'b', 'c', 'd', 'e']
  const tracker = createTracker({ channels: names.map((name) => channel({ name })), maxAlerts: alive })
  for (let n = 0; n < alive; n++) tracker.push(occurrence(`e${n}`, 0), 0)
  const known = occurrence('e0', 0)
  let best = Number.POSITIVE_INFINITY
  for (let round = 0; round < 8; round++) {
    const before = process.hrtime.bigint()
    for (let n = 0; n < 50_000; n++) tracker.push(known, n / 100)
    best = Math.min(best, Number(process.hrtime.bigint() - before) / 50_000)
  }
  return best
}

test('a record of a known alert costs the same with ten thousand others alive', () => {
  expect(pushCost(10_000)).toBeLessThan(20 * pushCost(10) + 200)
})

test('a record of a known alert asks no filter and makes nothing', () => {
  let asked = 0
  const admits = () => {
    asked++
    return true
  }
  const tracker = createTracker({ channels: [channel({ admits })] })
  tracker.push(occurrence('a', 0), 0)
  const nothing = tracker.push(occurrence('a', 1), 1)
  for (let n = 2; n < 1000; n++) expect(tracker.push(occurrence('a', n), n)).toBe(nothing)
  expect(asked).toBe(1)
})

test('a tick before the next deadline makes nothing', () => {
  const stage = setStage([channel()])
  stage.fire('a', 0)
  expect(stage.tracker.tick(1)).toBe(stage.tracker.tick(2))
})

test('memory is bounded: millions of kinds leave a bounded snapshot', () => {
  const stage = setStage([eager()], { maxAlerts: 20 })
  for (let n = 0; n < 20_000; n++) {
    stage.fire(`e${n}`, n * 1000, { resolveAfterMs: 500 })
  }
  const { alerts, past, channels } = stage.tracker.snapshot()
  expect(alerts.length).toBeLessThanOrEqual(21)
  expect(past.length).toBeLessThanOrEqual(100)
  expect(channels[0]?.recent.length).toBeLessThanOrEqual(21)
})

test('records of an inhibited alert share one list of firing alerts, and see at once that one began or ended', () => {
  const lists = new Set<unknown>()
  let seen: string[] = []
  const stage = setStage([eager()], {
    mutes: () => (_alert, _channel, _now, firing) => {
      lists.add(firing())
      seen = firing().map(({ id }) => id)
      return { reason: 'inhibited' }
    },
  })
  stage.fire('source', 0)
  for (let n = 0; n < 1000; n++) stage.fire('target', 1)
  expect(lists.size).toBeLessThan(5)
  stage.fire('other', 2)
  stage.fire('target', 2)
  expect(seen).toEqual(['source', 'target', 'other'])
  stage.resolve('source', 3)
  stage.fire('target', 3)
  expect(seen).toEqual(['target', 'other'])
})
