import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createInbox, type Inbox } from '#cli/inbox/inbox.ts'
import { providers } from '#core/options/provider-table.ts'
import { planAdapter } from '#core/worker/create-adapter.ts'
import { openPackedHub } from '#core/worker/serve-thread.ts'
import { packPlan, unpackPlan } from '#core/worker/thread-wire.ts'

describe('options that an adapter has checked', () => {
  let inbox: Inbox
  beforeAll(async () => {
    inbox = await createInbox()
  })
  afterAll(() => inbox.close())

  const channelsOfAllTypes = () => {
    const to = { email: 'ops@example.com', 'aliyun-sms': '13800138000', 'tencent-sms': '+8613800138000' }
    const given = Object.entries(inbox.channels).map(([type, options]) => [
      type,
      { to: [Object.hasOwn(to, type) ? to[type as keyof typeof to] : '+4930123456'], ...options, type },
    ])
    return { ...Object.fromEntries(given), console: {}, module: { module: 'some-provider' } }
  }

  it('cross to a thread unchanged, for every provider', () => {
    const { checked } = planAdapter({
      level: 'warn',
      channels: channelsOfAllTypes(),
      rules: [
        {
          name: 'slow',
          match: { ms: { gt: 5 }, job: { not: { regex: '^x' } } },
          when: { count: 3, within: '1m' },
        },
      ],
      silences: [{ match: { rule: 'slow' }, until: '2030-01-01T00:00:00Z' }],
      schedules: { nights: [{ times: [{ start: '22:00', end: '24:00' }] }] },
    })
    expect(checked.problems).toEqual([])
    expect(checked.plan.channels.map(({ type }) => type).sort()).toEqual(Object.keys(providers).sort())

    const { plan, problems } = unpackPlan(structuredClone(packPlan(checked)), vi.fn())
    const withoutCode = ({ channels, ...rest }: typeof plan) => ({
      ...rest,
      channels: channels.map(({ definition, ...channel }) => ({
        ...channel,
        limits: [channel.limits, definition.limits],
        addresses: definition.addresses?.(channel.providerOptions),
        renews: definition.renews,
      })),
    })
    expect(withoutCode(plan)).toEqual(withoutCode(checked.plan))
    expect(problems).toEqual([])
  })

  it('reach the provider of their type, with its own options', async () => {
    const { checked } = planAdapter({ channels: { ops: { ...inbox.channels.slack, type: 'slack' } } })
    const open = vi.fn()
    const [channel] = unpackPlan(packPlan(checked), open).plan.channels
    await channel!.definition.open(channel!.providerOptions)
    expect(open.mock.calls).toEqual([['slack', checked.plan.channels[0]!.providerOptions]])
  })

  it('open a hub that loads what sends for its first message, and checks a silence when one is made', async () => {
    inbox.clear()
    const options = { channels: { hook: { ...inbox.channels.webhook, type: 'webhook', wait: 0 } } } as const
    const hub = openPackedHub(options, structuredClone(packPlan(planAdapter(options).checked)), { warn() {} })
    const refused = async () => hub.silence({ match: { rule: 'x' }, until: 'tomorrow' } as never)
    await expect(refused()).rejects.toMatchObject({ code: 'ALERT_SILENCE_INVALID' })
    hub.write('{"level":50,"msg":"disk is full"}')
    expect(await hub.close()).toEqual({ delivered: true, pending: 0 })
    expect(inbox.received()).toHaveLength(1)
  })

  it('that are wrong by the logger’s own levels keep their problems in the thread', () => {
    const { checked } = planAdapter(
      { level: 'audit', channels: { hook: inbox.channels.webhook } },
      { info: 30 },
    )
    expect(unpackPlan(structuredClone(packPlan(checked)), vi.fn()).problems).toEqual(checked.problems)
  })
})
