/**
 * What is right if lives of an alert meet a busy, slow or failing channel: small traces, each of which was
 * wrong once.
 */
import { describe, expect, test } from 'vitest'
import type { Effect } from '#core/alerts/tracker.ts'
import { createTracker } from '#core/alerts/tracker.ts'
import type { Alert, Notification } from '#core/model.ts'
import { channel, eager, hour, minute, occurrence, recordAt, second, setStage } from './stage.ts'

const isCritical = (alert: Alert) => alert.severity === 'critical'
const pager = eager({ name: 'pager', admits: isCritical, sendResolved: 'always', intervalMs: 10 * second })

describe('a new life of an alert', () => {
  test('leaves the unsent records of the one before their severity, text and filter', () => {
    const stage = setStage([pager])
    stage.fire('other', 0, { severity: 'critical' })
    stage.fire('a', 5 * second, { severity: 'critical', record: recordAt(5 * second, 'database is gone') })
    stage.resolve('a', 6 * second)
    stage.fire('a', 7 * second, { severity: 'error', record: recordAt(7 * second, 'slow query') })
    stage.pass(minute)
    const about = stage
      .notifications('pager')
      .flatMap(({ items }) => items)
      .filter(({ alert }) => alert.id === 'a')
    expect(
      about.map(({ reason, added, alert }) => [reason, added, alert.severity, alert.latest.msg]),
    ).toEqual([
      ['first', 1, 'critical', 'database is gone'],
      ['resolved', 0, 'critical', 'database is gone'],
    ])
  })

  test('that the channel takes is sent in one message, named by the worst unsent record', () => {
    const stage = setStage([channel({ waitMs: 0 })])
    stage.fire('other', 0)
    stage.fire('a', second, { severity: 'critical', record: recordAt(second, 'database is gone') })
    stage.resolve('a', 2 * second)
    stage.fire('a', 3 * second, { record: recordAt(3 * second, 'slow query') })
    stage.pass(minute)
    const [item] = stage.notifications()[1]?.items ?? []
    expect(item).toMatchObject({ reason: 'first', added: 2 })
    expect(item?.alert).toMatchObject({ severity: 'critical', latest: { msg: 'database is gone' } })
  })
})

test('severity and text of an alert are those of its worst record', () => {
  const stage = setStage([eager()])
  stage.fire('a', 0, { severity: 'critical', record: recordAt(0, 'the disk of the database is full') })
  stage.fire('a', 6 * minute, { record: recordAt(6 * minute, 'slow query 912 ms') })
  const alert = stage.notifications()[1]?.items[0]?.alert
  expect(alert).toMatchObject({ severity: 'critical', latest: { msg: 'the disk of the database is full' } })
})

describe('an alert that ended before it was sent', () => {
  test('is one message on a channel for people, which says that it ended', () => {
    const stage = setStage([channel({ waitMs: 0 })])
    stage.fire('other', 0)
    stage.fire('a', second, { severity: 'critical' })
    stage.resolve('a', 2 * second)
    stage.pass(hour)
    const about = stage.lines().filter(({ items }) => items.some((item) => item.startsWith('a ')))
    expect(about).toMatchObject([{ at: 30 * second, reason: 'first' }])
  })

  test('is opened and closed where incidents are kept', () => {
    const stage = setStage([pager])
    stage.fire('other', 0, { severity: 'critical' })
    stage.fire('a', second, { severity: 'critical' })
    stage.resolve('a', 2 * second)
    stage.pass(minute)
    expect(stage.lines().slice(1)).toMatchObject([
      { at: 10 * second, items: ['a first +1'] },
      { at: 20 * second, items: ['a resolved +0'] },
    ])
  })
})

