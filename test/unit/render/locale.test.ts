import { describe, expect, test } from 'vitest'
import { createHub } from '#core/hub/create-hub.ts'
import type { Reason } from '#core/model.ts'
import { createRenderer } from '#core/render/render.ts'
import { startInbox } from '../cli/inbox.ts'
import { aNotification, anItem, aRecord, kinds, noon, plainChannel, toText } from './support.ts'

const minute = 60_000
const han = /\p{Script=Han}/u
const render = {
  en: createRenderer(plainChannel),
  'zh-CN': createRenderer({ ...plainChannel, locale: 'zh-CN' }),
}
const latest = aRecord({ msg: 'card gateway timeout', requestId: 'req-7' })

/** One notification per reason, and what each language says of it. */
const notified: readonly (readonly [
  reason: string,
  notification: ReturnType<typeof aNotification>,
  english: readonly string[],
  chinese: readonly string[],
])[] = [
  [
    'first',
    aNotification([anItem({ latest }, { nextAt: noon + 5 * minute })]),
    ['[CRITICAL]', 'count: 1', 'If it continues, next reminder at 14:10 UTC+08:00.'],
    ['[严重]', '次数: 1', '若持续发生，14:10 UTC+08:00 再次提醒'],
  ],
  [
    'repeat',
    aNotification([anItem({ latest, count: 74 }, { reason: 'repeat', added: 37, notifiedAt: noon })], {
      reason: 'repeat',
    }),
    ['status: still firing', 'count: 74 (+37 since 14:05)'],
    ['状态: 仍在发生', '次数: 74（14:05 以来新增 37 次）'],
  ],
  [
    'escalated',
    aNotification([anItem({ latest }, { reason: 'escalated', notifiedAt: noon })], { reason: 'escalated' }),
    ['status: escalated'],
    ['状态: 级别升高'],
  ],
  [
    'regression',
    aNotification([anItem({ latest }, { reason: 'regression', notifiedAt: noon })], { reason: 'regression' }),
    ['status: recurred after it was resolved'],
    ['状态: 恢复后再次发生'],
  ],
  [
    'resolved',
    aNotification(
      [
        anItem(
          { latest, first: latest, state: 'resolved', count: 5, lastSeen: noon + 62 * minute },
          { reason: 'resolved', notifiedAt: noon },
        ),
      ],
      { reason: 'resolved' },
    ),
    ['[RESOLVED]', 'lasted: 1 hr 2 min'],
    ['[已恢复]', '持续: 1小时2分钟'],
  ],
  [
    'storm',
    aNotification(kinds(30), { reason: 'storm' }),
    ['30 kinds of errors in 1 sec', 'and 20 more'],
    ['1秒内出现 30 种错误', '其余 20 个未列出'],
  ],
]

describe('a message in both languages', () => {
  test.each(notified)('says what is %s', (_, notification, english, chinese) => {
    const [en, zh] = [toText(render.en(notification)), toText(render['zh-CN'](notification))]
    for (const words of english) expect(en).toContain(words)
    for (const words of chinese) expect(zh).toContain(words)
    expect(en).not.toMatch(han)
  })

  test('covers every reason', () => {
    const all: Record<Reason, true> = {
      first: true,
      repeat: true,
      escalated: true,
      regression: true,
      resolved: true,
      storm: true,
    }
    expect(notified.map(([reason]) => reason).toSorted()).toEqual(Object.keys(all).toSorted())
  })

  test.each([
    [1_500, 'sent 2 sec later because the process had stopped', '因进程重启延迟 2秒'],
    [61 * minute, 'sent 1 hr 1 min later', '延迟 1小时1分钟'],
    [24 * 60 * minute, 'sent 1 day later', '延迟 1天'],
    [72 * 60 * minute, 'sent 3 days later', '延迟 3天'],
  ])('that is sent %d ms late says so, with the right plural', (delayMs, english, chinese) => {
    const late = aNotification([anItem()], { late: true })
    expect(render.en(late, { now: noon + delayMs }).closing.join()).toContain(english)
    expect(render['zh-CN'](late, { now: noon + delayMs }).closing.join()).toContain(chinese)
  })

  test.each([
    ['UTC', '2026-11-23 06:05:09 UTC', '06:05 UTC'],
    ['Asia/Kolkata', '2026-11-23 11:35:09 UTC+05:30', '11:35 UTC+05:30'],
    ['Asia/Kathmandu', '2026-11-23 11:50:09 UTC+05:45', '11:50 UTC+05:45'],
    ['America/St_Johns', '2026-11-23 02:35:09 UTC-03:30', '02:35 UTC-03:30'],
    ['Australia/Lord_Howe', '2026-11-23 17:05:09 UTC+11:00', '17:05 UTC+11:00'],
    ['Pacific/Chatham', '2026-11-23 19:50:09 UTC+13:45', '19:50 UTC+13:45'],
    ['America/Los_Angeles', '2026-11-22 22:05:09 UTC-08:00', '22:05 UTC-08:00'],
  ])('writes times of %s with the offset, in either language', (timeZone, at, reminder) => {
    for (const locale of ['en', 'zh-CN'] as const) {
      const message = createRenderer({ ...plainChannel, locale, timeZone })(
        aNotification([anItem({ latest }, { nextAt: noon })], { at: noon - minute }),
      )
      expect(toText(message)).toContain(at)
      expect(message.closing.join()).toContain(reminder)
    }
  })
})

