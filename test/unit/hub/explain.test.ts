import { describe, expect, it } from 'vitest'
import type { AlertOptions, ChannelOptions, RuleOptions } from '#core/options.ts'
import { hour, midnight, minute, openStory, prompt, type Story, second } from './story.ts'

const disk: RuleOptions = {
  name: 'disk',
  match: { event: 'disk' },
  groupBy: ['host'],
  resolve: { event: 'disk.ok' },
}
const full = { level: 50, msg: 'disk is full', event: 'disk', host: 'a' }
const open = (more: AlertOptions = {}, ops: Partial<ChannelOptions<'console'>> = {}) =>
  openStory({ channels: { ops: { ...prompt, ...ops } }, rules: [disk], ...more })

/** The one channel's part of the answer, its moment as ms since the start. */
function ops({ hub }: Story, fields: object = full) {
  const { at, ...rest } = hub.explain(fields).channels![0]!
  return { ...rest, ...(at === undefined ? {} : { at: at - midnight }) }
}

describe('what becomes of a record', () => {
  it('is said with its rule, its key, its severity and the channels', () => {
    expect(open().hub.explain(full)).toEqual({
      outcome: 'counts',
      rule: 'disk',
      alert: expect.stringMatching(/^[\da-f]{16}$/),
      key: 'host=a',
      severity: 'error',
      state: 'firing',
      count: 1,
      channels: [{ channel: 'ops', takes: true }],
    })
  })

  it('names by what each channel filters', () => {
    const { hub } = open({
      channels: {
        ops: prompt,
        phone: { ...prompt, type: 'console', minSeverity: 'critical' },
        shop: { ...prompt, type: 'console', match: { host: 'a', tenant: 'shop', team: 'b' } },
        either: { ...prompt, type: 'console', match: [{ code: 'X', env: 'prod' }, { code: ['Y', 'Z'] }] },
        mail: { ...prompt, type: 'console', digest: { at: '09:00', only: true } },
        own: { ...prompt, type: 'console' },
      },
      rules: [{ ...disk, channels: ['ops', 'phone', 'shop', 'either', 'mail'] }],
    })
    const { channels } = hub.explain(full)
    expect(channels!.map(({ channel, filter }) => [channel, filter])).toEqual([
      ['ops', undefined],
      ['phone', 'it takes critical only'],
      ['shop', 'its `match` does not hold on tenant, nor on team'],
      ['either', 'its `match` does not hold on code'],
      ['mail', 'it takes digests only'],
      ['own', 'the alert is for ops, phone, shop, either, mail only'],
    ])
  })

  it('answers for a line, for an object, and for what is not a record', () => {
    const { hub } = open({ level: 'error', rules: [] })
    expect(hub.explain(JSON.stringify(full))).toMatchObject({ outcome: 'counts', rule: 'error' })
    expect(hub.explain({ ...full, level: 60 })).toMatchObject({ rule: 'error', severity: 'critical' })
    expect(hub.explain('{"level":30,"msg":"fine"}')).toEqual({ outcome: 'below' })
    expect(hub.explain({ level: 30, msg: 'fine' })).toEqual({ outcome: 'nothing' })
    expect(hub.explain('{"level":50')).toEqual({ outcome: 'failed', failed: 'not-json' })
  })

  it('is nothing where a rule or the record itself keeps it silent', () => {
    const { hub } = open({ rules: [{ name: 'known', match: { event: 'disk' }, severity: 'off' }] })
    expect(hub.explain(full)).toEqual({ outcome: 'off', rule: 'known' })
    expect(hub.explain({ ...full, alert: false })).toEqual({ outcome: 'off', rule: 'known' })
    expect(hub.explain({ ...full, alert: 'E1' })).toMatchObject({ outcome: 'counts', rule: 'known' })
  })

  it('is the end of alerts, named where they fire', async () => {
    const story = open()
    const ok = { msg: 'fine', event: 'disk.ok', host: 'a' }
    expect(story.hub.explain(ok)).toEqual({ outcome: 'ends' })
    const { alert } = story.hub.explain(full)
    await story.log(0, full)
    await story.until(minute)
    expect(story.hub.explain(ok)).toEqual({ outcome: 'ends', ends: [alert] })
    expect(story.hub.explain({ ...ok, host: 'b' })).toEqual({ outcome: 'ends' })
  })

  it('changes nothing, and hides what must not be seen', async () => {
    const story = open({ rules: [{ ...disk, when: { count: 2, within: '1m' } }] })
    for (let n = 0; n < 5; n++) story.hub.explain(full)
    expect(story.hub.explain({ ...full, host: 'postgres://admin:hunter22@db' }).key).not.toContain('hunter22')
    await story.log(0, full)
    await story.until(minute)
    expect(story.lines()).toEqual([])
    expect(story.events).toEqual([])
    expect(story.hub.stats().matched).toBe(1)
  })
})

