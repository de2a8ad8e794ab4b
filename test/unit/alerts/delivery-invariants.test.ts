/**
 * Invariants 7 to 10 on random traces: providers that are slow or refuse, intervals, quotas, filters, returns
 * and reloads. `ALERT_TRACES` sets the number of traces; the soak tests run 10 000, the unit run few.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type ChannelPlan, createTracker, type Effect } from '#core/alerts/tracker.ts'
import { type Alert, type Notification, severityRank } from '#core/model.ts'
import { inSoak } from '../../soak.ts'
import { channel, eager, hour, loudness, minute, occurrence, recordAt, second } from './stage.ts'

const numRuns = Number(process.env['ALERT_TRACES'] ?? inSoak(10_000, 120))

const isCritical = (alert: Alert) => alert.severity === 'critical'
const plans: readonly ChannelPlan[] = [
  channel({ name: 'chat', limits: [{ count: 60, perMs: hour }] }),
  channel({ name: 'mail', intervalMs: minute, limits: [{ count: 30, perMs: hour }] }),
  eager({ name: 'webhook', sendResolved: 'always' }),
  eager({ name: 'pager', admits: isCritical, sendResolved: 'always' }),
  eager({ name: 'sms', admits: isCritical, limits: [{ count: 5, perMs: hour }] }),
]

interface Step {
  readonly afterMs: number
  readonly key: number
  readonly does: 'fire' | 'resolve' | 'reload'
  readonly severity: Alert['severity']
  /** How long the next deliveries take, and whether they are accepted. */
  readonly takesMs: number
  readonly isAccepted: boolean
}

const steps = (longestMs: number, keys: number): fc.Arbitrary<Step[]> =>
  fc.array(
    fc.record({
      afterMs: fc.integer({ min: 0, max: longestMs }),
      key: fc.integer({ min: 0, max: keys - 1 }),
      does: fc.constantFrom<Step['does']>('fire', 'fire', 'fire', 'resolve', 'resolve', 'reload'),
      severity: fc.constantFrom(...loudness),
      takesMs: fc.constantFrom(0, 0, 300, 5 * second, 3 * minute),
      isAccepted: fc.constantFrom(true, true, true, false),
    }),
    { maxLength: 60, size: 'max' },
  )

interface Sent {
  readonly notification: Notification
  readonly isAccepted: boolean
  readonly decidedAt: number
}

/** Plays a trace; outcomes of deliveries come in order of time. */
function play(trace: readonly Step[], restMs: number) {
  let ids = 0
  const tracker = createTracker({ channels: plans, newId: () => `n${++ids}` })
  const sent: Sent[] = []
  const records = new Map<string, Alert['severity']>()
  const firedCritical: { readonly id: string; readonly at: number }[] = []
  let waiting: Sent[] = []
  let clock = 0
  let takesMs = 0
  let isAccepted = true

  function note(effects: readonly Effect[]): void {
    for (const effect of effects) {
      if (effect.type !== 'notify') continue
      const { notification } = effect
      const one = { notification, isAccepted, decidedAt: notification.at + takesMs }
      sent.push(one)
      waiting.push(one)
    }
  }

  function pass(until: number): void {
    for (let turns = 0; ; turns++) {
      if (turns > 100_000) throw new Error(`the deadline stays at ${clock}`)
      const decideAt = Math.min(...waiting.map((one) => one.decidedAt))
      const next = Math.min(decideAt, tracker.nextDeadline())
      if (next > until) return
      clock = Math.max(clock, next)
      const at = clock
      if (decideAt <= at) {
        const done = waiting.filter((one) => one.decidedAt <= at)
        waiting = waiting.filter((one) => one.decidedAt > at)
        for (const one of done) tracker.noteOutcome(one.notification, one.isAccepted, at)
      } else note(tracker.tick(at))
    }
  }

  let now = 0
  for (const step of trace) {
    pass(now + step.afterMs)
    now += step.afterMs
    clock = now
    takesMs = step.takesMs
    isAccepted = step.isAccepted
    const id = `k${step.key}`
    if (step.does === 'reload') note(tracker.reload([...plans], now))
    else if (step.does === 'resolve') note(tracker.push(occurrence(id, now, { action: 'resolve' }), now))
    else {
      const msg = `record ${records.size}`
      records.set(msg, step.severity)
      if (step.severity === 'critical') firedCritical.push({ id, at: now })
      const record = recordAt(now, msg)
      note(tracker.push(occurrence(id, now, { severity: step.severity, record }), now))
    }
    pass(now)
  }
  pass(now + restMs)
  return { sent, records, firedCritical, endedAt: now + restMs }
}

