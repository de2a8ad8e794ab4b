import { describe, expect, it } from 'vitest'
import { minute, openStory, prompt, second } from '../story.ts'

const retries = {
  name: 'retries',
  match: { retry: true },
  groupBy: ['host'],
  when: { count: 3, within: '10s' as const },
}
const options = { channels: { ops: prompt }, rules: [retries] }
const retry = { level: 40, msg: 'retrying', retry: true, host: 'a' }

describe('so many records in so long', () => {
  it('says nothing of fewer', async () => {
    const story = openStory(options)
    for (const at of [0, 4, 11, 15, 22]) await story.log(at * second, retry)
    await story.until(minute)
    expect(story.lines()).toEqual([])
  })

  it('notifies once all of them came, with their count and since the first', async () => {
    const story = openStory(options)
    for (const at of [0, 4, 9]) await story.log(at * second, retry)
    await story.until(minute)
    expect(story.lines()).toEqual(['0:09 ops first retries +3'])
    expect(story.messages[0]?.message.cards[0]?.data).toMatchObject({
      firstSeen: '2026-01-01T00:00:00.000Z',
      lastSeen: '2026-01-01T00:00:09.000Z',
    })
  })

  it('counts a record up to the last millisecond of its time, and no longer', async () => {
    const inside = openStory(options)
    for (const at of [0, 5_000, 9_999]) await inside.log(at, retry)
    const outside = openStory(options)
    for (const at of [0, 5_000, 10_000]) await outside.log(at, retry)
    await Promise.all([inside.until(minute), outside.until(minute)])
    expect(inside.lines()).toHaveLength(1)
    expect(outside.lines()).toEqual([])
  })

  it('counts each key by itself', async () => {
    const story = openStory(options)
    for (const host of ['a', 'b', 'a', 'b', 'c', 'b', 'c']) await story.log(second, { ...retry, host })
    await story.until(minute)
    expect(story.notified().map(({ key, added }) => [key, added])).toEqual([['host=b', 3]])
  })

  it('counts every further record while the alert lasts, and gathers anew after its end', async () => {
    const story = openStory({ ...options, rules: [{ ...retries, resolveAfter: '30s' }] })
    for (const at of [0, 1, 2, 3, 4]) await story.log(at * second, retry)
    for (const at of [60, 61]) await story.log(at * second, retry)
    await story.until(10 * minute)
    await story.hub.close()
    // What came after the message is in the next one, though the alert has ended by then; the last two are
    // too few for another.
    expect(story.lines()).toEqual(['0:02 ops first retries +3', '5:02 ops repeat retries +2'])
  })

  it('forgets what it gathered when a record says that all is well', async () => {
    const story = openStory({ ...options, rules: [{ ...retries, resolve: { connected: true } }] })
    for (const at of [0, 1]) await story.log(at * second, retry)
    await story.log(2 * second, { msg: 'connected', connected: true, host: 'a' })
    for (const at of [3, 4]) await story.log(at * second, retry)
    await story.until(minute)
    expect(story.lines()).toEqual([])
    await story.log(minute, { msg: 'connected', connected: true, host: 'b' })
    for (const at of [61, 62, 63]) await story.log(at * second, retry)
    await story.until(2 * minute)
    expect(story.lines()).toEqual(['1:03 ops first retries +3'])
  })

  it('forgets it so too where the key is the fingerprint, which no such record can name', async () => {
    const { groupBy: _, ...rest } = retries
    const story = openStory({ ...options, rules: [{ ...rest, resolve: { connected: true } }] })
    for (const at of [0, 1]) await story.log(at * second, retry)
    await story.log(2 * second, { msg: 'connected', connected: true })
    await story.log(3 * second, retry)
    await story.until(minute)
    expect(story.lines()).toEqual([])
  })

  it('does not apply to a record with `alert: true`', async () => {
    const story = openStory(options)
    await story.log(0, { ...retry, alert: true })
    await story.until(minute)
    expect(story.lines()).toEqual(['0:00 ops first retries +1'])
  })

  it('takes a larger or smaller number on reload, and keeps what it gathered', async () => {
    const story = openStory(options)
    for (const at of [0, 1]) await story.log(at * second, retry)
    story.hub.reload({ ...options, rules: [{ ...retries, when: { count: 4, within: '10s' } }] })
    await story.log(2 * second, retry)
    await story.until(3 * second)
    expect(story.lines()).toEqual([])
    story.hub.reload({ ...options, rules: [{ ...retries, when: { count: 2, within: '10s' } }] })
    await story.log(4 * second, retry)
    await story.until(minute)
    // Two are enough now, and the window holds no more than it needs.
    expect(story.lines()).toEqual(['0:04 ops first retries +2'])
  })
})
