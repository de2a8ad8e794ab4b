import { describe, expect, test } from 'vitest'
import { merge } from '#core/alerts/notification.ts'
import { createRenderer } from '#core/render/render.ts'
import { aNotification, anItem, noon, plainChannel, toText } from '../render/support.ts'
import { busy, createRig, story } from './rig.ts'

const minute = 60_000
/** It is 14:05 in the zone of the channel. */
const item = (id: string, repeatMs = 5 * minute, at = noon) =>
  anItem({ id, state: 'firing' }, { nextAt: at + repeatMs })
const waits = (...delays: number[]) => delays.map((delayMs) => ({ ...busy, delayMs }))

describe('a message that is sent again later', () => {
  test('promises its reminder from the time at which it is sent, and says how late it is', async () => {
    const { queue, clock, sent, events } = createRig(waits(4 * minute, 26 * minute), {
      retryForMs: 60 * minute,
    })
    queue.offer(aNotification([item('a')], { id: 'n1' }))
    await clock.advance(60 * minute)
    expect(sent.map(({ at }) => at / minute)).toEqual([0, 4, 30])
    const [first, second, third] = sent.map(({ message }) => toText(message))
    expect(first).toContain('next reminder at 14:10')
    expect(first).not.toContain('Delayed')
    expect(second).toContain('next reminder at 14:14')
    expect(third).toContain('next reminder at 14:40')
    expect(third).toContain('sent 30 min later')
    expect(new Set(sent.map(({ message }) => message.id))).toEqual(new Set(['n1']))
    expect(story(events).at(-1)).toBe('delivered n1 (3)')
  })

  test('is the very same message while its words are true', async () => {
    const { queue, clock, sent } = createRig(waits(1000, 30_000, 28_999, 1))
    queue.offer(aNotification([item('a')], { id: 'n1' }))
    await clock.advance(60 * minute)
    expect(sent[2]!.message).toBe(sent[0]!.message)
  })

  test('does not promise a reminder whose time is over, however soon that is', async () => {
    const { queue, clock, sent } = createRig(waits(20_000, 20_000))
    queue.offer(aNotification([item('a', 10_000)], { id: 'n1' }))
    await clock.advance(60 * minute)
    const promised = sent.map(({ message, at }) => [at, message.cards[0]!.data.nextReminderAt])
    expect(promised).toEqual(sent.map(({ at }) => [at, new Date(noon + at + 10_000).toISOString()]))
  })

  test('that alerts join has for each the reminder that its delivery causes', async () => {
    const { queue, clock, sent } = createRig(waits(10 * minute, 10 * minute))
    queue.offer(aNotification([item('a')], { id: 'n1' }))
    await clock.advance(6 * minute)
    const at = noon + 6 * minute
    queue.offer(aNotification([item('b', 60 * minute, at)], { id: 'n2', at }))
    await clock.advance(60 * minute)
    const [, second] = sent.filter(({ message }) => message.cards.length === 2)
    const promised = Object.fromEntries(
      second!.message.cards.map(({ id, data }) => [id, data.nextReminderAt]),
    )
    const sentAt = noon + second!.at
    expect(promised).toEqual({
      a: new Date(sentAt + 5 * minute).toISOString(),
      b: new Date(sentAt + 60 * minute).toISOString(),
    })
  })

  test('leaves out the reminder of another channel once it is past', () => {
    const render = createRenderer(plainChannel)
    const fallbackFrom = { channel: 'slack', reason: 'expired' } as const
    const fallen = { ...item('a'), fallbackFrom }
    const notification = aNotification([fallen], { id: 'n1' })
    expect(toText(render(notification, { now: noon + minute }))).toContain('next reminder at 14:10')
    expect(toText(render(notification, { now: noon + 30 * minute }))).not.toContain('next reminder')
  })
})

test('what is merged counts its reminders from the later decision', () => {
  const older = aNotification([item('a')], { id: 'n1' })
  const at = noon + 3 * minute
  const newer = aNotification([item('b', 5 * minute, at)], { id: 'n2', at })
  const { items } = merge(older, newer)
  expect(items.map(({ nextAt }) => nextAt)).toEqual([at + 5 * minute, at + 5 * minute])
})
