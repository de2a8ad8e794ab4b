import { describe, expect, it } from 'vitest'
import { createHub } from '#core/hub/create-hub.ts'
import type { AlertOptions } from '#core/options.ts'
import { createVirtualClock } from '#core/time/virtual-clock.ts'
import { openHub } from './state-rig.ts'

const start = Date.UTC(2026, 0, 1)
const minute = 60_000
const line = (fields: object) => JSON.stringify({ level: 50, time: start, ...fields })

/** A hub under the virtual clock that notes what it sent when; `reload` replaces rules and channels. */
function open(options: AlertOptions) {
  const clock = createVirtualClock(start)
  const notified: string[] = []
  const hub = createHub(options, {
    clock,
    env: {},
    sender: (channel) => ({
      async send({ reason, cards }) {
        const records = cards.reduce((sum, card) => sum + Number(card.data['newCount']), 0)
        notified.push(`${(clock.now() - start) / 1000} ${channel} ${reason} ${records}`)
        return { status: 'delivered' }
      },
    }),
  })
  return {
    hub,
    clock,
    notified,
    reload(next: AlertOptions) {
      expect(hub.reload({ ...options, ...next })).toEqual([])
    },
  }
}

describe('a reload', () => {
  it('sends nothing twice: a reminder comes when it would have come, with what came since', async () => {
    const { hub, clock, notified, reload } = open({ channels: { ops: { type: 'console', wait: 0 } } })
    hub.write(line({ msg: 'disk is full' }))
    await clock.advance(minute)
    reload({ channels: { ops: { type: 'console', wait: 0, timeout: '7s' } } })
    hub.write(line({ msg: 'disk is full' }))
    await clock.advance(10 * minute)
    expect(notified).toEqual(['0 ops first 1', '300 ops repeat 1'])
  })

  it('in the middle of a wait and of an `after` lets both run out as they would have', async () => {
    const options = {
      ops: { type: 'console', wait: '30s' },
      phone: { type: 'console', wait: 0, after: '2m' },
    } as const
    const { hub, clock, notified, reload } = open({ channels: options })
    hub.write(line({ msg: 'disk is full' }))
    await clock.advance(20_000)
    reload({ channels: { ...options, more: { type: 'console', minSeverity: 'critical' } } })
    hub.write(line({ msg: 'disk is full' }))
    await clock.advance(3 * minute)
    expect(notified).toEqual(['30 ops first 2', '120 phone first 2'])
  })

  it('gives back no quota', async () => {
    const channels = {
      ops: { type: 'console', wait: 0, interval: 0, limit: [{ count: 2, per: '1h' }] },
    } as const
    const { hub, clock, notified, reload } = open({ channels } as unknown as AlertOptions)
    for (const msg of ['one', 'two']) {
      hub.write(line({ msg }))
      await clock.advance(1_000)
    }
    reload({ channels: { ops: { ...channels.ops, timeout: '7s' } } } as unknown as AlertOptions)
    hub.write(line({ msg: 'three' }))
    await clock.advance(30 * minute)
    expect(notified).toHaveLength(2)
    await clock.advance(31 * minute)
    expect(notified).toHaveLength(3)
  })

  it('keeps what a condition has gathered', async () => {
    const rules = [{ name: 'thrice', match: { code: 'X' }, when: { count: 3, within: '10m' } }] as const
    const { hub, clock, notified, reload } = open({
      channels: { ops: { type: 'console', wait: 0 } },
      rules: [...rules],
    } as AlertOptions)
    hub.write(line({ code: 'X' }))
    hub.write(line({ code: 'X' }))
    await clock.advance(minute)
    reload({ rules: [...rules, { name: 'other', match: { code: 'Y' } }] } as AlertOptions)
    hub.write(line({ code: 'X' }))
    await clock.advance(minute)
    expect(notified).toEqual(['60 ops first 3'])
  })

  it('that replaces a channel loses nothing that waited for the former one', async () => {
    const { hub, clock, notified, reload } = open({
      channels: { ops: { type: 'console', wait: 0, interval: '5m' } },
    })
    hub.write(line({ msg: 'one' }))
    await clock.advance(1_000)
    hub.write(line({ msg: 'two' }))
    reload({ channels: { ops: { type: 'console', wait: 0, interval: '1m' } } })
    await clock.advance(10 * minute)
    expect(notified.map((each) => each.split(' ').at(-1))).toEqual(['1', '1'])
  })

  it.each([true, false])(
    'that removes a channel closes its incidents first, lasting: %s',
    async (isLasting) => {
      const pages = { type: 'pagerduty', routingKey: '0123456789abcdef0123456789abcdef' } as const
      const ops = { type: 'webhook', url: 'https://im.example.com/ops', sendResolved: true } as const
      const rules = [
        {
          name: 'db',
          match: { ev: 'down' },
          severity: 'critical',
          ...(isLasting && { resolveAfter: false }),
        },
      ] as NonNullable<AlertOptions['rules']>
      const { hub, clock, posts } = openHub(
        { rules, channels: { ops, pages } },
        { answer: () => new Response('{"status":"success"}', { status: 202 }) },
      )
      hub.write(line({ msg: 'the database is gone', ev: 'down' }))
      await clock.advance(minute)
      expect(hub.reload({ rules, channels: { ops } })).toEqual([])
      await clock.advance(1_000)
      const actions = posts
        .filter(({ url }) => url.includes('pagerduty'))
        .map(({ body }) => Object(body).event_action)
      expect(actions).toEqual(['trigger', 'resolve'])
      // On the channel that stays it still fires.
      expect(posts.filter(({ url }) => url.endsWith('/ops')).map(({ body }) => body.reason)).toEqual([
        'first',
      ])
    },
  )

  it('that removes a webhook says so there with each end', async () => {
    const hall = { type: 'webhook', url: 'https://im.example.com/hall', wait: 0, interval: 0 } as const
    const { hub, clock, posts } = openHub({ channels: { hall, ops: { type: 'console' } } })
    hub.write(line({ msg: 'the database is gone' }))
    await clock.advance(minute)
    expect(hub.reload({ channels: { ops: { type: 'console' } } })).toEqual([])
    await clock.advance(minute)
    expect(posts.map(({ body }) => body.alerts)).toMatchObject([
      [{ reason: 'first' }],
      [{ reason: 'resolved', state: 'resolved', resolvedBy: { type: 'channel-removed' } }],
    ])
  })

  it.each([
    ['removes', undefined],
    ['renames', { name: 'database' }],
    ['groups differently', { groupBy: ['zone'] }],
  ])('that %s the rule of a lasting alert closes it with its reason, incidents too', async (_, change) => {
    const rule = {
      name: 'db',
      match: { ev: 'down' },
      when: { consecutive: 1, reset: { ev: 'up' } },
      groupBy: ['host'],
      severity: 'critical' as const,
    }
    const hall = { type: 'webhook', url: 'https://im.example.com/hall' } as const
    const pages = { type: 'pagerduty', routingKey: '0123456789abcdef0123456789abcdef' } as const
    const channels = { hall, pages }
    const { hub, clock, posts } = openHub(
      { rules: [rule], channels },
      { answer: () => new Response('{"status":"success"}', { status: 202 }) },
    )
    hub.write(line({ msg: 'the database is gone', ev: 'down', host: 'h1', zone: 'z1' }))
    await clock.advance(60 * minute)
    expect(posts).toHaveLength(2)
    const next = change === undefined ? [] : [{ ...rule, ...change }]
    expect(hub.reload({ rules: next, channels })).toEqual([])
    await clock.advance(minute)
    const later = posts.slice(2)
    expect(later.flatMap(({ body }) => body.alerts ?? [])).toMatchObject([
      { rule: 'db', reason: 'resolved', resolvedBy: { type: 'rule-removed' } },
    ])
    expect(later.flatMap(({ body }) => Object(body).event_action ?? [])).toEqual(['resolve'])
    await clock.advance(7 * 24 * 60 * minute)
    expect(posts).toHaveLength(4)
  })

  it('that keeps the rule of a lasting alert keeps the alert', async () => {
    const rule = { name: 'db', match: { ev: 'down' }, resolve: { ev: 'up' }, resolveAfter: false } as const
    const hall = { type: 'webhook', url: 'https://im.example.com/hall' } as const
    const { hub, clock, posts } = openHub({ rules: [rule], channels: { hall } })
    hub.write(line({ msg: 'the database is gone', ev: 'down' }))
    await clock.advance(minute)
    expect(hub.reload({ rules: [{ ...rule, summary: 'the database' }], channels: { hall } })).toEqual([])
    await clock.advance(60 * minute)
    expect(posts).toHaveLength(1)
    hub.write(line({ level: 30, msg: 'it is back', ev: 'up' }))
    await clock.advance(minute)
    expect(posts.at(-1)?.body.alerts).toMatchObject([{ reason: 'resolved', resolvedBy: { type: 'record' } }])
  })

  it('that removes a rule ends its lasting alerts at Alertmanager, which is not renewed any more', async () => {
    const channels = { am: { type: 'alertmanager', url: 'https://am.example.com' } } as const
    const rules = [
      { name: 'db', match: { ev: 'down' }, resolve: { ev: 'up' }, groupBy: ['host'], resolveAfter: false },
    ] as NonNullable<AlertOptions['rules']>
    const { hub, clock, posts } = openHub({ rules, channels })
    hub.write(line({ msg: 'the database is gone', ev: 'down', host: 'h1' }))
    await clock.advance(60 * minute)
    expect(posts.length).toBeGreaterThan(1)
    const removedAt = clock.now()
    expect(hub.reload({ rules: [], channels })).toEqual([])
    await clock.advance(7 * 24 * 60 * minute)
    const later = posts.filter(({ at }) => start + at >= removedAt)
    expect(later).toHaveLength(1)
    const [{ endsAt }] = Object(later[0]?.body)
    expect(Date.parse(endsAt)).toBeLessThanOrEqual(removedAt + minute)
  })
})
