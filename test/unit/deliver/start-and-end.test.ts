import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Notification, Receipt, Severity } from '#core/model.ts'
import { inSoak } from '../../soak.ts'
import { aNotification, anItem, noon } from '../render/support.ts'
import { busy, createRig, delivered, no, type Step } from './rig.ts'

type Rig = ReturnType<typeof createRig>

let number = 0
const id = () => `n${++number}`

const starts = (alert: string, severity: Severity = 'critical', reason: 'first' | 'regression' = 'first') =>
  aNotification([anItem({ id: alert, severity, count: 1 }, { reason, added: 1 })], { id: id() })

const ends = (alert: string, severity: Severity = 'critical') =>
  aNotification(
    [
      anItem(
        { id: alert, severity, state: 'resolved', count: 1 },
        { reason: 'resolved', added: 0, notifiedAt: noon },
      ),
    ],
    { id: id(), reason: 'resolved' },
  )

/** What each attempt said of each alert: 'a first, b resolved'. */
const said = ({ sent }: Rig) =>
  sent.map(({ message }) => message.cards.map((card) => `${card.id} ${card.reason}`).join(', '))

const failed = ({ failures }: Rig) =>
  failures.map(
    ({ notification, reason }) =>
      `${notification.items[0]!.alert.id} ${notification.items[0]!.reason} ${reason}`,
  )

describe('an end that comes while the start of its alert waits', () => {
  test('is sent after it, each in a message of its own', async () => {
    const rig = createRig([busy])
    rig.queue.offer(starts('a'))
    await rig.clock.advance(500)
    rig.queue.offer(ends('a'))
    await rig.clock.advance(10_000)
    expect(said(rig)).toEqual(['a first', 'a first', 'a resolved'])
  })

  test('is sent after it also if both are offered in the same turn', async () => {
    const rig = createRig()
    rig.queue.offer(starts('a'))
    rig.queue.offer(ends('a'))
    await rig.queue.idle()
    expect(said(rig)).toEqual(['a first', 'a resolved'])
  })

  test('is sent after it also if that was in flight, or much older', async () => {
    const rig = createRig(['hang', ...Array<Step>(9).fill(busy)])
    rig.queue.offer(starts('a'))
    await rig.clock.advance(200_000)
    rig.queue.offer(ends('a'))
    await rig.clock.advance(600_000)
    expect(said(rig).slice(-2)).toEqual(['a first', 'a resolved'])
    expect(new Set(said(rig).slice(0, -1))).toEqual(new Set(['a first']))
  })

  test('delays no other alert', async () => {
    const rig = createRig([busy])
    rig.queue.offer(starts('a'))
    await rig.clock.advance(500)
    rig.queue.offer(ends('a'))
    rig.queue.offer(starts('b'))
    await rig.clock.advance(10_000)
    expect(said(rig).slice(1)).toEqual(['a first, b first', 'a resolved'])
    expect(new Set(rig.sent.map(({ message }) => message.id)).size).toBe(3)
  })

  test('is sent after it also while the channel closes', async () => {
    const rig = createRig([busy])
    rig.queue.offer(starts('a'))
    await rig.clock.advance(500)
    rig.queue.offer(ends('a'))
    expect(await rig.queue.close(3000)).toEqual([])
    expect(said(rig)).toEqual(['a first', 'a first', 'a resolved'])
  })

  test('is journaled until it is sent itself', async () => {
    const done: string[] = []
    const onDone = ({ id, joined = [id] }: Notification) => done.push(...joined)
    const rig = createRig([busy, delivered, busy], { onDone })
    const [start, both] = [starts('a'), ends('a')]
    const mixed = { ...both, items: [...both.items, ...starts('b').items] }
    rig.queue.offer(start)
    await rig.clock.advance(500)
    rig.queue.offer(mixed)
    await rig.clock.advance(600)
    expect(said(rig)[1]).toBe('a first, b first')
    expect(done).not.toContain(mixed.id)
    await rig.clock.advance(10_000)
    expect(done.at(-1)).toBe(mixed.id)
  })

  test('fails with it: the fallback hears of both, in their order', async () => {
    for (const [script, over] of [
      [[busy, no], {}],
      [[busy, { ...no, httpStatus: 403 }], {}],
      [Array<Step>(9).fill(busy), { retryForMs: 2000 }],
      [
        [
          { ...busy, delayMs: 1000 },
          { ...busy, delayMs: 900_000 },
        ],
        { fallback: 'mail' },
      ],
    ] as const) {
      const rig = createRig([...script], over)
      rig.queue.offer(starts('a'))
      await rig.clock.advance(500)
      rig.queue.offer(ends('a'))
      await rig.clock.advance(900_000)
      const [first, second] = failed(rig)
      expect(first).toMatch(/^a first (failed|expired)$/)
      expect(second).toMatch(/^a resolved (failed|expired)$/)
      expect(said(rig)).not.toContain('a resolved')
    }
  })

  test('is dropped with it if too many alerts wait', async () => {
    const rig = createRig([busy], { maxWaiting: 2 })
    rig.queue.offer(starts('a', 'warning'))
    await rig.clock.advance(500)
    rig.queue.offer(ends('a', 'warning'))
    rig.queue.offer(starts('b'))
    rig.queue.offer(starts('c'))
    await rig.clock.advance(10_000)
    expect(said(rig).slice(1)).toEqual(['b first, c first'])
    expect(failed(rig)).toEqual(['a first queue-limit', 'a resolved queue-limit'])
  })
})