describe('an alert about absent records', () => {
  test('says for how long in either language', () => {
    const absent = aRecord({
      msg: 'nightly (eu): nothing for 1 day 1 hr',
      fields: { absentMs: 25 * 60 * minute },
    })
    const notification = aNotification([anItem({ latest: absent })])
    expect(render.en(notification).subject).toContain('nightly (eu): nothing for 1 day 1 hr')
    expect(render['zh-CN'](notification).subject).toContain('nightly (eu)：已有1天1小时没有日志')
  })

  test('is so at the hub', async () => {
    const inbox = await startInbox()
    const url = String(inbox.channels.webhook['url'])
    const hub = createHub({
      locale: 'zh-CN',
      rules: [{ name: 'heartbeat', match: { event: 'ok' }, when: { absent: '1s' } }],
      channels: { hook: { type: 'webhook', url, wait: 0 } },
    })
    hub.write(JSON.stringify({ level: 30, time: Date.now(), event: 'ok', msg: 'ok' }))
    await inbox.next(({ request }) => request.body.includes('heartbeat：已有1秒没有日志'))
    await hub.close()
  })
})

describe('channels of one application', () => {
  test('each speak their own language and zone, the others those of the options', async () => {
    const inbox = await startInbox()
    const { webhook } = inbox.channels
    const hook = (name: string) =>
      ({ type: 'webhook', ...webhook, url: `${inbox.url}/webhook/${name}` }) as const
    const hub = createHub({
      service: 'billing',
      locale: 'zh-CN',
      timeZone: 'Asia/Shanghai',
      channels: {
        cn: hook('cn'),
        in: { ...hook('in'), locale: 'en', timeZone: 'Asia/Kolkata' },
      },
    })
    hub.publish({ message: 'card gateway timeout' })
    await hub.close()
    const text = (name: string) =>
      inbox.received().find(({ request }) => request.path.endsWith(name))!.request.body
    expect(text('/cn')).toMatch(/\[错误\] billing.*UTC\+08:00/s)
    expect(text('/in')).toMatch(/\[ERROR\] billing.*UTC\+05:30/s)
    expect(text('/in')).not.toMatch(han)
  })

  test('are notified of a failure and of an exhausted quota in their own language', async () => {
    const inbox = await startInbox()
    inbox.behave('slack', 'refuse')
    const hub = createHub({
      channels: {
        slack: { url: String(inbox.channels.slack['url']) },
        feishu: {
          ...inbox.channels.feishu,
          locale: 'zh-CN',
          minSeverity: 'error',
          wait: 0,
          interval: 0,
        } as never,
        sms: {
          type: 'webhook',
          url: `${inbox.url}/webhook/sms`,
          limit: [{ count: 1, per: '1h' }],
          wait: 0,
          interval: 0,
          fallback: 'feishu',
        },
      },
    })
    hub.publish({ message: 'first', severity: 'critical', code: 'A' })
    await inbox.next(
      ({ view }) => view.text.includes('发送失败') || (view.subject ?? '').includes('发送失败'),
    )
    hub.publish({ message: 'second', severity: 'critical', code: 'B' })
    await inbox.next(({ view }) => `${view.subject} ${view.text}`.includes('通道 sms 已达限额'))
    await hub.close()
  })
})
