import { describe, expect, it } from 'vitest'
import { createInbox } from '#cli/inbox/inbox.ts'
import { createHub } from '#core/hub/create-hub.ts'
import { type AlertOptions, checkOptions } from '#core/options.ts'
import { createVirtualClock } from '#core/time/virtual-clock.ts'
import { aDirectory, hook, imageOf, openHub, start as rigStart, started } from './state-rig.ts'
import { hour, midnight, minute, openStory, prompt, type Story, second } from './story.ts'

const day = 24 * hour
const digest = { at: '09:00' }
const base = { service: 'payments', env: 'prod', timeZone: 'UTC' }
const digests = ({ messages }: Story) => messages.filter(({ message }) => message.reason === 'digest')

/** A day with an alert that lasts, one that was new and ended, one that ended, and a silenced one. */
async function live(story: Story): Promise<void> {
  const fail = (at: number, msg: string, more: object = {}) => story.log(at, { level: 50, msg, ...more })
  await fail(hour, 'charge 17 failed', { alert: { code: 'CHARGE', key: 'charge' } })
  await fail(8 * hour + 50 * minute, 'too many connections', { alert: { key: 'connections' } })
  await fail(8 * hour + 55 * minute, 'charge 18 failed', { alert: { key: 'charge' } })
  await story.until(9 * hour + minute)
  for (let n = 0; n < 20; n++)
    await fail(9 * hour + (2 + n) * 10 * minute, 'charge 19 failed', { alert: { key: 'charge' } })
  await fail(11 * hour, 'disk full', { level: 60, alert: { key: 'disk' } })
  for (let n = 0; n < 4; n++) await fail(12 * hour + n * minute, 'known noise')
}

const silences = [{ match: { msg: 'known noise' }, until: '2026-01-02T00:00:00Z' }]
const rule = {
  name: 'charges',
  match: { msg: { regex: '^charge' } },
  groupBy: ['nothing'],
  resolveAfter: '1d' as const,
}