describe('an end that the provider puts off beyond the deadline', () => {
  const later = { ...busy, delayMs: 900_000 }

  test('is kept if its start was accepted: no other channel can send it', async () => {
    const rig = createRig([delivered, later], { fallback: 'mail' })
    rig.queue.offer(starts('a'))
    await rig.queue.idle()
    rig.queue.offer(ends('a'))
    await rig.clock.advance(1_000_000)
    expect(said(rig)).toEqual(['a first', 'a resolved', 'a resolved'])
    expect(rig.sent.at(-1)?.at).toBe(900_000)
    expect(failed(rig)).toEqual([])
  })

  test('is kept though a start beside it falls back, of which the end does the same', async () => {
    const rig = createRig([delivered, later], { fallback: 'mail' })
    rig.queue.offer(starts('a'))
    await rig.queue.idle()
    rig.queue.offer(starts('b'))
    rig.queue.offer(ends('a'))
    await rig.clock.advance(300_000)
    rig.queue.offer(ends('b'))
    await rig.clock.advance(700_000)
    expect(said(rig)).toEqual(['a first', 'b first, a resolved', 'a resolved'])
    expect(failed(rig)).toEqual(['b first expired', 'b resolved expired'])
    const ids = rig.sent.map(({ message }) => message.id)
    expect(new Set(ids).size).toBe(3)
  })

  test('is kept if it comes during the pause, and expires after a day', async () => {
    const rig = createRig([delivered, ...Array(200).fill(later)], { fallback: 'mail' })
    rig.queue.offer(starts('a'))
    await rig.queue.idle()
    rig.queue.offer(starts('b'))
    await rig.clock.advance(1_000)
    rig.queue.offer(ends('a'))
    await rig.clock.advance(2 * 86_400_000)
    expect(failed(rig)).toEqual(['b first expired', 'a resolved expired'])
    expect(rig.sent.at(-1)!.at).toBeLessThanOrEqual(86_400_000 + 900_000)
  })
})

describe('an end whose start failed on the channel', () => {
  test('is not sent: it fails for the same reason, which says nothing new about the channel', async () => {
    const rig = createRig([no])
    rig.queue.offer(starts('a'))
    await rig.queue.idle()
    rig.queue.offer(ends('a'))
    rig.queue.offer(starts('b'))
    await rig.queue.idle()
    expect(said(rig)).toEqual(['a first', 'b first'])
    expect(failed(rig)).toEqual(['a first failed', 'a resolved failed'])
    expect(rig.failures.map(({ isFollowUp }) => isFollowUp)).toEqual([undefined, true])
  })

  test('is sent if a later start is in flight', async () => {
    const rig = createRig([no, 'hang'])
    rig.queue.offer(starts('a'))
    await rig.queue.idle()
    rig.queue.offer(starts('a', 'critical', 'regression'))
    await rig.clock.advance(1)
    rig.queue.offer(ends('a'))
    await rig.clock.advance(60_000)
    expect(said(rig).slice(2)).toEqual(['a regression', 'a resolved'])
  })

  test('is sent if a later notification of the alert was delivered', async () => {
    const rig = createRig([no])
    rig.queue.offer(starts('a'))
    await rig.queue.idle()
    rig.queue.offer(aNotification([anItem({ id: 'a' }, { reason: 'repeat' })], { id: id() }))
    await rig.queue.idle()
    rig.queue.offer(ends('a'))
    await rig.queue.idle()
    expect(said(rig).slice(1)).toEqual(['a repeat', 'a resolved'])
  })
})

