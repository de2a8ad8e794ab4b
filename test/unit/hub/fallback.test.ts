import { describe, expect, it } from 'vitest'
import { fatal, hook, line, minute, ok, openHub, type Post, second, start } from './state-rig.ts'

const to = (posts: readonly Post[], name: string) => posts.filter(({ url }) => url.endsWith(name))
const alerts = (posts: readonly Post[]) => posts.flatMap(({ body }) => body.alerts)
const refuse = (...names: string[]) => {
  return (url: string) =>
    names.some((name) => url.endsWith(name)) ? new Response('no', { status: 400 }) : ok()
}
const immediate = (name: string) => ({ ...hook(name), wait: 0, interval: 0 })
const problem = (n: number) => line({ msg: 'it broke', alert: { key: `key ${n}` } })

describe('a fallback channel', () => {
  it('says which channel failed, and why', async () => {
    const channels = {
      'ops-sms': { ...immediate('sms'), fallback: 'b' },
      b: { ...immediate('b'), minSeverity: 'critical' as const },
    }
    for (const [locale, said] of [
      ['en', 'Sent here because channel ops-sms (webhook) failed: 400 no.'],
      ['zh-CN', '通道 ops-sms（Webhook）发送失败：400 no，改由本通道发送'],
    ] as const) {
      const { hub, clock, posts } = openHub({ channels, locale }, { answer: refuse('sms') })
      hub.write(line({ msg: 'disk is full' }))
      await clock.advance(minute)
      expect(to(posts, 'b').map(({ body }) => body.text)).toEqual([expect.stringContaining(said)])
    }
  })

  it('names the first of several that refused', async () => {
    const channels = {
      a: { ...immediate('/a'), fallback: 'b' },
      b: { ...immediate('/b'), minSeverity: 'critical' as const, fallback: 'c' },
      c: { ...immediate('/c'), minSeverity: 'critical' as const },
    }
    const { hub, clock, posts } = openHub({ channels }, { answer: refuse('/a', '/b') })
    hub.write(line({ msg: 'disk is full' }))
    await clock.advance(minute)
    const [post] = to(posts, '/c')
    expect(post?.body.text).toContain('Sent here because channel a (webhook) failed: 400 no.')
    expect(post?.body.text).not.toContain('channel b')
  })

  it('is not sent the end of what it was not sent the start of: that is counted', async () => {
    const channels = {
      a: { ...immediate('/a'), fallback: 'b', sendResolved: true },
      b: { ...immediate('/b'), match: { rule: 'never' } },
    }
    let isUp = true
    const answer = (url: string) => (isUp ? ok() : refuse('/a')(url))
    const { hub, clock, posts, events } = openHub({ channels }, { answer })
    hub.write(line({ msg: 'down', alert: { key: 'one' } }))
    await clock.advance(second)
    isUp = false
    hub.write(line({ msg: 'up', alert: { key: 'one', resolve: true } }))
    await clock.advance(minute)
    expect(alerts(to(posts, '/a')).map(({ reason }) => reason)).toEqual(['first', 'resolved'])
    expect(to(posts, '/b')).toEqual([])
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'suppressed', channel: 'b', reason: 'ended' }),
    )
  })

  const isDown = { match: { ev: 'down' }, severity: 'critical', resolve: { ev: 'up' } } as const
  it.each([
    ['that does not take the alert itself', { rules: [{ name: 'db', ...isDown, channels: ['a'] }] }, {}],
    ['that was to be notified itself later', { rules: [{ name: 'db', ...isDown }] }, { wait: '5m' as const }],
  ])('%s is sent the end of what fell back to it as any other end', async (_, options, more) => {
    const channels = { a: { ...immediate('/a'), fallback: 'b' }, b: { ...immediate('/b'), ...more } }
    const { hub, clock, posts } = openHub({ channels, ...options, timeZone: 'UTC' }, { answer: refuse('/a') })
    hub.write(line({ ev: 'down', msg: 'db down' }))
    await clock.advance(2 * minute)
    hub.write(line({ ev: 'up', level: 30, msg: 'db up', time: start + 2 * minute }))
    await clock.advance(minute)
    const about = to(posts, '/b').filter(({ body }) => body.alerts.some(({ rule }) => rule === 'db'))
    const reasons = alerts(about).flatMap(({ rule, reason }) => (rule === 'db' ? [reason] : []))
    expect(reasons).toEqual(['first', 'resolved'])
    expect(about.at(-1)?.body.text).toContain(
      'Resolved at 00:02:00 by a record: “db up”. Lasted 2 min, 1 time.',
    )
    expect(about.filter(({ body }) => /before it could be notified/.test(body.text))).toEqual([])
  })

  it.each([
    ['sendResolved off', { sendResolved: false }, 'error'],
    ['no end owed', {}, 'error'],
    ['its own interval', { sendResolved: false, wait: 0, interval: '1m' as const }, 'fatal'],
  ])('with %s hears nothing of what fell back to it by itself later', async (_, more, level) => {
    const channels = {
      a: { ...immediate('/a'), type: 'slack' as const, fallback: 'b', sendResolved: false },
      b: { type: 'slack' as const, url: 'https://im.example.com/b', wait: '1m' as const, ...more },
    }
    const answer = (url: string) => new Response('ok', { status: url.endsWith('/a') ? 400 : 200 })
    const { hub, clock, posts, events } = openHub({ channels }, { answer })
    if ('interval' in more) {
      hub.write(line({ msg: 'other', alert: { key: 'other', channels: ['b'] } }))
      await clock.advance(second)
    }
    const about = (fields: object) => line({ msg: 'db down', alert: { key: 'db', ...fields } })
    hub.write(about({ severity: level === 'fatal' ? 'critical' : 'error' }))
    await clock.advance(10 * second)
    hub.write(about({ resolve: true }))
    await clock.advance(10 * minute)
    const said = to(posts, '/b').map((post) => JSON.stringify(post.body))
    expect(said.filter((text) => text.includes('db down'))).toHaveLength(1)
    expect(said.join()).not.toContain('before it could be notified')
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'suppressed', channel: 'b', reason: 'already-notified', count: 1 }),
    )
  })

  it('is sent by itself only what came after what fell back to it, and what became worse', async () => {
    const channels = {
      a: { ...immediate('/a'), fallback: 'b', repeat: false as const },
      b: { ...immediate('/b'), wait: '1m' as const },
    }
    const { hub, clock, posts } = openHub({ channels }, { answer: refuse('/a') })
    hub.write(problem(1))
    await clock.advance(10 * second)
    for (let n = 0; n < 3; n++) hub.write(problem(1))
    await clock.advance(2 * minute)
    const about = () => alerts(to(posts, '/b')).filter(({ rule }) => rule === 'alert')
    expect(about().map(({ reason, newCount }) => [reason, newCount])).toEqual([['first', 1]])
    await clock.advance(10 * minute)
    expect(about().map(({ reason, newCount }) => [reason, newCount])).toEqual([
      ['first', 1],
      ['repeat', 3],
    ])
    hub.write(line({ msg: 'it broke', alert: { key: 'key 1', severity: 'critical' } }))
    await clock.advance(second)
    expect(about().at(-1)).toMatchObject({ reason: 'escalated' })
  })

  it('is not notified again of what it was just notified of by itself: that is counted', async () => {
    const channels = { a: { ...immediate('/a'), fallback: 'b' }, b: immediate('/b') }
    const { hub, clock, posts, events } = openHub({ channels }, { answer: refuse('/a') })
    hub.write(line({ msg: 'disk is full' }))
    await clock.advance(second)
    const notified = () => alerts(to(posts, '/b')).filter(({ rule }) => rule === 'error')
    expect(notified()).toHaveLength(1)
    expect(events).toContainEqual(
      expect.objectContaining({
        type: 'suppressed',
        channel: 'b',
        reason: 'already-notified',
        rule: 'error',
      }),
    )
    expect(hub.stats().channels['b']?.suppressed).toEqual({ 'already-notified': 1 })
    hub.write(fatal('disk is full'))
    await clock.advance(second)
    expect(alerts(to(posts, '/b')).filter(({ reason }) => reason === 'escalated')).toHaveLength(1)
  })

  it('is notified of what has grown since it was notified by itself', async () => {
    const limit = [{ count: 1, per: '1h' as const }]
    const channels = {
      a: { ...immediate('/a'), repeat: '1s' as const, limit, fallback: 'b' },
      b: { ...immediate('/b'), repeat: false as const },
    }
    const { hub, clock, posts, events } = openHub({ channels })
    for (let n = 0; n < 3; n++) {
      hub.write(problem(1))
      await clock.advance(5 * second)
    }
    const notified = alerts(to(posts, '/b')).filter(({ rule }) => rule === 'alert')
    expect(notified.map(({ count }) => count)).toEqual([1, 2, 3])
    expect(
      events.filter((event) => event.type === 'suppressed' && event.reason === 'already-notified'),
    ).toEqual([])
  })
})
