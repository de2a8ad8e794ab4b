/**
 * Each kind of message: what a service logs so that it is sent, and the lines in which it differs from
 * others, in both languages. The first line is the subject.
 */
import type { AlertOptions } from '#core/options.ts'
import type { Service, Story } from './guide-rig.ts'

export interface Kind extends Story {
  readonly name: string
  /** Whose messages these are; default: a chat. */
  readonly of?: string
  /** Which of its messages; default the last, -1. */
  readonly at?: number
  readonly en: Lines
  readonly zh: Lines
}

type Lines = readonly [subject: string, ...others: readonly (string | RegExp)[]]

const start = '2026-11-30 21:05:12'
const failed = (n: number) => ({ msg: `charge ${n} failed`, userId: `u${n % 4}` })
const counted = (size: number) => Array.from({ length: size }, (_, index) => index + 1)
const full = (severity?: string) => ({
  msg: 'disk is full',
  alert: { key: 'disk', ...(severity && { severity }) },
})
const emptied = { level: 30, msg: 'disk has room', alert: { key: 'disk', resolve: true } }
const slow = { msg: 'mail queue grows', alert: { key: 'queue' } }
const fast = { level: 30, msg: 'mail queue is empty', alert: { key: 'queue', resolve: true } }

/** Options that are the same in both languages. */
const withOptions = (options: AlertOptions) => ({ options: () => options })

const ops = { type: 'slack', url: 'https://hooks.slack.com/services/T/B/ops', wait: 0, interval: 0 } as const
const refused = { status: 'failed', why: 'Slack answered 403: invalid_token', httpStatus: 403 } as const
const late = { status: 'retry', why: 'no answer within 10 s (timeout)' } as const

/** One life of the alert of a full disk. */
async function live({ log, until }: Service, from: string, to: string): Promise<void> {
  await until(from)
  log(full())
  await until(to)
  log(emptied)
}

