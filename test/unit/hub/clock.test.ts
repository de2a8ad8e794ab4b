import { EventEmitter } from 'node:events'
import { expect, it } from 'vitest'
import { createTracker } from '#core/alerts/tracker.ts'
import { createSolo } from '#core/fleet/solo.ts'
import { createAdvance } from '#core/hub/advance.ts'
import { createLifecycle } from '#core/hub/lifecycle.ts'
import type { Signals } from '#core/hub/signals.ts'
import { createSteadyClock } from '#core/time/clock.ts'
import { createVirtualClock } from '#core/time/virtual-clock.ts'
import { eager, occurrence } from '../alerts/stage.ts'
import {
  aDirectory,
  fatal,
  hook,
  hour,
  imageOf,
  line,
  minute,
  ok,
  openHub,
  second,
  start,
  started,
} from './state-rig.ts'

/** A clock that can be set, as an administrator or NTP would; its timers run evenly. */
function settableClock() {
  const even = createVirtualClock(start)
  let setBy = 0
  const clock = { ...even, now: () => even.now() + setBy, steady: even.now }
  return { clock, setBy: (ms: number) => (setBy += ms) }
}

it.each([hour, -hour])('a clock set by %d ms delays nothing, and sends nothing twice', async (step) => {
  const { clock, setBy } = settableClock()
  const { hub, posts } = openHub({ channels: { a: { ...hook('a'), sendResolved: false } } }, { clock })
  hub.write(line({ msg: 'disk is full' }))
  await clock.advance(minute)
  expect(posts).toHaveLength(1)
  setBy(step)
  hub.write(line({ msg: 'disk is full' }))
  hub.write(fatal('out of memory'))
  await clock.advance(minute)
  expect(posts.map(({ body }) => body.alerts.map(({ reason }) => reason))).toEqual([['first'], ['first']])
  await clock.advance(10 * minute)
  expect(posts.slice(2).map(({ body }) => body.reason)).toEqual(['repeat'])
})

it.each([9 * hour, -9 * hour])(
  'a clock set by %d ms lengthens no alert, and puts nothing ahead',
  async (step) => {
    const { clock, setBy } = settableClock()
    const rule = {
      name: 'disk',
      match: { ev: 'full' },
      severity: 'critical',
      resolve: { ev: 'free' },
    } as const
    const { hub, posts } = openHub({ channels: { a: { ...hook('a'), wait: 0 } }, rules: [rule] }, { clock })
    const write = (ev: string, time: number) => hub.write(line({ ev, msg: 'disk', level: 60, time }))
    write('full', clock.now())
    await clock.advance(minute)
    setBy(step)
    // By a clock that is ahead: that of another host, or this one's before it was set.
    write('full', clock.now() + 10 * hour)
    await clock.advance(10 * minute)
    write('free', clock.now() + 10 * hour)
    await clock.advance(minute)
    const at = (ms: number) => new Date(start + step + ms).toISOString()
    const [, repeat, end] = posts.flatMap(({ body }) => body.alerts)
    const times = { count: 2, firstSeen: at(0), lastSeen: at(minute) }
    expect(repeat).toMatchObject({ reason: 'repeat', ...times })
    expect(end).toMatchObject({ reason: 'resolved', ...times, resolvedAt: at(11 * minute) })
  },
)

it.each([9 * hour, -9 * hour])(
  'a clock set by %d ms makes no other alert of what falls back',
  async (step) => {
    const { clock, setBy } = settableClock()
    const channels = { a: { ...hook('a'), wait: 0, fallback: 'b' }, b: { ...hook('b'), wait: 0 } } as const
    let isUp = true
    const answer = (url: string) => (isUp || url.endsWith('b') ? ok() : new Response('no', { status: 400 }))
    const { hub, posts } = openHub({ channels }, { clock, answer })
    hub.write(line({ msg: 'disk is full', time: clock.now() }))
    await clock.advance(minute)
    isUp = false
    setBy(step)
    hub.write(line({ msg: 'disk is full', time: clock.now() }))
    await clock.advance(5 * minute)
    const toB = posts.filter(({ url }) => url.endsWith('b')).flatMap(({ body }) => body.alerts)
    const ofDisk = toB.filter(({ rule }) => rule === 'error')
    expect(ofDisk.map(({ reason, count }) => [reason, count])).toEqual([
      ['first', 1],
      ['repeat', 2],
    ])
  },
)

