import { describe, expect, it } from 'vitest'
import type { AlertEvent } from '#core/model.ts'
import type { AlertOptions, RuleOptions, SilenceOptions } from '#core/options.ts'
import { hour, midnight, minute, openStory, prompt, type Story, second } from '../story.ts'

const at = (ms: number) => new Date(midnight + ms).toISOString()
const rule = { name: 'disk', match: { event: 'disk' }, groupBy: ['volume'], resolve: { event: 'disk.ok' } }
const options: AlertOptions = { channels: { ops: { ...prompt, sendResolved: true } }, rules: [rule] }
const silenced = (...silences: SilenceOptions[]): AlertOptions => ({ ...options, silences })
const full = (host = 'a') => ({ level: 50, msg: 'disk is full', event: 'disk', host })
const ok = { msg: 'disk is fine', event: 'disk.ok' }

/** How many records the channel was kept from, by reason. */
function kept({ events }: Story): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const event of events as AlertEvent[]) {
    if (event.type === 'suppressed') counts[event.reason] = (counts[event.reason] ?? 0) + (event.count ?? 0)
  }
  return counts
}

describe('a silence', () => {
  it('suppresses what matches until it ends; then only what occurs again is notified, and counted from there', async () => {
    const story = openStory(silenced({ match: { rule: 'disk' }, until: at(10 * minute) }))
    for (const minutes of [0, 2, 4]) await story.log(minutes * minute, full())
    await story.until(30 * minute - 1)
    expect(story.lines()).toEqual([])
    expect(kept(story)).toEqual({ silenced: 3 })
    await story.log(12 * hour, full())
    await story.until(13 * hour)
    expect(story.lines()).toEqual(['12:00:00 ops first disk +1', '12:15:00 ops resolved disk +0'])
  })

  it('is over at its last moment, for what is due then', async () => {
    const story = openStory(silenced({ match: { rule: 'disk' }, until: at(minute) }))
    await story.log(minute - 1, full())
    await story.log(minute, full())
    await story.until(2 * minute)
    expect(story.lines()).toEqual(['1:00 ops first disk +1'])
  })

  it('lets pass what does not match, and what comes before it begins', async () => {
    const story = openStory(silenced({ match: { host: 'b' }, from: at(minute), until: at(hour) }))
    await story.log(0, full('b'))
    await story.until(10 * minute)
    expect(story.lines()).toEqual(['0:00 ops first disk +1'])
  })

  it('holds back reminders, and what became worse meanwhile, until it occurs again', async () => {
    const story = openStory(silenced({ match: { rule: 'disk' }, from: at(minute), until: at(20 * minute) }))
    await story.log(0, full())
    await story.log(2 * minute, { ...full(), level: 60 })
    await story.log(10 * minute, full())
    await story.until(24 * minute)
    expect(story.lines()).toEqual(['0:00 ops first disk +1'])
    await story.log(24 * minute, full())
    await story.until(25 * minute)
    expect(story.lines().slice(1)).toEqual(['24:00 ops escalated disk +1'])
    expect(kept(story)).toEqual({ silenced: 2 })
  })

  it('lets the end of what was notified pass', async () => {
    const story = openStory(silenced({ match: { rule: 'disk' }, from: at(minute), until: at(hour) }))
    await story.log(0, full())
    await story.log(5 * minute, ok)
    await story.until(10 * minute)
    expect(story.lines()).toEqual(['0:00 ops first disk +1', '5:00 ops resolved disk +0'])
  })

  it('suppresses the end of what was never notified', async () => {
    const story = openStory(silenced({ match: { rule: 'disk' }, until: at(hour) }))
    await story.log(0, full())
    await story.log(5 * minute, ok)
    await story.until(2 * hour)
    expect(story.lines()).toEqual([])
  })

  it('notifies of what is still absent when it ends, and not of what came back', async () => {
    const absent: AlertOptions = {
      channels: { ops: prompt },
      rules: [{ name: 'no job.ok', match: { event: 'job.ok' }, when: { absent: '1h' } }],
      silences: [{ match: { rule: 'no job.ok' }, until: at(1.5 * hour) }],
    }
    const still = openStory(absent)
    await still.until(1.9 * hour)
    expect(still.lines()).toEqual(['1:30:00 ops first no job.ok +1'])

    const back = openStory(absent)
    await back.log(1.2 * hour, { msg: 'done', event: 'job.ok' })
    await back.until(1.9 * hour)
    expect(back.lines()).toEqual([])
    expect(kept(back)).toEqual({ silenced: 1 })
  })

  it.each<[what: string, more: Partial<RuleOptions>]>([
    ['`for` and `resolve`', { for: '2m', resolveAfter: false }],
    ['`resolveAfter: false`', { resolveAfter: false }],
    ['`consecutive`', { when: { consecutive: 1, reset: { event: 'disk.ok' } }, resolve: undefined }],
  ])('is followed by a state with %s that still holds, by one record, and by no other', async (_, more) => {
    const until = at(30 * minute)
    const story = openStory({
      ...silenced({ match: { rule: 'disk' }, until }),
      rules: [{ ...rule, ...more } as RuleOptions],
    })
    await story.log(0, { ...full(), volume: 'a' })
    await story.log(0, { ...full(), volume: 'b' })
    await story.log(10 * minute, { ...ok, volume: 'b' })
    await story.until(hour)
    expect(story.notified().map(({ at, key }) => [at / minute, key])).toEqual([[30, 'volume=a']])
  })

  it('looks at the latest record: one that it does not match is notified at once, by itself', async () => {
    const story = openStory(silenced({ match: { host: 'a' }, until: at(hour) }))
    await story.log(0, full('a'))
    await story.log(minute, full('a'))
    await story.log(2 * minute, full('b'))
    await story.until(3 * minute)
    expect(story.lines()).toEqual(['2:00 ops first disk +1'])
    expect(kept(story)).toEqual({ silenced: 2 })
  })

  it('holds only while one of its schedules does', async () => {
    const story = openStory({
      ...silenced({ match: { rule: 'disk' }, until: at(48 * hour), schedules: ['backup'] }),
      schedules: { backup: [{ times: [{ start: '02:00', end: '03:00' }] }] },
    })
    for (const hours of [2, 2.9]) await story.log(hours * hour, full())
    await story.until(3.5 * hour)
    expect(story.lines()).toEqual([])
    await story.log(12 * hour, full())
    await story.log(12.1 * hour, ok)
    await story.log(26.5 * hour, full())
    await story.until(27.5 * hour)
    expect(story.lines()).toEqual(['12:00:00 ops first disk +1', '12:06:00 ops resolved disk +0'])
  })

  it('matches by code, severity, service, label and field', async () => {
    const matches: SilenceOptions['match'][] = [
      { code: 'E1' },
      { severity: { gte: 'error' } },
      { service: 'pay' },
      { team: 'a' },
      { 'err.code': 'E1' },
      { host: 'h' },
      { message: 'x' },
      { err: { exists: true } },
      { level: 'error' },
    ]
    for (const match of matches) {
      const story = openStory({
        service: 'pay',
        labels: { team: 'a' },
        channels: { ops: prompt },
        silences: [{ match, until: at(hour) }],
      })
      await story.log(0, { level: 50, msg: 'x', host: 'h', err: { message: 'x', code: 'E1' } })
      await story.until(minute)
      expect(story.lines(), JSON.stringify(match)).toEqual([])
    }
  })
})

