import { describe, expect, it } from 'vitest'
import type { AlertOptions, RuleOptions } from '#core/options.ts'
import { hour, minute, openStory, prompt, second } from '../story.ts'

const named = (name: string, more: Partial<RuleOptions> = {}): RuleOptions => ({
  name,
  match: { event: name },
  groupBy: ['region'],
  resolve: { event: `${name}.ok` },
  ...more,
})
const options: AlertOptions = {
  channels: { ops: { ...prompt, sendResolved: true } },
  rules: [named('region down', { severity: 'critical' }), named('slow')],
  inhibit: [{ source: { rule: 'region down' }, target: { rule: 'slow' }, equal: ['region'] }],
}
const event = (name: string, region?: unknown) => ({ level: 50, msg: name, event: name, region })
const ok = (name: string, region?: unknown) => ({ msg: name, event: `${name}.ok`, region })

describe('an inhibition', () => {
  it('keeps a target quiet while a source with the same values fires, and no other', async () => {
    const story = openStory(options)
    await story.log(0, event('region down', 'eu'))
    await story.log(second, event('slow', 'eu'))
    await story.log(second, event('slow', 'us'))
    await story.until(minute)
    expect(story.notified().map(({ rule, key }) => `${rule} ${key}`)).toEqual([
      'region down region=eu',
      'slow region=us',
    ])
    expect(story.events).toContainEqual(
      expect.objectContaining({ type: 'suppressed', reason: 'inhibited', channel: 'ops', count: 1 }),
    )
  })

  it.each([
    ['on neither', undefined, undefined],
    ['on the target', 'eu', undefined],
    ['on the source', undefined, 'eu'],
    ['on either, being null', null, null],
  ])('does nothing where an `equal` field is missing %s', async (_, source, target) => {
    const story = openStory(options)
    await story.log(0, event('region down', source))
    await story.log(second, event('slow', target))
    await story.until(minute)
    expect(story.notified().map(({ rule }) => rule)).toEqual(['region down', 'slow'])
  })

  it('compares values by what they hold', async () => {
    const rules = options.rules!.map((rule) => ({ ...rule, groupBy: ['event'] }))
    const same = openStory({ ...options, rules })
    await same.log(0, event('region down', { name: 'eu' }))
    await same.log(second, event('slow', { name: 'eu' }))
    const other = openStory({ ...options, rules })
    await other.log(0, event('region down', { name: 'eu' }))
    await other.log(second, event('slow', { name: 'us' }))
    await Promise.all([same.until(minute), other.until(minute)])
    expect(same.notified()).toHaveLength(1)
    expect(other.notified()).toHaveLength(2)
  })

  it('ends with its source: then the target is notified if it occurs again, and counted from there', async () => {
    const story = openStory(options)
    await story.log(0, event('region down', 'eu'))
    for (const at of [1, 2, 3]) await story.log(at * second, event('slow', 'eu'))
    await story.log(minute, ok('region down', 'eu'))
    await story.until(2 * minute)
    expect(story.notified().map(({ rule, reason }) => `${rule} ${reason}`)).toEqual([
      'region down first',
      'region down resolved',
    ])
    await story.log(2 * minute, event('slow', 'eu'))
    await story.until(3 * minute)
    expect(story.lines().at(-1)).toBe('2:00 ops first slow +1')
  })

  it.each<[what: string, more: Partial<RuleOptions>]>([
    ['`for` and `resolve`', { for: '2m' }],
    ['`resolveAfter: false`', { resolveAfter: false }],
  ])(
    'ends with its source: then a state with %s that still holds is sent, by one record',
    async (_, more) => {
      const rules = [
        named('region down', { severity: 'critical', resolveAfter: false }),
        named('slow', { resolveAfter: false, ...more }),
      ]
      const story = openStory({ ...options, rules })
      await story.log(0, event('region down', 'eu'))
      await story.log(second, event('slow', 'eu'))
      await story.log(second, event('slow', 'us'))
      await story.log(5 * minute, ok('slow', 'us'))
      await story.until(10 * minute - 1)
      expect(story.notified().filter(({ key }) => key === 'region=eu')).toMatchObject([
        { rule: 'region down' },
      ])
      await story.log(10 * minute, ok('region down', 'eu'))
      await story.until(11 * minute)
      expect(story.lines()).toContain('10:00 ops first slow +1')
    },
  )

  it('suppresses the reminders of what was notified before, and lets its end pass', async () => {
    const story = openStory(options)
    await story.log(0, event('slow', 'eu'))
    await story.log(minute, event('region down', 'eu'))
    for (const at of [2, 6, 9]) await story.log(at * minute, event('slow', 'eu'))
    await story.log(12 * minute, ok('slow', 'eu'))
    await story.until(13 * minute)
    expect(
      story
        .notified()
        .filter(({ rule }) => rule === 'slow')
        .map(({ reason }) => reason),
    ).toEqual(['first', 'resolved'])
  })

  it('sees sources and targets of one burst together: the target waits longer than a moment', async () => {
    const story = openStory({ ...options, channels: { ops: { ...prompt, wait: '5s' } } })
    await story.log(0, event('slow', 'eu'))
    await story.log(second, event('region down', 'eu'))
    await story.until(minute)
    expect(story.notified().map(({ rule }) => rule)).toEqual(['region down'])
  })

  it('does not begin while the source has to prove itself', async () => {
    const rules = [named('region down', { severity: 'critical', for: '2m' }), named('slow')]
    const story = openStory({ ...options, rules })
    await story.log(0, event('region down', 'eu'))
    await story.log(minute, event('region down', 'eu'))
    await story.log(minute, event('slow', 'eu'))
    await story.until(90 * second)
    expect(story.notified().map(({ rule }) => rule)).toEqual(['slow'])
  })

  it('begins when a source becomes one by getting worse', async () => {
    const story = openStory({
      ...options,
      rules: [named('region down'), named('slow')],
      inhibit: [
        {
          source: { rule: 'region down', severity: 'critical' },
          target: { rule: 'slow' },
          equal: ['region'],
        },
      ],
    })
    await story.log(0, event('region down', 'eu'))
    await story.log(second, event('slow', 'eu'))
    await story.log(2 * second, { ...event('region down', 'eu'), level: 60 })
    for (const at of [3, 6, 9]) await story.log(at * minute, event('slow', 'eu'))
    await story.until(10 * minute)
    expect(story.notified().filter(({ rule }) => rule === 'slow')).toHaveLength(1)
  })

  it('silences no alert by itself, nor by another that is source and target as well', async () => {
    const story = openStory({
      ...options,
      rules: [named('a', { groupBy: ['event', 'region'] })],
      inhibit: [{ source: { rule: 'a' }, target: { rule: 'a' }, equal: [] }],
    })
    await story.log(0, event('a', 'eu'))
    await story.log(second, event('a', 'us'))
    await story.until(minute)
    expect(story.notified()).toHaveLength(2)
  })

  it('counts a source that this channel does not take, or that is silenced', async () => {
    const story = openStory({
      ...options,
      channels: { ops: { ...prompt, match: { rule: 'slow' } } },
      silences: [{ match: { rule: 'region down' }, until: '2026-01-02T00:00:00Z' }],
    })
    await story.log(0, event('region down', 'eu'))
    await story.log(second, event('slow', 'eu'))
    await story.until(minute)
    expect(story.notified()).toEqual([])
  })

  it('is lifted by a reload that takes it away, and begins with one that brings it', async () => {
    const story = openStory(options)
    await story.log(0, event('region down', 'eu'))
    await story.log(second, event('slow', 'eu'))
    await story.until(2 * second)
    const { inhibit, ...others } = options
    story.hub.reload(others)
    await story.log(minute, event('slow', 'eu'))
    await story.until(2 * minute)
    expect(story.lines('ops').at(-1)).toBe('1:00 ops first slow +1')
    story.hub.reload({ ...others, inhibit: inhibit! })
    for (const at of [3, 6, 9]) await story.log(at * minute, event('slow', 'eu'))
    await story.until(hour)
    expect(story.notified().filter(({ rule, reason }) => rule === 'slow' && reason === 'repeat')).toEqual([])
  })
})
