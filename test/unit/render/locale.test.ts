import { describe, expect, test } from 'vitest'
import { createHub } from '#core/hub/create-hub.ts'
import type { Digest, Reason } from '#core/model.ts'
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
    ['[CRITICAL]', 'Time: 2026-11-23 14:05:09 UTC+8', 'If it continues, next reminder at 14:10.'],
    ['[严重]', '发生时间: 2026-11-23 14:05:09 UTC+8', '若持续发生，14:10 再次提醒'],
  ],
  [
    'repeat',
    aNotification([anItem({ latest, count: 74 }, { reason: 'repeat', added: 37, notifiedAt: noon })], {
      reason: 'repeat',
    }),
    ['×74 (still firing)', 'Still firing: 37 more since 14:05:09, 74 in total.'],
    ['×74（仍在发生）', '仍在发生：14:05:09 以来新增 37 次，累计 74 次'],
  ],
  [
    'escalated',
    aNotification(
      [
        anItem(
          { latest, count: 14, lastSeen: noon + 40 * minute },
          { reason: 'escalated', notifiedAt: noon, previousSeverity: 'warning' },
        ),
      ],
      { reason: 'escalated' },
    ),
    ['×14 (was WARNING)', 'Escalated from WARNING to CRITICAL after 40 min, 14 times.'],
    ['×14（由警告升级）', '级别升高：警告 → 严重。已持续 40 分钟，共 14 次。'],
  ],
  [
    'regression',
    aNotification(
      [
        anItem(
          { latest, count: 9, formerEndedAt: noon - 40 * minute },
          { reason: 'regression', notifiedAt: noon - 90 * minute },
        ),
      ],
      { reason: 'regression' },
    ),
    ['×9 (recurred)', 'Recurred 40 min after it resolved at 13:25:09; 9 times.'],
    ['×9（再次发生）', '13:25:09 恢复，40 分钟后再次发生，共 9 次'],
  ],
  [
    'resolved',
    aNotification(
      [
        anItem(
          {
            latest,
            first: latest,
            state: 'resolved',
            count: 58,
            lastSeen: noon + 62 * minute,
            endedBy: 'quiet',
            endedAt: noon + 77 * minute,
            quietMs: 15 * minute,
          },
          { reason: 'resolved', notifiedAt: noon },
        ),
      ],
      { reason: 'resolved' },
    ),
    ['[RESOLVED]', 'Resolved: not seen for 15 min, last at 15:07:09. Lasted 1 h 2 min, 58 times.'],
    ['[已恢复]', '已 15 分钟未再发生，自动恢复（最近一次 15:07:09）。持续 1 小时 2 分，共 58 次。'],
  ],
  [
    'storm',
    aNotification(kinds(30), { reason: 'storm' }),
    ['30 kinds of errors in 1 s', 'Alert storm: 30 new alerts', 'and 20 more kinds'],
    ['1 秒内出现 30 种错误', '告警风暴：1 秒内新增 30 个告警', '其余 20 种未列出'],
  ],
  [
    'digest',
    aNotification([], { reason: 'digest', digest: aDigest() }),
    ['[DIGEST]', '1 still firing (24 h)', 'Not sent: 1,204 records in silences, 12 not'],
    ['[汇总]', '未恢复 1（24 小时）', '未发送：静默期间 1,204 条日志，未送达 12 条'],
  ],
]