export const kinds: readonly Kind[] = [
  {
    name: 'burst',
    start,
    ...withOptions({ impact: ['userId'] }),
    async run({ logUntil, until }) {
      await logUntil('21:05:15', counted(37).map(failed))
      await until('21:06:00')
    },
    en: [
      '[ERROR] payments prod: charge … failed ×37',
      '37 times in 3 s, 4 users.',
      'Latest: charge 37 failed',
      'If it continues, next reminder at 21:10.',
    ],
    zh: [
      '[错误] payments prod：charge … failed ×37',
      '3 秒内发生 37 次，影响用户 4 个',
      '最近一条：charge 37 failed',
      '若持续发生，21:10 再次提醒',
    ],
  },
  {
    name: 'repeat',
    start,
    async run({ log, logUntil, until }) {
      log(failed(1))
      await until('21:06:12')
      await logUntil('21:06:20', counted(8).map(failed))
      await until('21:11:00')
    },
    en: [
      '[ERROR] payments prod: charge … failed ×9 (still firing)',
      'Still firing: 8 more since 21:05:17, 9 in total.',
      'If it continues, next reminder at 21:20.',
    ],
    zh: [
      '[错误] payments prod：charge … failed ×9（仍在发生）',
      '仍在发生：21:05:17 以来新增 8 次，累计 9 次',
      '若持续发生，21:20 再次提醒',
    ],
  },
  {
    name: 'recurred',
    start,
    async run(service) {
      await live(service, '21:05:12', '21:15:12')
      await live(service, '21:55:12', '21:59:00')
    },
    en: ['[ERROR] payments prod: disk is full (recurred)', 'Recurred 40 min after it resolved at 21:15:12.'],
    zh: ['[错误] payments prod：disk is full（再次发生）', '21:15:12 恢复，40 分钟后再次发生'],
  },
  {
    name: 'flapping',
    start,
    async run(service) {
      for (const hour of [21, 22, 23]) await live(service, `${hour}:05:12`, `${hour}:25:12`)
      await service.until('2026-12-01 00:05:12')
      service.log(full())
      await service.until('2026-12-01 00:06:00')
    },
    en: [
      '[ERROR] payments prod: disk is full (flapping)',
      'Flapping: fired 4 times in 24 h. Notified less often, next at 04:05 at the earliest.',
    ],
    zh: [
      '[错误] payments prod：disk is full（反复发生）',
      '反复发生：24 小时内第 4 次触发。已降低通知频率，下次最早 04:05。',
    ],
  },
  {
    name: 'resolved by a record',
    start,
    run: (service) => live(service, '21:05:12', '21:17:12').then(() => service.until('21:18:00')),
    en: [
      '[RESOLVED] payments prod: disk is full',
      'Resolved at 21:17:12 by a record: “disk has room”. Lasted 12 min, 1 time.',
    ],
    zh: [
      '[已恢复] payments prod：disk is full',
      '21:17:12 收到恢复日志：disk has room。持续 12 分钟，共 1 次。',
    ],
  },
  {
    name: 'resolved by quiet',
    start,
    async run({ logUntil, until }) {
      await logUntil(
        '21:27:12',
        counted(12).map(() => full()),
      )
      await until('21:43:00')
    },
    en: [
      '[RESOLVED] payments prod: disk is full ×12',
      'Resolved: not seen for 15 min, last at 21:27:12. Lasted 22 min, 12 times.',
    ],
    zh: [
      '[已恢复] payments prod：disk is full ×12',
      '已 15 分钟未再发生，自动恢复（最近一次 21:27:12）。持续 22 分钟，共 12 次。',
    ],
  },
  {
    name: 'resolved as its rule was removed',
    start,
    ...withOptions({ rules: [{ name: 'ledger', match: { job: 'ledger' }, resolveAfter: false }] }),
    async run({ log, until, reload }) {
      log({ msg: 'ledger is behind', job: 'ledger' })
      await until('21:06:00')
      reload({ rules: [] })
      await until('21:07:00')
    },
    en: ['[RESOLVED] payments prod: ledger is behind', 'Closed: its rule is no longer in the configuration.'],
    zh: ['[已恢复] payments prod：ledger is behind', '规则已从配置中移除，告警关闭'],
  },
  {
    name: 'fired and ended unsent',
    start,
    channel: { wait: '1m' },
    async run(service) {
      service.log(full())
      await live(service, '21:05:20', '21:05:40')
      await service.until('21:07:00')
    },
    at: 0,
    en: [
      '[ERROR] payments prod: disk is full ×2',
      'Fired and resolved before it could be notified: 21:05:12 to 21:05:40, 2 times.',
    ],
    zh: ['[错误] payments prod：disk is full ×2', '通知发出前已恢复：21:05:12 至 21:05:40，共 2 次'],
  },
  {
    name: 'several, all new',
    start,
    async run({ log, until }) {
      log(slow)
      log(full('critical'))
      log({ msg: 'ledger is behind', alert: { key: 'ledger' } })
      await until('21:06:00')
    },
    en: ['[CRITICAL] payments prod: 3 new alerts, worst: disk is full'],
    zh: ['[严重] payments prod：3 个新告警，最严重：disk is full'],
  },
  {
    name: 'several, still firing',
    start,
    async run({ log, logUntil, until }) {
      log(full())
      log(slow)
      await until('21:06:12')
      await logUntil('21:06:20', [full(), slow, full(), slow, full(), full(), full()])
      await until('21:11:00')
    },
    en: [
      '[ERROR] payments prod: 2 alerts still firing, worst: disk is full',
      '7 more records since 21:05:17.',
    ],
    zh: ['[错误] payments prod：2 个告警仍未恢复，最严重：disk is full', '21:05:17 以来新增 7 条日志'],
  },
  {
    name: 'several, firing and resolved',
    start,
    channel: { interval: '1m' },
    async run({ log, until }) {
      log(slow)
      await until('21:05:20')
      log(full())
      log(fast)
      await until('21:07:00')
    },
    en: ['[ERROR] payments prod: 1 firing, 1 resolved, worst: disk is full'],
    zh: ['[错误] payments prod：1 个未恢复、1 个已恢复，最严重：disk is full'],
  },
  {
    name: 'several, all resolved',
    start,
    channel: { interval: '1m' },
    async run({ log, until }) {
      log(full('critical'))
      log(slow)
      await until('21:05:40')
      log(emptied)
      log(fast)
      await until('21:07:00')
    },
    en: ['[RESOLVED] payments prod: 2 alerts resolved: disk is full and 1 more'],
    zh: ['[已恢复] payments prod：2 个告警已恢复：disk is full 等'],
  },
  {
    name: 'too many kinds',
    start,
    ...withOptions({ limits: { alerts: 5 } }),
    channel: { match: { rule: '@too-many-kinds' } },
    async run({ log, until }) {
      for (const n of counted(12)) log({ msg: `part ${n} broke`, alert: { key: `part ${n}` } })
      await until('21:06:00')
    },
    en: [
      '[ERROR] payments prod: too many kinds of errors, the rest is counted together',
      'The limit of 5 live alerts is reached: 7 more records since 21:05:12 have no alert of their own. Usually a changing value in the message is the cause. Latest: part 12 broke',
    ],
    zh: [
      '[错误] payments prod：错误种类过多，超出部分合并统计',
      '活跃告警已达上限 5 个，21:05:12 以来另有 7 条日志未单独告警。通常是日志内容中含有不断变化的值所致。最近一条：part 12 broke',
    ],
  },
  {
    name: 'digest without alerts',
    start,
    channel: { digest: { at: '09:00', quiet: true } },
    async run({ log, until }) {
      log(full())
      await until('2026-12-02 09:01:00')
    },
    en: [
      '[DIGEST] payments prod: no alerts in 24 h',
      'All channels worked. Last alert 2026-11-30 21:05:12 UTC+8.',
    ],
    zh: ['[汇总] payments prod：24 小时内无告警', '各通道正常，最近一次告警 2026-11-30 21:05:12 UTC+8'],
  },
  {
    name: 'for',
    start,
    ...withOptions({ rules: [{ name: 'lag', match: { lag: { gt: 9 } }, for: '5m' }] }),
    async run({ logUntil, until }) {
      await logUntil(
        '21:10:12',
        counted(6).map(() => ({ msg: 'consumer lags', lag: 14 })),
      )
      await until('21:11:00')
    },
    en: [
      '[ERROR] payments prod: consumer lags ×6',
      '6 times in 5 min. Has lasted 5 min 5 s (alerts after 5 min).',
    ],
    zh: ['[错误] payments prod：consumer lags ×6', '5 分钟内发生 6 次。已持续 5 分 5 秒（阈值 5 分钟）。'],
  },
  {
    name: 'unacknowledged',
    start,
    channel: { after: '14m' },
    async run({ log, logUntil, until }) {
      log(full())
      await logUntil('21:17:12', [full(), full()])
      await until('21:20:00')
    },
    en: [
      '[ERROR] payments prod: disk is full ×3 (unacknowledged 14 min)',
      'Nobody acknowledged it for 14 min, so this channel is notified. 3 times in 12 min.',
    ],
    zh: [
      '[错误] payments prod：disk is full ×3（14 分钟无人认领）',
      '已 14 分钟无人认领，升级通知到本通道。12 分钟内发生 3 次。',
    ],
  },
  {
    name: 'consecutive',
    start,
    ...withOptions({
      rules: [
        {
          name: 'probe',
          match: { probe: 'db', ok: false },
          when: { consecutive: 3, reset: { probe: 'db', ok: true } },
        },
      ],
    }),
    async run({ log, logUntil, until }) {
      log({ level: 30, probe: 'db', ok: true, msg: 'probe ok' })
      await until('21:06:12')
      await logUntil(
        '21:06:32',
        counted(3).map(() => ({ probe: 'db', ok: false, msg: 'probe failed' })),
      )
      await until('21:07:00')
    },
    en: ['[ERROR] payments prod: probe failed ×3', '3 in a row (threshold 3), last success 21:05:12.'],
    zh: ['[错误] payments prod：probe failed ×3', '连续 3 次（阈值 3 次），最近一次成功 21:05:12'],
  },
  {
    name: 'window count',
    start,
    ...withOptions({
      impact: ['userId'],
      rules: [{ name: 'charges', match: { level: { gte: 'error' } }, when: { count: 20, within: '10m' } }],
    }),
    async run({ logUntil, until }) {
      await logUntil('21:07:22', counted(20).map(failed))
      await until('21:08:00')
    },
    en: [
      '[ERROR] payments prod: charge … failed ×20',
      '20 times in 2 min 10 s (threshold 20 in 10 min), 4 users.',
    ],
    zh: [
      '[错误] payments prod：charge … failed ×20',
      '2 分 10 秒内 20 次（阈值 10 分钟内 20 次），影响用户 4 个',
    ],
  },
  {
    name: 'distinct',
    start,
    ...withOptions({
      rules: [
        {
          name: 'logins',
          match: { event: 'login' },
          groupBy: ['event'],
          when: { count: 3, within: '5m', distinct: 'ip' },
        },
      ],
    }),
    async run({ logUntil, until }) {
      const lines = [1, 1, 2, 2, 3].map((n) => ({ msg: 'login failed', event: 'login', ip: `192.0.2.${n}` }))
      await logUntil('21:05:32', lines)
      await until('21:06:00')
    },
    en: ['[ERROR] payments prod: login failed ×5', '3 different ip in 5 min (threshold 3), 5 records.'],
    zh: ['[错误] payments prod：login failed ×5', '5 分钟内出现 3 个不同的 ip（阈值 3 个），共 5 条日志'],
  },
  {
    name: 'spike',
    start,
    ...withOptions({
      rules: [
        {
          name: 'logins',
          match: { event: 'login' },
          when: { spike: 4, within: '5m' },
          severity: 'warning',
          summary: 'failed logins',
        },
      ],
    }),
    async run({ logUntil, until }) {
      const login = { level: 30, event: 'login', msg: 'login failed' }
      await logUntil(
        '21:41:12',
        counted(73).map(() => login),
      )
      await logUntil(
        '21:41:42',
        counted(49).map(() => login),
      )
      await until('21:42:00')
    },
    en: [
      '[WARNING] payments prod: failed logins ×47 (spike)',
      'Spike: 47 in 5 min, usually 10 (4.7 times as many).',
    ],
    zh: ['[警告] payments prod：failed logins ×47（突增）', '突增：5 分钟内 47 次，平时约 10 次（4.7 倍）'],
  },
  ...absences(),
  {
    name: 'new in a release',
    start,
    isKept: true,
    async run({ start: startOne, close, log, until }) {
      const before = await startOne({ release: '1.4.0' })
      log(full())
      await until('21:06:00')
      await close(before)
      await startOne({ release: '1.4.1' })
      log(slow)
      await until('21:07:00')
    },
    en: ['[ERROR] payments prod: mail queue grows (new in 1.4.1)', 'New in 1.4.1, not seen in 1.4.0.'],
    zh: ['[错误] payments prod：mail queue grows（1.4.1 新增）', '1.4.1 新增，1.4.0 未出现过'],
  },
  ...answers(),
  ...ownAlerts(),
  ...notes(),
]

