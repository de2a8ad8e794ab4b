import { describe, expect, it } from 'vitest'
import { hour, minute, openStory, prompt, second } from '../story.ts'

const rule = {
  name: 'core down',
  match: { event: 'core.down' },
  groupBy: ['core'],
  for: '2m' as const,
  resolve: { event: 'core.up' },
}
const options = { channels: { ops: prompt }, rules: [rule] }
const down = (core = 'a') => ({ level: 50, msg: 'unreachable', event: 'core.down', core })
const up = (core = 'a') => ({ msg: 'reachable', event: 'core.up', core })

describe('what has to stay true for a while', () => {
  it('says nothing of a blip that a record ends', async () => {
    const story = openStory(options)
    for (const at of [0, 20]) await story.log(at * second, down())
    await story.log(40 * second, up())
    await story.until(hour)
    expect(story.lines()).toEqual([])
  })

  it('says nothing of one that falls silent', async () => {
    const story = openStory({ ...options, rules: [{ ...rule, resolveAfter: '1m' }] })
    for (const at of [0, 30]) await story.log(at * second, down())
    await story.until(hour)
    expect(story.lines()).toEqual([])
  })

  it('notifies when its time is over, also between two records, with all of them and since the first; then of its end', async () => {
    const story = openStory(options)
    for (const at of [0, 50, 100, 150]) await story.log(at * second, down())
    await story.log(200 * second, up())
    await story.until(hour)
    expect(story.lines()).toEqual(['2:00 ops first core down +3', '3:20 ops resolved core down +1'])
    expect(story.messages[0]?.message.cards[0]?.data).toMatchObject({ firstSeen: '2026-01-01T00:00:00.000Z' })
  })

  it('ends after two minutes of quiet unless said otherwise', async () => {
    const story = openStory(options)
    for (const at of [0, 50, 100]) await story.log(at * second, down())
    await story.until(hour)
    // Two minutes after the last record, not after it fired.
    expect(story.lines()).toEqual(['2:00 ops first core down +3', '3:40 ops resolved core down +0'])
  })

  it('is not true when its quiet begins in the very moment in which it would fire', async () => {
    const story = openStory({ ...options, rules: [{ ...rule, resolveAfter: '2m' }] })
    await story.log(0, down())
    await story.until(hour)
    expect(story.lines()).toEqual([])
  })

  it('is watched for each key by itself', async () => {
    const story = openStory(options)
    for (const at of [0, 60, 119]) {
      await story.log(at * second, down('a'))
      await story.log((at + 0.5) * second, down('b'))
    }
    await story.log(119.8 * second, up('a'))
    await story.until(121 * second)
    expect(story.notified().map(({ key, added }) => [key, added])).toEqual([['core=b', 3]])
  })

  it('shows the worst severity so far, and the latest record', async () => {
    const story = openStory({ ...options, rules: [{ ...rule, summary: 'at {step}' }] })
    await story.log(0, { ...down(), level: 60, step: 1 })
    await story.log(minute, { ...down(), step: 2 })
    await story.until(3 * minute)
    const [card] = story.messages[0]?.message.cards ?? []
    expect(card?.severity).toBe('critical')
    expect(card?.title).toContain('at 2')
  })

  it('keeps its time through a reload', async () => {
    const story = openStory(options)
    await story.log(0, down())
    await story.log(minute, down())
    story.hub.reload(options)
    await story.until(3 * minute)
    expect(story.lines()[0]).toBe('2:00 ops first core down +2')
  })

  it('is asked of a window: it has to hold all that time', async () => {
    const busy = {
      name: 'busy',
      match: { event: 'timeout' },
      groupBy: ['core'],
      when: { count: 2, within: '1m' as const },
      for: '2m' as const,
    }
    const lasting = openStory({ ...options, rules: [busy] })
    const passing = openStory({ ...options, rules: [busy] })
    for (let at = 0; at <= 180; at += 20)
      await lasting.log(at * second, { msg: 'x', event: 'timeout', core: 'a' })
    for (let at = 0; at <= 60; at += 20)
      await passing.log(at * second, { msg: 'x', event: 'timeout', core: 'a' })
    await Promise.all([lasting.until(hour), passing.until(hour)])
    // True from the second record on, at 0:20.
    expect(lasting.lines()[0]).toBe('2:20 ops first busy +7')
    expect(passing.lines()).toEqual([])
  })
})