it('a silence, an inhibition and a channel know the levels of the logger', async () => {
  const wire = { levels: { notice: 35, alarm: 55 } }
  const rules = [
    { name: 'noticed', match: { event: 'n' } },
    { name: 'alarmed', match: { event: 'a' } },
  ]
  const lines = async (more: AlertOptions) => {
    const story = openStory({ channels: { ops: prompt }, rules, ...more }, { wire })
    await story.log(0, { level: 55, msg: 'x', event: 'a', region: 'eu' })
    await story.log(1, { level: 35, msg: 'y', event: 'n', region: 'eu' })
    await story.until(minute)
    return story.notified().map(({ rule }) => rule)
  }
  expect(await lines({})).toEqual(['alarmed', 'noticed'])
  expect(await lines({ silences: [{ match: { level: 'alarm' }, until: at(hour) }] })).toEqual(['noticed'])
  expect(await lines({ channels: { ops: { ...prompt, match: { level: { lt: 'alarm' } } } } })).toEqual([
    'noticed',
  ])
  const inhibit = [{ source: { level: 'alarm' }, target: { level: 'notice' }, equal: ['region'] }]
  expect(await lines({ inhibit })).toEqual(['alarmed'])
})

it('a silence of the options comes and goes with a reload', async () => {
  const story = openStory(options)
  await story.log(0, full())
  await story.until(minute)
  expect(story.hub.reload(silenced({ match: { rule: 'disk' }, until: at(10 * hour) }))).toEqual([])
  for (const minutes of [2, 6, 9]) await story.log(minutes * minute, full())
  await story.until(10 * minute)
  expect(story.lines()).toEqual(['0:00 ops first disk +1'])
  expect(story.hub.reload(options)).toEqual([])
  await story.until(12 * minute)
  expect(story.lines()).toHaveLength(1)
  await story.log(12 * minute, full())
  await story.until(13 * minute)
  expect(story.lines().slice(1)).toEqual(['12:00 ops repeat disk +1'])
})

