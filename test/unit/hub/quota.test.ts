import { describe, expect, it } from 'vitest'
import {
  aDirectory,
  hook,
  hour,
  imageOf,
  line,
  minute,
  openHub,
  type Post,
  second,
  start,
  started,
} from './state-rig.ts'

const to = (posts: readonly Post[], name: string) => posts.filter(({ url }) => url.endsWith(name))
const alerts = (posts: readonly Post[]) => posts.flatMap(({ body }) => body.alerts)
const limit = [{ count: 2, per: '1h' as const }]
const problem = (n: number) => line({ msg: 'it broke', alert: { key: `key ${n}` } })

describe('an exhausted quota', () => {
  const channels = {
    sms: { ...hook('sms'), wait: 0, interval: 0, limit, fallback: 'ops' },
    // Takes no errors by itself: what it sends fell back on it.
    ops: { ...hook('ops'), wait: 0, interval: 0, minSeverity: 'critical' as const },
  }

  it('makes alerts fall back and is reported once; every alert is sent or counted', async () => {
    const { hub, clock, posts, events } = openHub({
      channels: { ...channels, ops: { ...channels.ops, minSeverity: 'warning', match: { rule: '@quota' } } },
    })
    for (let n = 0; n < 10; n++) {
      hub.write(problem(n))
      await clock.advance(second)
    }
    await clock.advance(minute)
    expect(to(posts, 'sms')).toHaveLength(2)
    const fellBack = alerts(to(posts, 'ops')).filter(({ rule }) => rule !== '@quota')
    expect(fellBack).toHaveLength(8)
    const notes = alerts(to(posts, 'ops')).filter(({ rule }) => rule === '@quota')
    expect(notes).toHaveLength(1)
    expect(notes[0]?.latestMessage).toBe('channel sms reached its limit')
    const quotaExhausted = events.filter((event) => event.type === 'failed' && event.reason === 'quota')
    expect(quotaExhausted).toHaveLength(8)
    expect(hub.stats().channels['sms']?.suppressed).toMatchObject({ quota: 8 })
  })

  it('of 20 SMS a day is used by starts alone: a fatal each 20 minutes is sent 20 times, with its end', async () => {
    const sms = { ...hook('sms'), sendResolved: true, limit: [{ count: 20, per: '1d' as const }] }
    const { hub, clock, posts } = openHub({ channels: { sms } })
    const notice = (n: number, more: object) => line({ msg: 'it broke', alert: { key: `key ${n}`, ...more } })
    for (let n = 0; n < 20; n++) {
      hub.write(notice(n, { severity: 'critical' }))
      await clock.advance(10 * minute)
      hub.write(notice(n, { resolve: true }))
      await clock.advance(10 * minute)
    }
    const reasons = alerts(posts).map(({ reason }) => reason)
    expect(reasons.filter((reason) => reason === 'first')).toHaveLength(20)
    expect(reasons.filter((reason) => reason === 'resolved')).toHaveLength(20)
  })

  it.each([
    ['en', 'Deferred from 00:10:00 by the limit of 2 per hour.'],
    ['zh-CN', '因限额（每小时 2 条）推迟，原定 00:10:00 发送'],
  ] as const)('is named by the message that waited for it, and by no other: %s', async (locale, said) => {
    const sms = { ...channels.sms, fallback: undefined, repeat: false as const, locale, timeZone: 'UTC' }
    const at = Date.UTC(2026, 10, 30)
    const { hub, clock, posts } = openHub({ channels: { sms } }, { at })
    hub.write(line({ time: at, msg: 'it broke', alert: { key: 'a' } }))
    await clock.advance(5 * minute)
    hub.write(line({ time: at + 5 * minute, msg: 'it broke', alert: { key: 'b' } }))
    await clock.advance(5 * minute)
    hub.write(line({ time: at + 10 * minute, msg: 'it broke', alert: { key: 'c' } }))
    await clock.advance(hour)
    hub.write(line({ time: at + 70 * minute, msg: 'it broke', alert: { key: 'd' } }))
    await clock.advance(minute)
    const starts = posts.filter(({ body }) => body.reason !== 'resolved')
    const notes = starts.map(({ body }) => [body.alerts[0]?.key, body.notes ?? []])
    expect(notes).toEqual([
      ['a', []],
      ['b', []],
      ['c', [{ type: 'deferred', text: said }]],
      ['d', []],
    ])
  })

  it('is named by what fell back and waited for it, which is not called unreachable', async () => {
    const first = { ...hook('first'), wait: 0, interval: 0, limit, fallback: 'next' }
    const next = { ...hook('next'), wait: 0, interval: 0, limit, match: { code: 'NEXT' }, timeZone: 'UTC' }
    const { hub, clock, posts } = openHub({ channels: { first, next } })
    for (let n = 0; n < 5; n++) {
      hub.write(problem(n))
      await clock.advance(second)
    }
    await clock.advance(2 * hour)
    const starts = to(posts, 'next').filter(({ body }) => body.reason !== 'resolved')
    const notes = starts.map(({ body }) => (body.notes ?? []).map(({ text }) => text))
    expect(notes).toHaveLength(3)
    expect(notes[0]?.join()).not.toMatch(/Deferred|Delayed/)
    expect(notes[2]?.[0]).toMatch(/^Deferred from .* by the limit of 2 per hour\.$/)
    expect(notes[2]?.join()).not.toContain('Delayed')
  })

  it('has room again when its window is over', async () => {
    const { hub, clock, posts } = openHub({ channels })
    for (let n = 0; n < 4; n++) {
      hub.write(problem(n))
      await clock.advance(second)
    }
    await clock.advance(hour)
    hub.write(problem(4))
    await clock.advance(second)
    // Ends cost nothing.
    const charged = to(posts, 'sms').filter(({ body }) => body.reason !== 'resolved')
    expect(charged).toHaveLength(3)
  })

  it('is charged for what was delivered, not for what became part of it while the provider was down', async () => {
    let isUp = false
    const three = [{ count: 3, per: '1h' as const }]
    const { hub, clock, posts, events } = openHub(
      { channels: { ops: { ...hook('ops'), wait: 0, interval: 0, retryFor: '1d', limit: three } } },
      { answer: () => new Response('', { status: isUp ? 200 : 503 }) },
    )
    for (let n = 0; n < 10; n++) {
      hub.write(problem(n))
      await clock.advance(second)
    }
    isUp = true
    await clock.advance(2 * minute)
    const delivered = events.filter(({ type }) => type === 'delivered')
    expect(delivered).toHaveLength(1)
    expect(delivered[0]).toMatchObject({ alerts: { length: 10 } })
    // There is room for two more, and no more.
    for (const n of [11, 12, 13]) {
      hub.write(problem(n))
      await clock.advance(10 * second)
    }
    expect(events.filter(({ type }) => type === 'delivered')).toHaveLength(3)
    expect(posts.at(-1)?.body.alerts).toMatchObject([{ reason: 'first', newCount: 1 }])
  })

  it('has room for one more only when the delivery of the last one is known', async () => {
    const one = [{ count: 1, per: '1h' as const }]
    let status = 503
    const { hub, clock, events } = openHub(
      { channels: { ops: { ...hook('ops'), wait: 0, interval: 0, retryFor: '10s', limit: one } } },
      { answer: () => new Response('', { status }) },
    )
    hub.write(problem(1))
    await clock.advance(second)
    hub.write(problem(2))
    await clock.advance(second)
    expect(hub.stats().channels['ops']).toMatchObject({ waiting: 1, delivered: 0 })
    await clock.advance(minute)
    status = 200
    // The first failed and cost nothing.
    hub.write(problem(3))
    await clock.advance(minute)
    expect(events.filter(({ type }) => type === 'delivered')).toHaveLength(1)
  })

  it('survives a restart, and is not reported again', async () => {
    const dir = aDirectory()
    const all = { ...channels, ops: { ...channels.ops, minSeverity: 'error' as const } }
    const first = openHub({ channels: all, state: { dir } })
    await started(first)
    for (let n = 0; n < 3; n++) {
      first.hub.write(problem(n))
      await first.clock.advance(second)
    }
    await first.clock.advance(minute)
    const next = openHub({ channels: all, state: { dir: imageOf(dir) } }, { at: start + 10 * minute })
    await started(next)
    next.hub.write(problem(7))
    await next.clock.advance(minute)
    expect(to(next.posts, 'sms')).toEqual([])
    expect(alerts(next.posts).filter(({ rule }) => rule === '@quota')).toEqual([])
    expect(alerts(to(next.posts, 'ops')).length).toBeGreaterThan(0)
  })

  it('counts by the hour and by the day, through every restart', async () => {
    const limit = [
      { count: 2, per: '1h' as const },
      { count: 3, per: '1d' as const },
    ]
    const options = { channels: { ...channels, sms: { ...channels.sms, limit } } }
    let dir = aDirectory()
    let lives = 0
    const notified: [hours: number, sms: number, ops: number][] = []
    for (const hours of [0, 0.5, 1, 20, 24, 24.25, 24.75]) {
      const rig = openHub({ ...options, state: { dir } }, { at: start + hours * hour })
      await started(rig)
      for (let n = 0; n < 2; n++) {
        rig.hub.write(problem(lives * 10 + n))
        await rig.clock.advance(2 * second)
      }
      lives++
      const first = ({ body }: Post) => body.alerts.some(({ reason }) => reason === 'first')
      notified.push([
        hours,
        to(rig.posts, 'sms').filter(first).length,
        to(rig.posts, 'ops').filter(first).length,
      ])
      dir = imageOf(dir)
    }
    expect(notified).toEqual([
      [0, 2, 0],
      [0.5, 0, 2],
      // Of the hour's two, the day leaves one.
      [1, 1, 1],
      [20, 0, 2],
      // The first two of yesterday are a day old now, the third is not: with the two of this hour the day is
      // full again.
      [24, 2, 0],
      [24.25, 0, 2],
      [24.75, 0, 2],
    ])
  })

  it('without a fallback defers what comes until there is room, and is reported on the others once', async () => {
    const { hub, clock, posts } = openHub({
      channels: {
        sms: { ...hook('sms'), wait: 0, interval: 0, limit },
        ops: { ...hook('ops'), match: { rule: '@quota' } },
      },
    })
    for (let n = 0; n < 6; n++) {
      hub.write(problem(n))
      await clock.advance(second)
    }
    await clock.advance(minute)
    expect(to(posts, 'sms')).toHaveLength(2)
    expect(alerts(to(posts, 'ops')).map(({ latestMessage }) => latestMessage)).toEqual([
      'channel sms reached its limit',
    ])
    await clock.advance(hour)
    const notified = alerts(to(posts, 'sms')).filter(({ reason }) => reason !== 'resolved')
    expect(notified.reduce((sum, { newCount }) => sum + newCount, 0)).toBe(6)
  })
})
