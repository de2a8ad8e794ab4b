import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { DigestPlan } from '#core/alerts/digest.ts'
import { createTracker, type Effect, type Tracker } from '#core/alerts/tracker.ts'
import type { Digest } from '#core/model.ts'
import { createDaily } from '#core/time/daily.ts'
import { inSoak } from '../../soak.ts'
import { channel, eager, hour, minute, occurrence, recordAt, second } from './stage.ts'

const day = 24 * hour
const midnight = Date.UTC(2026, 0, 1)

function plan(more: Partial<DigestPlan> = {}, timeZone = 'UTC', at = '09:00'): DigestPlan {
  return { nextAfter: createDaily({ at, timeZone }), takes: () => true, quiet: true, only: false, ...more }
}

interface Life {
  tracker: Tracker
  now: number
  readonly digests: { readonly at: number; readonly digest: Digest }[]
  note(effects: readonly Effect[]): void
}

function noting(tracker: Tracker): Life {
  const digests: { readonly at: number; readonly digest: Digest }[] = []
  return {
    tracker,
    now: midnight,
    digests,
    note(effects) {
      for (const effect of effects) {
        if (effect.type !== 'notify' || effect.notification.digest === undefined) continue
        digests.push({ at: effect.notification.at, digest: effect.notification.digest })
      }
    },
  }
}

/** Ticks at each deadline up to this moment. */
function pass(life: Life, until: number): void {
  for (let at = life.tracker.nextDeadline(); at <= until; at = life.tracker.nextDeadline()) {
    life.now = Math.max(at, life.now)
    life.note(life.tracker.tick(life.now))
  }
  life.now = until
}

const dayOf = (timeZone: string) => {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' })
  return (at: number) => format.format(at)
}