describe('an alert that comes back while it waits', () => {
  test('keeps the severity of what was not sent yet', async () => {
    const rig = createRig([busy])
    rig.queue.offer(starts('a', 'critical'))
    await rig.clock.advance(500)
    rig.queue.offer(ends('a', 'critical'))
    rig.queue.offer(starts('a', 'error', 'regression'))
    await rig.clock.advance(10_000)
    expect(rig.sent.slice(1).map(({ message }) => message.subject.slice(0, 10))).toEqual([
      '[CRITICAL]',
      expect.stringMatching(/^\[ERROR\]/),
    ])
  })

  test('again and again waits as a start and an end', async () => {
    const rig = createRig(Array<Step>(20).fill(busy), {
      retry: { firstMs: 60_000, factor: 1, maxMs: 60_000 },
    })
    for (let n = 0; n < 50; n++) {
      rig.queue.offer(starts('a', n % 2 ? 'error' : 'critical', n ? 'regression' : 'first'))
      await rig.clock.advance(1000)
      rig.queue.offer(ends('a'))
      await rig.clock.advance(1000)
    }
    expect(rig.queue.waiting()).toBeLessThanOrEqual(5)
  })

  test('is not sent twice if the start between the two ends was dropped', async () => {
    const rig = createRig([busy], { maxWaiting: 4 })
    rig.queue.offer(starts('c', 'error'))
    rig.queue.offer(ends('c', 'error'))
    rig.queue.offer(starts('a', 'error'))
    rig.queue.offer(ends('a', 'error'))
    rig.queue.offer(starts('b', 'error'))
    rig.queue.offer(starts('a', 'error', 'regression'))
    rig.queue.offer(starts('c', 'error', 'regression'))
    await rig.clock.advance(1000)
    rig.queue.offer(ends('c', 'error'))
    await rig.clock.advance(600_000)
    expect(said(rig).filter((text) => text === 'c resolved')).toHaveLength(1)
    expect(failed(rig)).toEqual(['c regression queue-limit', 'c resolved queue-limit'])
  })
})

const event = fc.record({
  alert: fc.constantFrom('a', 'b', 'c'),
  severity: fc.constantFrom<Severity>('error', 'critical'),
  pauseMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 5000 }), fc.integer({ min: 0, max: 400_000 })),
})

const receipt: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Receipt>(busy) },
  fc.constant<Receipt>(delivered),
  fc.constant<Receipt>(no),
  fc.constant<Receipt>({ ...no, httpStatus: 403 }),
  fc.integer({ min: 1, max: 900_000 }).map<Receipt>((delayMs) => ({ ...busy, delayMs })),
  fc.constant<Step>('hang'),
)

test('whatever the provider does, it accepts an end only after a start, and the last word on each alert is right', async () => {
  const property = fc.asyncProperty(
    fc.array(event, { maxLength: 40 }),
    fc.array(receipt, { maxLength: 30 }),
    fc.constantFrom({}, { fallback: 'mail' }),
    async (moves, script, fallback) => {
      const rig = createRig(script, { maxWaiting: 4, ...fallback })
      const isFiring = new Map<string, boolean>()
      for (const { alert, severity, pauseMs } of moves) {
        const fires = !isFiring.get(alert)
        rig.queue.offer(
          fires ? starts(alert, severity, isFiring.has(alert) ? 'regression' : 'first') : ends(alert),
        )
        isFiring.set(alert, fires)
        await rig.clock.advance(pauseMs)
      }
      await rig.clock.advance(3_600_000)
      const accepted = new Map<string, string>()
      for (const [index, { message }] of rig.sent.entries()) {
        const answered = script[index] ?? delivered
        if (answered === 'hang' || typeof answered === 'function' || answered.status !== 'delivered') continue
        for (const { id, reason } of message.cards) {
          if (reason === 'resolved') expect(accepted.get(id) ?? 'nothing').not.toMatch(/nothing|resolved/)
          accepted.set(id, reason)
        }
      }
      const hasFailed = new Set(
        rig.failures.flatMap(({ notification }) => notification.items.map(({ alert }) => alert.id)),
      )
      for (const [alert, fires] of isFiring) {
        if (!hasFailed.has(alert)) expect(accepted.get(alert) !== 'resolved').toBe(fires)
      }
    },
  )
  await fc.assert(property, { numRuns: inSoak(1_000, 80) })
})
