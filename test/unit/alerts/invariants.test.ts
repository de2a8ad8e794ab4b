/**
 * What must hold whatever happens: on random traces of records, severities, ends, deadlines, late ticks,
 * pauses, flushes and reloads. A failure prints the seed and the shortest trace that shows it.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type ChannelPlan, createTracker, type DigestPlan, type Effect } from '#core/alerts/tracker.ts'
import { type Notification, type NotificationItem, severityRank } from '#core/model.ts'
import { inSoak } from '../../soak.ts'
import { fixed, idOf, type Punctuality, plans, play, type Step, type Story, traces } from './traces.ts'

/** Like `expect`, at a fraction of its price. */
function must(pauses: boolean, what: string): void {
  if (!pauses) throw new Error(what)
}

function mustEqual(actual: unknown, wanted: unknown): void {
  if (JSON.stringify(actual) !== JSON.stringify(wanted)) expect(actual).toEqual(wanted)
}

const each = { numRuns: inSoak(5_000, 80) }
const punctuality = fc.constantFrom<Punctuality>('punctual', 'careless')

/** A digest so often that it falls between the other messages. */
const digest: DigestPlan = {
  nextAfter: (after) => (Math.floor(after / 45_000) + 1) * 45_000,
  takes: () => true,
  quiet: true,
  only: false,
}

/** One channel that takes everything and one that takes every other kind. */
const odd = plans('odd', { admits: (alert) => Number(alert.id.slice(1)) % 2 === 1 })
const pair: fc.Arbitrary<[ChannelPlan, ChannelPlan]> = fc
  .tuple(plans('all'), odd, fc.boolean())
  .map(([all, odd, hasDigest]) => [hasDigest ? { ...all, digest } : all, odd])

/** Many kinds in little time: storms. */
const bursts = traces({ keys: 60, unit: 20, most: 100, size: 150 })

/** Whether the alert is new to the channel. */
const isNew = ({ reason }: NotificationItem) => reason === 'first' || reason === 'regression'
/** What waits for no storm. */
const isUrgent = ({ reason, alert }: NotificationItem) =>
  alert.severity === 'critical' && reason !== 'resolved'

interface Sent extends NotificationItem {
  readonly at: number
  readonly channel: string
}

function sentLog(story: Story): Sent[] {
  return story.effects.flatMap(({ effect }) => {
    if (effect.type !== 'notify') return []
    const { at, channel, items } = effect.notification
    return items.map((item) => ({ ...item, at, channel }))
  })
}

function notifications(story: Story): Notification[] {
  return story.effects.flatMap(({ effect }) => (effect.type === 'notify' ? [effect.notification] : []))
}

function suppressed(story: Story): Extract<Effect, { type: 'suppressed' }>[] {
  return story.effects.flatMap(({ effect }) => (effect.type === 'suppressed' ? [effect] : []))
}

function by<Item>(items: readonly Item[], keyOf: (item: Item) => string): Item[][] {
  const groups = new Map<string, Item[]>()
  for (const item of items) {
    const group = groups.get(keyOf(item))
    if (group === undefined) groups.set(keyOf(item), [item])
    else group.push(item)
  }
  return [...groups.values()]
}

const perChannelAndAlert = (items: readonly Sent[]) => by(items, (item) => `${item.channel} ${item.alert.id}`)

function start(channels: readonly ChannelPlan[], maxAlerts?: number) {
  let ids = 0
  const names = channels.map((plan) => plan.name)
  const tracker = createTracker({
    channels,
    newId: () => `n${++ids}`,
    ...(maxAlerts === undefined ? {} : { maxAlerts }),
  })
  return { tracker, names }
}

/** Plays the trace and then ends the stream. */
function playToEnd(
  channels: readonly ChannelPlan[],
  steps: readonly Step[],
  ticks: Punctuality,
  maxAlerts?: number,
): Story {
  const { tracker, names } = start(channels, maxAlerts)
  const story = play(tracker, names, steps, ticks)
  const last = tracker.drain(story.endedAt, { growth: true }).map((effect) => ({ at: story.endedAt, effect }))
  return { ...story, effects: [...story.effects, ...last] }
}

test('1: no alert is sent twice within its repeat unless its severity rose', () => {
  const repeating = fc.tuple(plans('all', { repeatMs: 60_000 }), plans('odd', { repeatMs: 10_000 }))
  fc.assert(
    fc.property(repeating, traces(), punctuality, (channels, steps, ticks) => {
      const { tracker, names } = start(channels)
      const story = play(tracker, names, steps, ticks)
      for (const notified of perChannelAndAlert(sentLog(story))) {
        const repeatMs = notified[0]?.channel === 'all' ? 60_000 : 10_000
        const firing = notified.filter((item) => item.reason !== 'resolved')
        for (const [index, item] of firing.entries()) {
          const before = firing[index - 1]
          if (before === undefined || severityRank(item.alert.severity) > severityRank(before.alert.severity))
            continue
          must(item.at - before.at >= repeatMs, 'sent again too soon')
          // Within one life a reminder comes no sooner than was promised.
          if (item.reason === 'repeat') must(item.at >= (before.nextAt ?? before.at), 'sooner than promised')
        }
      }
    }),
    each,
  )
})

