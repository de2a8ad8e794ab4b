import { describe, expect, it } from 'vitest'
import { createHub } from '#core/hub/create-hub.ts'
import type { AlertEvent } from '#core/model.ts'
import { type AlertOptions, checkOptions } from '#core/options.ts'
import { createVirtualClock } from '#core/time/virtual-clock.ts'

const slack = { type: 'slack', url: '${NOT_SET}' } as const
const warned = (options: AlertOptions) => {
  const warnings: string[] = []
  const clock = createVirtualClock()
  const hub = createHub(options, {
    clock,
    env: {},
    sender: () => ({ send: async () => ({ status: 'delivered' }) }),
    warn: (message, code) => void warnings.push(`${code} ${message}`),
  })
  return { hub, clock, warnings }
}

describe('when no channel that is given can be used', () => {
  it('one that shows cards on stderr stands in, for what the rules name too, from the least severity on', () => {
    const { plan, problems } = checkOptions(
      { channels: { ops: slack, all: { ...slack, minSeverity: 'info' } } },
      {},
    )
    expect(problems.map(({ path }) => path)).toEqual(['channels.ops.url', 'channels.all.url'])
    expect(plan.channels).toMatchObject([
      { name: 'console', type: 'console', minSeverity: 'info', isStandIn: true },
    ])
  })

  it('as if the channels are not an object', () => {
    expect(checkOptions({ channels: [slack] }, {}).plan.channels).toMatchObject([
      { type: 'console', isStandIn: true },
    ])
  })

  it('and not where one can, or where none is given', () => {
    const some = checkOptions({ channels: { ops: slack, desk: { type: 'console' } } }, {})
    expect(some.plan.channels.map(({ name }) => name)).toEqual(['desk'])
    for (const options of [{}, { channels: {} }]) {
      expect(checkOptions(options, {}).plan.channels).toMatchObject([{ name: 'console' }])
      expect(checkOptions(options, {}).plan.channels[0]).not.toHaveProperty('isStandIn')
    }
  })

  it('a warning says where alerts go, and they go there', async () => {
    const rules = [{ name: 'core', match: { event: 'core' }, channels: ['ops'] }]
    const { hub, clock, warnings } = warned({ channels: { ops: slack }, rules })
    const events: AlertEvent[] = []
    hub.subscribe((event) => events.push(event))
    expect(warnings).toEqual([
      expect.stringMatching(/^missing-env channels\.ops\.url: /),
      'ALERT_CHANNELS_UNUSABLE No channel of the options is usable. Alerts are shown on stderr instead.',
    ])
    hub.write(JSON.stringify({ level: 50, time: 0, msg: 'core is down', event: 'core' }))
    await clock.advance(10_000)
    expect(events).toContainEqual(expect.objectContaining({ type: 'delivered', channel: 'console' }))
    await hub.close()
  })

  it('and it goes as soon as a channel comes by a reload', async () => {
    const { hub, clock } = warned({ channels: { ops: slack } })
    const events: AlertEvent[] = []
    hub.subscribe((event) => events.push(event))
    expect(hub.reload({ channels: { ops: { type: 'console' } } })).toEqual([])
    hub.write(JSON.stringify({ level: 50, time: 0, msg: 'core is down' }))
    await clock.advance(10_000)
    expect(events.flatMap((event) => (event.type === 'delivered' ? [event.channel] : []))).toEqual(['ops'])
    await hub.close()
  })
})