function absences(): readonly Kind[] {
  const heartbeat = withOptions({
    rules: [{ name: 'heartbeat', match: { beat: true }, when: { absent: '5m' }, severity: 'critical' }],
  })
  const beat = { level: 30, msg: 'still here', beat: true }
  return [
    {
      name: 'absent, missed',
      start,
      ...heartbeat,
      async run({ log, until }) {
        log(beat)
        await until('21:11:00')
      },
      en: [
        '[CRITICAL] payments prod: heartbeat: no record for 5 min',
        'Expected at least every 5 min; last record 2026-11-30 21:05:12 UTC+8: “still here”.',
      ],
      zh: [
        '[严重] payments prod：heartbeat 已 5 分钟无日志',
        '应至少每 5 分钟一次；最近一条日志 2026-11-30 21:05:12 UTC+8：still here',
      ],
    },
    {
      name: 'absent, never seen',
      start,
      ...heartbeat,
      run: ({ until }) => until('21:11:00'),
      en: [
        '[CRITICAL] payments prod: heartbeat: no record since start',
        'Watching since 2026-11-30 21:05:12 UTC+8; expected at least every 5 min.',
      ],
      zh: [
        '[严重] payments prod：heartbeat 启动后一直无日志',
        '2026-11-30 21:05:12 UTC+8 起开始监测，应至少每 5 分钟一次',
      ],
    },
    {
      name: 'absent, still missing',
      start,
      ...heartbeat,
      async run({ log, until }) {
        log(beat)
        await until('21:16:00')
      },
      en: [
        '[CRITICAL] payments prod: heartbeat: no record for 10 min (still missing)',
        'Still missing: nothing for 10 min, last record 2026-11-30 21:05:12 UTC+8.',
      ],
      zh: [
        '[严重] payments prod：heartbeat 已 10 分钟无日志（仍未收到）',
        '仍未收到：已 10 分钟无日志，最近一条 2026-11-30 21:05:12 UTC+8',
      ],
    },
    {
      name: 'absent, back',
      start,
      ...heartbeat,
      async run({ log, until }) {
        log(beat)
        await until('21:12:12')
        log(beat)
        await until('21:12:30')
      },
      en: [
        '[RESOLVED] payments prod: heartbeat: records again',
        'First record again at 2026-11-30 21:12:12 UTC+8 after 7 min: “still here”.',
      ],
      zh: [
        '[已恢复] payments prod：heartbeat 恢复日志',
        '2026-11-30 21:12:12 UTC+8 重新收到日志，中断 7 分钟：still here',
      ],
    },
  ]
}

