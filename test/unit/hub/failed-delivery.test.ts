import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { fatal, hook, hour, line, minute, never, ok, openHub, type Post, second } from './state-rig.ts'

const to = (posts: readonly Post[], name: string) => posts.filter(({ url }) => url.endsWith(name))
const rules = (posts: readonly Post[]) => posts.flatMap(({ body }) => body.alerts.map(({ rule }) => rule))
const refuse = (...names: string[]) => {
  return (url: string) =>
    names.some((name) => url.endsWith(name)) ? new Response('no', { status: 400 }) : ok()
}

describe('a delivery that fails', () => {
  it('is not tried again: it falls back, and further if that channel fails as well', async () => {
    const channels = {
      a: { ...hook('a'), fallback: 'b' },
      b: { ...hook('b'), fallback: 'c', minSeverity: 'critical' as const },
      c: { ...hook('c'), minSeverity: 'critical' as const },
    }
    const { hub, clock, posts, events } = openHub({ channels }, { answer: refuse('a', 'b') })
    hub.write(line({ msg: 'disk is full' }))
    await clock.advance(minute)
    expect(posts.map(({ url }) => url.at(-1))).toEqual(['a', 'b', 'c'])
    expect(events.filter(({ type }) => type === 'failed')).toMatchObject([
      { channel: 'a', fallback: 'b', reason: 'failed' },
      { channel: 'b', fallback: 'c', reason: 'failed' },
    ])
    expect(hub.stats().channels).toMatchObject({
      a: { failed: 1, suppressed: { failed: 1 } },
      b: { failed: 1 },
      c: { delivered: 1, failed: 0 },
    })
  })

  it('is reported on the other channels by one alert, however often it happens', async () => {
    const channels = { a: { ...hook('a'), interval: 0 }, b: hook('b') }
    const { hub, clock, posts } = openHub({ channels }, { answer: refuse('a') })
    for (let n = 0; n < 20; n++) {
      hub.write(line({ msg: 'disk is full', alert: { key: `disk ${n}` } }))
      await clock.advance(10 * second)
    }
    const own = to(posts, 'b').flatMap(({ body }) => body.alerts.filter(({ rule }) => rule === '@delivery'))
    expect(own).toHaveLength(1)
    expect(own[0]?.latestMessage).toBe('channel a (Webhook) is not delivering: 400 no')
    expect(rules(to(posts, 'a'))).not.toContain('@delivery')
  })

  it('is not called delivered by flush and close', async () => {
    const a = { ...hook('a'), interval: 0 }
    const alone = openHub({ channels: { a } }, { answer: refuse('a') })
    alone.hub.write(fatal('out of memory'))
    expect(await alone.hub.flush()).toEqual({ delivered: false, pending: 0 })
    // It is known by then.
    expect(await alone.hub.flush()).toEqual({ delivered: true, pending: 0 })
    alone.hub.write(fatal('disk is full'))
    await alone.clock.advance(second)
    expect(await alone.hub.close()).toEqual({ delivered: false, pending: 0 })

    const fallback = openHub(
      { channels: { a: { ...a, fallback: 'b' }, b: { ...hook('b'), minSeverity: 'critical' } } },
      { answer: refuse('a') },
    )
    fallback.hub.write(fatal('out of memory'))
    expect(await fallback.hub.close()).toEqual({ delivered: true, pending: 0 })
  })

  it('is a warning if no other channel can report it, once until the channel works again', async () => {
    let status = 400
    const { hub, clock, events } = openHub(
      { channels: { a: { ...hook('a'), interval: 0 } } },
      { answer: () => (status === 200 ? ok() : new Response('no', { status })) },
    )
    const warned = () => events.filter((event) => event.type === 'error')
    const fail = async (key: string) => {
      hub.write(line({ msg: 'disk is full', alert: { key } }))
      await clock.advance(minute)
    }
    await fail('one')
    await fail('two')
    expect(warned()).toMatchObject([
      {
        code: 'ALERT_CHANNEL_FAILED',
        message: expect.stringMatching(/^Channel a is not delivering: .*400/),
      },
    ])
    status = 200
    await fail('three')
    status = 400
    await fail('four')
    expect(warned()).toHaveLength(2)
  })

  it('is a warning if the only other channel is for critical alerts', async () => {
    const channels = { a: hook('a'), b: { ...hook('b'), minSeverity: 'critical' as const } }
    const { hub, clock, posts, events } = openHub({ channels }, { answer: refuse('a') })
    hub.write(line({ msg: 'disk is full' }))
    await clock.advance(minute)
    expect(to(posts, 'b')).toEqual([])
    expect(events.filter(({ type }) => type === 'error')).toMatchObject([
      {
        code: 'ALERT_CHANNEL_FAILED',
        message: expect.stringMatching(/^Channel a is not delivering: .*400/),
      },
    ])
  })

  it('of a meta-alert raises no other: two channels that both fail do not report each other', async () => {
    const { hub, clock, posts } = openHub(
      { channels: { a: hook('a'), b: hook('b') } },
      { answer: refuse('a', 'b') },
    )
    hub.write(line({ msg: 'disk is full' }))
    await clock.advance(60 * minute)
    expect(posts.length).toBeLessThanOrEqual(6)
    expect(hub.stats().channels).toMatchObject({ a: { waiting: 0 }, b: { waiting: 0 } })
  })

  it('while closing falls back as well, and the fallback does not wait for a channel that hangs', async () => {
    const channels = {
      a: { ...hook('a'), fallback: 'b' },
      b: { ...hook('b'), match: { rule: '@delivery' } },
      stuck: { ...hook('stuck'), fallback: 'b' },
    }
    const { hub, clock, posts } = openHub(
      { channels },
      { answer: (url) => (url.endsWith('stuck') ? never : refuse('/a')(url)) },
    )
    hub.write(fatal('going down'))
    const closed = hub.close()
    await clock.advance(10)
    expect(rules(to(posts, 'b'))).toEqual(['error'])
    await clock.advance(10 * second)
    expect(await closed).toEqual({ delivered: false, pending: 1 })
  })
})

