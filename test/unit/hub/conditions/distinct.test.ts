import { describe, expect, it } from 'vitest'
import { minute, openStory, prompt, second } from '../story.ts'

const rule = {
  name: 'payments',
  match: { event: 'pay.failed' },
  groupBy: ['shop'],
  when: { count: 3, within: '1m' as const, distinct: 'userId' },
}
const options = { channels: { ops: prompt }, rules: [rule] }
const failed = (userId: unknown, shop = 's1') => ({ msg: 'declined', event: 'pay.failed', shop, userId })

describe('records with so many different values in so long', () => {
  it('is not met by one user who tries again and again', async () => {
    const story = openStory(options)
    for (let n = 0; n < 50; n++) await story.log(n * second, failed('u1'))
    await story.log(50 * second, failed('u2'))
    await story.until(5 * minute)
    expect(story.lines()).toEqual([])
  })

  it('is met by the last user that was missing, and counts all records of the window', async () => {
    const story = openStory(options)
    for (const [at, user] of [
      [0, 'u1'],
      [1, 'u1'],
      [2, 'u2'],
      [3, 'u1'],
      [4, 'u3'],
    ] as const)
      await story.log(at * second, failed(user))
    await story.until(2 * minute)
    expect(story.lines()).toEqual(['0:04 ops first payments +5'])
  })

  it('counts a value by its latest record, up to the last millisecond of its time', async () => {
    const again = openStory(options)
    for (const [at, user] of [
      [0, 'u1'],
      [30_000, 'u2'],
      [50_000, 'u1'],
      [89_999, 'u3'],
    ] as const)
      await again.log(at, failed(user))
    const late = openStory(options)
    for (const [at, user] of [
      [0, 'u1'],
      [30_000, 'u2'],
      [50_000, 'u1'],
      [90_000, 'u3'],
    ] as const)
      await late.log(at, failed(user))
    await Promise.all([again.until(5 * minute), late.until(5 * minute)])
    // u1's first record is out by then, its second is not.
    expect(again.lines()).toEqual(['1:29 ops first payments +3'])
    expect(late.lines()).toEqual([])
  })

  it('counts each key by itself, and no record that has no such field', async () => {
    const story = openStory(options)
    for (const [user, shop] of [
      ['u1', 's1'],
      ['u2', 's2'],
      ['u3', 's1'],
      [undefined, 's1'],
      [null, 's1'],
      ['u4', 's2'],
    ] as const)
      await story.log(second, failed(user, shop))
    await story.until(minute)
    expect(story.lines()).toEqual([])
    await story.log(minute, failed('u5', 's2'))
    await story.until(2 * minute)
    expect(story.notified().map(({ key, added }) => [key, added])).toEqual([['shop=s2', 3]])
  })

  it('distinguishes long values by their ends', async () => {
    const story = openStory(options)
    for (const end of ['a', 'b', 'c']) await story.log(second, failed(`${'x'.repeat(5_000)}${end}`))
    await story.until(minute)
    expect(story.lines()).toEqual(['0:01 ops first payments +3'])
  })

  it('counts an empty text as a value, but neither null nor a missing field', async () => {
    const story = openStory(options)
    for (const user of [undefined, null, '', undefined, null, '', 'u1', null, undefined])
      await story.log(second, failed(user))
    await story.until(minute / 2)
    expect(story.lines()).toEqual([])
    await story.log(minute / 2, failed('u2'))
    await story.until(2 * minute)
    // The empty text twice, and two users: the records without a value are not among the three.
    expect(story.lines()).toEqual(['0:30 ops first payments +4'])
  })

  it('distinguishes empty values by what they are, and numbers from no text that looks like them', async () => {
    const met = openStory(options)
    for (const user of ['null', 'undefined', '']) await met.log(second, failed(user))
    const same = openStory(options)
    for (const user of [7, '7', 0, '0', 7, 0]) await same.log(second, failed(user))
    const falsy = openStory(options)
    for (const user of [0, false, '']) await falsy.log(second, failed(user))
    await Promise.all([met.until(minute), same.until(minute), falsy.until(minute)])
    expect(met.lines()).toEqual(['0:01 ops first payments +3'])
    expect(same.lines()).toEqual([])
    expect(falsy.lines()).toEqual(['0:01 ops first payments +3'])
  })
})
