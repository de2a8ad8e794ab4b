/** Where an alert was met, its release, whom it concerns and by which condition, in both languages. */
import { describe, expect, it } from 'vitest'
import type { Alert, LogRecord, NotificationItem } from '#core/model.ts'
import { createRenderer, type RendererOptions } from '#core/render/render.ts'
import { aNotification, anItem, aRecord, noon, plainChannel } from './support.ts'

const minute = 60_000

interface Shown {
  readonly subject: string
  readonly lead: string
  readonly facts: Readonly<Record<string, string>>
  readonly links: Readonly<Record<string, string | undefined>>
  readonly data: Readonly<Record<string, unknown>>
}

function show(
  over: Partial<Alert>,
  about: Partial<Omit<NotificationItem, 'alert'>> = {},
  options: Partial<RendererOptions> = {},
): Shown {
  const message = createRenderer({ ...plainChannel, ...options })(aNotification([anItem(over, about)]))
  const card = message.cards[0]!
  return {
    subject: message.subject,
    lead: card.lead,
    facts: Object.fromEntries(card.facts.map(({ label, value }) => [label, value])),
    links: Object.fromEntries(card.facts.map(({ label, url }) => [label, url])),
    data: card.data,
  }
}

const chinese = { locale: 'zh-CN' } as const
const burst = { count: 37, firstSeen: noon, lastSeen: noon + 130_000 }

describe('the process', () => {
  const ofOne = { processes: [{ name: 'web-1 (pid 41)', count: 1 }] }
  const ofMany = {
    processes: [12, 9, 3, 2, 1].map((count, index) => ({ name: `web-${index + 1}`, count })),
    processesTotal: 10,
  }

  it('is named where there is one', () => {
    expect(show(ofOne).facts['Process']).toBe('web-1 (pid 41)')
    expect(show(ofOne, {}, chinese).facts['实例']).toBe('web-1（pid 41）')
  })

  it('is the number of them where there are several, with the most frequent by name', () => {
    expect(show(ofMany).facts['Process']).toBe('5 of 10: web-1 (12), web-2 (9), web-3 (3) and 2 more')
    expect(show(ofMany, {}, chinese).facts['实例']).toBe(
      '5/10：web-1（12 次）、web-2（9 次）、web-3（3 次）等 5 个',
    )
  })

  it('is without the number of all that run where more of them met it: some have ended', () => {
    const ended = { ...ofMany, processesTotal: 2 }
    expect(show(ended).facts['Process']).toBe('web-1 (12), web-2 (9), web-3 (3) and 2 more')
    expect(show(ended, {}, chinese).facts['实例']).toBe('web-1（12 次）、web-2（9 次）、web-3（3 次）等 5 个')
  })

  it('is this one only while the processes of the fleet notify separately', () => {
    const alone = { isAlone: () => true }
    const known = { ...ofOne, processesTotal: 10 }
    expect(show(known, {}, alone).facts['Process']).toBe('This process only: web-1 (pid 41)')
    expect(show(known, {}, { ...chinese, ...alone }).facts['实例']).toBe('仅本实例：web-1（pid 41）')
  })

  it('keeps its number where one of several met it: the others may be on its host', () => {
    const known = { processes: [{ name: 'web-1 (instance 2)', count: 12 }], processesTotal: 10 }
    expect(show(known).facts['Process']).toBe('1 of 10: web-1 (instance 2)')
    expect(show(known, {}, chinese).facts['实例']).toBe('1/10：web-1（instance 2）')
  })

  it('is all of them where all met it', () => {
    const all = { ...ofMany, processesTotal: 5 }
    expect(show(all).facts['Process']).toBe('all 5 processes')
    expect(show(all, {}, chinese).facts['实例']).toBe('全部 5 个实例')
  })

  it('has no total while only those are known that met it', () => {
    const two = { processes: ofMany.processes.slice(0, 2) }
    expect(show(two).facts['Process']).toBe('web-1 (12), web-2 (9)')
    expect(show(two, {}, chinese).facts['实例']).toBe('web-1（12 次）、web-2（9 次）')
  })

  it('is not shown for a resolved alert, of an absence, and of an alert of our own', () => {
    expect(show({ ...ofOne, state: 'resolved' }).facts).not.toHaveProperty('Process')
    expect(show({ ...ofOne, isAbsence: true }).facts).not.toHaveProperty('Process')
    expect(show({ ...ofOne, rule: '@delivery' }).facts).not.toHaveProperty('Process')
  })

  it('is data for machines', () => {
    expect(show(ofMany).data).toMatchObject(ofMany)
  })
})