describe('the digest of a channel', () => {
  it('says at its time what is new, still fires, was resolved, was most frequent and was not sent', async () => {
    const story = openStory({
      ...base,
      channels: { ops: { ...prompt, digest } },
      rules: [rule],
      silences,
    })
    await live(story)
    await story.until(day + 10 * hour)
    expect(digests(story).map(({ at }) => at)).toEqual([9 * hour, day + 9 * hour])
    const { message } = digests(story)[1]!
    expect(message.subject).toMatch(/^\[DIGEST\] payments prod: 2 new, 1 still firing, 1 resolved \(24 h\)$/)
    expect(message.lead).toMatch(
      /^2026-01-01 09:00 – 2026-01-02 09:00 UTC: 25 records in 4 alerts, \d+ notifications\.$/,
    )
    const [firing, fresh, resolved, frequent, unsent] = message.brief
    expect(firing).toMatch(/^Still firing: \[ERROR\] charge … failed ×20, since 01-01 01:00 \([\da-f]{6}\)$/)
    expect(fresh).toMatch(
      /^New: \[CRITICAL\] disk full, resolved \([\da-f]{6}\); \[ERROR\] known noise ×4, resolved \([\da-f]{6}\)$/,
    )
    expect(resolved).toBe('Resolved: 1, too many connections')
    expect(frequent).toMatch(/^Most frequent: 20× charge … failed; 4× known noise;/)
    expect(unsent).toBe('Not sent: 4 records in silences')
    expect(message).toMatchObject({ severity: 'info', mentions: [], cards: [] })
  })

  it('speaks Chinese', async () => {
    const story = openStory({
      ...base,
      locale: 'zh-CN',
      channels: { ops: { ...prompt, digest } },
      rules: [rule],
      silences,
    })
    await live(story)
    await story.until(day + 10 * hour)
    const { subject, lead, brief } = digests(story)[1]!.message
    expect(subject).toBe('[汇总] payments prod：新增 2、未恢复 1、已恢复 1（24 小时）')
    expect(lead).toMatch(/^2026-01-01 09:00 – 2026-01-02 09:00 UTC：4 个告警，共 25 条日志，发送通知 \d+ 条$/)
    expect(brief[0]).toMatch(/^未恢复：\[错误\] charge … failed ×20，始于 01-01 01:00（[\da-f]{6}）$/)
    expect(brief[2]).toBe('已恢复：1 个，too many connections')
    expect(brief.at(-1)).toBe('未发送：静默期间 4 条日志')
  })

  it('is all that a channel gets with `only`, and such a channel still takes what a rule raises', async () => {
    const only = { ...digest, only: true }
    const story = openStory({ ...base, channels: { boss: { ...prompt, digest: only }, ops: prompt } })
    await story.log(hour, { level: 60, msg: 'core is down' })
    await story.until(10 * hour)
    expect(story.notified('boss')).toEqual([])
    expect(digests(story).map(({ channel, message }) => [channel, message.subject])).toEqual([
      ['boss', '[DIGEST] payments prod: 1 new (9 h)'],
    ])
    const alone = openStory({ ...base, channels: { boss: { ...prompt, digest: only } } })
    await alone.log(hour, { level: 50, msg: 'x', alert: 'E1' })
    expect(alone.events.filter(({ type }) => type === 'error')).toEqual([])
  })

  it('says with `quiet` that nothing happened, and when something did', async () => {
    const story = openStory({ ...base, channels: { ops: { ...prompt, digest: { ...digest, quiet: true } } } })
    await story.log(hour, { level: 50, msg: 'x' })
    await story.until(2 * day + 10 * hour)
    expect(digests(story).map(({ message }) => message.subject)).toEqual([
      '[DIGEST] payments prod: 1 new (9 h)',
      '[DIGEST] payments prod: no alerts in 24 h',
      '[DIGEST] payments prod: no alerts in 24 h',
    ])
    expect(digests(story)[2]?.message.lead).toBe('All channels worked. Last alert 2026-01-01 01:00:00 UTC.')
  })

  it('comes on its days, in the zone of the channel', async () => {
    const weekly = { at: '09:00', days: ['monday'], quiet: true }
    const story = openStory({
      ...base,
      channels: { ops: { ...prompt, timeZone: 'Asia/Shanghai', digest: weekly } },
    })
    await story.until(14 * day)
    expect(digests(story).map(({ at }) => new Date(midnight + at).toISOString())).toEqual([
      '2026-01-05T01:00:00.000Z',
      '2026-01-12T01:00:00.000Z',
    ])
  })

  it('is a message of its own, also if alerts wait for the same channel', async () => {
    let isDown = false
    const sent: string[] = []
    const story = openStory(
      { ...base, channels: { ops: { ...prompt, digest, retryFor: '1h' } } },
      {
        sender: () => ({
          async send({ subject, reason }) {
            if (isDown) return { status: 'retry', why: 'down' }
            sent.push(`${reason} ${subject}`)
            return { status: 'delivered' }
          },
        }),
      },
    )
    await story.log(8 * hour, { level: 50, msg: 'first' })
    await story.until(8 * hour + 59 * minute)
    isDown = true
    await story.until(9 * hour + second)
    await story.log(9 * hour + 2 * second, { level: 50, msg: 'second' })
    await story.log(9 * hour + 5 * second, { level: 50, msg: 'third' })
    await story.until(9 * hour + minute)
    isDown = false
    await story.until(10 * hour)
    expect(sent).toEqual([
      'first [ERROR] payments prod: first',
      'digest [DIGEST] payments prod: 1 new (9 h)',
      'first [ERROR] payments prod: 2 new alerts, worst: second',
    ])
  })

  it('falls back like any other notification, and says so', async () => {
    const story = openStory(
      {
        ...base,
        channels: { ops: { ...prompt, fallback: 'mail', digest: { ...digest, quiet: true } }, mail: prompt },
      },
      {
        sender: (channel) => ({
          async send(message) {
            if (channel === 'ops') return { status: 'failed', why: 'gone' }
            story.messages.push({ at: 0, channel, message })
            return { status: 'delivered' }
          },
        }),
      },
    )
    await story.until(10 * hour)
    const [fallen] = digests(story)
    expect(fallen?.channel).toBe('mail')
    expect(fallen?.message.closing).toEqual(['Sent here because channel ops (console) failed.'])
    // Its failure is an alert like that of any other message.
    expect(story.events).toContainEqual(expect.objectContaining({ type: 'fired', rule: '@delivery' }))
  })

  it('names service, env and labels at an incident system that it falls back to, for its routes', async () => {
    const clock = createVirtualClock(midnight)
    const bodies: string[] = []
    const options = {
      ...base,
      rules: [{ name: 'pay', match: { level: { gte: 'error' } }, labels: { team: 'pay' } }],
      channels: {
        ops: { ...hook('ops'), digest: { ...digest, only: true }, fallback: 'pager' },
        pager: { type: 'alertmanager', url: 'http://alertmanager.example.com', match: { rule: 'none' } },
      },
    } as const satisfies AlertOptions
    const fetch: typeof globalThis.fetch = async (url, init) => {
      if (String(url).includes('im.example.com')) return new Response('', { status: 403 })
      bodies.push(String(init?.body))
      return new Response('')
    }
    const hub = createHub(options, { env: {}, clock, fetch, warn: () => {} })
    for (const msg of ['disk is full', 'mail queue grows'])
      hub.write(JSON.stringify({ level: 50, time: midnight, msg }))
    await clock.advanceTo(midnight + 9 * hour)
    const closed = hub.close()
    await clock.advance(10_000)
    await closed
    const labels = bodies.flatMap((body) => JSON.parse(body).map((alert: { labels: object }) => alert.labels))
    expect(labels).toContainEqual(
      expect.objectContaining({ alertname: 'more-alerts', service: 'payments', env: 'prod', team: 'pay' }),
    )
  })

  it.each([
    [
      'an SMS channel',
      'phone',
      {
        type: 'twilio',
        accountSid: `AC${'0'.repeat(32)}`,
        authToken: 'x'.repeat(32),
        from: '+15005550006',
        to: '+4930123456',
      },
    ],
    ['a pager', 'pager', { type: 'pagerduty', routingKey: 'x'.repeat(32) }],
  ])('is a mistake on %s', (_kind, name, channel) => {
    const { problems } = checkOptions({ channels: { [name]: { ...channel, digest } } }, {})
    expect(problems.map(({ path, message }) => `${path} ${message}`)).toContainEqual(
      expect.stringMatching(
        new RegExp(`^channels\\.${name}\\.digest is not for a channel that wakes people`),
      ),
    )
  })

  it.each([
    [{ at: '25:00' }, /^channels\.ops\.digest\.at must be a time of day/],
    [{ at: '09:00', days: ['mon'] }, /^channels\.ops\.digest\.days\[0\] must be a day of the week/],
    [{ days: ['monday'] }, /^channels\.ops\.digest\.at is missing/],
    [{ at: '09:00', quite: true }, /^channels\.ops\.digest\.quite .*'quiet'/],
  ])('with something wrong is a problem at its place: %j', (wrong, problem) => {
    const { problems } = checkOptions({ channels: { ops: { type: 'console', digest: wrong } } }, {})
    expect(problems.map(({ path, message }) => `${path} ${message}`)).toEqual([
      expect.stringMatching(problem),
    ])
  })
})