test('2: an end is sent once, to a channel that was notified, and only if it wants ends', () => {
  fc.assert(
    fc.property(pair, traces(), punctuality, (channels, steps, ticks) => {
      for (const notified of perChannelAndAlert(sentLog(playToEnd(channels, steps, ticks)))) {
        const policy = channels.find((plan) => plan.name === notified[0]?.channel)?.sendResolved
        let open = false
        let wasCritical = false
        for (const item of notified) {
          wasCritical ||= item.alert.severity === 'critical'
          if (item.reason !== 'resolved') {
            open = true
            continue
          }
          must(open, 'an end without a start, or a second end')
          must(item.alert.state === 'resolved', 'an end of an alert that fires')
          // What was sent as critical may have fired again as less, unsent, before its end.
          must(policy === 'always' || (policy === 'critical' && wasCritical), 'an end that is not wanted')
          open = false
          wasCritical = false
        }
      }
    }),
    each,
  )
})

test('3: nothing is sent while a channel is paused, within its interval, over its quota, or in the pace of a storm', () => {
  fc.assert(
    fc.property(pair, bursts, punctuality, (channels, all, ticks) => {
      const steps = all.filter((step) => step.does !== 'flush')
      const { tracker, names } = start(channels)
      const pauses: { name: string; from: number; until: number }[] = []
      const story = play(tracker, names, steps, ticks, (now, index) => {
        const step = steps[index]
        if (step?.does === 'hold')
          pauses.push({ name: names[step.channel] ?? '', from: now, until: now + step.forMs })
        return []
      })
      for (const plan of channels) {
        const sent = notifications(story).filter(({ channel }) => channel === plan.name)
        const at = sent.map((notification) => notification.at)
        // An end costs nothing.
        const charged = sent.flatMap(({ at, reason }) => (reason === 'resolved' ? [] : [at]))
        for (const [index, now] of at.entries()) {
          const isPaused = pauses.some(
            ({ name, from, until }) => name === plan.name && from < now && now < until,
          )
          must(!isPaused, 'sent while paused')
          must(now - (at[index - 1] ?? -plan.intervalMs) >= plan.intervalMs, 'sent within the interval')
          for (const { count, perMs } of plan.limits) {
            must(
              charged.filter((time) => time > now - perMs && time <= now).length <= count,
              'sent over the quota',
            )
          }
          const recent = sent.slice(0, index).filter((notification) => notification.at > now - 30_000)
          const fresh = recent.flatMap(({ items }) => items.filter(isNew))
          must(fresh.length <= 20 || sent[index]!.items.some(isUrgent), 'sent in the pace of a storm')
        }
      }
    }),
    each,
  )
})

test('4: every alert that fired is sent or has a recorded reason', () => {
  fc.assert(
    fc.property(pair, traces({ keys: 6 }), punctuality, (channels, steps, ticks) => {
      const story = playToEnd(channels, steps, ticks)
      const accounted = new Set([
        ...sentLog(story).map((item) => `${item.channel} ${item.alert.id}`),
        ...suppressed(story).map((effect) => `${effect.channel} ${effect.alert}`),
      ])
      for (const id of story.matched.keys()) {
        for (const { name } of channels)
          must(accounted.has(`${name} ${id}`), `${name} was not notified of ${id}`)
      }
    }),
    each,
  )
})

test('5: counts sent sum to records matched; what is suppressed by `after` is recorded with its count', () => {
  fc.assert(
    fc.property(pair, traces({ keys: 6 }), punctuality, (channels, steps, ticks) => {
      const story = playToEnd(channels, steps, ticks)
      for (const { name, afterMs } of channels) {
        for (const [id, matched] of story.matched) {
          const notified = sentLog(story).filter((item) => item.channel === name && item.alert.id === id)
          const lost = suppressed(story).filter((effect) => effect.channel === name && effect.alert === id)
          const added = notified.reduce((sum, item) => sum + item.added, 0)
          const missing = lost.reduce((sum, effect) => sum + (effect.count ?? 0), 0)
          const takes = name === 'all' || Number(id.slice(1)) % 2 === 1
          must(
            added + missing === (takes ? matched : 0),
            `${name}: sent ${added} and recorded ${missing} of ${matched}`,
          )
          must(afterMs > 0 || missing === 0, 'suppressed without need')
        }
      }
    }),
    each,
  )
})

test('5: counts sent sum to records matched also if there are more kinds than may live', () => {
  const open = fc.tuple(plans('all', { afterMs: 0 }))
  fc.assert(
    fc.property(
      open,
      traces({ keys: 12, size: 60 }),
      punctuality,
      fc.integer({ min: 1, max: 5 }),
      (channels, steps, ticks, max) => {
        const story = playToEnd(channels, steps, ticks, max)
        const added = sentLog(story).reduce((sum, item) => sum + item.added, 0)
        const matched = [...story.matched.values()].reduce((sum, count) => sum + count, 0)
        must(added === matched, `sent ${added} of ${matched}`)
        must(
          sentLog(story).every((item) => item.added >= 0),
          'sent less than nothing',
        )
      },
    ),
    each,
  )
})

