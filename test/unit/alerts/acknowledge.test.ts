import { describe, expect, it } from 'vitest'
import { mergeSnapshots } from '#core/alerts/merge-snapshots.ts'
import { shiftSnapshot } from '#core/alerts/shift-snapshot.ts'
import { createTracker } from '#core/alerts/tracker.ts'
import { eager, hour, minute, occurrence, type Stage, second, setStage } from './stage.ts'

const ann = { at: 0, by: 'ann' }
const repeating = eager({ repeatMs: minute, repeatMaxMs: minute, sendResolved: 'always' })

/** Takes an alert on at this moment. */
function acknowledge(stage: Stage, id: string, now: number): void {
  stage.pass(now)
  stage.note(stage.tracker.acknowledge(id, { ...ann, at: now }, now) ?? [])
}

const items = (stage: Stage) => stage.lines().map(({ at, items }) => `${at / second} ${items.join(' ')}`)
const kept = (stage: Stage) =>
  stage.suppressed().map(({ channel, reason, count }) => `${channel} ${reason} ${count}`)

describe('a notice of an answer', () => {
  const thread = { notices: ['acknowledged', 'silenced'] } as const
  const answers = (stage: Stage, name?: string) =>
    stage
      .notifications(name)
      .flatMap(({ at, channel, items }) =>
        items.flatMap(({ answered, added }) =>
          answered === undefined
            ? []
            : [`${at / second} ${channel} ${answered.type} ${answered.by} +${added}`],
        ),
      )

  it('goes to the channels that were notified and show it, once, and counts no record', () => {
    const stage = setStage([
      eager({ name: 'thread', ...thread }),
      eager({ name: 'mail' }),
      eager({ name: 'late', afterMs: hour, ...thread }),
    ])
    stage.fire('a', 0, { resolveAfterMs: hour })
    acknowledge(stage, 'a', 10 * second)
    stage.fire('a', 2 * minute, { resolveAfterMs: hour })
    stage.pass(3 * minute)
    expect(answers(stage)).toEqual(['10 thread acknowledged ann +0'])
    const records = stage.notifications('thread').reduce((sum, { items }) => sum + (items[0]?.added ?? 0), 0)
    expect(records).toBe(1)
  })

  it('is sent of a silence for what fires, to a bounded number of alerts', () => {
    const stage = setStage([eager(thread)])
    const ids = Array.from({ length: 30 }, (_, n) => `k${n}`)
    for (const id of ids) stage.fire(id, 0)
    stage.resolve('k0', second)
    const answered = { type: 'silenced', at: 2 * second, by: 'ann', until: hour } as const
    stage.note(stage.tracker.noteSilenced(ids, answered, 2 * second))
    expect(answers(stage)).toHaveLength(19)
    expect(answers(stage)).toContain('2 chat silenced ann +0')
  })

  it('takes nothing from the quota, and leaves the reminders as they are', () => {
    const stage = setStage([eager({ ...thread, repeatMs: minute, limits: [{ count: 2, perMs: hour }] })])
    stage.fire('a', 0, { resolveAfterMs: hour })
    const answered = { type: 'silenced', at: second, until: hour } as const
    for (let n = 0; n < 5; n++) stage.note(stage.tracker.noteSilenced(['a'], answered, second))
    stage.fire('a', 2 * second, { resolveAfterMs: hour })
    stage.pass(2 * minute)
    const reminders = stage.notifications().filter(({ items }) => items[0]?.answered === undefined)
    expect(reminders.map(({ at }) => at)).toEqual([0, minute])
  })
})

