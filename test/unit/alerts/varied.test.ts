import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { beginAlert } from '#core/alerts/live-alert.ts'
import { noteVaried, variedTexts } from '#core/alerts/varied.ts'
import { eager, minute, occurrence, recordAt, setStage } from './stage.ts'

/** What the messages have in common, in this order. */
function shared(...messages: readonly string[]): string | undefined {
  const [first, ...others] = messages.map((msg, index) => recordAt(index, msg))
  const alert = beginAlert(occurrence('a', 0, { record: first! }), 0)
  for (const record of others) noteVaried(alert, record)
  return alert.varied && variedTexts(alert.varied).message
}

describe('what the messages of one alert have in common', () => {
  test.each([
    [['charge 19 failed', 'charge 19 failed'], undefined],
    [['charge 19 failed', 'charge 20 failed'], 'charge … failed'],
    [
      ['charge 36 for customer 36 failed', 'charge 37 for customer 9 failed'],
      'charge … for customer … failed',
    ],
    [
      ['charge 36 for customer 1 failed', 'charge 37 for customer 1 failed'],
      'charge … for customer 1 failed',
    ],
    [['user id=42, retry', 'user id=7, retry', 'user id=42, retry'], 'user id=…, retry'],
    [['file a/b.txt is gone', 'file my own.txt is gone'], 'file … is gone'],
    [['a b c', 'a x y z c', 'a c', 'q c'], '… c'],
    [['now 1 2 3 end', 'now 4 5 6 end'], 'now … end'],
    [['order from 10.0.3.7:80 (1.5 s)', 'order from 10.0.4.7:80 (2.5 s)'], 'order from … (… s)'],
    [
      ['card 4111 1111 1111 1111 declined by bank', 'card 4111 1111 1111 1129 declined by bank'],
      'card … declined by bank',
    ],
    [['card 4111 1111 declined', 'card 4111 1111 1111 1129 declined'], 'card … declined'],
    [['got 7 502 of 9', 'got 8 502 of 9'], 'got … 502 of 9'],
    [['took 12.50ms', 'took 12.70ms'], 'took …'],
    [['GET /v1/orders/7 of 2026-11-30', 'GET /v1/orders/8 of 2026-11-29'], 'GET /v1/orders/… of …'],
    [['用户123登录失败', '用户98登录失败'], '用户…登录失败'],
    [['ok', 'broken'], '…'],
    [['', 'broken now'], '…'],
  ])('of %j is %j', (messages, common) => {
    expect(shared(...messages)).toBe(common)
  })

  test('does not depend on the order of the others, and what varied once stays varied', () => {
    const message = fc.array(fc.constantFrom('charge', 'failed', '7', 'id=1', 'id=2,', 'x…y', '用户1'), {
      maxLength: 5,
    })
    fc.assert(
      fc.property(message, fc.array(message, { maxLength: 6 }), (first, others) => {
        const texts = [first, ...others].map((words) => words.join(' '))
        const once = shared(...texts)
        expect(shared(...texts, ...texts)).toBe(once)
        const words = (once ?? texts[0]!).split(' ')
        expect(words.join(' ').length).toBeLessThanOrEqual(300)
      }),
    )
  })

  test('is part of the alert that a channel is notified of, and survives a restart', () => {
    const stage = setStage([eager()])
    for (const [at, msg] of [
      [0, 'charge 1 failed'],
      [1, 'charge 2 failed'],
    ] as const)
      stage.fire('a', at, { record: recordAt(at, msg) })
    stage.pass(6 * minute)
    const { alert } = stage.notifications().at(-1)!.items[0]!
    expect(alert.varied).toEqual({ message: 'charge … failed' })
    expect(alert.first.msg).toBe('charge 1 failed')
    const saved = JSON.parse(JSON.stringify(stage.tracker.snapshot())) as { alerts: { varied: object }[] }
    expect(saved.alerts[0]!.varied).toEqual({ message: { head: ['charge', '…', 'failed'] } })
  })

  test.each([
    ['a window', { when: { kind: 'window', count: 3, withinMs: minute }, forMs: 0 }],
    ['different values', { when: { kind: 'distinct', count: 3, withinMs: minute }, forMs: 0 }],
    ['a row', { when: { kind: 'streak', count: 3 }, forMs: 0 }],
    ['a time', { forMs: 10 }],
  ] as const)('includes what the condition collected before it fired: %s', (_name, condition) => {
    const stage = setStage([eager()])
    for (const at of [0, 1, 2])
      stage.fire('a', at, {
        record: recordAt(at, `charge ${at} failed for order ${at + 10}`),
        condition: { ...condition, value: `v${at}` },
      })
    stage.pass(minute)
    const { alert } = stage.notifications()[0]!.items[0]!
    expect(alert.varied).toEqual({ message: 'charge … failed for order …' })
    expect(alert.latest.msg).toBe('charge 2 failed for order 12')
  })

  test('leaves out what is outside the window, what is less severe, and needs nothing of equal records', () => {
    const condition = { when: { kind: 'window', count: 2, withinMs: minute }, forMs: 0 } as const
    const varied = (...records: readonly (readonly [at: number, msg: string, more?: object])[]) => {
      const stage = setStage([eager()])
      for (const [at, msg, more] of records)
        stage.fire('a', at, { record: recordAt(at, msg), condition, ...more })
      return stage.notifications()[0]!.items[0]!.alert.varied
    }
    expect(varied([0, 'disk is full'], [2 * minute, 'link down'], [2 * minute + 1, 'link down'])).toBe(
      undefined,
    )
    expect(varied([0, 'slow query', { severity: 'warning' }], [1, 'link down'])).toBe(undefined)
    expect(varied([0, 'link 1 down', { summary: 's' }], [1, 'link 2 down', { summary: 's' }])).toBe(undefined)
  })
})
