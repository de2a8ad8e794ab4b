/**
 * Random traces in which people silence, acknowledge, inhibit, reload and restart as well, and a second
 * opinion, as plain as can be, on who is to be kept quiet about what.
 */
import fc from 'fast-check'
import { type ChannelPlan, createTracker, type Effect, type Tracker } from '#core/alerts/tracker.ts'
import { type Alert, type Occurrence, type Severity, severityRank } from '#core/model.ts'
import { createMuting } from '#core/mute/mutes.ts'
import { minute, occurrence, second } from './stage.ts'
import { idOf, type Punctuality, play, resolveAfterOf, type Step, type Story, traces } from './traces.ts'

/** What happens beside records and time. */
export type MuteStep = { readonly afterMs: number } & (
  | { readonly does: 'silence'; readonly key: number; readonly forMs: number }
  | { readonly does: 'unsilence' }
  | { readonly does: 'acknowledge'; readonly key: number; readonly isUndone: boolean }
  /** Other options: `k0` inhibits those of its region, or does not. */
  | { readonly does: 'inhibit'; readonly isOn: boolean }
  | { readonly does: 'reload' }
  /** A new process takes up what the former one remembered. */
  | { readonly does: 'restart' }
  /** The record that is missed when it does not come. */
  | { readonly does: 'appear' }
  /** So many records at once of what fires when they become many more than usual. */
  | { readonly does: 'surge'; readonly records: number }
)

/** The alert about what does not come. */
export const absentId = 'absent'
const absentMs = 90 * second
/** The alert about a spike. */
export const spikeId = 'spike'

/** What a step means by a number: an alert of records, or one of the two that conditions fire. */
const namedBy = (key: number) => (key === 4 ? absentId : key === 5 ? spikeId : idOf(key))

function spikeOccurrence(now: number): Occurrence {
  const when = {
    kind: 'spike',
    factor: 2,
    withinMs: 10 * second,
    atLeast: 5,
    windows: 3,
    referenceAtLeast: 0,
  } as const
  return {
    ...occurrence(spikeId, now),
    rule: 'spike',
    key: '',
    condition: { forMs: 0, when },
    resolveAfterMs: 20 * second,
  }
}

/** Keys 0 and 1 are of one region, 2 of another, 3 of none. */
const regionOf = (id: string) => ({ k0: 'eu', k1: 'eu', k2: 'us' })[id]

/** Quiet on the channel `odd` in every other pair of minutes. */
const quietMinutes = Array.from({ length: 15 }, (_, n) => n * 4 + 2)
const pairs = quietMinutes.map((from) => {
  const two = (number: number) => String(number).padStart(2, '0')
  return { start: `00:${two(from)}`, end: from + 2 === 60 ? '01:00' : `00:${two(from + 2)}` }
})

/** Traces of records, ends and time with these between. */
export function muteTraces(): fc.Arbitrary<(Step | MuteStep)[]> {
  const afterMs = fc.integer({ min: 0, max: 20 }).map((n) => n * second)
  const step: fc.Arbitrary<MuteStep> = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        afterMs,
        does: fc.constant('silence' as const),
        key: fc.nat(5),
        forMs: fc.integer({ min: 1, max: 120 }).map((n) => n * second),
      }),
    },
    { weight: 1, arbitrary: fc.record({ afterMs, does: fc.constant('unsilence' as const) }) },
    {
      weight: 4,
      arbitrary: fc.record({
        afterMs,
        does: fc.constant('acknowledge' as const),
        key: fc.nat(5),
        isUndone: fc.oneof(
          { weight: 4, arbitrary: fc.constant(false) },
          { weight: 1, arbitrary: fc.constant(true) },
        ),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ afterMs, does: fc.constant('inhibit' as const), isOn: fc.boolean() }),
    },
    { weight: 1, arbitrary: fc.record({ afterMs, does: fc.constant('reload' as const) }) },
    { weight: 1, arbitrary: fc.record({ afterMs, does: fc.constant('restart' as const) }) },
    { weight: 2, arbitrary: fc.record({ afterMs, does: fc.constant('appear' as const) }) },
    {
      weight: 4,
      arbitrary: fc.record({
        afterMs,
        does: fc.constant('surge' as const),
        records: fc.integer({ min: 1, max: 20 }),
      }),
    },
  )
  const others = fc.array(fc.tuple(fc.nat(40), step), { maxLength: 12, size: 'max' })
  const flap = fc.record({
    key: fc.nat(3),
    lives: fc.integer({ min: 3, max: 8 }),
    everyMs: fc.nat(20).map((n) => n * second),
  })
  const flaps = fc.array(fc.tuple(fc.nat(40), flap), { maxLength: 2 })
  return fc.tuple(traces({ keys: 4, size: 40, most: 40 }), others, flaps).map(([steps, more, back]) => {
    const all: (Step | MuteStep)[] = [...steps]
    for (const [place, one] of more) all.splice(Math.min(place, all.length), 0, one)
    for (const [place, { key, lives, everyMs }] of back) {
      const pair: Step[] = [
        { does: 'fire', key, severity: 'error', afterMs: everyMs },
        { does: 'resolve', key, afterMs: everyMs },
      ]
      all.splice(Math.min(place, all.length), 0, ...Array.from({ length: lives }, () => pair).flat())
    }
    return all
  })
}

