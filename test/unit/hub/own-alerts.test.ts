import { describe, expect, it } from 'vitest'
import type { AlertOptions } from '#core/options.ts'
import {
  aDirectory,
  fatal,
  hook,
  hour,
  imageOf,
  line,
  minute,
  ok,
  openHub,
  type Post,
  second,
  start,
  started,
} from './state-rig.ts'

const to = (posts: readonly Post[], name: string) => posts.filter(({ url }) => url.endsWith(name))
const own = (posts: readonly Post[], rule: string) =>
  posts.filter(({ body }) => body.alerts.some((alert) => alert.rule === rule))
const lines = (post: Post | undefined) => post?.body.text.split('\n').filter(Boolean) ?? []
const immediate = (name: string) => ({ ...hook(name), wait: 0, interval: 0, timeZone: 'UTC' })

describe('a channel that does not deliver', () => {
  const channels = {
    ops: { ...immediate('/ops'), fallback: 'mail' },
    mail: { ...immediate('/mail'), match: { rule: '@delivery' } },
  }
  const refusal = () =>
    new Response(JSON.stringify({ ok: false, error: 'invalid_token', stack: 'x'.repeat(500) }), {
      status: 403,
    })

  it.each([
    [
      'en' as const,
      [
        '[ERROR] channel ops (webhook) is not delivering',
        'Webhook answered 403 invalid_token at 00:00:00. 1 notification was not delivered; it goes to mail (webhook) instead.',
        'Check the webhook address or token of this channel, then run: npx alert-transport send-test --config <file> --channel ops',
      ],
    ],
    [
      'zh-CN' as const,
      [
        '[错误] 通道 ops（Webhook）发送失败',
        '00:00:00 Webhook 返回 403 invalid_token，1 条通知未送达，已改由 mail（Webhook）发送',
        '请检查该通道的 Webhook 地址或 Token，然后执行：npx alert-transport send-test --config <file> --channel ops',
      ],
    ],
  ])(
    'is reported with who answered what, what becomes of the alerts and what to do, in %s',
    async (locale, said) => {
      const answer = (url: string) => (url.endsWith('/ops') ? refusal() : ok())
      const { hub, clock, posts } = openHub({ channels, locale }, { answer })
      hub.write(fatal('disk is full'))
      await clock.advance(second)
      const [post] = own(to(posts, '/mail'), '@delivery')
      expect(lines(post).slice(0, 3)).toEqual(said)
      expect(post?.body.text).not.toMatch(/[{}]|stack|disk is full/)
    },
  )

  it('is reported as working again with its own headline, how long it failed and what was lost', async () => {
    let isUp = false
    const answer = (url: string) => (url.endsWith('/ops') && !isUp ? refusal() : ok())
    const { hub, clock, posts } = openHub(
      {
        channels: {
          ops: { ...immediate('/ops'), repeat: '1m' },
          log: { ...immediate('/log'), match: { rule: '@delivery' } },
        },
      },
      { answer },
    )
    hub.write(fatal('disk is full'))
    await clock.advance(second)
    isUp = true
    await clock.advance(6 * minute)
    hub.write(line({ msg: 'another', alert: { key: 'another' } }))
    await clock.advance(minute)
    const texts = own(to(posts, '/log'), '@delivery').map((post) => lines(post).slice(0, 2))
    expect(texts).toEqual([
      [
        '[ERROR] channel ops (webhook) is not delivering',
        'Webhook answered 403 invalid_token at 00:00:00. 1 notification was not delivered; no channel takes over.',
      ],
      [
        '[RESOLVED] channel ops (webhook) delivers again',
        expect.stringMatching(
          /^Delivered at 00:0\d:\d\d after \d min.*\. Meanwhile 1 notification was lost\.$/,
        ),
      ],
    ])
  })
})

describe('an exhausted quota', () => {
  it('is a warning that says the limit, what waits and until when, in the zone of the channel', async () => {
    const limit = [{ count: 1, per: '1h' as const }]
    const { hub, clock, posts } = openHub({
      channels: {
        sms: { ...immediate('/sms'), limit },
        ops: {
          ...immediate('/ops'),
          timeZone: 'Asia/Shanghai',
          minSeverity: 'info',
          match: { rule: '@quota' },
        },
      },
    })
    for (const key of ['a', 'b', 'c']) {
      hub.write(line({ level: 60, msg: `no ${key}`, alert: { key } }))
      await clock.advance(second)
    }
    const [first] = to(posts, '/ops')
    expect(first?.body.severity).toBe('warning')
    expect(lines(first).slice(0, 2)).toEqual([
      '[WARNING] channel sms reached its limit of 1 per hour',
      '1 alert waits; sent at 09:00.',
    ])
    // The next hour has news of its own: the reminder says when that one ends.
    for (const key of ['d', 'e', 'f', 'g']) hub.write(line({ level: 60, msg: `no ${key}`, alert: { key } }))
    await clock.advance(hour + minute)
    for (const post of to(posts, '/ops')) expect(post.body.text).not.toMatch(/T\d\d:\d\d:\d\d/)
    expect(new Set(to(posts, '/ops').map(({ body }) => body.severity))).toEqual(new Set(['warning']))
  })
})

