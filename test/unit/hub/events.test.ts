import { describe, expect, it } from 'vitest'
import type { AlertEvent } from '#core/model.ts'
import type { AlertOptions } from '#core/options.ts'
import { hook, line, openHub } from './state-rig.ts'
import { midnight, minute, openStory, prompt, type Story, second } from './story.ts'

const options: AlertOptions = {
  channels: {
    chat: { ...prompt, wait: '5s' },
    sms: { ...prompt, minSeverity: 'critical' },
    mail: { ...prompt, schedules: { not: ['nights'] } },
  },
  schedules: { nights: [{ times: [{ start: '00:00', end: '07:00' }] }] },
  rules: [{ name: 'disk', match: { event: 'disk' }, groupBy: ['host'], resolve: { event: 'disk.ok' } }],
}
const full = { level: 50, msg: 'disk is full', event: 'disk', host: 'a' }
const of = <Type extends AlertEvent['type']>({ events }: Pick<Story, 'events'>, type: Type) =>
  events.flatMap((event) => (event.type === type ? [event as Extract<AlertEvent, { type: Type }>] : []))

describe('an event', () => {
  it('says which rule took a record, its key, which channels take it, and why not now; once for each alert', async () => {
    const story = openStory(options)
    for (const at of [0, 1, 2]) await story.log(at * second, full)
    await story.until(minute)
    expect(of(story, 'fired')).toEqual([
      {
        type: 'fired',
        alert: expect.stringMatching(/^[\da-f]{16}$/),
        rule: 'disk',
        key: 'host=a',
        severity: 'error',
        channels: [
          { channel: 'chat', takes: true, why: 'wait', at: midnight + 5 * second },
          { channel: 'sms', takes: false, why: 'filtered' },
          { channel: 'mail', takes: true, why: 'schedule' },
        ],
        at: midnight,
      },
    ])
  })

  it('names rule and key of what is sent, and of what is not', async () => {
    const story = openStory(options)
    await story.log(0, full)
    await story.until(10 * second)
    const [fired] = of(story, 'fired')
    const name = { alert: fired?.alert, rule: 'disk', key: 'host=a' }
    expect(of(story, 'delivered')).toMatchObject([{ channel: 'chat', alerts: [fired?.alert], about: [name] }])
    expect(of(story, 'suppressed')).toMatchObject([
      { channel: 'sms', reason: 'filtered', ...name },
      { channel: 'mail', reason: 'schedule', count: 1, ...name },
    ])
  })

  it('names them also where the provider refuses', async () => {
    const { hub, clock, events } = openHub(
      { channels: { ops: { ...hook('ops'), wait: 0 } } },
      { answer: () => new Response('no', { status: 400 }) },
    )
    hub.write(line({ msg: 'it broke', alert: { key: 'order' } }))
    await clock.advance(minute)
    expect(of({ events }, 'failed')[0]).toMatchObject({ about: [{ rule: 'alert', key: 'order' }] })
  })

  it('says it again when the alert comes back after its end', async () => {
    const story = openStory(options)
    await story.log(0, full)
    await story.log(10 * second, { msg: 'fine', event: 'disk.ok', host: 'a' })
    await story.log(20 * second, full)
    await story.until(minute)
    const [first, second_] = of(story, 'fired')
    expect(second_?.alert).toBe(first?.alert)
    expect(second_?.channels[0]).toMatchObject({
      channel: 'chat',
      why: 'repeat',
      at: midnight + 5 * minute + 5 * second,
    })
  })

  it('says it when a condition is met, not before', async () => {
    const [rule] = options.rules!
    const story = openStory({ ...options, rules: [{ ...rule!, when: { count: 2, within: '1m' } }] })
    await story.log(0, full)
    await story.until(second)
    expect(story.events).toEqual([])
    await story.log(2 * second, full)
    await story.until(3 * second)
    expect(of(story, 'fired')).toHaveLength(1)
  })

  it('shows no secret in a key', async () => {
    const story = openStory({ ...options, redact: { patterns: ['tenant-\\d+'] } })
    await story.log(0, { ...full, host: 'postgres://admin:hunter22@db/tenant-42' })
    await story.until(minute)
    expect(story.events.length).toBeGreaterThan(2)
    expect(JSON.stringify(story.events)).not.toMatch(/hunter22|tenant-42/)
  })
})
