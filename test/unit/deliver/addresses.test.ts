import { describe, expect, test } from 'vitest'
import { createAddresses } from '#core/deliver/addresses.ts'
import type { Receipt } from '#core/model.ts'
import { aNotification, anItem } from '../render/support.ts'
import { busy, createRig, delivered, type Step, story } from './rig.ts'

const named = (id: string) => aNotification([anItem({ id })], { id })
const minute = 60_000

/** A channel with so many addresses of the same pace; `answer` is what each says. */
function createRobots(
  count: number,
  answer: (address: number, nth: number) => Receipt = () => delivered,
  over: Parameters<typeof createRig>[1] = {},
) {
  const asked = new Map<number, number>()
  const step: Step = ({ context: { address } }) => {
    asked.set(address, (asked.get(address) ?? 0) + 1)
    return answer(address, asked.get(address) ?? 0)
  }
  const script = Array.from({ length: 1000 }, () => step)
  const rig = createRig(script, { addresses: count, limits: { perMinute: 20 }, ...over })
  const addressesBy = () => rig.sent.map(({ context }) => context.address)
  return { ...rig, addressesBy }
}

describe('several addresses of one channel', () => {
  test('take turns, from the first message on', async () => {
    const { queue, clock, addressesBy } = createRobots(3)
    for (let n = 0; n < 6; n++) {
      queue.offer(named(`n${n}`))
      await queue.idle()
      await clock.advance(1)
    }
    expect(addressesBy()).toEqual([0, 1, 2, 0, 1, 2])
  })

  test('carry the sum of what each takes, and none of them more', async () => {
    const { queue, clock, sent } = createRobots(3)
    for (let at = 0; at < minute; at += 500) {
      queue.offer(named(`n${at}`))
      await clock.advance(500)
    }
    const inFirstMinute = sent.filter((one) => one.at < minute)
    expect(inFirstMinute).toHaveLength(60)
    for (const robot of [0, 1, 2])
      expect(inFirstMinute.filter(({ context }) => context.address === robot)).toHaveLength(20)
  })

  test('skip the one that asked for a pause until that is over', async () => {
    const { queue, clock, sent, addressesBy, holds } = createRobots(2, (address, nth) =>
      address === 0 && nth === 1 ? { ...busy, delayMs: minute } : delivered,
    )
    queue.offer(named('n1'))
    await queue.idle()
    expect(addressesBy()).toEqual([0, 1])
    expect(sent.map(({ at }) => at)).toEqual([0, 0])
    queue.offer(named('n2'))
    await queue.idle()
    await clock.advance(minute)
    queue.offer(named('n3'))
    await queue.idle()
    expect(addressesBy()).toEqual([0, 1, 1, 0])
    expect(holds).toEqual([])
  })

  test('make the channel wait only if all of them asked for it, and then for the first to be free', async () => {
    const { queue, clock, sent, holds } = createRobots(2, (address, nth) =>
      nth === 1 ? { ...busy, delayMs: address === 0 ? minute : 2 * minute } : delivered,
    )
    queue.offer(named('n1'))
    await clock.advance(minute)
    expect(sent.map(({ at, context }) => [at, context.address])).toEqual([
      [0, 0],
      [0, 1],
      [minute, 0],
    ])
    expect(holds).toEqual([minute])
  })

  test('deliver by another what one that is gone refused; that one is skipped for a while', async () => {
    const { queue, clock, events, addressesBy } = createRobots(2, (address) =>
      address === 0 ? { status: 'failed', why: 'robot removed', lasting: true } : delivered,
    )
    queue.offer(named('n1'))
    await queue.idle()
    queue.offer(named('n2'))
    await queue.idle()
    expect(story(events)).toEqual(['retrying n1 in 0', 'delivered n1 (2)', 'delivered n2 (1)'])
    expect(addressesBy()).toEqual([0, 1, 1])
    await clock.advance(5 * minute)
    queue.offer(named('n3'))
    await queue.idle()
    expect(addressesBy()).toEqual([0, 1, 1, 0, 1])
  })

  test('fail only when all of them are gone, and then are not asked again at once', async () => {
    const { queue, events, addressesBy } = createRobots(2, () => ({
      status: 'failed',
      why: 'no such robot',
      httpStatus: 404,
    }))
    queue.offer(named('n1'))
    await queue.idle()
    queue.offer(named('n2'))
    await queue.idle()
    expect(story(events)).toEqual(['retrying n1 in 0', 'failed n1 failed', 'failed n2 breaker'])
    expect(addressesBy()).toEqual([0, 1])
  })

  test('are each tried at the end, if one after the other is gone', async () => {
    const { queue, addressesBy } = createRobots(3, (address) =>
      address < 2 ? { status: 'failed', why: 'gone', httpStatus: 410 } : delivered,
    )
    queue.offer(named('n1'))
    expect(await queue.close(3000)).toEqual([])
    expect(addressesBy()).toEqual([0, 1, 2])
  })
})

test('an address that took the message and asks for a pause gets it', async () => {
  const { queue, clock, sent } = createRig([{ ...delivered, delayMs: 2500 }])
  queue.offer(named('n1'))
  await queue.idle()
  queue.offer(named('n2'))
  await clock.advance(2500)
  expect(sent.map(({ at }) => at)).toEqual([0, 2500])
})

test('one is taken out of turn although the clock moves between two looks at it', () => {
  let at = 0
  const addresses = createAddresses(3, { perMinute: 1 }, () => ++at)
  const taken = Array.from({ length: 9 }, () => addresses.take())
  for (const robot of [0, 1, 2]) expect(taken.filter((one) => one === robot)).toHaveLength(3)
})
