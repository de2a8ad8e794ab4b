import { describe, expect, test } from 'vitest'
import { channel, eager, hour, minute, second, setStage } from './stage.ts'

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

describe('an alert that flaps', () => {
  type Stage = ReturnType<typeof setStage>

  /** Comes and goes once in two minutes. */
  function flap(
    stage: Stage,
    untilMs: number,
    severityOf: (n: number) => 'error' | 'critical' = () => 'error',
  ) {
    for (let n = 0; n * 2 * minute < untilMs; n++) {
      stage.fire('a', n * 2 * minute, { severity: severityOf(n) })
      stage.resolve('a', n * 2 * minute + minute)
    }
  }

  test('is sent after ever longer pauses, from the eighth message in a day at least four hours apart', () => {
    const stage = setStage([eager()])
    flap(stage, 48 * hour)
    const at = stage.lines().map((line) => line.at / minute)
    const pauses = at.slice(1).map((time, n) => time - at[n]!)
    // Each pause is at least as long as the one before, up to the longest.
    expect(pauses.slice(0, 4).every((pause, n) => n === 0 || pause >= pauses[n - 1]!)).toBe(true)
    expect(pauses.slice(7).every((pause) => pause >= 240)).toBe(true)
    expect(at.filter((time) => time < 24 * 60).length).toBeLessThanOrEqual(15)
  })

  test('becomes worse only once: what is as bad as it was before is not an escalation', () => {
    const stage = setStage([eager()])
    flap(stage, 30 * minute, (n) => (n % 2 === 0 ? 'critical' : 'error'))
    const plain = setStage([eager()])
    flap(plain, 30 * minute, () => 'critical')
    expect(stage.lines().map(({ at }) => at)).toEqual(plain.lines().map(({ at }) => at))
    const worse = setStage([eager()])
    flap(worse, 30 * minute, (n) => (n === 10 ? 'critical' : 'error'))
    expect(worse.lines().some(({ at }) => at === 20 * minute)).toBe(true)
  })

  test('is sent after its base `repeat` on a channel that only forwards its state', () => {
    const stage = setStage([eager({ renews: true, sendResolved: 'always' })])
    flap(stage, 8 * hour)
    const starts = stage.lines().filter(({ reason }) => reason === 'regression')
    expect(starts.map(({ at }) => at / minute)).toEqual(Array.from({ length: 95 }, (_, n) => 5 * (n + 1)))
  })
})

test('a message about the end does not put off the next start', () => {
  const stage = setStage([eager({ sendResolved: 'always' })])
  stage.fire('a', 0)
  stage.resolve('a', 4 * minute)
  stage.fire('a', 5 * minute)
  expect(stage.lines().map(({ at, reason }) => [at / minute, reason])).toEqual([
    [0, 'first'],
    [4, 'resolved'],
    [5, 'regression'],
  ])
})

test('the reminders of an alert keep their doubling in its next life', () => {
  const stage = setStage([eager()])
  for (let at = 0; at <= 20 * minute; at += minute) stage.fire('a', at)
  stage.resolve('a', 20 * minute + second)
  for (let at = 22 * minute; at < 2 * hour; at += minute) stage.fire('a', at)
  const at = stage.lines().map((line) => line.at / minute)
  const inSecondLife = at.filter((time) => time >= 22)
  expect(at.filter((time) => time < 22)).toEqual([0, 5, 15])
  expect(inSecondLife[1]! - inSecondLife[0]!).toBeGreaterThanOrEqual(20)
})

test('the doubled interval of a channel on which new kinds keep coming holds for ends too', () => {
  const stage = setStage([channel({ waitMs: 0, sendResolved: 'always' })])
  for (let n = 0; n < 240; n++) stage.fire(`e${n}`, n * 30 * second, { resolveAfterMs: false })
  stage.resolve('e0', 2 * hour + second)
  stage.pass(2 * hour + 10 * minute)
  const at = stage.lines().map((line) => line.at)
  const late = at.slice(-3)
  expect(late[1]! - late[0]!).toBe(10 * minute)
  expect(late[2]! - late[1]!).toBe(10 * minute)
  expect(stage.lines().at(-1)?.items).toContain('e0 resolved +0')
})