describe('how far a condition has come', () => {
  const when = async (rule: Partial<RuleOptions>, ...records: object[]) => {
    const story = open({ rules: [{ ...disk, ...rule }] })
    for (const [index, record] of records.entries()) await story.log(index * second, { ...full, ...record })
    await story.until(records.length * second)
    return (fields: object = {}) => {
      const { state, count, of, firesAt, channels } = story.hub.explain({ ...full, ...fields })
      const at = firesAt === undefined ? {} : { firesAt: firesAt - midnight }
      return { state, count, of, ...at, why: channels?.[0]?.why }
    }
  }

  it('is counted with this record', async () => {
    const count = await when({ when: { count: 3, within: '1m' } }, {})
    expect(count()).toEqual({ state: 'gathering', count: 2, of: 3, why: 'condition' })
    const last = await when({ when: { count: 3, within: '1m' } }, {}, {})
    expect(last()).toMatchObject({ state: 'firing', why: undefined })
  })

  it('is of different values, and of a row', async () => {
    const users = await when({ when: { count: 3, within: '1m', distinct: 'user' } }, { user: 1 }, { user: 2 })
    expect(users({ user: 2 })).toMatchObject({ state: 'gathering', count: 2, of: 3 })
    expect(users({ user: 3 })).toMatchObject({ state: 'firing' })
    const row = await when({ when: { consecutive: 3, reset: { event: 'disk.ok' } } }, {})
    expect(row()).toMatchObject({ state: 'gathering', count: 2, of: 3 })
  })

  it('is pending while it must stay so, with the moment at which it would fire', async () => {
    const first = await when({ for: '2m' })
    expect(first()).toEqual({ state: 'pending', count: 1, of: 1, firesAt: 2 * minute, why: 'condition' })
    const later = await when({ for: '2m' }, {}, {})
    expect(later()).toMatchObject({ state: 'pending', count: 3, firesAt: 2 * minute })
  })

  it('says when what was seen would be missed, and that it ends the alert', async () => {
    const story = open({ rules: [{ name: 'silent', match: { event: 'job.ok' }, when: { absent: '1h' } }] })
    const ok = { msg: 'done', event: 'job.ok' }
    await story.until(10 * minute)
    expect(story.hub.explain(ok)).toMatchObject({ outcome: 'seen', firesAt: midnight + 70 * minute })
    expect(story.hub.explain(ok)).not.toHaveProperty('ends')
    await story.until(61 * minute)
    const { alert } = story.hub.explain(ok)
    expect(story.hub.explain(ok)).toMatchObject({ outcome: 'seen', ends: [alert] })
  })
})