function answers(): readonly Kind[] {
  const thread = withOptions({
    channels: { thread: { type: 'slack', token: 'xoxb-1', channel: 'C012ABCDEF', wait: 0, interval: 0 } },
  })
  const idOf = ({ hub }: Service) => hub().status().alerts[0]!.id
  return [
    {
      name: 'acknowledged',
      of: 'thread',
      start,
      ...thread,
      async run(service) {
        service.log(full())
        await service.until('21:06:13')
        service.hub().acknowledge(idOf(service), { by: 'alice' })
        await service.until('21:07:00')
      },
      en: [
        '[ERROR] payments prod: disk is full (acknowledged)',
        'Acknowledged by alice at 21:06:13. No reminders until it resolves or gets worse.',
      ],
      zh: [
        '[错误] payments prod：disk is full（已认领）',
        'alice 于 21:06:13 认领，恢复或级别升高前不再提醒',
      ],
    },
    {
      name: 'silenced',
      of: 'thread',
      start,
      ...thread,
      async run(service) {
        service.log(full())
        await service.until('21:06:13')
        service
          .hub()
          .silence({ alert: idOf(service), for: '1h', by: 'alice', comment: 'The bank is informed' })
        await service.until('21:07:00')
      },
      en: [
        '[ERROR] payments prod: disk is full (silenced)',
        'Silenced by alice until 22:06. The bank is informed',
      ],
      zh: ['[错误] payments prod：disk is full（已静默）', 'alice 已静默至 22:06。The bank is informed'],
    },
    {
      name: 'silence ended',
      start,
      async run(service) {
        service.log(full())
        await service.until('21:06:13')
        service.hub().silence({ alert: idOf(service), for: '20m', by: 'alice' })
        await service.logUntil(
          '21:22:13',
          counted(4).map(() => full()),
        )
        await service.until('21:27:13')
        service.log(full())
        await service.until('21:28:00')
      },
      en: [
        '[ERROR] payments prod: disk is full ×6 (silence ended)',
        'The silence by alice ended at 21:26:13; still firing, 4 times while silenced.',
      ],
      zh: [
        '[错误] payments prod：disk is full ×6（静默已结束）',
        'alice 的静默已于 21:26:13 结束，问题仍在发生，静默期间 4 次',
      ],
    },
  ]
}