describe('an outage during which an alert starts and ends', () => {
  const reasons = (posts: readonly Post[]) =>
    posts.flatMap(({ body }) => body.alerts.map(({ reason }) => reason))
  const one = { ...hook('a'), sendResolved: true }
  const rule = [
    {
      name: 'db',
      match: { db: 'down' },
      resolve: { db: 'up' },
      groupBy: ['host'],
      severity: 'critical' as const,
    },
  ]

  it('of three minutes ends with both messages, the start first', async () => {
    const { hub, clock, posts } = openHub(
      { channels: { a: one }, rules: rule },
      { answer: () => (clock.now() - begin < 3 * minute ? new Response('down', { status: 503 }) : ok()) },
    )
    const begin = clock.now()
    hub.write(line({ msg: 'db is gone', db: 'down', host: 'h' }))
    await clock.advance(2 * minute)
    hub.write(line({ level: 30, msg: 'db is back', db: 'up', host: 'h' }))
    await clock.advance(10 * minute)
    expect(reasons(posts.filter(({ at }) => at >= 3 * minute))).toEqual(['first', 'resolved'])
    expect(new Set(reasons(posts.filter(({ at }) => at < 3 * minute)))).toEqual(new Set(['first']))
  })

  it('that outlasts `retryFor` gives the fallback both, and the channel none of them', async () => {
    const { hub, clock, posts } = openHub(
      {
        channels: {
          a: { ...one, retryFor: '1m', fallback: 'b' },
          b: { ...hook('b'), match: { rule: 'never' }, sendResolved: true },
        },
        rules: rule,
      },
      {
        answer: (url) =>
          url.endsWith('a') && clock.now() - begin < 3 * minute
            ? new Response('down', { status: 503 })
            : ok(),
      },
    )
    const begin = clock.now()
    hub.write(line({ msg: 'db is gone', db: 'down', host: 'h' }))
    await clock.advance(5 * minute)
    hub.write(line({ level: 30, msg: 'db is back', db: 'up', host: 'h' }))
    await clock.advance(10 * minute)
    expect(reasons(to(posts, 'b'))).toEqual(['first', 'resolved'])
    expect(reasons(to(posts, 'a').filter(({ at }) => at >= 3 * minute))).toEqual([])
    expect(hub.stats().channels['a']?.waiting).toBe(0)
  })

  it('that outlasts only the first of two messages ends what the second one opened', async () => {
    const channels = {
      a: { ...one, wait: 0, interval: 0, retryFor: '1m' as const, fallback: 'b' },
      b: { ...hook('b'), match: { rule: 'never' } },
    }
    const { hub, clock, posts } = openHub(
      { channels },
      {
        answer: (url) =>
          url.endsWith('a') && clock.now() - begin < 70 * second
            ? new Response('down', { status: 503 })
            : ok(),
      },
    )
    const begin = clock.now()
    hub.write(line({ msg: 'db is slow', alert: { key: 'db' } }))
    await clock.advance(40 * second)
    hub.write(line({ level: 60, msg: 'db is gone', alert: { key: 'db' } }))
    await clock.advance(5 * minute)
    const own = () => reasons(to(posts, 'a').filter(({ at }) => at >= 70 * second))
    expect(own()).toEqual(['escalated'])
    hub.write(line({ level: 30, msg: 'db is back', alert: { key: 'db', resolve: true } }))
    await clock.advance(5 * minute)
    expect(own()).toEqual(['escalated', 'resolved'])
  })
})