describe('a provider', () => {
  function openTracker(more = {}) {
    const tracker = createTracker({
      channels: [eager({ sendResolved: 'always', ...more })],
      newId: () => 'n',
    })
    const sent = (effects: readonly Effect[]): Notification[] =>
      effects.flatMap((effect) => (effect.type === 'notify' ? [effect.notification] : []))
    return { tracker, sent }
  }

  test('that accepted no message about an alert gets no end of it', () => {
    const { tracker, sent } = openTracker()
    tracker.push(occurrence('a', 0), 0)
    const [first] = sent(tracker.tick(0))
    tracker.push(occurrence('a', second, { action: 'resolve' }), second)
    expect(sent(tracker.tick(second))).toEqual([])
    tracker.noteOutcome(first!, false, minute)
    expect(sent(tracker.tick(hour))).toEqual([])
    expect(tracker.snapshot().alerts).toEqual([])
  })

  test('gets the end after it accepted the message about the start', () => {
    const { tracker, sent } = openTracker()
    tracker.push(occurrence('a', 0), 0)
    const [first] = sent(tracker.tick(0))
    tracker.push(occurrence('a', second, { action: 'resolve' }), second)
    tracker.noteOutcome(first!, true, minute)
    expect(tracker.nextDeadline()).toBeLessThanOrEqual(minute)
    expect(sent(tracker.tick(minute))).toMatchObject([{ reason: 'resolved' }])
  })

  test('that takes long gets the next reminder a whole pause after the delivery', () => {
    const { tracker, sent } = openTracker()
    tracker.push(occurrence('a', 0), 0)
    const [first] = sent(tracker.tick(0))
    for (let at = minute; at <= 20 * minute; at += minute) {
      if (at === 6 * minute) tracker.noteOutcome(first!, true, at)
      tracker.push(occurrence('a', at), at)
      if (at < 11 * minute) expect(sent(tracker.tick(at))).toEqual([])
      else {
        expect(sent(tracker.tick(at))).toMatchObject([{ at: 11 * minute, reason: 'repeat' }])
        break
      }
    }
  })
})

describe('a flapping alert', () => {
  test.each([2, 10, 20, 60, 120])('each %d minutes is at most 15 messages a day on any channel', (each) => {
    const names = ['chat', 'mail', 'webhook', 'pager'] as const
    const stage = setStage([
      channel({ name: 'chat' }),
      channel({ name: 'mail', intervalMs: minute }),
      eager({ name: 'webhook', sendResolved: 'always' }),
      eager({ name: 'pager', admits: isCritical, sendResolved: 'always' }),
    ])
    for (let at = 0; at < 24 * 60; at += each) {
      for (let on = 0; on < each / 2; on++) stage.fire('a', (at + on) * minute, { severity: 'critical' })
      stage.resolve('a', (at + each / 2) * minute)
    }
    stage.pass(24 * hour)
    for (const name of names) expect([name, stage.lines(name).length <= 15]).toEqual([name, true])
  })

  test('says how often it started within a day, and is closed once it is calm', () => {
    const stage = setStage([eager({ sendResolved: 'always' })])
    for (let n = 0; n < 5; n++) {
      stage.fire('a', n * hour)
      stage.resolve('a', n * hour + minute)
    }
    const flapping = stage.notifications().findLast(({ reason }) => reason === 'regression')
    expect(flapping?.items[0]?.alert.startsInDay).toBe(4)
    stage.pass(12 * hour)
    // Seven messages so far: each further one waits four hours.
    expect(stage.lines().at(-1)).toMatchObject({ at: 8 * hour + minute, reason: 'resolved' })
  })

  test('counts all its starts of a day', () => {
    const stage = setStage([eager({ sendResolved: 'always' })])
    for (let n = 0; n < 90; n++) {
      stage.fire('a', n * 20 * minute)
      stage.resolve('a', n * 20 * minute + minute)
    }
    const flapping = stage.notifications().findLast(({ reason }) => reason === 'regression')
    // Those of the 24 hours before its last start, that one included.
    expect(flapping?.items[0]?.alert.startsInDay).toBe(72)
  })

  test('of one long life with rare bursts is reminded of again soon after a calm', () => {
    const stage = setStage([eager()])
    const burst = (from: number) => {
      for (let at = from; at <= from + 40 * minute; at += minute)
        stage.fire('a', at, { resolveAfterMs: false })
    }
    burst(0)
    burst(8 * hour)
    const late = stage.lines().filter(({ at }) => at >= 8 * hour)
    expect(late.map(({ at }) => (at - 8 * hour) / minute)).toEqual([0, 5, 15, 35])
  })
})