test(`8: on ${numRuns} traces no end is sent on a channel whose provider accepted no message before it`, () => {
  fc.assert(
    fc.property(steps(2 * minute, 4), (trace) => {
      const { sent } = play(trace, hour)
      const byDecision = [...sent].sort((a, b) => a.decidedAt - b.decidedAt)
      for (const { notification } of sent) {
        for (const { alert, reason } of notification.items) {
          if (reason !== 'resolved') continue
          const isOpened = byDecision.some(
            (one) =>
              one.isAccepted &&
              one.decidedAt <= notification.at &&
              one.notification.channel === notification.channel &&
              one.notification.items.some((item) => item.alert.id === alert.id && item.reason !== 'resolved'),
          )
          if (!isOpened) throw new Error(`end of ${alert.id} on ${notification.channel}`)
        }
      }
    }),
    { numRuns },
  )
})

test(`9: on ${numRuns} traces severity and text are those of one record that the channel takes`, () => {
  fc.assert(
    fc.property(steps(30 * second, 3), (trace) => {
      const { sent, records } = play(trace, hour)
      for (const { notification } of sent) {
        const plan = plans.find(({ name }) => name === notification.channel)
        for (const { alert } of notification.items) {
          if (records.get(alert.latest.msg) !== alert.severity)
            throw new Error(`${alert.severity} with the text of a ${records.get(alert.latest.msg)}`)
          if (plan?.admits(alert) !== true) throw new Error(`${alert.severity} on ${notification.channel}`)
        }
      }
    }),
    { numRuns },
  )
})

test(`10: on ${numRuns} traces a critical alert that is new is sent within the interval of the channel`, () => {
  fc.assert(
    fc.property(steps(10 * second, 40), (trace) => {
      const { sent, firedCritical } = play(trace, hour)
      const known = new Set<string>()
      for (const { id, at } of firedCritical) {
        if (known.has(id)) continue
        known.add(id)
        for (const { name, intervalMs } of plans) {
          // A quota that critical alerts use up themselves is the user's limit.
          if (name === 'sms') continue
          const first = sent.find(
            ({ notification }) =>
              notification.channel === name &&
              notification.at >= at &&
              notification.items.some((item) => item.alert.id === id && isCritical(item.alert)),
          )
          const latest = at + Math.max(intervalMs, 30 * second)
          if (first === undefined || first.notification.at > latest)
            throw new Error(`${id} of ${at} on ${name}: ${first?.notification.at}`)
        }
      }
    }),
    { numRuns },
  )
})

test(`7: on ${numRuns} traces a flapping alert is at most 15 messages a day on any channel`, () => {
  const flapping = fc.tuple(
    fc.integer({ min: 1, max: 60 }),
    fc.integer({ min: 1, max: 60 }),
    fc.constantFrom(...loudness),
  )
  fc.assert(
    fc.property(flapping, ([onMinutes, offMinutes, severity]) => {
      let ids = 0
      const tracker = createTracker({ channels: plans, newId: () => `n${++ids}` })
      const counts = new Map<string, number>()
      let clock = 0
      const tick = (now: number) => {
        while (tracker.nextDeadline() <= now) {
          clock = Math.max(clock, tracker.nextDeadline())
          for (const effect of tracker.tick(clock)) {
            if (effect.type !== 'notify') continue
            const { channel, at } = effect.notification
            counts.set(channel, (counts.get(channel) ?? 0) + 1)
            tracker.noteOutcome(effect.notification, true, at)
          }
        }
        clock = now
      }
      for (let at = 0; at < 24 * 60; at += onMinutes + offMinutes) {
        for (let on = 0; on < onMinutes; on++) {
          tick((at + on) * minute)
          tracker.push(occurrence('a', (at + on) * minute, { severity }), (at + on) * minute)
        }
        tick((at + onMinutes) * minute)
        tracker.push(occurrence('a', 0, { action: 'resolve' }), (at + onMinutes) * minute)
      }
      tick(24 * hour)
      for (const [name, count] of counts) if (count > 15) throw new Error(`${name}: ${count}`)
    }),
    { numRuns: Math.min(numRuns, 300) },
  )
  expect(severityRank('critical')).toBe(3)
})
