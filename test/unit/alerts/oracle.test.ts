import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type ChannelPlan, createTracker } from '#core/alerts/tracker.ts'
import { severityRank } from '#core/model.ts'
import { inSoak } from '../../soak.ts'
import { preview } from './oracle.ts'
import { eager, minute, second } from './stage.ts'
import { fixed, plans, play, type Step, traces } from './traces.ts'

const restMs = 5 * minute

/** Two channels with a least severity each. */
const channels = fc.tuple(plans('one'), plans('two'), fc.nat(3), fc.nat(3)).map(([one, two, first, second]) =>
  [
    { plan: one, minRank: first },
    { plan: two, minRank: second },
  ].map(({ plan, minRank }) => ({
    plan: {
      ...plan,
      admits: (alert: { severity: 'info' | 'warning' | 'error' | 'critical' }) =>
        severityRank(alert.severity) >= minRank,
    },
    minRank,
  })),
)

/** What the tracker sends, ticked at its own deadlines. */
function notified(pair: Pair, steps: readonly Step[]) {
  const tracker = createTracker({ channels: pair.map(({ plan }) => plan), newId: () => '' })
  const names = pair.map(({ plan }) => plan.name)
  const rest: Step[] = [{ afterMs: restMs, does: 'tick' }]
  const { effects } = play(tracker, names, [...steps, ...rest], 'punctual')
  const messages = effects.flatMap(({ effect }) => {
    if (effect.type !== 'notify') return []
    const { at, channel, items } = effect.notification
    return [
      { at, channel, items: items.map((item) => `${item.alert.id} ${item.reason} +${item.added}`).sort() },
    ]
  })
  const lost = effects.flatMap(({ effect }) =>
    effect.type === 'suppressed' && effect.reason === 'ended'
      ? [`${effect.channel} ${effect.alert} ${effect.count}`]
      : [],
  )
  return { messages, lost: lost.sort() }
}

type Pair = readonly { readonly plan: ChannelPlan; readonly minRank: number }[]

function expectAsPreviewed(pair: Pair, steps: readonly Step[]): void {
  const previewed = preview(pair, steps, restMs)
  const wanted = { messages: previewed.messages, lost: previewed.lost.sort() }
  const actual = notified(pair, steps)
  const order = (a: { at: number; channel: string }, b: { at: number; channel: string }) =>
    a.at - b.at || a.channel.localeCompare(b.channel)
  wanted.messages.sort(order)
  actual.messages.sort(order)
  if (JSON.stringify(actual) !== JSON.stringify(wanted)) expect(actual).toEqual(wanted)
}

function compare(keys: number, most: number, size: number, runs: number): void {
  const trace = traces({ keys, most, size }).map((steps) =>
    fixed(steps).filter((step) => step.does !== 'flush'),
  )
  fc.assert(
    fc.property(channels, trace, (pair, steps) => expectAsPreviewed(pair, steps)),
    { numRuns: runs },
  )
}

test('the tracker sends, to the millisecond, what follows from the rules computed again each second', () => {
  compare(4, 40, 40, inSoak(5_000, 150))
})

test('the same in storms', () => {
  compare(50, 3, 80, inSoak(1_000, 40))
})

test('the same if an alert starts, ends and starts again in one millisecond', () => {
  const timing = { repeatMs: false, repeatMaxMs: 30 * second, sendResolved: 'always' } as const
  const pair = [
    { plan: eager({ name: 'one', intervalMs: 10 * second, ...timing }), minRank: 0 },
    { plan: eager({ name: 'two', ...timing }), minRank: 0 },
  ]
  const fire: Step = { afterMs: 0, does: 'fire', key: 3, severity: 'info' }
  const steps: Step[] = [fire, { afterMs: 0, does: 'resolve', key: 3 }, fire]
  expectAsPreviewed(pair, steps)
  const of = (name: string) => notified(pair, steps).messages.filter(({ channel }) => channel === name)
  expect(of('one')).toEqual([
    { at: 0, channel: 'one', items: ['k3 first +1'] },
    { at: 5 * minute, channel: 'one', items: ['k3 regression +1'] },
  ])
})
