import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { alertsNamed, shortIdOf } from '#core/alerts/tracker.ts'
import type { AlertOptions } from '#core/options.ts'
import { aDirectory, hook, imageOf, line, openHub, start, started } from './state-rig.ts'
import { minute, openStory, prompt, second } from './story.ts'

const options: AlertOptions = { channels: { ops: prompt } }
const fails = (msg: string, level = 50) => ({ level, msg })

describe('the short id of an alert', () => {
  it('has six digits, or eight if another alert that fires begins with the same', () => {
    expect(shortIdOf('3fa0c1d200000000', ['1193bf0000000000', '3fa0c1d200000000'])).toBe('3fa0c1')
    expect(shortIdOf('3fa0c1d200000000', ['3fa0c1ff00000000', '3fa0c1d200000000'])).toBe('3fa0c1d2')
  })

  it('may be given by any start of at least four digits that no other has', () => {
    const alerts = [{ id: '3fa0c1d200000000' }, { id: '3fa0ffff00000000' }, { id: 'a1b2c3d400000000' }]
    const named = (id: string) => alertsNamed(id, alerts).map(({ id }) => id.slice(0, 6))
    expect(named('A1B2')).toEqual(['a1b2c3'])
    expect(named('3fa0')).toEqual(['3fa0c1', '3fa0ff'])
    expect(named('3fa0c1d200000000')).toEqual(['3fa0c1'])
    expect(named('a1b')).toEqual([])
  })
})

describe('hub.acknowledge', () => {
  it('takes an alert on by its short id: no reminder follows, and a later message says by whom', async () => {
    const story = openStory({ channels: { ops: { ...prompt, repeat: '1m', sendResolved: true } } })
    await story.log(0, fails('disk is full'))
    await story.until(second)
    const { shortId, id } = story.hub.status().alerts[0]!
    expect(story.hub.acknowledge(shortId, { by: 'ann', comment: 'on it' })).toBe(id)
    for (const minutes of [2, 4, 6]) await story.log(minutes * minute, fails('disk is full'))
    await story.until(30 * minute)
    expect(story.lines()).toEqual(['0:00 ops first error +1', '21:00 ops resolved error +0'])
    const facts = story.messages.at(-1)!.message.cards[0]!.facts
    expect(facts).toContainEqual({ label: 'Acknowledged by', value: 'ann: on it' })
    expect(story.hub.stats().suppressed['acknowledged']).toBeGreaterThan(0)
    expect(story.events).toContainEqual(
      expect.objectContaining({ type: 'acknowledged', alert: id, by: 'ann', comment: 'on it' }),
    )
  })

  it('is broken by a rise in severity', async () => {
    const story = openStory({ channels: { ops: { ...prompt, repeat: '1m' } } })
    await story.log(0, fails('disk is full'))
    await story.until(second)
    const { id } = story.hub.status().alerts[0]!
    story.hub.acknowledge(id)
    await story.log(2 * minute, fails('disk is full', 60))
    await story.until(3 * minute)
    expect(story.notified().map(({ reason }) => reason)).toEqual(['first', 'escalated'])
    expect(story.events).toContainEqual(expect.objectContaining({ type: 'acknowledged', ended: 'escalated' }))
    expect(story.hub.status().alerts[0]).not.toHaveProperty('acknowledged')
  })

  it('refuses an id that no firing alert has, and names those that are near', async () => {
    const story = openStory(options)
    expect(() => story.hub.acknowledge('3fa0c1')).toThrow(/No alert has the id '3fa0c1'. Nothing fires now./)
    await story.log(0, fails('disk is full'))
    await story.until(second)
    const { shortId } = story.hub.status().alerts[0]!
    expect(() => story.hub.acknowledge('zzzzzz')).toThrow(`Of those that fire: ${shortId}.`)
    expect(() => story.hub.acknowledge('ab')).toThrow("An id has at least 4 digits, got 'ab'.")
    expect(() => story.hub.acknowledge('zzzz')).toThrow(
      expect.objectContaining({ code: 'ALERT_UNKNOWN_ALERT' }),
    )
  })

  it('holds in the next life of the process', async () => {
    const dir = aDirectory()
    const channels = { im: hook('im') }
    const first = openHub({ channels, state: { dir } })
    await started(first)
    first.hub.write(line({ msg: 'disk is full' }))
    await first.clock.advance(minute)
    first.hub.acknowledge(first.hub.status().alerts[0]!.id, { by: 'ann' })
    const next = openHub({ channels, state: { dir: imageOf(dir) } }, { at: start + 2 * minute })
    await started(next)
    next.hub.write(line({ msg: 'disk is full' }))
    await next.clock.advance(10 * minute)
    expect(next.posts).toEqual([])
    expect(next.hub.status().alerts[0]?.acknowledged).toMatchObject({ by: 'ann' })
  })
})