describe('a lasting alert', () => {
  test('ends when its rule is removed or groups differently, on channels too', () => {
    const stage = setStage([eager({ sendResolved: 'always' })])
    stage.fire('a', 0, { resolveAfterMs: false, grouping: '["job"]' })
    const rules = { watches: [], canEnd: ({ grouping }: { grouping?: string }) => grouping === '["host"]' }
    stage.note(stage.tracker.reload([eager({ sendResolved: 'always' })], minute, rules))
    stage.pass(hour)
    expect(stage.lines().at(-1)).toMatchObject({ at: minute, reason: 'resolved' })
    expect(stage.notifications().at(-1)?.items[0]?.alert.endedBy).toBe('rule-removed')
  })

  test('is closed on a channel that is removed', () => {
    const stage = setStage([eager({ name: 'pager', sendResolved: 'always' })])
    stage.fire('a', 0, { resolveAfterMs: false })
    stage.note(stage.tracker.reload([], minute))
    expect(stage.notifications('pager').at(-1)).toMatchObject({
      reason: 'resolved',
      items: [{ alert: { state: 'resolved', endedBy: 'channel-removed' } }],
    })
  })

  test('that began while it was muted is sent when the mute ends and it still fires', () => {
    const mutes = () => (_: Alert, __: string, now: number) =>
      now < hour ? ({ reason: 'silenced', untilMs: hour } as const) : undefined
    const stage = setStage([eager()], { mutes })
    stage.fire('state', 0, { resolveAfterMs: false })
    stage.fire('event', 0, { resolveAfterMs: 2 * hour })
    stage.pass(2 * hour - 1)
    expect(stage.lines()).toMatchObject([{ at: hour, items: ['state first +1'] }])
  })

  test('that ended before it was muted is not sent when the mute ends', () => {
    const mutes = () => (_: Alert, __: string, now: number) =>
      now >= 4 * second && now < hour ? ({ reason: 'schedule', untilMs: hour } as const) : undefined
    const stage = setStage([eager({ waitMs: 5 * second, sendResolved: 'always' })], { mutes })
    stage.fire('state', 0, { resolveAfterMs: false })
    stage.resolve('state', 3 * second)
    stage.pass(2 * hour)
    expect(stage.lines()).toEqual([])
  })
})

describe('a quota', () => {
  const limits = [{ count: 8, perMs: hour }]

  test('keeps a quarter for critical alerts, and costs nothing for ends', () => {
    const stage = setStage([eager({ limits, sendResolved: 'always' })])
    for (let n = 0; n < 8; n++) {
      stage.fire(`e${n}`, n * minute)
      stage.resolve(`e${n}`, n * minute + second)
    }
    stage.fire('worst', 10 * minute, { severity: 'critical' })
    const charged = stage.lines().filter(({ reason }) => reason !== 'resolved')
    expect(charged).toHaveLength(7)
    expect(stage.lines().filter(({ reason }) => reason === 'resolved').length).toBeGreaterThanOrEqual(6)
    expect(charged.at(-1)).toMatchObject({ at: 10 * minute })
    expect(charged.at(-1)?.items).toContain('worst first +1')
  })

  test('is reported as exhausted once an hour at most', () => {
    const stage = setStage([eager({ limits: [{ count: 4, perMs: 10 * minute }] })])
    for (let n = 0; n < 4 * 60; n++) stage.fire(`e${n}`, n * minute)
    const reports = stage.effects().filter(({ type }) => type === 'quota-exhausted')
    expect(reports.length).toBeLessThanOrEqual(4)
  })

  test('is reported again each hour in which more wait, and once it has room', () => {
    const stage = setStage([eager({ limits: [{ count: 2, perMs: 6 * hour }] })])
    const more = { resolveAfterMs: false as const }
    for (let n = 0; n < 4; n++) stage.fire(`e${n}`, n * minute, more)
    for (let n = 4; n < 7; n++) stage.fire(`e${n}`, 90 * minute + n * minute, more)
    stage.pass(12 * hour)
    const reports = stage.effects().filter(({ type }) => type.startsWith('quota'))
    expect(reports).toMatchObject([
      { type: 'quota-exhausted', alerts: 1, until: 6 * hour },
      { type: 'quota-exhausted', alerts: 2 },
      { type: 'quota-exhausted', alerts: 5 },
      { type: 'quota-renewed', channel: 'chat' },
    ])
    expect(stage.lines()[2]).toMatchObject({ at: 6 * hour })
    expect(stage.lines()[2]?.items).toHaveLength(5)
  })

  test('lasts while new kinds keep coming: the interval doubles up to ten minutes', () => {
    const stage = setStage([channel({ limits: [{ count: 60, perMs: hour }] })])
    for (let n = 0; n < 500; n++) stage.fire(`e${n}`, n * 7200)
    stage.fire('worst', hour, { severity: 'critical' })
    expect(stage.lines().length).toBeLessThanOrEqual(15)
    stage.pass(hour + 30 * second)
    expect(stage.lines().at(-1)?.items).toContain('worst first +1')
  })
})
