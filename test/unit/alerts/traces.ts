/**
 * Random traces: what may happen to a tracker in any order, and a way to play them.
 */
import fc from 'fast-check'
import type { ChannelPlan, Effect, Tracker } from '#core/alerts/tracker.ts'
import type { Severity } from '#core/model.ts'
import { loudness, occurrence, second } from './stage.ts'

/** One thing that happens, so long after the one before. */
export type Step = { readonly afterMs: number } & (
  | { readonly does: 'fire'; readonly key: number; readonly severity: Severity }
  | { readonly does: 'resolve'; readonly key: number }
  /** Time jumps to the next deadline, if there is one soon, and the host ticks. */
  | { readonly does: 'deadline' }
  /** The host ticks though it need not, or late. */
  | { readonly does: 'tick' }
  | { readonly does: 'hold'; readonly channel: number; readonly forMs: number }
  | { readonly does: 'flush' }
)

/** Lengths of time worth trying, all whole multiples of `unit`, so that moments often fall together. */
function span(unit: number, most: number) {
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant(0) },
    { weight: 5, arbitrary: fc.integer({ min: 0, max: 12 }).map((n) => n * unit) },
    { weight: 2, arbitrary: fc.integer({ min: 0, max: most }).map((n) => n * unit) },
  )
}

/** Traces of this many steps at most, over so many keys. */
export function traces({ keys = 4, unit = second, most = 90, size = 40 } = {}): fc.Arbitrary<Step[]> {
  const key = fc.integer({ min: 0, max: keys - 1 })
  const afterMs = span(unit, most)
  const severity = fc.constantFrom(...loudness)
  const step: fc.Arbitrary<Step> = fc.oneof(
    { weight: 12, arbitrary: fc.record({ afterMs, does: fc.constant('fire' as const), key, severity }) },
    { weight: 3, arbitrary: fc.record({ afterMs, does: fc.constant('resolve' as const), key }) },
    { weight: 4, arbitrary: fc.record({ afterMs: fc.constant(0), does: fc.constant('deadline' as const) }) },
    { weight: 3, arbitrary: fc.record({ afterMs, does: fc.constant('tick' as const) }) },
    {
      weight: 1,
      arbitrary: fc.record({
        afterMs,
        does: fc.constant('hold' as const),
        channel: fc.integer({ min: 0, max: 1 }),
        forMs: fc.integer({ min: 0, max: most }).map((n) => n * unit),
      }),
    },
    { weight: 1, arbitrary: fc.record({ afterMs, does: fc.constant('flush' as const) }) },
  )
  return fc.array(step, { maxLength: size, size: 'max' })
}

/** Channel timings worth trying; `takes` decides by key and severity. */
export function plans(name: string, more: Partial<ChannelPlan> = {}): fc.Arbitrary<ChannelPlan> {
  return fc
    .record({
      waitMs: fc.constantFrom(0, 5 * second, 20 * second),
      afterMs: fc.constantFrom(0, 0, 0, 20 * second),
      intervalMs: fc.constantFrom(0, 10 * second, 30 * second),
      repeatMs: fc.constantFrom(false as const, 0, 10 * second, 60 * second),
      repeatMaxMs: fc.constantFrom(30 * second, 240 * second),
      sendResolved: fc.constantFrom('always' as const, 'critical' as const, 'never' as const),
      renews: fc.constantFrom(false, false, true),
      limits: fc.constantFrom([], [], [{ count: 3, perMs: 60 * second }]),
    })
    .map((timing) => ({ name, admits: () => true, ...timing, ...more }))
}

const soonMs = 600_000

/** The same trace with its moments fixed: no step depends on what the tracker says. */
export function fixed(steps: readonly Step[]): Step[] {
  return steps.map((step) => (step.does === 'deadline' ? { afterMs: step.afterMs, does: 'tick' } : step))
}

/** The alert of a key; how it ends by quiet differs from key to key. */
export const idOf = (key: number): string => `k${key}`
export const resolveAfterOf = (key: number): number | false =>
  ([10 * second, 60 * second, false] as const)[key % 3] ?? false

/** What happened: effects with the moment they came, and the records that were counted. */
export interface Story {
  readonly effects: readonly { readonly at: number; readonly effect: Effect }[]
  readonly matched: ReadonlyMap<string, number>
  readonly endedAt: number
}

/** When the host ticks: at every deadline, or only when a step says so. */
export type Punctuality = 'punctual' | 'careless'

/** Plays a trace from time 0; `between` is called after each step. */
export function play(
  tracker: Pick<Tracker, 'push' | 'tick' | 'drain' | 'nextDeadline' | 'pause' | 'noteOutcome'>,
  channels: readonly string[],
  steps: readonly (Step | { readonly afterMs: number; readonly does: string })[],
  punctuality: Punctuality,
  between: (now: number, step: number) => readonly Effect[] = () => [],
): Story {
  const effects: { at: number; effect: Effect }[] = []
  const matched = new Map<string, number>()
  let now = 0
  const note = (more: readonly Effect[]) => {
    for (const effect of more) effects.push({ at: now, effect })
    // The provider accepts everything at once.
    for (const effect of more)
      if (effect.type === 'notify') tracker.noteOutcome(effect.notification, true, now)
  }
  const tick = () => {
    const effects = tracker.tick(now)
    if (tracker.nextDeadline() <= now) throw new Error(`tick(${now}) left its deadline standing`)
    note(effects)
  }
  const pass = (until: number) => {
    while (punctuality === 'punctual' && tracker.nextDeadline() <= until) {
      now = Math.max(now, tracker.nextDeadline())
      tick()
    }
    now = until
  }

  for (const [index, one] of steps.entries()) {
    pass(now + one.afterMs)
    // What is none of these is for `between` to do.
    const step = one as Step
    switch (step.does) {
      case 'fire': {
        const id = idOf(step.key)
        matched.set(id, (matched.get(id) ?? 0) + 1)
        const resolveAfterMs = resolveAfterOf(step.key)
        note(tracker.push(occurrence(id, now, { severity: step.severity, resolveAfterMs }), now))
        break
      }
      case 'resolve':
        note(tracker.push(occurrence(idOf(step.key), now, { action: 'resolve' }), now))
        break
      case 'deadline':
        if (tracker.nextDeadline() < now + soonMs) pass(Math.max(now, tracker.nextDeadline()))
        tick()
        break
      case 'tick':
        tick()
        break
      case 'hold':
        tracker.pause(channels[step.channel % channels.length] ?? '', now + step.forMs)
        break
      case 'flush':
        note(tracker.drain(now, { growth: false }))
        break
    }
    note(between(now, index))
    if (punctuality === 'punctual') pass(now)
  }
  return { effects, matched, endedAt: now }
}