it.each([
  [
    'en' as const,
    '[WARNING] channel w reached its limit of 2 per 6 h',
    /^4 alerts wait; sent at 16:00\.$/,
    '[RESOLVED] channel w sends again',
    /^Its limit of 2 per 6 h has room again since 16:0\d:\d\d, after 5 h 4\d min\.$/,
  ],
  [
    'zh-CN' as const,
    '[警告] 通道 w 已达限额（每 6 小时 2 条）',
    /^4 个告警等待发送，16:00 恢复$/,
    '[已恢复] 通道 w 恢复发送',
    /^限额（每 6 小时 2 条）自 16:0\d:\d\d 起有余量，用尽 5 小时 4\d 分$/,
  ],
])('an exhausted quota is not resolved while something waits for it: %s', async (...expected) => {
  const [locale, reached, waits, again, since] = expected
  const limit = [{ count: 2, per: '6h' as const }]
  const { hub, clock, posts } = openHub(
    {
      locale,
      channels: {
        w: { ...immediate('/w'), limit },
        ops: { ...immediate('/ops'), minSeverity: 'info', match: { rule: '@quota' } },
      },
    },
    { at: start + 10 * hour },
  )
  const lasting = (key: string) => line({ level: 60, msg: `no ${key}`, alert: { key } })
  for (const key of ['a', 'b']) {
    hub.write(lasting(key))
    await clock.advance(second)
  }
  await clock.advance(16 * minute)
  hub.write(lasting('c'))
  await clock.advance(minute)
  for (const key of ['d', 'e', 'f']) hub.write(lasting(key))
  await clock.advance(2 * hour)
  const texts = () => own(to(posts, '/ops'), '@quota').map((post) => lines(post).slice(0, 2))
  expect(texts().some(([title]) => title === again)).toBe(false)
  expect(texts().at(-1)).toEqual([expect.stringContaining(reached), expect.stringMatching(waits)])
  await clock.advance(4 * hour)
  expect(texts().at(-1)).toEqual([again, expect.stringMatching(since)])
  expect(texts().filter(([title]) => title === again)).toHaveLength(1)
})