it.each([hour, -hour])('a clock set by %d ms while a provider is down delays no retry', async (step) => {
  const { clock, setBy } = settableClock()
  let isDown = true
  const answer = () => (isDown ? new Response('down', { status: 503 }) : ok())
  const { hub, posts } = openHub({ channels: { a: hook('a') } }, { clock, answer })
  hub.write(fatal('out of memory'))
  await clock.advance(10 * second)
  setBy(step)
  isDown = false
  const before = posts.length
  await clock.advance(minute)
  expect(posts.length).toBe(before + 1)
})

it('a clock that was set back while no process ran does not silence what comes next', async () => {
  const dir = aDirectory()
  const first = openHub({ channels: { a: { ...hook('a'), wait: 0 } }, state: { dir } })
  await started(first)
  first.hub.write(line({ msg: 'disk is full' }))
  await first.clock.advance(2 * second)
  const next = openHub(
    { channels: { a: { ...hook('a'), wait: 0 } }, state: { dir: imageOf(dir) } },
    { at: start - 5 * hour },
  )
  await started(next)
  next.hub.write(line({ msg: 'another problem' }))
  await next.clock.advance(minute)
  expect(next.posts).toHaveLength(1)
})

it('what conditions have gathered outlives the process although the clock was set before it was written', async () => {
  const rules = [
    { name: 'login failed', match: { event: 'login' }, when: { count: 3, within: '1h' } },
  ] as const
  const options = { channels: { a: { ...hook('a'), wait: 0 } }, rules: [...rules] }
  const dir = aDirectory()
  const { clock, setBy } = settableClock()
  const first = openHub({ ...options, state: { dir } }, { clock })
  await started(first)
  for (let n = 0; n < 2; n++) first.hub.write(line({ event: 'login', msg: 'failed' }))
  setBy(5 * hour)
  first.hub.write(line({ msg: 'another problem' }))
  await clock.advance(2 * second)
  const next = openHub({ ...options, state: { dir: imageOf(dir) } }, { at: start + 5 * hour + minute })
  await started(next)
  next.hub.write(line({ event: 'login', msg: 'failed' }))
  await next.clock.advance(second)
  const notified = next.posts.flatMap(({ body }) => body.alerts)
  expect(notified).toContainEqual(expect.objectContaining({ rule: 'login failed', count: 3 }))
})

it('when the clock was set, what the tracker remembers moves by the same step, and only once', () => {
  let at = start
  const clock = { now: () => at, steady: () => 0, after: () => ({ cancel() {} }) }
  const tracker = createTracker({ channels: [] })
  const moments: unknown[] = []
  const restore: typeof tracker.restore = (snapshot, ...moment) => {
    moments.push(moment)
    return tracker.restore(snapshot, ...moment)
  }
  const steady = createSteadyClock(clock)
  const { advance } = createAdvance({
    tracker: { ...tracker, restore },
    clock,
    steady,
    lifecycle: createLifecycle(),
    fleet: createSolo(),
    signals: new EventEmitter(),
  })
  const follow = () => advance(() => [])
  follow()
  expect(moments).toEqual([])
  at += hour
  follow()
  follow()
  expect(moments).toEqual([[start + hour, hour]])
})

it.each([hour, -hour, 25 * hour, -25 * hour])(
  'a clock set by %d ms leaves room in the quota for what is not delivered yet',
  (step) => {
    const { clock, setBy } = settableClock()
    const channel = eager({ limits: [{ count: 1, perMs: hour }] })
    const tracker = createTracker({ channels: [channel] })
    const sent: string[] = []
    const signals: Signals = new EventEmitter()
    signals.on('effects', (effects) => {
      for (const effect of effects)
        if (effect.type === 'notify') sent.push(...effect.notification.items.map(({ alert }) => alert.id))
    })
    const { advance } = createAdvance({
      tracker,
      clock,
      steady: createSteadyClock(clock),
      lifecycle: createLifecycle(),
      fleet: createSolo(),
      signals,
    })
    const fire = (id: string) => {
      advance((now) => tracker.push(occurrence(id, now, { resolveAfterMs: false }), now))
      advance(tracker.tick)
    }
    fire('a')
    expect(sent).toEqual(['a'])
    setBy(step)
    fire('b')
    expect(sent).toEqual(['a'])
    // The queue keeps the message for a day.
    expect(tracker.nextDeadline()).toBe(start + step + 24 * hour)
  },
)