describe('the release', () => {
  const fresh = { release: '1.4.1', releaseNote: { type: 'new', previous: '1.4.0' } } as const
  const back = { release: '3.2.0', releaseNote: { type: 'back', previous: '3.0.4' } } as const

  it('in which an alert is new ends the subject, and the lead names the one before', () => {
    expect(show({ ...burst, ...fresh })).toMatchObject({
      subject: '[CRITICAL] payments prod: card gateway timeout ×37 (new in 1.4.1)',
      lead: '37 times in 2 min 10 s. New in 1.4.1, not seen in 1.4.0.',
      facts: { Release: '1.4.1' },
    })
    expect(show({ ...burst, ...fresh }, {}, chinese)).toMatchObject({
      subject: '[严重] payments prod：card gateway timeout ×37（1.4.1 新增）',
      lead: '2 分 10 秒内发生 37 次。1.4.1 新增，1.4.0 未出现过。',
      facts: { 版本: '1.4.1' },
    })
  })

  it('is said of a single record too', () => {
    expect(show(fresh).lead).toBe('New in 1.4.1, not seen in 1.4.0.')
    expect(show(fresh, {}, chinese).lead).toBe('1.4.1 新增，1.4.0 未出现过')
  })

  it('in which an alert is back comes with its recurrence and its count', () => {
    const about = { reason: 'regression' } as const
    const alert = {
      ...back,
      count: 9,
      firstSeen: noon,
      lastSeen: noon + 4 * minute,
      formerEndedAt: noon - 40 * minute,
      impact: [{ field: 'userId', count: 9 }],
    }
    expect(show(alert, about)).toMatchObject({
      subject: '[CRITICAL] payments prod: card gateway timeout ×9 (back in 3.2.0)',
      lead: 'Recurred 40 min after it resolved at 13:25:09. Back in 3.2.0, last seen in 3.0.4; 9 times, 9 users.',
    })
    expect(show(alert, about, chinese)).toMatchObject({
      subject: '[严重] payments prod：card gateway timeout ×9（3.2.0 再次出现）',
      lead: '13:25:09 恢复，40 分钟后再次发生，共 9 次，影响用户 9 个。3.2.0 再次出现，上次见于 3.0.4。',
    })
  })

  it('of a commit is its first characters, and whole for machines', () => {
    const commit = '0123456789abcdef0123456789abcdef01234567'
    const shown = show({ release: commit })
    expect(shown.facts['Release']).toBe('0123456789ab')
    expect(shown.data['release']).toBe(commit)
  })

  it('stays in the subject of a reminder', () => {
    const about = { reason: 'repeat', added: 3, notifiedAt: noon + minute } as const
    expect(show({ ...burst, ...fresh }, about)).toMatchObject({
      subject: expect.stringContaining('(new in 1.4.1)'),
      lead: 'Still firing: 3 more since 14:06:09, 37 in total.',
    })
  })
})

describe('the impact', () => {
  const impact = [{ field: 'userId', count: 4 }]

  it('follows the count', () => {
    expect(show({ ...burst, impact }).lead).toBe('37 times in 2 min 10 s, 4 users.')
    expect(show({ ...burst, impact }, {}, chinese).lead).toBe('2 分 10 秒内发生 37 次，影响用户 4 个')
    const about = { reason: 'repeat', added: 3, notifiedAt: noon + minute } as const
    expect(show({ ...burst, impact }, about).lead).toBe(
      'Still firing: 3 more since 14:06:09, 37 in total, 4 users.',
    )
    expect(show({ ...burst, impact }, about, chinese).lead).toBe(
      '仍在发生：14:06:09 以来新增 3 次，累计 37 次，影响用户 4 个',
    )
  })

  it.each([
    [{ field: 'customerId', count: 1 }, ', 1 customer', '，影响客户 1 个'],
    [{ field: 'session.tenantId', count: 2 }, ', 2 tenants', '，影响租户 2 个'],
    [{ field: 'accountId', count: 2 }, ', 2 accounts', '，影响账号 2 个'],
    [{ field: 'orderId', count: 2 }, ', 2 orders', '，影响订单 2 个'],
    [{ field: 'deviceId', count: 2 }, ', 2 devices', '，影响设备 2 个'],
    [{ field: 'ip', count: 3 }, ', 3 addresses', '，影响 IP 3 个'],
    [{ field: 'shop', count: 3 }, ', 3 different shop', '，涉及 3 个不同的 shop'],
    [{ field: 'userId', count: 1000, isMore: true }, ', 1,000+ users', '，影响用户 1,000+ 个'],
  ] as const)('of %j has its noun', (one, en, zh) => {
    expect(show({ ...burst, impact: [one] }).lead).toBe(`37 times in 2 min 10 s${en}.`)
    expect(show({ ...burst, impact: [one] }, {}, chinese).lead).toBe(`2 分 10 秒内发生 37 次${zh}`)
  })

  it('of several fields is said of each, and is data for machines', () => {
    const both = show({ ...burst, impact: [...impact, { field: 'shop', count: 2 }] })
    expect(both.lead).toBe('37 times in 2 min 10 s, 4 users, 2 different shop.')
    expect(both.data['impact']).toEqual({ userId: 4, shop: 2 })
  })
})