describe('hub.silence of one alert', () => {
  it('takes its short id and a duration, and silences that alert only', async () => {
    const story = openStory({ channels: { ops: { ...prompt, repeat: '1m' } } })
    await story.log(0, fails('disk is full'))
    await story.log(0, fails('net is down'))
    await story.until(second)
    const disk = story.hub.status().alerts.find(({ headline }) => headline === 'disk is full')!
    const id = story.hub.silence({ alert: disk.shortId, for: '1h', by: 'ann', comment: 'being replaced' })
    expect(story.hub.status().silences).toEqual([
      expect.objectContaining({ id, alert: disk.shortId, by: 'ann', comment: 'being replaced' }),
    ])
    for (const minutes of [2, 5]) {
      await story.log(minutes * minute, fails('disk is full'))
      await story.log(minutes * minute, fails('net is down'))
    }
    await story.until(10 * minute)
    expect(
      story
        .notified()
        .slice(2)
        .map(({ key }) => key),
    ).toEqual(['net is down', 'net is down'])
    expect(story.hub.status().alerts.find(({ id }) => id === disk.id)?.silenced?.until).toBe(
      story.clock.now() - 10 * minute + second + 60 * minute,
    )
  })

  it('refuses what it cannot mean', () => {
    const { hub } = openStory(options)
    const wrong = (silence: object) => () => hub.silence(silence as never)
    expect(wrong({ alert: '3fa0c1', for: '1h' })).toThrow(
      expect.objectContaining({ code: 'ALERT_UNKNOWN_ALERT' }),
    )
    expect(wrong({ match: { rule: 'a' }, for: 'soon' })).toThrow("for: must be a duration such as '2h'.")
    expect(wrong({ match: { rule: 'a' }, for: '1h', until: '2027-01-01T00:00:00Z' })).toThrow('give one of')
  })
})

describe('hub.silence until the next release', () => {
  const channels = { im: { ...hook('im'), repeat: '1m', repeatMax: '1m' } } as const
  const silenced = (release: string, dir: string, at: number) =>
    openHub({ channels, release, state: { dir } }, { at: start + at })

  async function afterSilence() {
    const dir = aDirectory()
    const first = silenced('1.4.0', dir, 0)
    await started(first)
    first.hub.write(line({ msg: 'disk is full' }))
    await first.clock.advance(minute)
    const { shortId } = first.hub.status().alerts[0]!
    first.hub.silence({ alert: shortId, untilRelease: true, by: 'ann' })
    expect(first.hub.status().alerts[0]?.silenced).toMatchObject({ release: '1.4.0', by: 'ann' })
    return { dir, first }
  }

  /** How many messages the alert causes, more severe records included. */
  async function messagesOf(rig: ReturnType<typeof openHub>): Promise<number> {
    const before = rig.posts.length
    for (const level of [50, 60]) {
      rig.hub.write(line({ msg: 'disk is full', level }))
      await rig.clock.advance(2 * minute)
    }
    return rig.posts.length - before
  }

  it('holds while the process runs, and for each start of the same release', async () => {
    const { dir, first } = await afterSilence()
    expect(await messagesOf(first)).toBe(0)
    const again = silenced('1.4.0', imageOf(dir), 10 * minute)
    await started(again)
    expect(await messagesOf(again)).toBe(0)
    expect(again.hub.status().silences).toMatchObject([{ release: '1.4.0', by: 'ann' }])
  })

  it('is over with the first start of another release', async () => {
    const { dir } = await afterSilence()
    const next = silenced('1.4.1', imageOf(dir), 10 * minute)
    await started(next)
    expect(next.hub.status().silences).toEqual([])
    expect(await messagesOf(next)).toBeGreaterThan(0)
  })

  it('is refused if no release is known: it would never end by one', async () => {
    const story = openStory(options)
    await story.log(0, fails('disk is full'))
    await story.until(second)
    const { shortId } = story.hub.status().alerts[0]!
    expect(() => story.hub.silence({ alert: shortId, untilRelease: true })).toThrow(
      expect.objectContaining({
        code: 'ALERT_SILENCE_INVALID',
        message: expect.stringContaining('`release`'),
      }),
    )
  })
})

