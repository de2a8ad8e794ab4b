import { describe, expect, test } from 'vitest'
import type { QueueOptions } from '#core/deliver/queue.ts'
import type { Notification } from '#core/model.ts'
import { aNotification, anItem, noon } from '../render/support.ts'
import { busy, createRig, delivered, no, type Step } from './rig.ts'

const hour = 3_600_000
const named = (id: string) => aNotification([anItem({ id })], { id })

const ends = (alert: string) =>
  aNotification([anItem({ id: alert, state: 'resolved' }, { reason: 'resolved', notifiedAt: noon })], {
    id: `${alert} ends`,
    reason: 'resolved',
  })

/** A queue with a quota of so many messages in any hour. */
function createLimited(count: number, script: Step[] = [], over: Partial<QueueOptions> = {}) {
  const charges: number[] = []
  const deferred: [id: string, untilMs: number][] = []
  const rig = createRig(script, {
    quota: {
      roomAt: () =>
        count === 0
          ? Number.POSITIVE_INFINITY
          : charges.length < count
            ? 0
            : noon + charges.at(-count)! + hour,
    },
    // As the tracker does: what is delivered is charged, unless it only ends alerts.
    onDone({ items }, isDelivered) {
      if (isDelivered && items.some(({ reason }) => reason !== 'resolved'))
        charges.push(rig.clock.now() - noon)
    },
    onDeferred: ({ id }: Notification, untilMs) => deferred.push([id, untilMs - noon]),
    ...over,
  })
  return { ...rig, charges, deferred }
}

const cards = ({ sent }: ReturnType<typeof createRig>) =>
  sent.map(({ at, message }) => [at, message.cards.map(({ id }) => id).join()])

describe('what needs the quota of its channel', () => {
  test('is sent at once while that has room, and charged when it is delivered', async () => {
    const rig = createLimited(1, [busy])
    rig.queue.offerWithinQuota(named('a'))
    await rig.clock.advance(1)
    expect(rig.charges).toEqual([])
    await rig.clock.advance(1000)
    expect(rig.charges).toEqual([1000])
    expect(rig.deferred).toEqual([])
  })

  test('waits until that has room, which is reported once, and is sent in one message', async () => {
    const rig = createLimited(1)
    for (const id of ['a', 'b', 'c']) {
      rig.queue.offerWithinQuota(named(id))
      await rig.clock.advance(1000)
    }
    expect(rig.deferred).toEqual([['b', hour]])
    await rig.clock.advance(2 * hour)
    expect(cards(rig)).toEqual([
      [0, 'a'],
      [hour, 'b,c'],
    ])
    expect(rig.charges).toEqual([0, hour])
    expect(rig.clock.pending()).toBe(0)
  })

  test('does not delay what needs none', async () => {
    const rig = createLimited(0)
    rig.queue.offerWithinQuota(named('a'))
    rig.queue.offer(named('b'))
    await rig.queue.idle()
    expect(cards(rig)).toEqual([[0, 'b']])
    expect(rig.charges).toEqual([0])
    expect(rig.queue.waiting()).toBe(0)
  })

  test('is not charged if it is not delivered, and once with what it joins', async () => {
    const rig = createLimited(1, [no])
    rig.queue.offerWithinQuota(named('a'))
    await rig.queue.idle()
    rig.queue.offer(named('b'))
    rig.queue.offerWithinQuota(named('c'))
    await rig.queue.idle()
    expect(cards(rig)).toEqual([
      [0, 'a'],
      [0, 'b,c'],
    ])
    expect(rig.charges).toEqual([0])
  })

  test('waits while the last message that the quota allows is in flight', async () => {
    let answer = () => {}
    const rig = createLimited(1, [() => new Promise((resolve) => (answer = () => resolve(delivered)))])
    rig.queue.offerWithinQuota(named('a'))
    await rig.clock.advance(1)
    rig.queue.offerWithinQuota(named('b'))
    await rig.clock.advance(1000)
    answer()
    await rig.clock.advance(1)
    expect(cards(rig)).toEqual([[0, 'a']])
    expect(rig.deferred).toEqual([['b', hour + 1001]])
    await rig.clock.advance(2 * hour)
    expect(rig.sent).toHaveLength(2)
  })

  test('fails if it can fall back, and the end of it after it', async () => {
    const rig = createLimited(0, [], { fallback: 'mail' })
    rig.queue.offerWithinQuota(named('a'))
    rig.queue.offer(named('b'))
    await rig.queue.idle()
    rig.queue.offer(ends('a'))
    await rig.queue.idle()
    expect(cards(rig)).toEqual([[0, 'b']])
    expect(rig.failures.map(({ notification, reason }) => [notification.id, reason])).toEqual([
      ['a', 'quota'],
      ['a ends', 'quota'],
    ])
    expect(rig.deferred).toEqual([])
  })

  test('is looked at again when the quota may have changed', async () => {
    const quota = { room: Number.POSITIVE_INFINITY }
    const { queue, sent } = createRig([], { quota: { roomAt: () => quota.room } })
    queue.offerWithinQuota(named('a'))
    await queue.idle()
    expect(sent).toEqual([])
    quota.room = 0
    queue.recheckQuota()
    await queue.idle()
    expect(sent).toHaveLength(1)
  })

  test('holds back the end of what it waits with', async () => {
    const rig = createLimited(0)
    rig.queue.offerWithinQuota(named('a'))
    rig.queue.offer(ends('a'))
    rig.queue.offer(named('b'))
    await rig.queue.idle()
    expect(cards(rig)).toEqual([[0, 'b']])
  })

  test('is neither tried nor returned by a close, and returned apart by a retire', async () => {
    const closed = createLimited(0)
    closed.queue.offerWithinQuota(named('a'))
    expect(await closed.queue.close(3000)).toEqual([])
    expect(closed.sent).toEqual([])
    expect(closed.clock.pending()).toBe(0)
    const retired = createLimited(0)
    retired.queue.offerWithinQuota(named('a'))
    expect(await retired.queue.retire()).toMatchObject({ ready: [], deferred: [{ id: 'a' }] })
  })
})

test('an end is delivered once, unless the alert fired again in between', async () => {
  const events: string[] = []
  const rig = createRig([], {
    onEvent: (event) => void (event.type === 'failed' && events.push(event.reason)),
  })
  const ended = (id: string) => ({ ...ends('a'), id })
  for (const one of [named('a'), ended('1'), ended('2'), { ...named('a'), id: 'again' }, ended('3')]) {
    rig.queue.offer(one)
    await rig.queue.idle()
  }
  expect(rig.sent.map(({ message }) => message.reason)).toEqual(['first', 'resolved', 'first', 'resolved'])
  expect(events).toEqual(['already-notified'])
})
