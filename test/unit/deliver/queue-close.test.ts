import { describe, expect, test } from 'vitest'
import { aNotification, anItem } from '../render/support.ts'
import { busy, createRig, delivered, story } from './rig.ts'

const named = (id: string) => aNotification([anItem({ id })], { id })
const ids = (notifications: readonly { id: string }[]) => notifications.map((one) => one.id)

describe('closing a channel', () => {
  test('with nothing to send is immediate, and closes the provider once', async () => {
    const { queue, clock, closes } = createRig()
    queue.offer(named('n1'))
    await queue.idle()
    expect(await queue.close(3000)).toEqual([])
    expect(await queue.close(3000)).toEqual([])
    expect(closes()).toBe(1)
    expect(clock.pending()).toBe(0)
  })

  test('waits for what is in flight, and sends what came behind it', async () => {
    let answer = () => {}
    const { queue, clock, sent } = createRig([
      () => new Promise((resolve) => (answer = () => resolve(delivered))),
    ])
    queue.offer(named('n1'))
    await clock.advance(1)
    queue.offer(named('n2'))
    const closed = queue.close(3000)
    await clock.advance(100)
    answer()
    expect(await closed).toEqual([])
    expect(sent).toHaveLength(2)
  })

  test('tries what backs off a last time at once', async () => {
    const { queue, clock, sent, events } = createRig([busy, busy, busy])
    queue.offer(named('n1'))
    await clock.advance(1500)
    const closed = queue.close(3000)
    await clock.advance(0)
    expect(ids(await closed)).toEqual(['n1'])
    expect(sent.map((one) => one.at)).toEqual([0, 1000, 1500])
    await clock.advance(3_600_000)
    expect(sent).toHaveLength(3)
    expect(clock.pending()).toBe(0)
    expect(story(events).some((line) => line.startsWith('failed'))).toBe(false)
  })

  test('a last try that is too long is repeated in the shortest form', async () => {
    const { queue, sent } = createRig([{ status: 'failed', why: 'big', tooLong: true }])
    queue.offer(named('n1'))
    const unsent = await queue.close(3000)
    expect(unsent).toEqual([])
    expect(sent.map((one) => one.message.plain)).toEqual([false, true])
  })

  test('keeps the provider’s pace while there is time for it', async () => {
    const { queue, clock, sent } = createRig([], { limits: { perSecond: 1 } })
    queue.offer(named('n1'))
    await clock.advance(100)
    queue.offer(named('n2'))
    const closed = queue.close(3000)
    await clock.advance(3000)
    expect(await closed).toEqual([])
    expect(sent.map((one) => one.at)).toEqual([0, 1000])
    const slow = createRig([], { limits: { perMinute: 1 } })
    slow.queue.offer(named('n1'))
    await slow.clock.advance(100)
    slow.queue.offer(named('n2'))
    expect(await slow.queue.close(3000)).toEqual([])
    expect(slow.sent.map((one) => one.at)).toEqual([0, 100])
  })

  test('waits for a pause that the provider asked for, if it ends before the deadline', async () => {
    const { queue, clock, sent } = createRig([{ ...busy, delayMs: 60_000 }])
    queue.offer(named('n1'))
    await clock.advance(1)
    expect(ids(await queue.close(3000))).toEqual(['n1'])
    expect(sent).toHaveLength(1)
    const soon = createRig([{ ...busy, delayMs: 2000 }])
    soon.queue.offer(named('n1'))
    await soon.clock.advance(1)
    const closed = soon.queue.close(3000)
    await soon.clock.advance(3000)
    expect(await closed).toEqual([])
    expect(soon.sent.map((one) => one.at)).toEqual([0, 2000])
  })

  test('ends at its deadline whatever the provider does, and returns what is unsent', async () => {
    const rig = createRig(['hang', 'hang'])
    rig.queue.offer(named('n1'))
    await rig.clock.advance(1)
    rig.queue.offer(named('n2'))
    const closed = rig.queue.close(3000)
    await rig.clock.advance(2999)
    expect(rig.sent[0]!.context.signal.aborted).toBe(false)
    await rig.clock.advance(1)
    expect(ids(await closed)).toEqual(['n1', 'n2'])
    expect(rig.sent[0]!.context.signal.aborted).toBe(true)
    await rig.clock.advance(3_600_000)
    expect(rig.sent).toHaveLength(1)
    expect(rig.clock.pending()).toBe(0)
  })

  test('without any time it returns all that waits', async () => {
    const { queue, clock, sent } = createRig(['hang'])
    queue.offer(named('n1'))
    await clock.advance(1)
    queue.offer(named('n2'))
    expect(ids(await queue.close(0))).toEqual(['n1', 'n2'])
    await clock.advance(60_000)
    expect(sent).toHaveLength(1)
  })

  test('a provider that never closes, or fails to, delays nothing', async () => {
    const hanging = { send: async () => delivered, close: () => new Promise<void>(() => {}) }
    const { queue, clock } = createRig([], { sender: () => hanging })
    queue.offer(named('n1'))
    await queue.idle()
    const closed = queue.close(3000)
    await clock.advance(3000)
    expect(await closed).toEqual([])
    const failing = createRig([], {
      sender: () => ({ send: async () => delivered, close: () => Promise.reject(new Error()) }),
    })
    failing.queue.offer(named('n1'))
    await failing.queue.idle()
    expect(await failing.queue.close(3000)).toEqual([])
  })

  test('what is offered afterwards fails as closed', async () => {
    const { queue, sent, failures } = createRig()
    await queue.close(3000)
    queue.offer(named('n1'))
    expect(failures.map((failure) => failure.reason)).toEqual(['closed'])
    expect(sent).toEqual([])
    await queue.idle()
  })

  test('a wait for it to be idle ends', async () => {
    const { queue, clock } = createRig(['hang'])
    queue.offer(named('n1'))
    const idle = queue.idle()
    const closed = queue.close(1000)
    await clock.advance(1000)
    await closed
    await idle
  })
})
