import { describe, expect, test } from 'vitest'
import { merge } from '#core/alerts/notification.ts'
import { aNotification, anItem, noon } from '../render/support.ts'

const older = aNotification([anItem({ count: 3 })], { id: 'old', at: noon })

describe('two notifications that wait for the same channel', () => {
  test('become one, most severe first, then most frequent', () => {
    const newer = aNotification(
      [anItem({ id: 'b', severity: 'warning', count: 900 }), anItem({ id: 'c', count: 5 })],
      { id: 'new', at: noon + 1000 },
    )
    const whole = merge(older, newer)
    expect(whole.items.map((item) => item.alert.count)).toEqual([5, 3, 900])
    expect(whole).toMatchObject({
      at: noon + 1000,
      severity: 'critical',
      reason: 'first',
      channel: 'ops',
    })
  })

  test('have the same alert once, as it is now, with what was added in both', () => {
    const newer = aNotification(
      [anItem({ count: 10 }, { reason: 'escalated', added: 7, notifiedAt: noon, nextAt: noon + 5000 })],
      { id: 'new' },
    )
    const [item, ...others] = merge(older, newer).items
    expect(others).toEqual([])
    expect(item).toMatchObject({ added: 10, reason: 'escalated', nextAt: noon + 5000 })
    expect(item!.alert.count).toBe(10)
    expect(item).not.toHaveProperty('notifiedAt')
  })

  test('keep the time at which the channel was really notified', () => {
    const before = aNotification([
      anItem({ count: 8 }, { reason: 'repeat', added: 2, notifiedAt: noon - 9000 }),
    ])
    const newer = aNotification([anItem({ count: 9 }, { reason: 'repeat', added: 1, notifiedAt: noon })])
    expect(merge(before, newer).items[0]).toMatchObject({
      added: 3,
      reason: 'repeat',
      notifiedAt: noon - 9000,
    })
  })

  test('a repeat of what was never sent is still the first', () => {
    const newer = aNotification([anItem({ count: 4 }, { reason: 'repeat', added: 1, notifiedAt: noon })])
    expect(merge(older, newer).items[0]).toMatchObject({ reason: 'first', added: 4 })
  })

  test('an end takes in the start that was never sent', () => {
    const newer = aNotification([anItem({ state: 'resolved', count: 4 }, { added: 1, notifiedAt: noon })])
    const whole = merge(older, newer)
    expect(whole.reason).toBe('resolved')
    expect(whole.items[0]).toMatchObject({ reason: 'resolved', added: 4 })
    expect(whole.items[0]).not.toHaveProperty('notifiedAt')
  })

  test('what fires again while its end waits is not sent as ended', () => {
    const ended = aNotification([anItem({ state: 'resolved' }, { added: 0, notifiedAt: noon - 1 })])
    const newer = aNotification([anItem({ count: 2 }, { reason: 'first', added: 2 })])
    expect(merge(ended, newer)).toMatchObject({ reason: 'regression' })
    expect(merge(ended, newer).items[0]).toMatchObject({ reason: 'regression', notifiedAt: noon - 1 })
  })

  test('with something that still fires, the whole does not count as ended', () => {
    const newer = aNotification([anItem({ id: 'b', state: 'resolved' }, { notifiedAt: noon })])
    expect(merge(older, newer).reason).toBe('first')
  })

  test('are named after the most urgent reason in them, as if they had been decided together', () => {
    const named = (reason: 'repeat' | 'first' | 'regression' | 'escalated') =>
      merge(older, aNotification([anItem({ id: 'b' }, { reason })])).reason
    expect([named('repeat'), named('first'), named('regression'), named('escalated')]).toEqual([
      'first',
      'first',
      'regression',
      'escalated',
    ])
    const back = aNotification([anItem({ id: 'b' }, { reason: 'regression' })])
    const worse = aNotification([anItem({ id: 'c' }, { reason: 'escalated' })])
    expect(merge(worse, back).reason).toBe('escalated')
  })

  test('a storm stays a storm, late stays late', () => {
    const storm = aNotification([anItem({ id: 'b' })], { reason: 'storm', late: true })
    expect(merge(older, storm)).toMatchObject({ reason: 'storm', late: true })
    expect(merge(storm, older)).toMatchObject({ reason: 'storm', late: true })
    expect(merge(older, older)).not.toHaveProperty('late')
  })

  test('have an id of their own, the same for the same ones: no key stands for two contents', () => {
    const newer = aNotification([anItem()], { id: 'new' })
    const third = aNotification([anItem()], { id: 'third' })
    const whole = merge(older, newer)
    expect(['old', 'new']).not.toContain(whole.id)
    expect(merge({ ...older, late: true }, { ...newer, late: true }).id).toBe(whole.id)
    expect(merge(merge(older, newer), third).id).toBe(merge(older, merge(newer, third)).id)
    expect(merge(whole, third).id).not.toBe(whole.id)
  })
})