/** All effects but those whose time depends on when the host ticks. */
function decided(story: Story): unknown {
  return story.effects.filter(({ effect }) => effect.type !== 'dropped')
}

const differential = (
  between: (
    tracker: ReturnType<typeof createTracker>,
    channels: readonly ChannelPlan[],
    now: number,
  ) => readonly Effect[],
) =>
  fc.assert(
    fc.property(
      pair,
      traces({ keys: 6 }),
      punctuality,
      fc.integer({ min: 1, max: 5 }),
      (channels, steps, ticks, every) => {
        const plain = start(channels, 5)
        const expected = play(plain.tracker, plain.names, fixed(steps), ticks)
        const other = start(channels, 5)
        const actual = play(other.tracker, other.names, fixed(steps), ticks, (now, index) =>
          index % every === 0 ? between(other.tracker, channels, now) : [],
        )
        mustEqual(decided(actual), decided(expected))
      },
    ),
    each,
  )

test('6: a reload with the same channels, at whatever moment, changes nothing that is sent', () => {
  differential((tracker, channels, now) => tracker.reload([...channels], now))
})

test('6: neither does a restart from a snapshot that went through JSON', () => {
  differential((tracker) => tracker.restore(JSON.parse(JSON.stringify(tracker.snapshot()))))
})

test('6: a channel that is added later is notified of nothing twice, and changes nothing for the others', () => {
  fc.assert(
    fc.property(pair, traces({ keys: 3 }), fc.nat(20), ([all, odd], trace, from) => {
      const steps = fixed(trace)
      const { tracker, names } = start([all, odd])
      const story = play(tracker, names, steps, 'punctual', (now, index) =>
        index === from ? tracker.reload([all, odd, { ...all, name: 'new' }], now) : [],
      )
      const alone = start([all, odd])
      const plain = play(alone.tracker, names, steps, 'punctual')
      const others = (of: Story) =>
        sentLog(of).flatMap(({ notifiedChannels: _, ...item }) => (item.channel === 'new' ? [] : [item]))
      mustEqual(others(story), others(plain))
      for (const notified of perChannelAndAlert(sentLog(story))) {
        const added = notified.reduce((sum, item) => sum + item.added, 0)
        must(added <= (story.matched.get(notified[0]?.alert.id ?? '') ?? 0), 'sent more than there was')
      }
    }),
    each,
  )
})

test('a notification is never empty, names no alert twice, and is in order', () => {
  fc.assert(
    fc.property(pair, bursts, punctuality, (channels, steps, ticks) => {
      for (const { items, reason, severity, digest } of notifications(playToEnd(channels, steps, ticks))) {
        must(items.length > 0 === (digest === undefined), 'empty, or a digest with alerts of its own')
        if (digest !== undefined) continue
        must(new Set(items.map((item) => item.alert.id)).size === items.length, 'names an alert twice')
        const ranks = items.map((item) => severityRank(item.alert.severity))
        must(severityRank(severity) === Math.max(...ranks), 'not as severe as its worst')
        must(ranks[0] === Math.max(...ranks), 'does not show its worst first')
        const order = reason === 'storm' ? items.slice(1).map((item) => item.alert.count) : ranks
        mustEqual(
          order,
          [...order].sort((a, b) => b - a),
        )
        const fresh = items.filter(isNew)
        must((reason === 'storm') === fresh.length > 20, 'a storm is more than twenty new alerts')
      }
    }),
    each,
  )
})

test('an alert that only a resolve record ends is alive until then', () => {
  fc.assert(
    fc.property(traces({ keys: 3 }), (steps) => {
      const { tracker, names } = start([])
      let fires = false
      play(tracker, names, steps, 'punctual', (_, index) => {
        const step = steps[index]
        if ((step?.does === 'fire' || step?.does === 'resolve') && step.key === 2)
          fires = step.does === 'fire'
        must(
          tracker.live().some((alert) => alert.id === idOf(2)) === fires,
          'alive when over, or over when alive',
        )
        return []
      })
    }),
    each,
  )
})

test('the traces reach every reason to send and not to send', () => {
  const reached = new Set<string>()
  const collect = (channels: readonly ChannelPlan[], steps: readonly Step[], ticks: Punctuality) => {
    const story = playToEnd(channels, steps, ticks)
    for (const { reason } of [...notifications(story), ...sentLog(story), ...suppressed(story)])
      reached.add(reason)
  }
  fc.assert(fc.property(pair, bursts, punctuality, collect), { numRuns: 300 })
  fc.assert(fc.property(pair, traces(), punctuality, collect), { numRuns: 300 })
  const notified = ['first', 'repeat', 'escalated', 'regression', 'resolved', 'storm', 'digest']
  expect([...reached].sort()).toEqual([...notified, 'filtered', 'ended', 'closed'].sort())
})
