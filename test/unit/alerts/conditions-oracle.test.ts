/**
 * Each condition against its oracle, on random traces with reloads and restarts in between. A failure prints
 * the seed and the shortest trace; ALERT_TRACES sets how many are tried.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createTracker, type Tracker } from '#core/alerts/tracker.ts'
import type { Occurrence } from '#core/model.ts'
import { inSoak } from '../../soak.ts'
import { type Asked, type Happening, previewKey } from './conditions-oracle.ts'
import { occurrence, second } from './stage.ts'
import { play, type Step } from './traces.ts'

const numRuns = Number(process.env['ALERT_TRACES'] ?? inSoak(10_000, 2_400)) / 2
const restMs = 120 * second

const asked: Readonly<Record<string, Asked>> = {
  k0: { when: { kind: 'window', count: 3, withinMs: 10 * second }, forMs: 0, resolveAfterMs: 10 * second },
  k1: {
    when: { kind: 'window', count: 2, withinMs: 20 * second },
    forMs: 15 * second,
    resolveAfterMs: 30 * second,
  },
  k2: { when: { kind: 'window', count: 4, withinMs: 7 * second }, forMs: 0, resolveAfterMs: 3 * second },
  k3: { when: { kind: 'distinct', count: 2, withinMs: 10 * second }, forMs: 0, resolveAfterMs: 10 * second },
  k4: {
    when: { kind: 'distinct', count: 3, withinMs: 30 * second },
    forMs: 10 * second,
    resolveAfterMs: 20 * second,
  },
  k5: { when: { kind: 'streak', count: 3 }, forMs: 0, resolveAfterMs: false },
  k6: { when: { kind: 'streak', count: 2 }, forMs: 0, resolveAfterMs: 20 * second },
  k7: { when: { kind: 'streak', count: 2 }, forMs: 10 * second, resolveAfterMs: 15 * second },
  k8: { forMs: 15 * second, resolveAfterMs: 10 * second },
  k9: { forMs: 30 * second, resolveAfterMs: false },
  spike: {
    when: {
      kind: 'spike',
      factor: 2,
      withinMs: 10 * second,
      atLeast: 3,
      windows: 3,
      referenceAtLeast: 0,
    },
    forMs: 0,
    resolveAfterMs: 15 * second,
  },
  spikeFor: {
    when: {
      kind: 'spike',
      factor: 1.5,
      withinMs: 8 * second,
      atLeast: 2,
      windows: 4,
      referenceAtLeast: 2,
    },
    forMs: 6 * second,
    resolveAfterMs: 20 * second,
  },
  spikeUntil: {
    when: {
      kind: 'spike',
      factor: 3,
      withinMs: 5 * second,
      atLeast: 2,
      windows: 2,
      referenceAtLeast: 1,
    },
    forMs: 0,
    resolveAfterMs: false,
  },
  spikeSince: {
    when: {
      kind: 'spike',
      factor: 2,
      withinMs: 6 * second,
      atLeast: 2,
      windows: 3,
      referenceAtLeast: 0,
    },
    forMs: 0,
    resolveAfterMs: 10 * second,
    since: 0,
  },
  absent: { when: { kind: 'absence', absentMs: 25 * second }, forMs: 0, resolveAfterMs: false },
}
const ids = Object.keys(asked)

type Move =
  | { readonly afterMs: number; readonly does: 'record' | 'end'; readonly id: string; readonly value: string }
  | { readonly afterMs: number; readonly does: 'reload' | 'restart' }

/** Mostly one key at a time, so that much comes together. */
const moves: fc.Arbitrary<Move[]> = fc
  .tuple(fc.subarray(ids, { minLength: 1, maxLength: 3 }), fc.integer({ min: 1, max: 12 }))
  .chain(([few, most]) => {
    const afterMs = fc.integer({ min: 0, max: most }).map((n) => n * second)
    const id = fc.constantFrom(...few)
    const value = fc.constantFrom('a', 'b', 'c', 'd')
    const move: fc.Arbitrary<Move> = fc.oneof(
      { weight: 20, arbitrary: fc.record({ afterMs, does: fc.constant('record' as const), id, value }) },
      { weight: 2, arbitrary: fc.record({ afterMs, does: fc.constant('end' as const), id, value }) },
      { weight: 1, arbitrary: fc.record({ afterMs, does: fc.constant('reload' as const) }) },
      { weight: 1, arbitrary: fc.record({ afterMs, does: fc.constant('restart' as const) }) },
    )
    return fc.array(move, { maxLength: 60, size: 'max' })
  })

