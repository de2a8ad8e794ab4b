import { describe, expect, it } from 'vitest'
import type { AlertOptions } from '#core/options.ts'
import { hour, minute, openStory, prompt } from '../story.ts'

const rule = { name: 'disk', match: { event: 'disk' }, groupBy: ['volume'], resolve: { event: 'disk.ok' } }
const full = { level: 50, msg: 'disk is full', event: 'disk' }
const office = [{ times: [{ start: '09:00', end: '17:00' }], weekdays: ['monday:friday'] }]
const nights = (location: string) => [
  { times: [{ start: '22:00', end: '24:00' }], location },
  { times: [{ start: '00:00', end: '07:00' }], location },
]

describe('a channel with schedules', () => {
  const options: AlertOptions = {
    schedules: { office },
    channels: {
      desk: { ...prompt, schedules: { only: ['office'] }, sendResolved: true },
      duty: { ...prompt, schedules: { not: ['office'] } },
      always: prompt,
    },
    rules: [rule],
  }

  it('speaks in one of `only`, and in none of `not`', async () => {
    const story = openStory(options)
    await story.log(8 * hour, full)
    await story.until(8.5 * hour)
    expect(story.notified().map(({ channel }) => channel)).toEqual(['duty', 'always'])
    await story.log(8.6 * hour, { msg: 'fine', event: 'disk.ok' })
    await story.log(12 * hour, full)
    await story.until(12.1 * hour)
    const atNoon = story.notified().filter(({ at }) => at >= 12 * hour)
    expect(atNoon.map(({ channel }) => channel).sort()).toEqual(['always', 'desk'])
  })

  it('is notified of an event when its time comes only if it occurs again, of a lasting state at once', async () => {
    const lasting = openStory({ ...options, rules: [{ ...rule, resolveAfter: false }] })
    await lasting.log(8 * hour, full)
    await lasting.until(10 * hour)
    expect(lasting.lines('desk')).toEqual(['9:00:00 desk first disk +1'])
    const story = openStory({ ...options, rules: [{ ...rule, resolve: undefined, resolveAfter: '4h' }] })
    await story.log(8 * hour, full)
    await story.until(10 * hour)
    expect(story.lines('desk')).toEqual([])
    await story.log(10 * hour, full)
    await story.until(11 * hour)
    expect(story.lines('desk')).toEqual(['10:00:00 desk first disk +1'])
    expect(story.events).toContainEqual(
      expect.objectContaining({ type: 'suppressed', channel: 'desk', reason: 'schedule', count: 1 }),
    )
  })

  it('is notified when its time comes of a state with `for` and `resolve` that still holds, by one record', async () => {
    const lasting = { ...rule, for: '2m' as const, resolveAfter: false as const }
    const story = openStory({ ...options, rules: [lasting] })
    await story.log(8 * hour, { ...full, volume: 'a' })
    await story.log(8 * hour, { ...full, volume: 'b' })
    await story.log(8.5 * hour, { msg: 'fine', event: 'disk.ok', volume: 'b' })
    await story.until(10 * hour)
    expect(story.notified('desk').map(({ at, key }) => [at / hour, key])).toEqual([[9, 'volume=a']])
  })

  it('is notified in the first minute of its time of what occurred in the minute before it and in that one', async () => {
    const story = openStory(options)
    await story.log(9 * hour - 1, full)
    await story.log(9 * hour, full)
    await story.until(10 * hour)
    expect(story.lines('desk')[0]).toBe('9:00:00 desk first disk +1')
  })

  it('is notified outside its time of the end of what it was notified of', async () => {
    const story = openStory(options)
    await story.log(16.9 * hour, full)
    await story.log(17.1 * hour, { msg: 'fine', event: 'disk.ok' })
    await story.until(18 * hour)
    expect(story.lines('desk')).toEqual(['16:54:00 desk first disk +1', '17:06:00 desk resolved disk +0'])
  })

  it('takes other schedules on reload, for what is kept quiet already', async () => {
    const story = openStory(options)
    await story.log(8 * hour, full)
    await story.until(8 * hour + 1)
    story.hub.reload({ ...options, schedules: { office: [{ times: [{ start: '08:00', end: '17:00' }] }] } })
    await story.log(8.01 * hour, full)
    await story.until(8.1 * hour)
    expect(story.lines('desk')).toEqual(['8:00:36 desk first disk +1'])
  })
})

// A record every ten minutes through two nights, the second with a change of offset: when the channel speaks
// and when it stops.
describe.each([
  [
    'Europe/Berlin',
    '2026-03-28T12:00Z',
    ['2026-03-29T05:00Z', '2026-03-30T05:00Z'],
    ['2026-03-28T21:00Z', '2026-03-29T20:00Z'],
  ],
  [
    'Europe/Berlin',
    '2026-10-24T12:00Z',
    ['2026-10-25T06:00Z', '2026-10-26T06:00Z'],
    ['2026-10-24T20:00Z', '2026-10-25T21:00Z'],
  ],
  [
    'America/New_York',
    '2026-03-07T18:00Z',
    ['2026-03-08T11:00Z', '2026-03-09T11:00Z'],
    ['2026-03-08T03:00Z', '2026-03-09T02:00Z'],
  ],
  [
    'America/New_York',
    '2026-10-31T18:00Z',
    ['2026-11-01T12:00Z', '2026-11-02T12:00Z'],
    ['2026-11-01T02:00Z', '2026-11-02T03:00Z'],
  ],
  [
    'Australia/Lord_Howe',
    '2026-04-04T02:00Z',
    ['2026-04-04T20:30Z', '2026-04-05T20:30Z'],
    ['2026-04-04T11:00Z', '2026-04-05T11:30Z'],
  ],
  [
    'Australia/Lord_Howe',
    '2026-10-03T02:00Z',
    ['2026-10-03T20:00Z', '2026-10-04T20:00Z'],
    ['2026-10-03T11:30Z', '2026-10-04T11:00Z'],
  ],
])('nights in %s from %s', (zone, from, mornings, evenings) => {
  it('are quiet by the clock on the wall there', async () => {
    const start = Date.parse(from)
    const story = openStory(
      {
        schedules: { nights: nights(zone) },
        channels: { ops: { ...prompt, repeat: 1, repeatMax: 1, schedules: { not: ['nights'] } } },
        rules: [rule],
      },
      { start },
    )
    for (let at = 0; at < 45 * hour; at += 10 * minute) await story.log(at, full)
    await story.until(45 * hour)
    const notified = story.notified().map(({ at }) => at)
    const gaps = notified.flatMap((at, index) =>
      index > 0 && at - notified[index - 1]! > hour ? [[notified[index - 1]!, at]] : [],
    )
    const iso = (ms: number) => new Date(start + ms).toISOString().replace(':00.000Z', 'Z')
    // The last word is ten minutes before the night; the first one is the first record of the day.
    expect(gaps.map(([last]) => iso(last! + 10 * minute))).toEqual(evenings)
    expect(gaps.map(([, first]) => iso(first!))).toEqual(mornings)
  })
})