describe('a digest', () => {
  it.each([
    ['America/New_York', '02:30'],
    ['Europe/Berlin', '02:30'],
    ['Australia/Lord_Howe', '02:15'],
    ['Asia/Shanghai', '09:00'],
    ['Pacific/Apia', '00:00'],
  ])('is sent exactly once on each day of a year, whatever restarts: %s %s', (timeZone, at) => {
    const moments = fc.array(fc.integer({ min: 0, max: 365 * 24 * 60 }), { minLength: 20, maxLength: 200 })
    fc.assert(
      fc.property(moments, (restarts) => {
        const channels = [channel({ digest: plan({}, timeZone, at) })]
        const life = noting(createTracker({ channels, now: midnight }))
        for (const minutes of restarts.sort((a, b) => a - b)) {
          const now = midnight + minutes * minute
          pass(life, now)
          const saved = JSON.parse(JSON.stringify(life.tracker.snapshot()))
          life.tracker = createTracker({ channels, now })
          life.note(life.tracker.restore(saved, now))
          if (minutes % 3 === 0) life.note(life.tracker.push(occurrence(`k${minutes % 7}`, now), now))
        }
        pass(life, midnight + 365 * day)
        const name = dayOf(timeZone)
        const days = life.digests.map((one) => name(one.at))
        expect(new Set(days).size).toBe(days.length)
        expect(days.length).toBeGreaterThanOrEqual(364)
      }),
      { numRuns: inSoak(4, 1) },
    )
  })

  it('counts every record once: those of all digests are those that alerts counted', () => {
    const keys = fc.integer({ min: 0, max: 5 })
    const step = fc.record({
      afterMs: fc.integer({ min: 0, max: 9 * hour }),
      key: keys,
      does: fc.constantFrom('record', 'record', 'record', 'end', 'reload', 'restart', 'step' as const),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
        const channels = [eager({ digest: plan() })]
        const life = noting(createTracker({ channels, now: midnight }))
        let now = midnight
        let records = 0
        for (const { afterMs, key, does } of steps) {
          now += afterMs
          pass(life, now)
          if (does === 'record') {
            records++
            life.note(life.tracker.push(occurrence(`k${key}`, now), now))
          } else if (does === 'end') {
            life.note(life.tracker.push(occurrence(`k${key}`, now, { action: 'resolve' }), now))
          } else if (does === 'reload') {
            life.note(life.tracker.reload(channels, now))
          } else if (does === 'restart') {
            const saved = JSON.parse(JSON.stringify(life.tracker.snapshot()))
            life.tracker = createTracker({ channels, now })
            life.note(life.tracker.restore(saved, now))
          }
        }
        pass(life, now + 2 * day)
        expect(life.digests.reduce((sum, { digest }) => sum + digest.records, 0)).toBe(records)
        for (const [index, { digest }] of life.digests.entries()) {
          expect(digest.from).toBe(life.digests[index - 1]?.digest.to ?? midnight)
          expect(digest.lines.length).toBeLessThanOrEqual(31)
        }
      }),
      { numRuns: inSoak(1_000, 80) },
    )
  })

  it('separates new alerts, those that still fire and those that were resolved', () => {
    const channels = [eager({ digest: plan() })]
    const life = noting(createTracker({ channels, now: midnight }))
    const lasting = { resolveAfterMs: false as const }
    const fire = (id: string, at: number, times: number) => {
      pass(life, at)
      for (let n = 0; n < times; n++) life.note(life.tracker.push(occurrence(id, at, lasting), at))
    }
    fire('old', midnight + hour, 3)
    fire('gone', midnight + hour, 2)
    pass(life, midnight + 9 * hour)
    fire('old', midnight + 10 * hour, 4)
    fire('new', midnight + 11 * hour, 5)
    pass(life, midnight + 12 * hour)
    const end = occurrence('gone', midnight + 12 * hour, { action: 'resolve' })
    life.note(life.tracker.push(end, midnight + 12 * hour))
    pass(life, midnight + 33 * hour)
    const [first, second] = life.digests.map(({ digest }) => digest)
    expect(first).toMatchObject({ fresh: 2, firing: 0, resolved: 0, records: 5 })
    expect(second).toMatchObject({ fresh: 1, firing: 1, resolved: 1, records: 9 })
    const lines = second?.lines.map(({ alert, records, endedAt }) => [
      alert.id,
      records,
      endedAt !== undefined,
    ])
    expect(lines?.sort()).toEqual([
      ['gone', 0, true],
      ['new', 5, false],
      ['old', 4, false],
    ])
  })

  /** Lives of one alert, an hour apart and ten minutes long, the second after a restart if asked. */
  const livesOf = (names: readonly string[], isRestarted = false, worst = 'none') => {
    const channels = [eager({ digest: plan() })]
    const life = noting(createTracker({ channels, now: midnight }))
    for (const [index, name] of names.entries()) {
      const at = midnight + (index + 1) * hour
      pass(life, at)
      const record = recordAt(at, `charge ${index} failed`)
      life.note(
        life.tracker.push(
          occurrence('k', at, {
            record,
            impact: { userId: [name.charCodeAt(0)] },
            severity: name === worst ? 'critical' : 'error',
          }),
          at,
        ),
      )
      pass(life, at + 10 * minute)
      const end = occurrence('k', at + 10 * minute, { action: 'resolve' })
      life.note(life.tracker.push(end, at + 10 * minute))
      if (!isRestarted) continue
      const saved = JSON.parse(JSON.stringify(life.tracker.snapshot()))
      life.tracker = createTracker({ channels, now: life.now })
      life.note(life.tracker.restore(saved, life.now))
    }
    pass(life, midnight + 10 * hour)
    return life.digests[0]!.digest.lines[0]!
  }

  it('shows the lives of an alert as one: what they have in common, whom they concern, the longest', () => {
    const line = livesOf(['a', 'b', 'a', 'c'])
    expect(line).toMatchObject({ records: 4, startedAt: midnight + hour, lastedMs: 10 * minute })
    expect(line.alert.varied).toEqual({ message: 'charge … failed' })
    expect(line.alert.impact).toEqual([{ field: 'userId', count: 3 }])
  })

  it.each([
    ['first', 'a'],
    ['middle', 'b'],
    ['last', 'c'],
  ])('has the severity of the worst life of an alert, also after restarts: the %s', (_, worst) => {
    for (const isRestarted of [false, true]) {
      const { alert, records } = livesOf(['a', 'b', 'c'], isRestarted, worst)
      expect([alert.severity, records]).toEqual(['critical', 3])
    }
  })

  it('says after a restart that the lives may concern more than is counted', () => {
    const line = livesOf(['a', 'b'], true)
    expect(line).toMatchObject({ records: 2, lastedMs: 10 * minute })
    expect(line.alert.varied).toEqual({ message: 'charge … failed' })
    expect(line.alert.impact).toEqual([{ field: 'userId', count: 1, isMore: true }])
  })

  it('is about the alerts that its channel takes, also if it is sent nothing else', () => {
    const takes = ({ id }: { readonly id: string }) => id === 'mine'
    const channels = [eager({ admits: () => false, digest: plan({ takes, only: true }) })]
    const life = noting(createTracker({ channels, now: midnight }))
    for (const id of ['mine', 'other']) life.note(life.tracker.push(occurrence(id, midnight), midnight))
    pass(life, midnight + 10 * hour)
    expect(life.digests.map(({ digest }) => [digest.fresh, digest.records])).toEqual([[1, 1]])
  })

  it('is left out if nothing happened, unless that is to be said', () => {
    const silent = noting(
      createTracker({ channels: [channel({ digest: plan({ quiet: false }) })], now: midnight }),
    )
    pass(silent, midnight + 3 * day)
    expect(silent.digests).toEqual([])
    const quiet = noting(createTracker({ channels: [channel({ digest: plan() })], now: midnight }))
    pass(quiet, midnight + 3 * day)
    expect(quiet.digests.map(({ digest }) => digest.fresh)).toEqual([0, 0, 0])
  })

  it('costs one message of the quota, and waits for it', () => {
    const limits = [{ count: 1, perMs: 2 * hour }]
    const channels = [eager({ limits, digest: plan() })]
    const life = noting(createTracker({ channels, now: midnight }))
    pass(life, midnight + 8.5 * hour)
    const at = midnight + 8.5 * hour
    life.note(life.tracker.push(occurrence('a', at), at))
    const sent = life.tracker.tick(at).find((effect) => effect.type === 'notify')
    if (sent?.type === 'notify') life.tracker.noteOutcome(sent.notification, true, at)
    pass(life, midnight + 12 * hour)
    expect(life.digests.map((one) => one.at - midnight)).toEqual([10.5 * hour])
  })

  it('is sent once after the time at which no process ran, and not again that day', () => {
    const channels = [channel({ digest: plan() })]
    const first = createTracker({ channels, now: midnight })
    const saved = JSON.parse(JSON.stringify(first.snapshot()))
    const now = midnight + 9 * hour + 20 * minute
    const life = noting(createTracker({ channels, now }))
    life.now = now
    life.note(life.tracker.restore(saved, now))
    pass(life, midnight + 24 * hour)
    expect(life.digests.map((one) => one.at)).toEqual([now])
    expect(life.digests[0]?.digest.from).toBe(midnight)
  })

  it('is not sent again when the clock is set back over its time', () => {
    const channels = [channel({ digest: plan() })]
    const life = noting(createTracker({ channels, now: midnight }))
    pass(life, midnight + 9 * hour + second)
    const back = midnight + 8 * hour
    life.note(life.tracker.restore(life.tracker.snapshot(), back, -hour))
    life.now = back
    pass(life, midnight + 20 * hour)
    expect(life.digests.length).toBe(1)
  })

  it('says what is muted until now, and the rest of it in the next one', () => {
    const until = midnight + 30 * hour
    const mutes = () => (_alert: unknown, _channel: string, now: number) =>
      now < until ? ({ reason: 'silenced', untilMs: until } as const) : undefined
    const channels = [eager({ digest: plan() })]
    const life = noting(createTracker({ channels, now: midnight, mutes }))
    const lasting = { resolveAfterMs: 3 * day }
    const fire = (at: number, times: number) => {
      pass(life, at)
      for (let n = 0; n < times; n++) life.note(life.tracker.push(occurrence('a', at, lasting), at))
    }
    fire(midnight + hour, 1)
    fire(midnight + 2 * hour, 6)
    fire(midnight + 10 * hour, 5)
    pass(life, midnight + 40 * hour)
    expect(life.digests.map(({ digest }) => digest.suppressed)).toEqual([{ silenced: 7 }, { silenced: 5 }])
    expect(life.tracker.recordCounts().channels.get('chat')).toEqual({ waiting: 0, filtered: 0 })
  })

  it('counts for a channel what its fallback could not deliver either', () => {
    const channels = [
      eager({ name: 'a', fallsBack: true, digest: plan() }),
      eager({ name: 'b', digest: plan() }),
    ]
    const life = noting(createTracker({ channels, now: midnight }))
    life.note(life.tracker.push(occurrence('k', midnight), midnight))
    const sent = life.tracker
      .tick(midnight)
      .flatMap((one) => (one.type === 'notify' ? [one.notification] : []))
    const own = sent.find((one) => one.channel === 'a')!
    const fallbackFrom = { channel: 'a', reason: 'failed' } as const
    const items = own.items.map((item) => ({ ...item, fallbackFrom, fellBack: item.added }))
    life.tracker.noteOutcome(own, false, midnight)
    life.tracker.noteOutcome({ ...own, id: 'n9', channel: 'b', items }, false, midnight)
    pass(life, midnight + 10 * hour)
    expect(life.digests.map(({ digest }) => digest.suppressed)).toEqual([{ failed: 1 }, {}])
  })

  it('keeps bounded memory, and counts what it does not keep', () => {
    const channels = [eager({ digest: plan() })]
    const life = noting(createTracker({ channels, now: midnight }))
    for (let n = 0; n < 5_000; n++) {
      const at = midnight + n * second
      pass(life, at)
      for (const action of ['fire', 'resolve'] as const)
        life.note(life.tracker.push(occurrence(`k${n}`, at, { action }), at))
    }
    expect(life.tracker.snapshot().digests?.[0]?.ended.length).toBeLessThanOrEqual(200)
    pass(life, midnight + 10 * hour)
    expect(life.digests[0]?.digest).toMatchObject({ fresh: 5_000, records: 5_000 })
  })
})
