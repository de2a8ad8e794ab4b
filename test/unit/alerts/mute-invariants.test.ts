/**
 * The six invariants on random traces in which people silence, acknowledge, inhibit, schedule, reload and
 * restart, alerts flap, records become many more than usual, and digests are due. A failure prints the seed
 * and the shortest trace that shows it; ALERT_TRACES sets how many are tried.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { DigestPlan } from '#core/alerts/digest.ts'
import type { ChannelPlan } from '#core/alerts/tracker.ts'
import { type Notification, type NotificationItem, severityRank } from '#core/model.ts'
import { inSoak } from '../../soak.ts'
import { absentId, type MuteStory, muteTraces, playMutes, spikeId } from './mute-traces.ts'
import { fixed, type Punctuality, plans, type Step } from './traces.ts'

const numRuns = Number(process.env['ALERT_TRACES'] ?? inSoak(10_000, 150))
/** Ten thousand traces take minutes on a slow machine. */
const patienceMs = 1_800_000
const punctuality = fc.constantFrom<Punctuality>('punctual', 'careless')
/** A digest so often that it falls between the other messages. */
const periodOf = (at: number) => Math.floor(at / 45_000)
const digest: DigestPlan = {
  nextAfter: (after) => (periodOf(after) + 1) * 45_000,
  takes: () => true,
  quiet: true,
  only: false,
}
const pair = fc
  .tuple(plans('all'), plans('odd'), fc.boolean())
  .map(([all, odd, hasDigest]): [ChannelPlan, ChannelPlan] => [hasDigest ? { ...all, digest } : all, odd])

function must(holds: boolean, what: string): void {
  if (!holds) throw new Error(what)
}

interface Sent extends NotificationItem {
  readonly channel: string
}

function notifications({ effects }: MuteStory): Notification[] {
  return effects.flatMap(({ effect }) => (effect.type === 'notify' ? [effect.notification] : []))
}

function sentLog(story: MuteStory): (Sent & { readonly at: number })[] {
  return notifications(story).flatMap(({ at, channel, items }) =>
    items.map((item) => ({ ...item, at, channel })),
  )
}

function suppressed({ effects }: MuteStory) {
  return effects.flatMap(({ effect }) => (effect.type === 'suppressed' ? [effect] : []))
}

/** Digests follow one another without a gap, one a period, and count no record twice. */
function mustDigest(story: MuteStory): void {
  const digests = notifications(story).flatMap(({ at, channel, digest }) =>
    digest === undefined ? [] : [{ at, channel, digest }],
  )
  let records = 0
  for (const [index, { at, channel, digest }] of digests.entries()) {
    const before = digests[index - 1]
    must(channel === 'all', 'a digest on a channel without one')
    must(digest.from === (before?.at ?? 0) && digest.to === at, 'a gap between two digests')
    must(before === undefined || periodOf(before.at) < periodOf(at), 'two digests of one period')
    records += digest.records
  }
  const counted = [...sentLog(story), ...suppressed(story)].filter(({ channel }) => channel === 'all')
  const all = counted.reduce((sum, one) => sum + ('added' in one ? one.added : (one.count ?? 0)), 0)
  must(records <= all, `digests count ${records} of ${all} records`)
}

test(
  `on ${numRuns} traces the six invariants hold`,
  () => {
    fc.assert(
      fc.property(pair, muteTraces(), punctuality, (channels, steps, ticks) => {
        const story = playMutes(channels, steps, ticks)
        // 3: nothing is sent while silenced, acknowledged, inhibited or outside a schedule, ends apart; and
        // nothing without news.
        must(story.problems.length === 0, story.problems.join('\n'))

        const notified = sentLog(story)
        const silent = suppressed(story)
        for (const plan of channels) {
          const { name, repeatMs } = plan
          for (const id of [...story.matched.keys(), absentId, spikeId]) {
            const mine = notified.filter((item) => item.channel === name && item.alert.id === id)
            const lost = silent.filter((effect) => effect.channel === name && effect.alert === id)
            let before: (typeof mine)[number] | undefined
            let isOpen = false
            for (const item of mine) {
              if (item.reason === 'resolved') {
                // 2: an end is sent only after an opening, and once.
                must(isOpen, 'an end without a start, or a second end')
                isOpen = false
                continue
              }
              isOpen = true
              const isWorse =
                before === undefined ||
                severityRank(item.alert.severity) > severityRank(before.alert.severity)
              const isFlush = steps.some(({ does }) => does === 'flush') || item.at === story.endedAt
              // 1: not twice within its repeat, unless it became worse.
              if (!isWorse && !isFlush && repeatMs !== false)
                must(item.at - before!.at >= repeatMs, 'sent again too soon')
              before = item
            }
            // 2: and an end passes whatever keeps the channel quiet.
            const isOver = !story.live.some((alert) => alert.id === id)
            if (plan.sendResolved === 'always') must(!(isOpen && isOver), 'an end that was not sent')
            const matched = story.matched.get(id)
            if (matched === undefined) continue
            // 4: sent, or a reason is recorded.
            must(mine.length + lost.length > 0, `${name} was not notified of ${id}`)
            // 5: what was sent and what was recorded sum to what was matched.
            const added = mine.reduce((sum, item) => sum + item.added, 0)
            const missing = lost.reduce((sum, effect) => sum + (effect.count ?? 0), 0)
            must(added + missing === matched, `${name}: sent ${added} and recorded ${missing} of ${matched}`)
          }
        }
        mustDigest(story)
      }),
      { numRuns },
    )
  },
  patienceMs,
)