describe('an acknowledgement', () => {
  it('is over with the alert: its next life is reminded of', async () => {
    const story = openStory({
      rules: [{ name: 'job', match: { job: { exists: true } }, resolve: { job: 'done' } }],
      channels: { ops: { ...prompt, repeat: '1m', repeatMax: '1m', sendResolved: true } },
    })
    await story.log(0, { level: 50, msg: 'job failed', job: 'a' })
    await story.until(second)
    story.hub.acknowledge(story.hub.status().alerts[0]!.id, { by: 'ann' })
    await story.log(minute, { level: 30, msg: 'job done', job: 'done' })
    await story.log(2 * minute, { level: 50, msg: 'job failed', job: 'a' })
    await story.until(3 * minute)
    expect(story.hub.status().alerts[0]).not.toHaveProperty('acknowledged')
    await story.log(70 * minute, { level: 50, msg: 'job failed', job: 'a' })
    await story.until(80 * minute)
    expect(
      story
        .notified()
        .map(({ reason }) => reason)
        .slice(0, 3),
    ).toEqual(['first', 'resolved', 'regression'])
  })
})

describe('hub.status', () => {
  it('shows what fires, the last day, and each channel with its last outcome', async () => {
    const story = openStory({ service: 'payments', env: 'prod', channels: { ops: prompt } })
    await story.log(0, fails('card gateway timeout', 60))
    await story.log(second, { ...fails('net is down'), password: 'hunter2' })
    await story.until(20 * minute)
    await story.log(20 * minute, fails('disk is full'))
    await story.until(21 * minute)
    const status = story.hub.status()
    expect(status).toMatchObject({ service: 'payments', env: 'prod', more: 0, silences: [] })
    expect(status.alerts.map(({ headline, severity, count }) => [headline, severity, count])).toEqual([
      ['disk is full', 'error', 1],
    ])
    expect(
      status.day.map(({ headline, from, to }) => [
        headline,
        to === undefined ? undefined : (to - from) / minute,
      ]),
    ).toEqual([
      ['disk is full', undefined],
      ['net is down', 15],
      ['card gateway timeout', 15],
    ])
    expect(status.channels).toEqual([
      expect.objectContaining({
        name: 'ops',
        title: 'Console',
        waiting: 0,
        last: expect.objectContaining({ outcome: 'delivered' }),
      }),
    ])
    expect(JSON.stringify(status)).not.toContain('hunter2')
  })

  it('takes little time with a thousand alerts', async () => {
    const story = openStory({ channels: { ops: { ...prompt, wait: '1h' } } })
    const names = Array.from({ length: 1000 }, (_, n) => n)
    for (const n of names)
      story.hub.write(
        JSON.stringify({ level: 50, time: story.clock.now(), msg: 'it broke', alert: { key: `k${n}` } }),
      )
    // Not the time on the wall: other tests run at the same time.
    const before = process.cpuUsage()
    const status = story.hub.status()
    const { user } = process.cpuUsage(before)
    expect(user / 1000).toBeLessThan(1500)
    expect(status.alerts).toHaveLength(1000)
  })
})