describe('a provider that asks to wait', () => {
  it('gets the second request when it said, not before', async () => {
    let times = 0
    const busy = () => new Response('busy', { status: 429, headers: { 'retry-after': '2' } })
    const { hub, clock, posts } = openHub(
      { channels: { a: hook('a') } },
      { answer: () => (times++ ? ok() : busy()) },
    )
    hub.write(fatal('out of memory'))
    await clock.advance(minute)
    expect(posts.map(({ at }) => at)).toEqual([0, 2 * second])
  })

  it.each([
    ['0', '0'],
    ['a date in the past', new Date(Date.UTC(2020, 0, 1)).toUTCString()],
  ])('for %s seconds or none is asked again as rarely as one that says nothing', async (_, hint) => {
    const random = vi.spyOn(Math, 'random').mockReturnValue(0.5)
    onTestFinished(() => random.mockRestore())
    const timesOf = async (headers: Record<string, string>) => {
      const busy = () => new Response('busy', { status: 503, headers })
      const { hub, clock, posts } = openHub(
        { channels: { a: { ...hook('a'), retryFor: '10m' } } },
        { answer: busy },
      )
      hub.write(fatal('out of memory'))
      await clock.advance(10 * minute)
      return posts.map(({ at }) => at)
    }
    const times = await timesOf({ 'retry-after': hint })
    expect(times).toEqual(await timesOf({}))
    expect(times.length).toBeLessThan(40)
  })

  it('for five minutes gets at most ten requests, and then everything', async () => {
    const busy = () => new Response('busy', { status: 429 })
    const { hub, clock, posts } = openHub(
      { channels: { a: hook('a') } },
      { answer: () => (clock.now() - start < 5 * minute ? busy() : ok()) },
    )
    const start = clock.now()
    for (let n = 0; n < 60; n++) {
      hub.write(line({ msg: 'it broke', alert: { key: `key ${n % 6}` } }))
      await clock.advance(5 * second)
    }
    expect(posts.length).toBeLessThanOrEqual(10)
    await clock.advance(2 * minute)
    await hub.close()
    const notified = new Map<string, number>()
    for (const { at, body } of posts) {
      if (at < 5 * minute) continue
      for (const { id, newCount } of body.alerts) notified.set(id, (notified.get(id) ?? 0) + newCount)
    }
    expect(notified.size).toBe(6)
    expect([...notified.values()].reduce((sum, count) => sum + count, 0)).toBe(60)
  })
})

describe('a provider that names a time for the next request', () => {
  const options = { channels: { a: { ...hook('a'), wait: 0, interval: 0, retryFor: '2m' as const } } }
  const busy = (hint: string) => new Response('busy', { status: 503, headers: { 'retry-after': hint } })

  it.each(['0', '-1', 'Thu, 01 Jan 2015 00:00:00 GMT'])(
    'in the past is asked ever more rarely: Retry-After: %s',
    async (hint) => {
      const { hub, clock, posts } = openHub(options, { answer: () => busy(hint) })
      hub.write(fatal('disk is full'))
      await clock.advance(10 * minute)
      expect(posts.length).toBeGreaterThan(2)
      expect(posts.length).toBeLessThan(15)
    },
  )

  it.each(['1800', new Date(Date.UTC(2026, 0, 1, 0, 30)).toUTCString()])(
    'later than `retryFor` gets all then, within the bound of what waits: Retry-After: %s',
    async (hint) => {
      let isBusy = true
      const { hub, clock, posts } = openHub(
        { ...options, limits: { queue: 50 } },
        { answer: () => (isBusy ? busy(hint) : ok()) },
      )
      for (let n = 0; n < 30; n++)
        hub.write(line({ level: n === 29 ? 60 : 50, msg: 'no', alert: { key: `key ${n}` } }))
      await clock.advance(20 * minute)
      expect(posts).toHaveLength(1)
      expect(hub.stats().channels['a']?.failed).toBe(0)
      for (let n = 30; n < 300; n++) {
        hub.write(line({ msg: 'no', alert: { key: `key ${n}` } }))
        await clock.advance(2 * second)
        expect(hub.stats().channels['a']?.waiting).toBeLessThanOrEqual(50)
      }
      expect(posts).toHaveLength(1)
      isBusy = false
      await clock.advance(hour)
      const [, next] = posts
      expect(next).toMatchObject({ at: 30 * minute, body: { severity: 'critical' } })
      expect(JSON.stringify(next?.body)).toContain('key 29')
      // What exceeds the bound is counted.
      const { delivered = 0, failed = 0, ...rest } = hub.stats().channels['a']?.records ?? {}
      expect([delivered + failed, rest]).toEqual([300, { suppressed: 0, waiting: 0 }])
      expect(delivered).toBeGreaterThan(50)
    },
  )
})