describe('an acknowledged alert', () => {
  it('is not reminded of, and its records are recorded as acknowledged', () => {
    const stage = setStage([repeating])
    stage.fire('a', 0)
    acknowledge(stage, 'a', 10 * second)
    for (const at of [1, 2, 3]) stage.fire('a', at * minute)
    stage.pass(10 * minute)
    expect(items(stage)).toEqual(['0 a first +1'])
    stage.resolve('a', 10 * minute)
    expect(items(stage)).toEqual(['0 a first +1', '600 a resolved +0'])
    expect(kept(stage).join()).toMatch(/^chat acknowledged \d(,chat acknowledged \d)*$/)
    const sum = stage.suppressed().reduce((all, { count = 0 }) => all + count, 0)
    expect(sum).toBe(3)
  })

  it('is sent to no channel that waits for somebody to take it on', () => {
    const stage = setStage([eager(), eager({ name: 'lead', afterMs: 15 * minute })])
    stage.fire('a', 0, { resolveAfterMs: hour })
    acknowledge(stage, 'a', 14 * minute)
    stage.fire('a', 20 * minute, { resolveAfterMs: hour })
    stage.pass(50 * minute)
    expect(stage.lines('lead')).toEqual([])
    expect(kept(stage)).toEqual(['lead acknowledged 1', 'chat acknowledged 1'])
  })

  it('is sent to that channel if it is not taken on', () => {
    const stage = setStage([eager({ name: 'lead', afterMs: 15 * minute })])
    stage.fire('a', 0, { resolveAfterMs: hour })
    stage.pass(20 * minute)
    expect(stage.lines('lead').map(({ at }) => at)).toEqual([15 * minute])
  })

  it('is sent at once when it becomes worse, and is not acknowledged any more', () => {
    const stage = setStage([repeating])
    stage.fire('a', 0, { severity: 'warning' })
    acknowledge(stage, 'a', second)
    stage.fire('a', 2 * minute, { severity: 'warning' })
    stage.fire('a', 3 * minute, { severity: 'critical' })
    stage.fire('a', 5 * minute, { severity: 'critical' })
    expect(items(stage)).toEqual(['0 a first +1', '180 a escalated +1', '300 a repeat +1'])
    expect(stage.effects().filter(({ type }) => type === 'acknowledged')).toMatchObject([
      { by: 'ann' },
      { by: 'ann', ended: 'escalated' },
    ])
  })

  it('says with a lasting state how many records there were when it became worse', () => {
    const stage = setStage([repeating])
    const lasting = { resolveAfterMs: false as const }
    stage.fire('a', 0, { ...lasting, severity: 'error' })
    acknowledge(stage, 'a', second)
    stage.fire('a', 2 * minute, { ...lasting, severity: 'error' })
    stage.fire('a', 3 * minute, { ...lasting, severity: 'critical' })
    expect(items(stage)).toEqual(['0 a first +1', '180 a escalated +2'])
  })

  it('has to be acknowledged again in its next life', () => {
    const stage = setStage([repeating])
    stage.fire('a', 0)
    acknowledge(stage, 'a', second)
    stage.resolve('a', minute)
    stage.fire('a', 2 * minute)
    expect(items(stage)).toEqual(['0 a first +1', '60 a resolved +0', '120 a regression +1'])
    expect(stage.tracker.live()[0]).not.toHaveProperty('acknowledged')
  })

  it('stays silenced when the acknowledgement is broken during a silence, until that ends', () => {
    let until = 0
    const mutes = () => (_alert: unknown, _channel: string, now: number) =>
      now < until ? ({ reason: 'silenced', untilMs: until } as const) : undefined
    const stage = setStage([repeating], { mutes })
    stage.fire('a', 0, { severity: 'error', resolveAfterMs: false })
    acknowledge(stage, 'a', second)
    stage.fire('a', 2 * minute, { severity: 'error', resolveAfterMs: false })
    until = 10 * minute
    stage.fire('a', 3 * minute, { severity: 'critical', resolveAfterMs: false })
    stage.pass(20 * minute)
    expect(items(stage)).toEqual(['0 a first +1', '600 a escalated +2'])
  })

  it('is reminded of again once that is undone', () => {
    const stage = setStage([repeating])
    stage.fire('a', 0, { resolveAfterMs: hour })
    acknowledge(stage, 'a', second)
    stage.fire('a', 2 * minute, { resolveAfterMs: hour })
    stage.note(stage.tracker.unacknowledge('a', 3 * minute) ?? [])
    stage.fire('a', 4 * minute, { resolveAfterMs: hour })
    expect(items(stage)).toEqual(['0 a first +1', '240 a repeat +1'])
    expect(stage.tracker.unacknowledge('a', 5 * minute)).toBeUndefined()
  })

  it('is renewed at a receiver of the state itself, which would take it for over', () => {
    const stage = setStage([eager({ repeatMs: minute, repeatMaxMs: minute, renews: true })])
    stage.fire('a', 0)
    acknowledge(stage, 'a', second)
    stage.pass(3 * minute)
    expect(stage.lines().length).toBeGreaterThanOrEqual(3)
  })

  it('survives a restart, and moves with the clock', () => {
    const stage = setStage([repeating])
    stage.fire('a', 0)
    acknowledge(stage, 'a', second)
    const saved = JSON.parse(JSON.stringify(stage.tracker.snapshot()))
    const next = setStage([repeating])
    next.note(next.tracker.restore(saved, 2 * second))
    next.fire('a', 2 * minute)
    expect(next.lines()).toEqual([])
    expect(next.tracker.live()[0]?.acknowledged).toEqual({ at: second, by: 'ann' })
    expect(shiftSnapshot(saved, hour).alerts[0]?.acknowledged?.at).toBe(second + hour)
  })

  it('stays so when two processes are taken over, unless the other had seen something worse', () => {
    const saved = (severity: 'error' | 'critical', isTaken: boolean) => {
      const tracker = createTracker({ channels: [repeating] })
      tracker.push(occurrence('a', 0, { severity }), 0)
      if (isTaken) tracker.acknowledge('a', ann, 1)
      return tracker.snapshot()
    }
    expect(mergeSnapshots([saved('error', true), saved('error', false)]).alerts[0]?.acknowledged).toEqual(ann)
    const worse = mergeSnapshots([saved('error', true), saved('critical', false)])
    expect(worse.alerts[0]?.acknowledged).toBeUndefined()
  })

  it('must fire: an alert that is over or unknown cannot be taken on', () => {
    const stage = setStage([repeating])
    stage.fire('a', 0)
    stage.resolve('a', minute)
    expect(stage.tracker.acknowledge('a', ann, minute)).toBeUndefined()
    expect(stage.tracker.acknowledge('b', ann, minute)).toBeUndefined()
  })

  it('is said in a preview to keep a channel quiet, except for a record that makes it worse', () => {
    const stage = setStage([repeating])
    stage.fire('a', 0)
    acknowledge(stage, 'a', second)
    const why = (severity: 'error' | 'critical') =>
      stage.tracker.preview(occurrence('a', minute, { severity }), minute).channels[0]?.why
    expect(why('error')).toBe('acknowledged')
    expect(why('critical')).toBeUndefined()
  })
})