describe('the last day in hub.status', () => {
  const channels = { im: hook('im') }
  const rules = [{ name: 'all', resolveAfter: '15m' } as const]
  const dayOf = ({ hub }: ReturnType<typeof openHub>) =>
    hub.status().day.map(({ headline, severity, from, to }) => {
      const length = to === undefined ? 'fires' : `${(to - from) / minute} min`
      return `${(from - start) / minute} ${severity} ${headline}: ${length}`
    })

  async function untilLater(dir: string) {
    const first = openHub({ channels, rules, state: { dir } })
    await started(first)
    first.hub.write(line({ msg: 'net is down', err: { type: 'Error', message: 'password=hunter2' } }))
    await first.clock.advance(40 * minute)
    first.hub.write(line({ msg: 'disk is full' }))
    await first.clock.advance(minute)
    first.hub.write(line({ level: 60, msg: 'disk is full' }))
    await first.clock.advance(minute)
    return first
  }

  it('survives a kill, with what fired then and what had ended', async () => {
    const dir = aDirectory()
    const first = await untilLater(dir)
    const before = dayOf(first)
    expect(before).toEqual([
      '40 critical disk is full: fires',
      expect.stringMatching(/^0 error net is down.*: 15 min$/),
    ])
    const image = imageOf(dir)
    const left = readdirSync(image).map((name) => readFileSync(join(image, name), 'utf8'))
    expect(left.join()).toContain('life/')
    expect(left.join()).not.toContain('hunter2')
    const next = openHub({ channels, rules, state: { dir: image } }, { at: start + 45 * minute })
    await started(next)
    expect(dayOf(next)).toEqual(before)
    await next.clock.advance(30 * minute)
    expect(dayOf(next)[0]).toMatch(/^40 critical disk is full: \d+ min$/)
  })

  it('survives an end and further starts, and forgets what ended more than a day ago', async () => {
    const dir = aDirectory()
    const first = await untilLater(dir)
    await first.clock.advance(30 * minute)
    const before = dayOf(first)
    expect(before[0]).toMatch(/^40 critical disk is full: 16 min$/)
    for (const minutes of [80, 90, 100]) {
      const next = openHub(
        { channels, rules, state: { dir: imageOf(dir) } },
        { at: start + minutes * minute },
      )
      await started(next)
      expect(dayOf(next)).toEqual(before)
    }
    const last = openHub(
      { channels, rules, state: { dir: imageOf(dir) } },
      { at: start + 24.5 * 60 * minute },
    )
    await started(last)
    expect(dayOf(last)).toEqual(before.slice(0, 1))
    await last.clock.advance(60 * minute)
    expect(dayOf(last)).toEqual([])
  })

  it('shows each life of an alert that came back, with its own end', async () => {
    const first = openHub({ channels, rules })
    for (const minutes of [0, 30, 60]) {
      await first.clock.advanceTo(start + minutes * minute)
      first.hub.write(line({ msg: 'net is down' }))
    }
    await first.clock.advance(minute)
    expect(dayOf(first)).toEqual([
      '60 error net is down: fires',
      '30 error net is down: 15 min',
      '0 error net is down: 15 min',
    ])
  })

  it('is bounded, in memory and on disk', async () => {
    const dir = aDirectory()
    const first = openHub({ channels: { im: { ...hook('im'), wait: '1h' } }, state: { dir } })
    await started(first)
    for (let n = 0; n < 700; n++) first.hub.write(line({ msg: 'it broke', alert: { key: `k${n}` } }))
    await first.clock.advance(minute)
    expect(first.hub.status().day).toHaveLength(500)
    const next = openHub({ channels, state: { dir: imageOf(dir) } }, { at: start + 2 * minute })
    await started(next)
    expect(next.hub.status().day).toHaveLength(500)
  })
})