function ownAlerts(): readonly Kind[] {
  const backup = { ...ops, type: 'webhook', url: 'https://im.example.com/backup', match: { rule: 'none' } }
  const quota = {
    ...ops,
    match: { msg: { regex: '^part' } },
    limit: [{ count: 1, per: '1h' as const }],
  }
  const part = (n: number) => ({ level: 60, msg: `part ${n} broke`, alert: { key: `part ${n}` } })
  const about = (rule: string) => ({ match: { rule } })
  const failing = {
    channel: about('@delivery'),
    answer: (channel: string, at: number) =>
      channel === 'ops' && at < Date.parse('2026-11-30T21:10:00+08:00')
        ? refused
        : ({ status: 'delivered' } as const),
  }
  const withBackup = { channels: { ops: { ...ops, fallback: 'backup' }, backup } } as AlertOptions
  return [
    {
      name: 'delivery failing, with a fallback',
      start,
      ...failing,
      ...withOptions(withBackup),
      async run({ log, until }) {
        log(part(1))
        await until('21:06:00')
      },
      en: [
        '[ERROR] payments prod: channel ops (Slack) is not delivering',
        'Slack answered 403 invalid_token at 21:05:12. 1 notification was not delivered; it goes to backup (webhook) instead.',
        'Check the webhook address or token of this channel, then run: npx alert-transport send-test --config <file> --channel ops',
      ],
      zh: [
        '[错误] payments prod：通道 ops（Slack）发送失败',
        '21:05:12 Slack 返回 403 invalid_token，1 条通知未送达，已改由 backup（Webhook）发送',
        '请检查该通道的 Webhook 地址或 Token，然后执行：npx alert-transport send-test --config <file> --channel ops',
      ],
    },
    {
      name: 'delivery failing, without a fallback',
      start,
      ...failing,
      ...withOptions({ channels: { ops } }),
      async run({ log, until }) {
        log(part(1))
        await until('21:06:00')
      },
      en: [
        '[ERROR] payments prod: channel ops (Slack) is not delivering',
        'Slack answered 403 invalid_token at 21:05:12. 1 notification was not delivered; no channel takes over.',
      ],
      zh: [
        '[错误] payments prod：通道 ops（Slack）发送失败',
        '21:05:12 Slack 返回 403 invalid_token，1 条通知未送达，且未配置备用通道',
      ],
    },
    {
      name: 'delivery working again',
      start,
      ...failing,
      ...withOptions(withBackup),
      async run({ log, until }) {
        log(part(1))
        await until('21:11:12')
        log(part(2))
        await until('21:12:00')
      },
      en: [
        '[RESOLVED] payments prod: channel ops (Slack) delivers again',
        'Delivered at 21:11:12 after 6 min. Meanwhile 1 notification went to backup (webhook).',
      ],
      zh: [
        '[已恢复] payments prod：通道 ops（Slack）恢复发送',
        '21:11:12 恢复送达，中断 6 分钟；期间 1 条通知改由 backup（Webhook）发送',
      ],
    },
    {
      name: 'quota reached, alerts wait',
      start,
      channel: about('@quota'),
      ...withOptions({ channels: { ops: quota } }),
      async run({ log, until }) {
        log(part(1))
        await until('21:05:13')
        log(part(2))
        await until('21:06:00')
      },
      en: [
        '[WARNING] payments prod: channel ops reached its limit of 1 per hour',
        '1 alert waits; sent at 22:05.',
      ],
      zh: ['[警告] payments prod：通道 ops 已达限额（每小时 1 条）', '1 个告警等待发送，22:05 恢复'],
    },
    {
      name: 'state directory',
      start,
      ...withOptions({ state: { dir: '/dev/null/state' } }),
      channel: about('@state'),
      run: ({ until }) => until('21:06:00'),
      en: [
        '[WARNING] payments prod: alert state cannot be saved (ENOTDIR)',
        '/dev/null/state: ENOTDIR. Alerting continues in memory; what is unsent would be lost with a crash.',
      ],
      zh: [
        '[警告] payments prod：告警状态无法保存（ENOTDIR）',
        '/dev/null/state：ENOTDIR。告警在内存中继续运行，进程崩溃时未发送的通知会丢失。',
      ],
    },
    {
      name: 'processes of a fleet that differ',
      start,
      isKept: true,
      channel: about('@fleet'),
      async run({ start: startOne, until }) {
        await startOne({ process: 'web-1' })
        await startOne({ process: 'web-2', level: 'warn' })
        await until('21:07:00')
      },
      en: [
        '[WARNING] payments prod: processes run different alert configurations',
        'web-2 differs from the others since 21:05:12. Normal during a deployment; check the configuration if it lasts longer than 30 min.',
      ],
      zh: [
        '[警告] payments prod：各实例的告警配置不一致',
        'web-2 与其他实例不一致（21:05:12 起）。发布期间属正常现象，超过 30 分钟请检查配置。',
      ],
    },
    {
      name: 'fleet without Redis',
      start,
      ...withOptions({ state: { redis: 'redis://127.0.0.1:1' } }),
      channel: about('@fleet'),
      run: ({ until }) => until('21:08:00'),
      // That it refuses is known after some real time.
      en: [
        '[WARNING] payments prod: processes notify separately, Redis is unreachable',
        /^Redis has not answered since 21:\d\d:\d\d \(ECONNREFUSED\)\. Until then you may get one alert from several processes; counts are of one process\.$/,
      ],
      zh: [
        '[警告] payments prod：Redis 无法连接，各实例单独告警',
        /^Redis 自 21:\d\d:\d\d 起无法连接（ECONNREFUSED）。恢复前，同一告警可能由多个实例重复发送，次数仅为单个实例的统计。$/,
      ],
    },
    {
      name: 'test',
      start,
      async run({ log, until }) {
        log({ level: 30, msg: 'test', alert: { code: 'ALERT_TEST', severity: 'info' } })
        await until('21:06:00')
      },
      en: [
        '[TEST] payments prod: test message, nothing is wrong',
        'Channel chat (Slack) works. Sent by alert-transport send-test at 21:05:12.',
      ],
      zh: [
        '[测试] payments prod：测试消息，无需处理',
        '通道 chat（Slack）配置正常，由 alert-transport send-test 于 21:05:12 发送',
      ],
    },
  ]
}