describe('an alert about the limit of a channel', () => {
  const sms = { ...immediate('/sms'), limit: [{ count: 2, per: '6h' as const }] }
  const ops = { ...immediate('/ops'), minSeverity: 'info' as const, match: { rule: '@quota' } }
  const reached = '[WARNING] channel sms reached its limit of 2 per 6 h'
  const again = '[RESOLVED] channel sms sends again'
  const closed = [
    '[RESOLVED] channel sms reached its limit of 2 per 6 h',
    'Closed: channel sms is no longer in the configuration',
  ]
  const said = (posts: readonly Post[]) => to(posts, '/ops').map((post) => lines(post).slice(0, 2))

  async function exhaust({ hub, clock }: ReturnType<typeof openHub>): Promise<void> {
    for (const key of ['a', 'b', 'c', 'd']) {
      hub.write(line({ msg: `no ${key}`, alert: { key } }))
      await clock.advance(second)
    }
  }

  /** Its posts, from a start in the state that `dir` had after a kill. */
  async function restart(dir: string, channels: AlertOptions['channels'], at: number): Promise<Post[]> {
    const next = openHub({ channels, state: { dir: imageOf(dir) } }, { at: start + at })
    await started(next)
    await next.clock.advance(30 * hour)
    return next.posts
  }

  it.each([
    ['before', hour, 6],
    ['after', 8 * hour, 8],
  ] as const)('lasts over a kill, and ends once there is room: a start %s that', async (_, at, hours) => {
    const dir = aDirectory()
    const first = openHub({ channels: { sms, ops }, state: { dir } })
    await started(first)
    await exhaust(first)
    expect(said(first.posts).map(([title]) => title)).toEqual([reached])
    const posts = await restart(dir, { sms, ops }, at)
    const ends = said(posts).filter(([title]) => title?.startsWith('[RESOLVED]'))
    expect(ends).toEqual([
      [again, expect.stringMatching(/^Its limit of 2 per 6 h has room again since 0\d:00:00, after \d h/)],
    ])
    expect(said(posts).at(-1)).toEqual(ends[0])
    const owed = to(posts, '/sms').filter(({ body }) => body.reason !== 'resolved')
    expect(owed.flatMap(({ body }) => body.alerts)).toHaveLength(2)
    expect((to(posts, '/ops').at(-1)?.at ?? 0) / hour).toBeCloseTo(hours, 2)
  })

  it('ends when the channel is removed, which it says', async () => {
    const rig = openHub({ channels: { sms, ops } })
    await exhaust(rig)
    expect(rig.hub.reload({ channels: { ops } })).toEqual([])
    await rig.clock.advance(30 * hour)
    expect(said(rig.posts).slice(1)).toEqual([closed])
    expect(to(rig.posts, '/ops')[1]?.at).toBeLessThan(minute)
    expect(rig.hub.status().alerts).toEqual([])
  })

  it('ends at the next start if the channel is not there any more, which it says', async () => {
    const dir = aDirectory()
    const first = openHub({ channels: { sms, ops }, state: { dir } })
    await started(first)
    await exhaust(first)
    const posts = await restart(dir, { ops }, hour)
    expect(said(posts)).toEqual([closed])
    expect(to(posts, '/ops')[0]?.at).toBeLessThan(hour + minute)
  })

  it('lasts over a reload that keeps the channel, and ends at once if the limit allows more', async () => {
    const rig = openHub({ channels: { sms, ops } })
    await exhaust(rig)
    rig.hub.reload({ channels: { sms: { ...sms, timeout: '7s' }, ops } })
    await rig.clock.advance(minute)
    expect(said(rig.posts).map(([title]) => title)).toEqual([reached])
    rig.hub.reload({ channels: { sms: { ...sms, limit: [{ count: 50, per: '6h' }] }, ops } })
    await rig.clock.advance(minute)
    expect(said(rig.posts).map(([title]) => title)).toEqual([reached, again])
  })

  it.each([
    ['raised', [{ count: 50, per: '6h' }], 'en', /^Its limit of 50 per 6 h has room again since /],
    ['raised', [{ count: 50, per: '6h' }], 'zh-CN', /^限额（每 6 小时 50 条）自 .* 起有余量，用尽 /],
    ['another one', [{ count: 9, per: '1h' }], 'en', /^Its limit of 9 per hour has room again since /],
    [
      'one of several',
      [
        { count: 9, per: '1h' },
        { count: 30, per: '6h' },
      ],
      'en',
      /^Its limit of 30 per 6 h /,
    ],
    ['removed', [], 'en', /^It has no limit any more since .*, after /],
    ['removed', [], 'zh-CN', /^自 .* 起不再限额，此前用尽 /],
  ] as const)('names the limit of now once that is %s: %j, %s', async (_, limit, locale, text) => {
    const rig = openHub({ locale, channels: { sms, ops } })
    await exhaust(rig)
    const now = { ...sms, limit: [...limit] } as typeof sms
    expect(rig.hub.reload({ locale, channels: { sms: now, ops } })).toEqual([])
    await rig.clock.advance(minute)
    expect(said(rig.posts).at(-1)?.[1]).toMatch(text)
  })

  it('names the limit of now also after a restart with another one', async () => {
    const dir = aDirectory()
    const first = openHub({ channels: { sms, ops }, state: { dir } })
    await started(first)
    await exhaust(first)
    const posts = await restart(dir, { sms: { ...sms, limit: [{ count: 50, per: '6h' }] }, ops }, hour)
    expect(said(posts).at(-1)).toEqual([
      again,
      expect.stringMatching(/^Its limit of 50 per 6 h has room again since /),
    ])
  })
})

it('an alert about a failing channel ends when the channel is removed, which it says', async () => {
  const answer = (url: string) => (url.endsWith('/ops') ? new Response('', { status: 403 }) : ok())
  const mail = { ...immediate('/mail'), match: { rule: '@delivery' } }
  const { hub, clock, posts } = openHub({ channels: { ops: immediate('/ops'), mail } }, { answer })
  hub.write(fatal('disk is full'))
  await clock.advance(second)
  expect(hub.reload({ channels: { mail } })).toEqual([])
  await clock.advance(hour)
  expect(to(posts, '/mail').map((post) => lines(post).slice(0, 2))).toEqual([
    ['[ERROR] channel ops (webhook) is not delivering', expect.stringContaining('Webhook answered 403')],
    [
      '[RESOLVED] channel ops (webhook) is not delivering',
      'Closed: channel ops is no longer in the configuration',
    ],
  ])
  expect(to(posts, '/mail')[1]?.at).toBeLessThan(minute)
})

it('a warning about a failing channel has at most 80 characters of the answer, and its own advice', async () => {
  const answer = (url: string) =>
    url.endsWith('/a')
      ? new Response(JSON.stringify({ error: 'no '.repeat(100), more: 'x'.repeat(300) }), { status: 401 })
      : new Response('gone', { status: 410 })
  const { hub, clock, events } = openHub({ channels: { a: immediate('/a'), b: immediate('/b') } }, { answer })
  hub.write(fatal('disk is full'))
  await clock.advance(second)
  const said = events.flatMap((event) => (event.type === 'error' ? event.message : []))
  expect(said.find((text) => text.startsWith('Channel a'))).toMatch(
    /^Channel a is not delivering: im\.example\.com answered 401: (?:no ){20,27}no…? Check the credentials\.$/,
  )
  expect(said.find((text) => text.startsWith('Channel b'))).toContain('gone. The address no longer exists')
})
