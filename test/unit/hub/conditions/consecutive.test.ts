import { describe, expect, it } from 'vitest'
import { hour, minute, openStory, prompt } from '../story.ts'

const rule = {
  name: 'job failed',
  match: { event: 'job.failed' },
  groupBy: ['job'],
  when: { consecutive: 3, reset: { event: 'job.ok' } },
}
const options = { channels: { ops: prompt }, rules: [rule] }
const failed = (job: string) => ({ level: 50, msg: `${job} failed`, event: 'job.failed', job })
const ok = (job: string) => ({ msg: `${job} done`, event: 'job.ok', job })

describe('so many in a row', () => {
  it('says nothing of two failures and a success', async () => {
    const story = openStory(options)
    for (const [at, line] of [failed('a'), failed('a'), ok('a'), failed('a'), failed('a'), ok('a')].entries())
      await story.log(at * hour, line)
    await story.until(24 * hour)
    expect(story.lines()).toEqual([])
  })

  it('notifies of the third once and of its end once, for each key, however far apart they are', async () => {
    const story = openStory({ ...options, channels: { ops: { ...prompt, repeat: false } } })
    const nights = [
      [failed('a'), failed('b')],
      [failed('a'), ok('b')],
      [failed('a'), failed('b')],
      [failed('a'), failed('b')],
      [ok('a'), failed('b')],
      [ok('a'), ok('b')],
    ]
    for (const [night, lines] of nights.entries())
      for (const line of lines) await story.log(night * 24 * hour, line)
    await story.until(10 * 24 * hour)
    const notified = story
      .notified()
      .map(({ at, reason, key, added }) => [at / (24 * hour), reason, key, added])
    expect(notified).toEqual([
      [2, 'first', 'job=a', 3],
      // The fourth failure belongs to the same alert: it is counted in its end.
      [4, 'resolved', 'job=a', 1],
      [4, 'first', 'job=b', 3],
      [5, 'resolved', 'job=b', 0],
    ])
  })

  it('does not end by quiet: only a success ends a row', async () => {
    const story = openStory(options)
    for (const at of [0, 1, 2]) await story.log(at * hour, failed('a'))
    await story.until(72 * hour)
    expect(story.lines()).toEqual(['2:00:00 ops first job failed +3'])
  })

  it('counts on after an alert resolved by quiet, if the rule sets that: the row was not broken', async () => {
    const story = openStory({ ...options, rules: [{ ...rule, resolveAfter: '10m' }] })
    for (const at of [0, 1, 2]) await story.log(at * minute, failed('a'))
    await story.log(hour, failed('a'))
    await story.until(2 * hour)
    expect(story.notified().map(({ reason, added }) => `${reason} +${added}`)).toEqual([
      'first +3',
      'resolved +0',
      'regression +1',
      'resolved +0',
    ])
  })

  it('begins anew after its end', async () => {
    const story = openStory(options)
    for (const at of [0, 1, 2]) await story.log(at * hour, failed('a'))
    await story.log(3 * hour, ok('a'))
    for (const at of [4, 5]) await story.log(at * hour, failed('a'))
    await story.until(6 * hour)
    expect(story.lines()).toEqual(['2:00:00 ops first job failed +3', '3:00:00 ops resolved job failed +0'])
    await story.log(7 * hour, failed('a'))
    await story.until(8 * hour)
    expect(story.lines().at(-1)).toBe('7:00:00 ops regression job failed +3')
  })

  it('keeps the row through a reload, also one that asks for more', async () => {
    const story = openStory(options)
    for (const at of [0, 1]) await story.log(at * hour, failed('a'))
    story.hub.reload({ ...options, rules: [{ ...rule, when: { ...rule.when, consecutive: 4 } }] })
    await story.log(2 * hour, failed('a'))
    await story.until(3 * hour)
    expect(story.lines()).toEqual([])
    await story.log(3 * hour, failed('a'))
    await story.until(4 * hour)
    expect(story.lines()).toEqual(['3:00:00 ops first job failed +4'])
  })

  it('leaves nothing of the row to the window that a reload puts in its place', async () => {
    const story = openStory(options)
    for (const at of [0, 1]) await story.log(at * minute, failed('a'))
    story.hub.reload({
      ...options,
      rules: [{ ...rule, when: { count: 2, within: '1h' }, resolveAfter: '1m' }],
    })
    for (const at of [2, 3]) await story.log(at * minute, failed('a'))
    // The alert of these two is over; they count for no other.
    await story.log(10 * minute, failed('a'))
    await story.until(hour)
    expect(story.notified().map(({ reason, added }) => `${reason} +${added}`)).toEqual(['first +2'])
  })
})