/** Remarks on the delivery, and on what comes next. */
function notes(): readonly Kind[] {
  const other = { ...ops, type: 'slack', wait: 0, interval: 0 } as const
  const disk = '[CRITICAL] payments prod: disk is full'
  const chineseDisk = '[严重] payments prod：disk is full'
  const critical = { level: 60, ...full('critical') }
  const is = (channel: string, name: string) => channel === name
  const delivered = { status: 'delivered' } as const
  /** The channel `ops` fails in some way, and `other` takes over. */
  const fallenBack = (options: object): Pick<Kind, 'of' | 'options'> => ({
    of: 'other',
    options: () =>
      ({
        channels: {
          ops: { ...ops, ...options, fallback: 'other' },
          other: { ...other, match: { rule: 'none' } },
        },
      }) as AlertOptions,
  })
  const logIt = async ({ log, until }: Service) => {
    log(critical)
    await until('21:30:00')
  }
  return [
    {
      name: 'late, as the process had stopped',
      start,
      isKept: true,
      answer: (_, at) => (at < Date.parse('2026-11-30T21:30:00+08:00') ? late : delivered),
      async run({ start: startOne, close, log, until }) {
        const first = await startOne()
        log(critical)
        await until('21:06:00')
        await close(first)
        await until('21:35:12')
        await startOne()
        await until('21:36:00')
      },
      en: [disk, 'Delayed: due at 21:05:12, sent 30 min later because the process had stopped.'],
      zh: [chineseDisk, '延迟送达：应于 21:05:12 发送，因进程重启延迟 30 分钟'],
    },
    {
      name: 'late, as the channel could not be reached',
      start,
      answer: (_, at) =>
        at < Date.parse('2026-11-30T21:10:00+08:00') ? { ...late, delayMs: 300_000 } : delivered,
      run: logIt,
      at: 0,
      en: [disk, 'Delayed: due at 21:05:12, sent 5 min later because the channel was not reachable.'],
      zh: [chineseDisk, '延迟送达：应于 21:05:12 发送，因通道不可用延迟 5 分钟'],
    },
    {
      name: 'fallback, as the other channel was refused',
      start,
      ...fallenBack({}),
      answer: (channel) => (is(channel, 'ops') ? refused : delivered),
      run: logIt,
      at: 0,
      en: [disk, 'Sent here because channel ops (Slack) failed: 403 invalid_token.'],
      zh: [chineseDisk, '通道 ops（Slack）发送失败：403 invalid_token，改由本通道发送'],
    },
    {
      name: 'fallback, as the other channel reached its limit',
      start,
      ...fallenBack({ limit: [{ count: 1, per: '1h' }] }),
      async run({ log, until }) {
        log({ level: 60, ...slow, alert: { key: 'queue', severity: 'critical' } })
        await until('21:05:13')
        log(critical)
        await until('21:06:00')
      },
      at: 0,
      en: [disk, 'Sent here because channel ops (Slack) reached its limit.'],
      zh: [chineseDisk, '通道 ops（Slack）已达限额，改由本通道发送'],
    },
    {
      name: 'fallback, as the other channel did not answer',
      start,
      ...fallenBack({ retryFor: '5m', retry: { first: '1m', factor: 1, max: '1m' } }),
      answer: (channel) => (is(channel, 'ops') ? late : delivered),
      run: logIt,
      at: 0,
      en: [disk, 'Sent here because channel ops (Slack) did not answer for 5 min.'],
      zh: [chineseDisk, '通道 ops（Slack）5 分钟未响应，改由本通道发送'],
    },
    {
      name: 'deferred by the limit of the channel',
      start,
      ...withOptions({ channels: { other: { ...other, limit: [{ count: 1, per: '1h' }] } } }),
      of: 'other',
      async run({ log, until }) {
        log({ level: 60, ...slow, alert: { key: 'queue', severity: 'critical' } })
        await until('21:05:13')
        log(critical)
        await until('22:06:00')
      },
      en: [disk, 'Deferred from 21:05:13 by the limit of 1 per hour.'],
      zh: [chineseDisk, '因限额（每小时 1 条）推迟，原定 21:05:13 发送'],
    },
    {
      name: 'no reminders on this channel',
      start,
      channel: { repeat: false },
      run: logIt,
      at: 0,
      en: [disk, 'No reminders on this channel.'],
      zh: [chineseDisk, '本通道不重复提醒'],
    },
  ]
}
