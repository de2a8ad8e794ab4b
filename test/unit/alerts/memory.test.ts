/**
 * A key for each request, a million of them a day: what conditions remember stays bounded, by its number and
 * by the heap.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { createTracker } from '#core/alerts/tracker.ts'
import type { AlertCondition } from '#core/model.ts'
import { inSoak, soakTest } from '../../soak.ts'
import { channel, minute, occurrence, second } from './stage.ts'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

const conditionList: Readonly<Record<string, AlertCondition>> = {
  count: { forMs: 0, when: { kind: 'window', count: 3, withinMs: 10 * minute } },
  distinct: { forMs: 0, when: { kind: 'distinct', count: 3, withinMs: 10 * minute }, value: 'u1' },
  consecutive: { forMs: 0, when: { kind: 'streak', count: 3 } },
  for: { forMs: minute },
  spike: {
    forMs: 0,
    when: { kind: 'spike', factor: 2, withinMs: minute, atLeast: 3, windows: 6, referenceAtLeast: 0 },
  },
  'absent, by group': { forMs: 0, when: { kind: 'absence', absentMs: 25 * 60 * minute } },
  'count by fingerprint, ended by a record': {
    forMs: 0,
    when: { kind: 'window', count: 3, withinMs: 10 * minute },
    scope: 'rule',
  },
}

/** One of each kind of memory: of a key, of a group that is absent, of a rule with its keys. */
const sample = ['distinct', 'absent, by group', 'count by fingerprint, ended by a record']

/** What grows with the keys grows by more than this for each of them: a hash in a set takes twice as much. */
const bytesEach = 40
const last = inSoak(260_000, 160_000)

describe('a million keys a day', () => {
  it.each(inSoak(Object.keys(conditionList), sample))(
    'leave no trace each in what is remembered: %s',
    (name) => {
      const tracker = createTracker({ channels: [channel()] })
      const condition = conditionList[name]!
      const push = (from: number, to: number) => {
        for (let n = from; n < to; n++) {
          const now = n * 86
          tracker.push(occurrence(`key-${n}`, now, { condition, resolveAfterMs: 30 * second }), now)
          if (now >= tracker.nextDeadline()) tracker.tick(now)
        }
        collect()
        return process.memoryUsage().heapUsed
      }
      const early = push(0, 60_000)
      const late = push(60_000, last)
      const { conditions } = tracker.snapshot()
      expect(conditions?.keys.length).toBeLessThanOrEqual(50_000)
      expect(conditions?.absences.length).toBeLessThanOrEqual(1_000)
      expect((late - early) / (last - 60_000)).toBeLessThan(bytesEach)
    },
  )

  soakTest('with windows of thousands each hold 32 MiB of numbers at most', () => {
    const tracker = createTracker({ channels: [channel()] })
    const condition: AlertCondition = {
      forMs: 0,
      when: { kind: 'window', count: 100_000, withinMs: 24 * 60 * minute },
    }
    for (let round = 0; round < 10_000; round++) {
      for (let key = 0; key < 500; key++)
        tracker.push(occurrence(`key-${key}`, round, { condition, resolveAfterMs: minute }), round)
    }
    const numbers = (tracker.snapshot().conditions?.keys ?? []).reduce(
      (sum, { window }) => sum + (window?.length ?? 0),
      0,
    )
    expect(numbers).toBeLessThanOrEqual(4_000_000)
    // Evicted keys start again; the others have lost nothing.
    expect(numbers).toBeGreaterThan(3_000_000)
  })
})