describe('the condition', () => {
  it('of a count says its threshold', () => {
    const alert = {
      ...burst,
      condition: { type: 'count', threshold: 20, withinMs: 10 * minute, value: 37 },
      impact: [{ field: 'userId', count: 4 }],
    } as const
    expect(show(alert).lead).toBe('37 times in 2 min 10 s (threshold 20 in 10 min), 4 users.')
    expect(show(alert, {}, chinese).lead).toBe('2 分 10 秒内 37 次（阈值 10 分钟内 20 次），影响用户 4 个')
    expect(show(alert).data['condition']).toEqual({
      type: 'count',
      threshold: 20,
      within: 10 * minute,
      value: 37,
    })
  })

  it('of different values says how many there are', () => {
    const condition = {
      type: 'distinct',
      threshold: 3,
      withinMs: 5 * minute,
      field: 'userId',
      value: 5,
    } as const
    expect(show({ ...burst, condition }).lead).toBe('5 different userId in 5 min (threshold 3), 37 records.')
    expect(show({ ...burst, condition }, {}, chinese).lead).toBe(
      '5 分钟内出现 5 个不同的 userId（阈值 3 个），共 37 条日志',
    )
  })

  it('of a row says how long it is, and when it was last well', () => {
    const condition = { type: 'consecutive', threshold: 3, value: 4, lastSuccessAt: noon - minute } as const
    const alert = { count: 4, firstSeen: noon, lastSeen: noon + minute, condition }
    expect(show(alert).lead).toBe('4 in a row (threshold 3), last success 14:04:09.')
    expect(show(alert, {}, chinese).lead).toBe('连续 4 次（阈值 3 次），最近一次成功 14:04:09')
    const { lastSuccessAt: _, ...unknown } = condition
    expect(show({ ...alert, condition: unknown }).lead).toBe('4 in a row (threshold 3).')
  })

  it('with `for` says how long it has lasted', () => {
    const condition = { type: 'for', forMs: 5 * minute } as const
    const alert = { firstSeen: noon - 7 * minute, lastSeen: noon, condition }
    expect(show(alert).lead).toBe('Has lasted 7 min (alerts after 5 min).')
    expect(show(alert, {}, chinese).lead).toBe('已持续 7 分钟（阈值 5 分钟）')
  })

  it('leaves room for two sentences', () => {
    const alert = {
      ...burst,
      condition: { type: 'for', forMs: minute },
      release: '1.4.1',
      releaseNote: { type: 'new', previous: '1.4.0' },
    } as const
    const shown = show(alert, {}, {})
    expect(shown.lead).toBe('37 times in 2 min 10 s. Has lasted 1 min (alerts after 1 min).')
    expect(shown.subject).toContain('(new in 1.4.1)')
  })
})

describe('the request', () => {
  const failed = (fields: LogRecord['fields']) => {
    const record = aRecord({ msg: 'charge failed', fields })
    return { first: record, latest: record }
  }
  const req = { method: 'POST', url: '/orders/81723/pay?coupon=1' }

  it('is a fact with its route and status', () => {
    const alert = failed({ req, res: { statusCode: 502 } })
    expect(show(alert).facts['Request']).toBe('POST /orders/…/pay → 502')
    expect(show(alert, {}, chinese).facts['请求']).toBe('POST /orders/…/pay → 502')
    expect(show(alert).data['route']).toEqual({ method: 'POST', path: '/orders/…/pay', status: 502 })
  })

  it('is as the application declares it', () => {
    const route = { path: '/api/coupons/:id/redeem' }
    const alert = failed({ req: { ...req, route }, res: { statusCode: 409 } })
    expect(show(alert).facts['Request']).toBe('POST /api/coupons/:id/redeem → 409')
  })

  it('is found where collectors put it, and has no status where none is known', () => {
    const google = { requestMethod: 'GET', requestUrl: 'https://pay.example.com/carts/9?x=1', status: 500 }
    expect(show(failed({ httpRequest: google })).facts['Request']).toBe('GET /carts/… → 500')
    expect(show(failed({ 'http.request.method': 'GET', 'url.path': '/carts' })).facts['Request']).toBe(
      'GET /carts',
    )
  })

  it('has its method in capitals where a framework writes small letters, as hapi does', () => {
    const alert = failed({ req: { ...req, method: 'post' }, res: { statusCode: 502 } })
    expect(show(alert).facts['Request']).toBe('POST /orders/…/pay → 502')
  })

  it('is left out where the headline says it', () => {
    const record = aRecord({ msg: 'request completed', fields: { req, res: { statusCode: 502 } } })
    const shown = show({ first: record, latest: record })
    expect(shown.subject).toContain('POST /orders/…/pay 502')
    expect(shown.facts).not.toHaveProperty('Request')
    expect(shown.data['route']).toMatchObject({ status: 502 })
  })

  it('shows nothing that `redact` names', () => {
    const redact = { paths: ['req.url'], patterns: ['acme'] }
    const hidden = show(failed({ req, res: { statusCode: 502 } }), {}, { redact })
    expect(JSON.stringify([hidden.facts, hidden.data])).not.toContain('orders')
    const named = failed({ req: { method: 'GET', url: '/shops/acme/carts' } })
    expect(JSON.stringify(show(named, {}, { redact }).facts)).not.toContain('acme')
  })
})