function aDigest(): Digest {
  const { alert } = anItem()
  return {
    from: noon - 24 * 60 * minute,
    to: noon,
    records: 7,
    fresh: 0,
    firing: 1,
    resolved: 0,
    notifications: 3,
    lines: [{ alert, records: 7, startedAt: noon - 25 * 60 * minute }],
    suppressed: { silenced: 1_204, failed: 12 },
  }
}

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
      digest: true,
    }
    expect(notified.map(([reason]) => reason).toSorted()).toEqual(Object.keys(all).toSorted())
  })

  test.each([
    [1_500, 'sent 2 s later because the process had stopped', '因进程重启延迟 2 秒'],
    [61 * minute, 'sent 1 h 1 min later', '延迟 1 小时 1 分'],
    [24 * 60 * minute, 'sent 1 d later', '延迟 1 天'],
    [72 * 60 * minute, 'sent 3 d later', '延迟 3 天'],
  ])('that is sent %d ms late says so, in the units of the language', (delayMs, english, chinese) => {
    const late = aNotification([anItem()], { late: true })
    expect(render.en(late, { now: noon + delayMs }).closing.join()).toContain(english)
    expect(render['zh-CN'](late, { now: noon + delayMs }).closing.join()).toContain(chinese)
  })

  test.each([
    ['UTC', '2026-11-23 06:05:09 UTC', '06:05'],
    ['Asia/Kolkata', '2026-11-23 11:35:09 UTC+5:30', '11:35'],
    ['Asia/Kathmandu', '2026-11-23 11:50:09 UTC+5:45', '11:50'],
    ['America/St_Johns', '2026-11-23 02:35:09 UTC-3:30', '02:35'],
    ['Australia/Lord_Howe', '2026-11-23 17:05:09 UTC+11', '17:05'],
    ['Pacific/Chatham', '2026-11-23 19:50:09 UTC+13:45', '19:50'],
    ['America/Los_Angeles', '2026-11-22 22:05:09 UTC-8', '22:05'],
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
  const day = 25 * 60 * minute
  const since = noon - day
  const fields = {
    absentMs: day,
    expectedMs: day,
    since: new Date(since).toISOString(),
    lastSeen: new Date(since).toISOString(),
    lastMessage: 'backup done',
  }
  const absent = (over: object, about: object = {}) => {
    const latest = aRecord({ msg: 'nightly (eu): no record for 25 h', fields: { ...fields, ...over } })
    const alert = { rule: 'nightly', key: 'eu', isAbsence: true, count: 3, latest } as const
    return aNotification([anItem(alert, about)])
  }
  const said = (notification: ReturnType<typeof aNotification>) =>
    [render.en(notification), render['zh-CN'](notification)].flatMap(({ subject, cards }) => [
      subject.replace(/^.*? prod[:：] ?/, ''),
      cards[0]!.lead,
      cards[0]!.facts.length,
    ])

  test('says for how long, what is expected and what came last', () => {
    expect(said(absent({}))).toEqual([
      'nightly (eu): no record for 25 h',
      'Expected at least every 25 h; last record 2026-11-22 13:05:09 UTC+8: “backup done”.',
      0,
      'nightly (eu) 已 25 小时无日志',
      '应至少每 25 小时一次；最近一条日志 2026-11-22 13:05:09 UTC+8：backup done',
      0,
    ])
  })

  test('says so where no record ever came', () => {
    expect(said(absent({ lastSeen: undefined }))).toEqual([
      'nightly (eu): no record since start',
      'Watching since 2026-11-22 13:05:09 UTC+8; expected at least every 25 h.',
      0,
      'nightly (eu) 启动后一直无日志',
      '2026-11-22 13:05:09 UTC+8 起开始监测，应至少每 25 小时一次',
      0,
    ])
  })

  test('says that it is still missing, without counting', () => {
    const reminder = absent({ absentMs: 2 * day }, { reason: 'repeat', notifiedAt: noon })
    expect(said(reminder)).toEqual([
      'nightly (eu): no record for 2 d 2 h (still missing)',
      'Still missing: nothing for 2 d 2 h, last record 2026-11-22 13:05:09 UTC+8.',
      0,
      'nightly (eu) 已 2 天 2 小时无日志（仍未收到）',
      '仍未收到：已 2 天 2 小时无日志，最近一条 2026-11-22 13:05:09 UTC+8',
      0,
    ])
  })

  test('ends with the first record that comes again, under a headline of its own', () => {
    const latest = aRecord({ fields })
    const endRecord = aRecord({ time: noon + 60 * minute, msg: 'backup done' })
    const over = anItem(
      {
        rule: 'nightly',
        key: '',
        isAbsence: true,
        state: 'resolved',
        endedBy: 'record',
        endedAt: endRecord.time,
        endRecord,
        latest,
        count: 2,
      },
      { notifiedAt: noon },
    )
    expect(said(aNotification([over]))).toEqual([
      'nightly: records again',
      'First record again at 2026-11-23 15:05:09 UTC+8 after 1 d 2 h: “backup done”.',
      0,
      'nightly 恢复日志',
      '2026-11-23 15:05:09 UTC+8 重新收到日志，中断 1 天 2 小时：backup done',
      0,
    ])
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
    await inbox.next(({ request }) => request.body.includes('heartbeat 已 1 秒无日志'))
    await hub.close()
  })
})

describe('channels of one application', () => {
  test('each speak their own language and zone, the others those of the options', async () => {
    const inbox = await startInbox()
    const { webhook } = inbox.channels
    const hook = (name: string) => ({ ...webhook, url: `${inbox.url}/webhook/${name}` }) as const
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
    expect(text('/cn')).toMatch(/\[错误\] billing.*UTC\+8\b/s)
    expect(text('/in')).toMatch(/\[ERROR\] billing.*UTC\+5:30/s)
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
          minSeverity: 'warning',
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