describe('why a channel is not notified now', () => {
  const quietUntil = (ms: number) => new Date(midnight + ms).toISOString()

  it('is its own filter', () => {
    expect(ops(open({}, { minSeverity: 'critical' }))).toEqual({
      channel: 'ops',
      takes: false,
      why: 'filtered',
      filter: 'it takes critical only',
    })
  })

  it('is a silence, an inhibition or a schedule', async () => {
    const silences = [{ match: { rule: 'disk' }, until: quietUntil(hour) }]
    expect(ops(open({ silences }))).toEqual({ channel: 'ops', takes: true, why: 'silenced', at: hour })

    const inhibit = [{ source: { severity: 'critical' }, target: { severity: 'error' }, equal: [] }]
    const inhibited = open({ inhibit })
    await inhibited.log(0, { level: 60, msg: 'all is lost' })
    expect(ops(inhibited)).toEqual({ channel: 'ops', takes: true, why: 'inhibited' })

    const schedules = { nights: [{ times: [{ start: '00:00', end: '07:00' }] }] }
    const closed = open({ schedules }, { schedules: { not: ['nights'] } })
    expect(ops(closed)).toEqual({ channel: 'ops', takes: true, why: 'schedule' })
    const nightly = [{ match: { rule: 'disk' }, until: quietUntil(hour), schedules: ['nights'] }]
    expect(ops(open({ schedules, silences: nightly }))).toEqual({
      channel: 'ops',
      takes: true,
      why: 'silenced',
    })
  })

  it('is the first of schedule, silence and inhibition where several apply', async () => {
    const silences = [{ match: { rule: 'disk' }, until: quietUntil(hour) }]
    const inhibit = [{ source: { severity: 'critical' as const }, target: { rule: 'disk' }, equal: [] }]
    const schedules = { nights: [{ times: [{ start: '00:00', end: '07:00' }] }] }
    const all = open({ silences, inhibit, schedules }, { schedules: { not: ['nights'] } })
    const both = open({ silences, inhibit })
    for (const story of [all, both]) await story.log(0, { level: 60, msg: 'all is lost' })
    expect([ops(all), ops(both)]).toMatchObject([{ why: 'schedule' }, { why: 'silenced' }])
  })

  it('is `wait` or `after`, whichever is longer; what is critical does not wait', () => {
    expect(ops(open({}, { wait: '5s' }))).toEqual({
      channel: 'ops',
      takes: true,
      why: 'wait',
      at: 5 * second,
    })
    expect(ops(open({}, { wait: '5s', after: '2m' }))).toMatchObject({ why: 'after', at: 2 * minute })
    expect(ops(open({}, { wait: '5s' }), { ...full, level: 60 })).toEqual({ channel: 'ops', takes: true })
    expect(ops(open({}, { wait: '5s', after: '2s' }), { ...full, level: 60 })).toMatchObject({
      why: 'after',
      at: 2 * second,
    })
  })

  it('is that it was already notified, also in a former life of the alert', async () => {
    const story = open()
    await story.log(0, full)
    await story.until(second)
    expect(ops(story)).toEqual({ channel: 'ops', takes: true, why: 'repeat', at: 5 * minute })
    await story.log(2 * second, { msg: 'fine', event: 'disk.ok', host: 'a' })
    expect(ops(story)).toMatchObject({ why: 'repeat', at: 5 * minute })
    expect(ops(story, { ...full, level: 60 })).not.toHaveProperty('why')
    const never = open({}, { repeat: false })
    await never.log(0, full)
    await never.until(second)
    expect(ops(never)).toEqual({ channel: 'ops', takes: true, why: 'repeat' })
  })

  it('is that it has just sent something else, or that its quota is exhausted', async () => {
    const busy = open({}, { interval: '30s' })
    await busy.log(0, { ...full, host: 'b' })
    await busy.until(second)
    expect(ops(busy)).toEqual({ channel: 'ops', takes: true, why: 'busy', at: 30 * second })
    const quotaExhausted = open({}, { limit: [{ count: 1, per: '1h' }] })
    await quotaExhausted.log(0, { ...full, host: 'b' })
    await quotaExhausted.until(second)
    expect(ops(quotaExhausted)).toMatchObject({ why: 'busy', at: hour })
  })
})