function occurrenceOf(
  id: string,
  now: number,
  value: string,
  action: Occurrence['action'] = 'fire',
): Occurrence {
  const { when, forMs, resolveAfterMs } = asked[id]!
  const condition = { forMs, value, ...(when === undefined ? {} : { when }) }
  const key = id === 'absent' ? '' : id
  return occurrence(id, now, {
    rule: id,
    key,
    action,
    resolveAfterMs,
    ...(action === 'fire' ? { condition } : {}),
  })
}

function open(now: number): Tracker {
  const watches = [{ rule: 'absent', absentMs: 25 * second, occurrence: occurrenceOf('absent', 0, '') }]
  return createTracker({ channels: [], now, newId: () => '', watches, spikes: ['spikeSince'] })
}

/** What becomes of each key's alert when this happens: how many records it counts when, and when it ends. */
function lifeOf(all: readonly Move[]): Map<string, string[]> {
  const lines = new Map<string, string[]>(ids.map((id) => [id, []]))
  const steps: (Step | Move)[] = [...all, { afterMs: restMs, does: 'tick' }]
  let tracker = open(0)
  let counts = new Map<string, number>()

  /** Notes what is other than it was when it looked last. */
  function look(now: number, _effects: unknown): readonly [] {
    const present = new Map(tracker.live().map(({ id, count }) => [id, count]))
    for (const [id, mine] of lines) {
      const added = (present.get(id) ?? 0) - (counts.get(id) ?? 0)
      if (added > 0) mine.push(`${now / second} +${added}`)
      if (counts.has(id) && !present.has(id)) mine.push(`${now / second} end`)
    }
    counts = present
    return []
  }

  const facade = {
    push: () => [],
    tick: (now: number) => look(now, tracker.tick(now)),
    drain: () => [],
    nextDeadline: () => tracker.nextDeadline(),
    pause: () => {},
    noteOutcome: () => [],
  }
  play(facade, [], steps, 'punctual', (now, index) => {
    const move = all[index]
    switch (move?.does) {
      case 'record':
        return look(now, tracker.push(occurrenceOf(move.id, now, move.value), now))
      case 'end':
        return move.id === 'absent'
          ? []
          : look(now, tracker.push(occurrenceOf(move.id, now, '', 'resolve'), now))
      case 'reload':
        return look(now, tracker.reload([], now))
      case 'restart': {
        const saved = JSON.parse(JSON.stringify(tracker.snapshot()))
        tracker = open(now)
        return look(now, tracker.restore(saved, now))
      }
      default:
        return []
    }
  })
  return lines
}

/** What happens to each key, with its moment. */
function happeningsOf(all: readonly Move[]): {
  readonly byKey: Map<string, Happening[]>
  readonly endsAt: number
} {
  const byKey = new Map<string, Happening[]>(ids.map((id) => [id, []]))
  let at = 0
  for (const move of all) {
    at += move.afterMs
    if (move.does === 'record') byKey.get(move.id)?.push({ at, value: move.value })
    if (move.does === 'end' && move.id !== 'absent') byKey.get(move.id)?.push({ at, value: '', ends: true })
  }
  return { byKey, endsAt: at + restMs }
}

test(`on ${numRuns} traces every condition does what its oracle computes`, () => {
  const reached = new Map<string, number>()
  fc.assert(
    fc.property(moves, (all) => {
      const { byKey, endsAt } = happeningsOf(all)
      const actual = lifeOf(all)
      for (const id of ids) {
        const wanted = previewKey(asked[id]!, byKey.get(id) ?? [], endsAt)
        if (wanted.length > 0) reached.set(id, (reached.get(id) ?? 0) + 1)
        if (wanted.join() !== actual.get(id)?.join())
          expect({ [id]: actual.get(id) }).toEqual({ [id]: wanted })
      }
    }),
    { numRuns },
  )
  for (const id of ids) expect(reached.get(id), id).toBeGreaterThan(inSoak(5, 1))
})