describe('a digest across a restart', () => {
  const channels = { a: { ...hook('a'), wait: 0, interval: 0, digest: { at: '09:00' }, timeZone: 'UTC' } }
  // The rig starts on 2026-…: the next nine o'clock.
  const nine = Math.floor(rigStart / day) * day + 9 * hour + (rigStart % day < 9 * hour ? 0 : day)

  it('knows what former processes have seen, and is sent once', async () => {
    const dir = aDirectory()
    const first = openHub({ channels, state: { dir } })
    await started(first)
    first.hub.write(
      JSON.stringify({ level: 60, time: rigStart, msg: 'disk is full', alert: { key: 'disk' } }),
    )
    first.hub.write(
      JSON.stringify({ level: 30, time: rigStart, msg: 'fine', alert: { key: 'disk', resolve: true } }),
    )
    await first.clock.advance(10 * second)
    const next = openHub({ channels, state: { dir: imageOf(dir) } }, { at: nine + 20 * minute })
    await started(next)
    await next.clock.advance(minute)
    const sent = next.posts.filter(({ body }) => body.reason === 'digest')
    expect(sent.map(({ body }) => body)).toMatchObject([
      {
        subject: expect.stringContaining('1 new'),
        digest: { records: 1, new: 1 },
      },
    ])
    const last = openHub({ channels, state: { dir: imageOf(dir) } }, { at: nine + 20 * minute })
    await started(last)
  })

  it('is not sent again by the next process', async () => {
    const dir = aDirectory()
    const quiet = { a: { ...channels.a, digest: { at: '09:00', quiet: true } } }
    const first = openHub({ channels: quiet, state: { dir } }, { at: nine - minute })
    await started(first)
    await first.clock.advance(2 * minute)
    expect(first.posts.map(({ body }) => body.reason)).toEqual(['digest'])
    const next = openHub({ channels: quiet, state: { dir: imageOf(dir) } }, { at: nine + 5 * minute })
    await started(next)
    await next.clock.advance(hour)
    expect(next.posts).toEqual([])
  })
})

describe('a digest on real channels', () => {
  it('arrives as mail, in chat, by robot and as JSON', async () => {
    const clock = createVirtualClock(midnight)
    // Signatures are valid for an hour.
    const inbox = await createInbox({ now: clock.now })
    try {
      const types = ['email', 'slack', 'dingtalk', 'wecom', 'feishu', 'webhook'] as const
      const channels = Object.fromEntries(
        types.map((type) => [
          type,
          {
            ...inbox.channels[type],
            type,
            ...(type === 'email' ? { to: ['ops@example.com'] } : {}),
            digest: { at: '09:00', only: true },
          },
        ]),
      )
      const options = { ...base, channels } as unknown as AlertOptions
      const hub = createHub(options, { env: {}, clock })
      hub.write(JSON.stringify({ level: 50, time: midnight, msg: 'coupon 17 cannot be redeemed' }))
      await clock.advanceTo(midnight + 9 * hour)
      expect(await hub.close()).toEqual({ delivered: true, pending: 0 })
      const received = inbox.received()
      expect(received.map(({ provider }) => provider).sort()).toEqual([...types].sort())
      for (const { provider, request } of received) {
        const text = provider === 'email' ? String(request.body) : JSON.stringify(JSON.parse(request.body))
        expect(text, provider).toContain(provider === 'email' ? 'DIGEST' : '1 new')
      }
      const json = received.find(({ provider }) => provider === 'webhook')!.request.body
      expect(JSON.parse(json)).toMatchObject({
        reason: 'digest',
        kind: 'digest',
        omitted: 0,
        alerts: [],
        digest: { records: 1, new: 1, firing: 0, resolved: 0, alerts: [{ state: 'resolved', count: 1 }] },
      })
    } finally {
      await inbox.close()
    }
  })
})