test(
  `on ${numRuns / 10} traces reloads and restarts change nothing that is sent`,
  () => {
    fc.assert(
      fc.property(pair, muteTraces(), (channels, trace) => {
        const steps = trace.map((step) =>
          step.does === 'deadline' ? (fixed([step as Step])[0] as Step) : step,
        )
        const lines = (isDisturbed: boolean) =>
          sentLog(playMutes(channels, steps, 'punctual', isDisturbed)).map(
            ({ at, channel, reason, added, alert }) => `${at} ${channel} ${alert.id} ${reason} +${added}`,
          )
        const actual = lines(true)
        const wanted = lines(false)
        if (actual.join('\n') !== wanted.join('\n')) expect(actual).toEqual(wanted)
      }),
      { numRuns: numRuns / 10 },
    )
  },
  patienceMs,
)

test('a reload changes nothing of an alert that a silence left nothing to send of', () => {
  const fire = (key: number, afterMs = 0) => ({ does: 'fire', key, severity: 'info', afterMs }) as const
  const end = { does: 'resolve', key: 0, afterMs: 0 } as const
  const flush = { does: 'flush', afterMs: 0 } as const
  const channel = {
    admits: () => true,
    afterMs: 0,
    intervalMs: 0,
    repeatMs: false,
    repeatMaxMs: 30_000,
    sendResolved: 'always',
    renews: false,
    limits: [],
  } as const
  const channels = [
    { ...channel, name: 'all', waitMs: 20_000 },
    { ...channel, name: 'odd', waitMs: 0 },
  ]
  const steps: Parameters<typeof playMutes>[1] = [
    { does: 'silence', key: 0, forMs: 41_000, afterMs: 0 },
    fire(0),
    { does: 'inhibit', isOn: false, afterMs: 10_000 },
    fire(0),
    flush,
    end,
    fire(0),
    flush,
    fire(0),
    fire(0, 10_000),
    fire(0, 17_000),
    end,
    fire(1, 1_000),
    { does: 'reload', afterMs: 2_000 },
    fire(0),
    { does: 'silence', key: 0, forMs: 1_000, afterMs: 18_000 },
    { ...flush, afterMs: 1_000 },
  ]
  const endsOf = (isDisturbed: boolean) =>
    sentLog(playMutes(channels, steps, 'punctual', isDisturbed))
      .filter(({ alert, reason }) => alert.id === 'k0' && reason === 'resolved')
      .map(({ at }) => at)
  expect(endsOf(true)).toEqual(endsOf(false))
})

test('the traces reach every reason to mute, and every reason to send', () => {
  const reached = new Set<string>()
  fc.assert(
    fc.property(pair, muteTraces(), punctuality, (channels, steps, ticks) => {
      const story = playMutes(channels, steps, ticks)
      for (const { reason, alert } of sentLog(story)) {
        reached.add(alert.id.startsWith('k') ? reason : `${alert.id} ${reason}`)
        if ((alert.startsInDay ?? 0) > 3) reached.add('flapping')
      }
      for (const { reason } of notifications(story)) reached.add(reason)
      for (const { reason } of suppressed(story)) reached.add(reason)
    }),
    { numRuns: 500 },
  )
  const notified = [
    'first',
    'repeat',
    'escalated',
    'regression',
    'resolved',
    'absent first',
    'absent repeat',
    'absent resolved',
    'spike first',
    'spike repeat',
    'spike regression',
    'spike resolved',
    'digest',
    'flapping',
  ]
  const kept = ['silenced', 'acknowledged', 'inhibited', 'schedule', 'ended', 'closed']
  expect([...reached]).toEqual(expect.arrayContaining([...notified, ...kept]))
})