/** What happened, with what was sent although somebody was to be kept quiet. */
export interface MuteStory extends Story {
  readonly problems: readonly string[]
  readonly live: readonly Alert[]
}

/** Plays a trace to the end of the stream; without `isDisturbed` reloads and restarts are left out. */
export function playMutes(
  channels: readonly ChannelPlan[],
  steps: readonly (Step | MuteStep)[],
  punctuality: Punctuality,
  isDisturbed = true,
): MuteStory {
  const names = channels.map(({ name }) => name)
  const silences: { readonly id: string; readonly of: string; readonly from: number; until: number }[] = []
  /** Who took what on, by the alert: until something worse or the end. */
  const taken = new Map<string, { readonly rank: number; lastAt: number }>()
  const lastAt = new Map<string, number>()
  let inhibits = false
  let quiet = makeQuiet([])
  let ids = 0
  let tracker = makeTracker(0)
  const problems: string[] = []

  function makeQuiet(named: Parameters<typeof createMuting>[2]) {
    return createMuting(
      {
        silences: [],
        inhibit: inhibits ? [{ source: { id: 'k0' }, target: { id: { not: 'k0' } }, equal: ['region'] }] : [],
        schedules: { pairs: [{ times: pairs }] },
        channels: [{ name: 'odd', schedules: { only: [], not: ['pairs'] } }],
      },
      ({ id }) =>
        (path) =>
          path === 'id' ? id : regionOf(id),
      named,
    )
  }

  function makeTracker(now: number): Tracker {
    const condition = { forMs: 0, when: { kind: 'absence', absentMs } } as const
    const absent = {
      ...occurrence(absentId, 0),
      rule: 'absent',
      key: '',
      condition,
      resolveAfterMs: false as const,
    }
    return createTracker({
      channels,
      now,
      newId: () => `n${++ids}`,
      mutes: () => quiet.mutes,
      watches: [{ rule: 'absent', absentMs, occurrence: absent }],
      spikes: ['spike'],
    })
  }

  /**
   * Whether the channel is to be kept quiet about the alert now: worked out anew from the list of what
   * happened.
   */
  function isMuted(id: string, channel: string, now: number): boolean {
    const isSilenced = silences.some(({ of, from, until }) => of === id && now >= from && now < until)
    const isOutside = channel === 'odd' && quietMinutes.includes(Math.floor(now / (2 * minute)) * 2)
    const isFiring = tracker.live().some((alert) => alert.id === 'k0')
    const region = regionOf(id)
    const isInhibited =
      inhibits && id !== 'k0' && isFiring && region !== undefined && region === regionOf('k0')
    // What is renewed is the state itself, not a reminder.
    const isRenewed = channels.some(({ name, renews }) => name === channel && renews === true)
    return isSilenced || isOutside || isInhibited || (taken.has(id) && !isRenewed)
  }

  /** What a record does to an acknowledgement, by the rules as people read them. */
  function noteRecord(id: string, severity: Severity, isEnd: boolean, now: number): void {
    const one = taken.get(id)
    const quietMs = id === absentId ? false : resolveAfterOf(Number(id.slice(1)))
    const isOver = one !== undefined && quietMs !== false && now >= one.lastAt + quietMs
    if (isEnd || isOver || (one !== undefined && severityRank(severity) > one.rank)) taken.delete(id)
    else if (one !== undefined) one.lastAt = now
    if (!isEnd) lastAt.set(id, now)
  }

  function acknowledge(id: string, isUndone: boolean, now: number): readonly Effect[] {
    if (isUndone) {
      const effects = tracker.unacknowledge(id, now)
      if (effects !== undefined) taken.delete(id)
      return effects ?? []
    }
    const effects = tracker.acknowledge(id, { at: now, by: 'ann' }, now)
    const alert = tracker.live().find((one) => one.id === id)
    if (effects !== undefined && alert !== undefined)
      taken.set(id, { rank: severityRank(alert.severity), lastAt: lastAt.get(id) ?? now })
    return effects ?? []
  }

  function check(effects: readonly Effect[], now: number): readonly Effect[] {
    for (const effect of effects) {
      // Whether records end a spike is not for this opinion: a new life is not acknowledged.
      if (effect.type === 'fired' && effect.alert === spikeId) taken.delete(spikeId)
      if (effect.type !== 'notify') continue
      const { channel, items } = effect.notification
      for (const { alert, reason, added } of items) {
        if (reason === 'resolved') continue
        if (isMuted(alert.id, channel, now)) problems.push(`${channel} was notified of ${alert.id} at ${now}`)
        const renews = channels.some((plan) => plan.name === channel && plan.renews)
        if (added < 1 && !renews) problems.push(`${channel} was sent nothing new of ${alert.id} at ${now}`)
      }
    }
    return effects
  }

  function disturb(step: Step | MuteStep | undefined, now: number): readonly Effect[] {
    switch (step?.does) {
      case 'silence': {
        const of = namedBy(step.key)
        const silence = { id: `s${silences.length}`, of, from: now, until: now + step.forMs }
        silences.push(silence)
        quiet.silence({ id: silence.id, match: { id: of }, untilMs: silence.until, schedules: [] }, now)
        return []
      }
      case 'unsilence': {
        const silence = silences.findLast(({ until }) => until > now)
        if (silence === undefined) return []
        silence.until = now
        quiet.unsilence(silence.id)
        return tracker.updateMutes(now)
      }
      case 'acknowledge':
        return acknowledge(namedBy(step.key), step.isUndone, now)
      case 'inhibit':
        inhibits = step.isOn
        quiet = makeQuiet(quiet.runtimeSilences(now))
        return tracker.reload(channels, now)
      case 'reload':
        return isDisturbed ? tracker.reload([...channels], now) : []
      case 'restart': {
        if (!isDisturbed) return []
        const saved = JSON.parse(JSON.stringify(tracker.snapshot()))
        tracker = makeTracker(now)
        quiet = makeQuiet(quiet.runtimeSilences(now))
        return tracker.restore(saved, now)
      }
      case 'appear': {
        noteRecord(absentId, 'error', true, now)
        const condition = { forMs: 0, when: { kind: 'absence', absentMs } } as const
        return tracker.push(
          { ...occurrence(absentId, now), rule: 'absent', key: '', condition, resolveAfterMs: false },
          now,
        )
      }
      case 'surge':
        return Array.from({ length: step.records }, () => tracker.push(spikeOccurrence(now), now)).flat()
      default:
        return []
    }
  }

  const own: Pick<Tracker, 'push' | 'tick' | 'drain' | 'nextDeadline' | 'pause' | 'noteOutcome'> = {
    push(occurrence, now) {
      noteRecord(occurrence.id, occurrence.severity, occurrence.action === 'resolve', now)
      return check(tracker.push(occurrence, now), now)
    },
    tick: (now) => check(tracker.tick(now), now),
    drain: (now, options) => check(tracker.drain(now, options), now),
    nextDeadline: () => tracker.nextDeadline(),
    pause: (name, untilMs) => tracker.pause(name, untilMs),
    noteOutcome: (notification, isDelivered, now) => tracker.noteOutcome(notification, isDelivered, now),
  }
  const story = play(own, names, steps, punctuality, (now, index) => check(disturb(steps[index], now), now))
  const last = own.drain(story.endedAt, { growth: true }).map((effect) => ({ at: story.endedAt, effect }))
  return { ...story, effects: [...story.effects, ...last], problems, live: tracker.live() }
}
