import { describe, expect, it } from 'vitest'
import { createTracker } from '#core/alerts/tracker.ts'
import type { AlertCondition } from '#core/model.ts'
import { eager, minute, occurrence, second } from './stage.ts'

const one = (at: number) => ({ count: 1, firstAt: at, lastAt: at })

function itemsOf(tracker: ReturnType<typeof createTracker>, now: number) {
  return tracker
    .tick(now)
    .flatMap((effect) => (effect.type === 'notify' ? effect.notification.items : []))
    .map(({ added, alert }) => [alert.id, added])
}

describe('records that another process counted', () => {
  it('add to an alert as many as they are, from the first to the last of them', () => {
    const tracker = createTracker({ channels: [eager()] })
    tracker.push(occurrence('a', 9 * second), 10 * second, {
      count: 7,
      firstAt: 2 * second,
      lastAt: 9 * second,
    })
    tracker.push(occurrence('a', 9 * second), 10 * second)
    expect(tracker.live()).toMatchObject([{ count: 8, firstSeen: 2 * second, lastSeen: 9 * second }])
    expect(itemsOf(tracker, 10 * second)).toEqual([['a', 8]])
  })

  it.each([
    ['window', { when: { kind: 'window', count: 5, withinMs: second }, forMs: 0 }],
    ['distinct', { when: { kind: 'distinct', count: 5, withinMs: second }, forMs: 0 }],
  ] as const)(
    'meet a %s by the moments at which they came, in whatever order they arrive',
    (_name, condition) => {
      const moments = [100, 900, 300, 700, 500]
      const tracker = createTracker({ channels: [eager()] })
      for (const [index, at] of moments.entries()) {
        const each: AlertCondition = { ...condition, value: `user ${index}` }
        tracker.push(occurrence('a', at, { condition: each }), 5 * second, one(at))
      }
      expect(itemsOf(tracker, 5 * second)).toEqual([['a', 5]])
    },
  )

  it.each([
    ['window', { when: { kind: 'window', count: 3, withinMs: second }, forMs: 0 }],
    ['distinct', { when: { kind: 'distinct', count: 3, withinMs: second }, forMs: 0 }],
  ] as const)('meet no %s if they came too far apart, though they arrive together', (_name, condition) => {
    const tracker = createTracker({ channels: [eager()] })
    for (const [index, at] of [2 * second, 0, 900, 3 * second].entries()) {
      const each: AlertCondition = { ...condition, value: `user ${index}` }
      tracker.push(occurrence('a', at, { condition: each }), 5 * second, one(at))
    }
    expect(itemsOf(tracker, 5 * second)).toEqual([])
  })

  it('put off what is missed by the moment at which the last of them came', () => {
    const condition: AlertCondition = { when: { kind: 'absence', absentMs: minute }, forMs: 0 }
    const tracker = createTracker({ channels: [eager()] })
    tracker.push(occurrence('a', 0, { condition }), 2 * second, { count: 4, firstAt: 0, lastAt: second })
    expect(itemsOf(tracker, minute)).toEqual([])
    expect(itemsOf(tracker, minute + second)).toEqual([['a', 1]])
  })

  it('are forgotten with all else when another process takes over', () => {
    const tracker = createTracker({ channels: [eager()] })
    tracker.push(occurrence('a', 0), 0)
    tracker.forget(0)
    expect(tracker.live()).toEqual([])
    expect(tracker.tick(0)).toEqual([])
    expect(tracker.nextDeadline()).toBe(Number.POSITIVE_INFINITY)
  })
})