describe('a silence made at run time', () => {
  it('lasts through a reload until it is lifted', async () => {
    const story = openStory(options)
    const id = story.hub.silence({ match: { rule: 'disk' }, until: at(24 * hour), comment: 'moving house' })
    await story.log(minute, full())
    story.hub.reload(options)
    await story.log(2 * minute, full())
    await story.until(3 * minute)
    expect(story.lines()).toEqual([])
    expect(story.hub.unsilence(id)).toBe(true)
    expect(story.hub.unsilence(id)).toBe(false)
    await story.until(4 * minute)
    expect(story.lines()).toEqual([])
    await story.log(4 * minute, full())
    await story.until(5 * minute)
    expect(story.lines()).toEqual(['4:00 ops first disk +1'])
  })

  it('comes in time for what waits to be sent', async () => {
    const story = openStory({ ...options, channels: { ops: { ...prompt, wait: '10s' } } })
    await story.log(0, full())
    await story.until(5 * second)
    story.hub.silence({ match: { rule: 'disk' }, until: at(hour) })
    await story.until(minute)
    expect(story.lines()).toEqual([])
  })

  it('made at run time lasts its own time, whatever the options before and after it', async () => {
    const story = openStory(silenced({ match: { rule: 'disk' }, until: at(10 * minute) }))
    story.hub.silence({ match: { event: 'disk' }, until: at(20 * minute) })
    for (const minutes of [1, 11, 21]) await story.log(minutes * minute, full())
    await story.until(22 * minute)
    expect(story.lines()).toEqual(['21:00 ops first disk +1'])
  })

  it('is refused with every reason where it is wrong', async () => {
    const story = openStory(options)
    const refused = (silence: SilenceOptions, reasons: RegExp) => {
      const message = expect.stringMatching(reasons)
      expect(() => story.hub.silence(silence)).toThrow(
        expect.objectContaining({ code: 'ALERT_SILENCE_INVALID', message }),
      )
    }
    refused({ match: { msg: { regex: '(' } }, until: 'soon' }, /match\.msg\.regex.*until/)
    refused({ match: {}, until: at(hour), schedules: ['never'] }, /schedules\[0\]/)
  })

  it('is refused if it would have ended already, and says so', async () => {
    const story = openStory(options)
    await story.until(hour)
    const silence = (until: number) => story.hub.silence({ match: { rule: 'disk' }, until: at(until) })
    for (const past of [0, hour]) expect(() => silence(past)).toThrow(/until: must be in the future/)
    expect(story.hub.unsilence(silence(hour + 1))).toBe(true)
  })
})