describe('the link to the logs', () => {
  const options = { traceUrl: 'https://t/{traceId}', logsUrl: 'https://logs/?q={requestId}' }

  it('is that of the request id', () => {
    const record = aRecord({ requestId: 'req-1', traceId: 'abc' })
    const shown = show({ first: record, latest: record }, {}, options)
    expect(shown.links).toMatchObject({ requestId: 'https://logs/?q=req-1', traceId: 'https://t/abc' })
    expect(shown.data['logsUrl']).toBe('https://logs/?q=req-1')
  })

  it('is a fact of its own without one', () => {
    const record = aRecord({ traceId: 'abc' })
    const byTrace = { logsUrl: 'https://logs/?t={traceId}' }
    const shown = show({ first: record, latest: record }, {}, byTrace)
    expect(shown.links['Search logs']).toBe('https://logs/?t=abc')
    expect(show({ first: record, latest: record }, {}, { ...byTrace, ...chinese }).links['查看日志']).toBe(
      'https://logs/?t=abc',
    )
  })

  it('is absent if a placeholder has no value', () => {
    expect(show({}, {}, options).data).not.toHaveProperty('logsUrl')
  })
})

describe('what is known from before', () => {
  const monthsAgo = noon - 114 * 86_400_000

  it('is when the alert was first seen, if it had other lives', () => {
    expect(show({ firstEverAt: monthsAgo }).facts['First ever']).toBe('08-01 14:05:09')
    expect(show({ firstEverAt: monthsAgo }).data['firstEver']).toBe('2026-08-01T06:05:09.000Z')
    expect(show({ firstEverAt: monthsAgo }, {}, chinese).facts['首次出现']).toBe('08-01 14:05:09')
    for (const reason of ['repeat', 'resolved'] as const)
      expect(show({ firstEverAt: monthsAgo }, { reason }).facts).not.toHaveProperty('First ever')
    expect(show({ firstEverAt: noon }).facts).not.toHaveProperty('First ever')
  })

  it('is which channels were notified, in the first message of a channel', () => {
    const notifiedChannels = ['ops', 'mail', 'phone', 'a', 'b', 'c', 'd']
    const names = (about: object, more = {}) => show({}, { notifiedChannels, ...about }, more).facts
    expect(names({})['Also notified']).toBe('ops, mail, phone, a, b and 2 more')
    expect(names({}, chinese)['已通知']).toBe('ops、mail、phone、a、b 等 7 个')
    expect(names({ notifiedAt: noon - minute })).not.toHaveProperty('Also notified')
    expect(names({ reason: 'resolved' })).not.toHaveProperty('Also notified')
  })
})

it('a storm says where and when it was met', () => {
  const items = ['a', 'b', 'c'].map((id, index) =>
    anItem(
      {
        id,
        firstSeen: noon,
        lastSeen: noon + index * minute,
        processes: [
          { name: 'web-1', count: 1 },
          { name: `web-${index + 2}`, count: 3 },
        ],
        processesTotal: 10,
      },
      { reason: 'storm' },
    ),
  )
  const facts = (more: object) =>
    createRenderer({ ...plainChannel, ...more })(aNotification(items, { reason: 'storm' })).facts?.map(
      ({ label, value }) => [label, value],
    )
  expect(facts({})).toEqual([
    ['Process', '4 of 10: web-1 (3), web-2 (3), web-3 (3) and 1 more'],
    ['First seen', '2026-11-23 14:05:09 UTC+8'],
    ['Last seen', '14:07:09'],
  ])
  expect(facts(chinese)).toEqual([
    ['实例', '4/10：web-1（3 次）、web-2（3 次）、web-3（3 次）等 4 个'],
    ['首次发生', '2026-11-23 14:05:09 UTC+8'],
    ['最近发生', '14:07:09'],
  ])
})
