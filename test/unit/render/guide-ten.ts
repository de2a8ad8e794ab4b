/**
 * Ten messages whole: what a service logs, and all that is said of it in both languages, by parts. Families
 * join these parts and leave some out.
 */
import type { Story } from './guide-rig.ts'

/** What one message says, in the order in which it is said. */
export interface Parts {
  readonly tag: string
  readonly names: string
  readonly headline: string
  readonly times?: string
  readonly suffix?: string
  readonly lead?: string
  /** What the records add to the headline, a line each. */
  readonly text?: readonly string[]
  /** Below the lead of a message about several alerts. */
  readonly list?: readonly string[]
  readonly facts?: readonly (readonly [label: string, value: string])[]
  /** Log lines before it. */
  readonly lines?: readonly string[]
  readonly next?: string
  /** Absent: it cannot be answered. */
  readonly links?: readonly Link[]
  /** Absent: an SMS is not sent. */
  readonly sms?: string
  /** The lines below the title of a push message; absent: the start of the list. */
  readonly push?: readonly string[]
}

export type Link = 'ack' | 'silence' | 'details' | 'trace' | 'runbook'

export interface Whole extends Story {
  readonly name: string
  /** Ten processes take seconds. */
  readonly isLarge?: true
  /** Where its runbook is. */
  readonly runbook?: string
  readonly en: Parts
  readonly zh: Parts
}

const answering: readonly Link[] = ['ack', 'silence', 'details']
const trace = '4bf92f3577b34da6a3ce929d0e0e4736'
const counted = (size: number) => Array.from({ length: size }, (_, index) => index + 1)
const stackOf = (type: string, message: string, frame: string) =>
  `${type}: ${message}\n    at ${frame.replace(')', ':11)')}\n    at node:internal/process/task_queues:95:5`

/** Each item so often, one after the other. */
function shares<Item>(items: readonly Item[], counts: readonly number[]): readonly Item[] {
  return counts.flatMap((count, index) => counted(count).map(() => items[index]!))
}

export const ten: readonly Whole[] = [
  {
    name: 'burst, records differ, fleet, new in a release',
    start: '2026-11-30 21:05:00',
    isKept: true,
    isLarge: true,
    channel: { wait: '135s' },
    runbook: 'https://wiki.example.com/pay',
    options: () => ({
      impact: ['userId'],
      rules: [
        { name: 'charges', match: { msg: { regex: '^charge' } }, runbook: 'https://wiki.example.com/pay' },
      ],
    }),
    async run({ start, close, hubs, log, logUntil, until }) {
      const before = await start({ release: '1.4.0', process: 'web-1' })
      await until('21:05:02')
      await close(before)
      for (const n of counted(10)) await start({ release: '1.4.1', process: `web-${n}` })
      await until('21:05:11.874')
      log({ level: 30, msg: 'order 8123 accepted' }, hubs[0])
      await until('21:05:12')
      const from = shares(hubs, [120, 88, 51, 20, 18, 15, 10])
      const lines = from.map((_, index) => ({
        msg: `charge ${index === 321 ? 19 : 1000 + index} failed`,
        userId: `u${index % 41}`,
        reqId: index === 321 ? 'req-19f3' : `req-${index}`,
        ...(index === 321 && { trace_id: trace }),
        req: { method: 'POST', url: '/api/charge' },
        res: { statusCode: 502 },
        err: {
          type: 'GatewayError',
          message: 'gateway timeout',
          code: 'GW_TIMEOUT',
          stack: stackOf('GatewayError', 'gateway timeout', 'charge (/src/pay.ts:42)'),
          cause: { type: 'Error', message: 'socket hang up' },
        },
      }))
      await logUntil('21:07:22', lines, from)
      await until('21:07:40')
    },
    en: {
      tag: 'ERROR',
      names: 'payments prod',
      headline: 'charge … failed',
      times: '322',
      suffix: '(new in 1.4.1)',
      lead: '322 times in 2 min 10 s, 41 users. New in 1.4.1, not seen in 1.4.0.',
      text: ['gateway timeout: socket hang up', 'Latest: charge 19 failed'],
      facts: [
        ['Code', 'GW_TIMEOUT'],
        ['Location', 'charge (src/pay.ts:42)'],
        ['Request', 'POST /api/charge → 502'],
        ['Process', '7 of 10: web-1 (120), web-2 (88), web-3 (51) and 4 more'],
        ['Release', '1.4.1'],
        ['First seen', '2026-11-30 21:05:12 UTC+8'],
        ['Last seen', '21:07:22'],
        ['requestId', 'req-19f3'],
        ['traceId', trace],
      ],
      lines: ['21:05:11.874 INFO order 8123 accepted'],
      next: 'If it continues, next reminder at 21:12.',
      links: [...answering, 'trace', 'runbook'],
      sms: 'ERROR payments prod: charge ... failed x322 (new in 1.4.1), 7 of 10 processes. 21:05 id {id}',
      push: [
        '322 times in 2 min 10 s, 41 users. New in 1.4.1, not seen in 1.4.0.',
        '7 of 10 processes · 21:05',
      ],
    },
    zh: {
      tag: '错误',
      names: 'payments prod',
      headline: 'charge … failed',
      times: '322',
      suffix: '（1.4.1 新增）',
      lead: '2 分 10 秒内发生 322 次，影响用户 41 个。1.4.1 新增，1.4.0 未出现过。',
      text: ['gateway timeout: socket hang up', '最近一条：charge 19 failed'],
      facts: [
        ['错误码', 'GW_TIMEOUT'],
        ['代码位置', 'charge (src/pay.ts:42)'],
        ['请求', 'POST /api/charge → 502'],
        ['实例', '7/10：web-1（120 次）、web-2（88 次）、web-3（51 次）等 7 个'],
        ['版本', '1.4.1'],
        ['首次发生', '2026-11-30 21:05:12 UTC+8'],
        ['最近发生', '21:07:22'],
        ['requestId', 'req-19f3'],
        ['traceId', trace],
      ],
      lines: ['21:05:11.874 INFO order 8123 accepted'],
      next: '若持续发生，21:12 再次提醒',
      links: [...answering, 'trace', 'runbook'],
      sms: '[错误] payments prod：charge … failed ×322（1.4.1 新增），7/10 实例，21:05',
      push: ['2 分 10 秒内发生 322 次，影响用户 41 个。1.4.1 新增，1.4.0 未出现过。', '7/10 实例 · 21:05'],
    },
  },
  {
    name: 'first, critical, uncaught exception, one process',
    start: '2026-11-30 03:14:08.991',
    channel: { wait: 0 },
    runbook: 'https://wiki.example.com/ledger',
    options: () => ({
      service: 'ledger',
      process: 'ledger-2 (pid 41)',
      release: '2.8.0',
      rules: [
        { name: 'crash', match: { crash: { exists: true } }, runbook: 'https://wiki.example.com/ledger' },
      ],
    }),
    async run({ log, until }) {
      log({ level: 30, msg: 'entry 5512 received', reqId: 'req-77a0' })
      await until('03:14:09.002')
      log({ level: 40, msg: 'account 88 has no balance', reqId: 'req-77a0', alert: false })
      await until('03:14:09.004')
      const message = "Cannot read properties of undefined (reading 'balance')"
      log({
        level: 60,
        msg: 'uncaughtException',
        crash: 'uncaughtException',
        reqId: 'req-77a0',
        err: {
          type: 'TypeError',
          message,
          stack: stackOf('TypeError', message, 'applyEntry (/src/ledger.ts:118)'),
        },
      })
      await until('03:14:30')
    },
    en: {
      tag: 'CRITICAL',
      names: 'ledger prod',
      headline: "Cannot read properties of undefined (reading 'balance')",
      lead: 'Uncaught exception.',
      facts: [
        ['Type', 'TypeError'],
        ['Location', 'applyEntry (src/ledger.ts:118)'],
        ['Process', 'ledger-2 (pid 41)'],
        ['Release', '2.8.0'],
        ['Time', '2026-11-30 03:14:09 UTC+8'],
        ['requestId', 'req-77a0'],
      ],
      lines: ['03:14:08.991 INFO entry 5512 received', '03:14:09.002 WARN account 88 has no balance'],
      next: 'If it continues, next reminder at 03:19.',
      links: [...answering, 'runbook'],
      sms: "CRITICAL ledger prod: Cannot read properties of undefined (reading 'balance'). 03:14 id {id}",
      push: ['Uncaught exception.', 'ledger-2 (pid 41) · 03:14'],
    },
    zh: {
      tag: '严重',
      names: 'ledger prod',
      headline: "Cannot read properties of undefined (reading 'balance')",
      lead: '未捕获异常',
      facts: [
        ['错误类型', 'TypeError'],
        ['代码位置', 'applyEntry (src/ledger.ts:118)'],
        ['实例', 'ledger-2（pid 41）'],
        ['版本', '2.8.0'],
        ['发生时间', '2026-11-30 03:14:09 UTC+8'],
        ['requestId', 'req-77a0'],
      ],
      lines: ['03:14:08.991 INFO entry 5512 received', '03:14:09.002 WARN account 88 has no balance'],
      next: '若持续发生，03:19 再次提醒',
      links: [...answering, 'runbook'],
      sms: '[严重] ledger prod：Cannot read properties of undefined (reading…，03:14',
      push: ['未捕获异常', 'ledger-2（pid 41） · 03:14'],
    },
  },
  {
    name: 'escalated',
    start: '2026-11-30 09:20:41',
    options: () => ({ service: 'media', process: 'media-1' }),
    async run({ log, logUntil, until }) {
      const disk = (severity: string) => ({
        msg: 'disk full',
        alert: { key: 'disk', severity },
        err: {
          type: 'Error',
          message: 'ENOSPC: no space left on device, write',
          code: 'ENOSPC',
          stack: stackOf('Error', 'ENOSPC: no space left on device, write', 'saveUpload (/src/upload.ts:77)'),
        },
      })
      await logUntil(
        '10:00:00',
        counted(13).map(() => disk('warning')),
      )
      await until('10:00:52')
      log(disk('critical'))
      await until('10:01:00')
    },
    en: {
      tag: 'CRITICAL',
      names: 'media prod',
      headline: 'disk full',
      times: '14',
      suffix: '(was WARNING)',
      lead: 'Escalated from WARNING to CRITICAL after 40 min, 14 times.',
      text: ['ENOSPC: no space left on device, write'],
      facts: [
        ['Code', 'ENOSPC'],
        ['Location', 'saveUpload (src/upload.ts:77)'],
        ['Process', 'media-1'],
        ['First seen', '2026-11-30 09:20:41 UTC+8'],
        ['Last seen', '10:00:52'],
      ],
      next: 'If it continues, next reminder at 10:05.',
      links: answering,
      sms: 'CRITICAL media prod: disk full x14 (was WARNING). 10:00 id {id}',
      push: ['Escalated from WARNING to CRITICAL after 40 min, 14 times.', 'media-1 · 10:00'],
    },
    zh: {
      tag: '严重',
      names: 'media prod',
      headline: 'disk full',
      times: '14',
      suffix: '（由警告升级）',
      lead: '级别升高：警告 → 严重。已持续 40 分钟，共 14 次。',
      text: ['ENOSPC: no space left on device, write'],
      facts: [
        ['错误码', 'ENOSPC'],
        ['代码位置', 'saveUpload (src/upload.ts:77)'],
        ['实例', 'media-1'],
        ['首次发生', '2026-11-30 09:20:41 UTC+8'],
        ['最近发生', '10:00:52'],
      ],
      next: '若持续发生，10:05 再次提醒',
      links: answering,
      sms: '[严重] media prod：disk full ×14（由警告升级），10:00',
      push: ['级别升高：警告 → 严重。已持续 40 分钟，共 14 次。', 'media-1 · 10:00'],
    },
  },
  {
    name: 'resolved by a record',
    start: '2026-11-30 13:50:12',
    options: (locale) => ({
      service: 'orders',
      rules: [
        {
          name: 'sync',
          match: { job: { exists: true }, level: { gte: 'error' } },
          groupBy: ['job'],
          resolve: { job: { exists: true }, ok: true },
          resolveAfter: false,
          summary: locale === 'en' ? 'Sync job {job} failed {times}' : '同步任务 {job} 失败 {times}',
        },
      ],
    }),
    async run({ log, logUntil, until }) {
      await logUntil(
        '14:15:09',
        counted(6).map(() => ({ job: 'erp', msg: 'sync erp failed' })),
      )
      await until('14:20:31')
      log({ level: 30, job: 'erp', ok: true, msg: 'sync erp ok' })
      await until('14:21:00')
    },
    en: {
      tag: 'RESOLVED',
      names: 'orders prod',
      headline: 'Sync job erp failed 6 times',
      lead: 'Resolved at 14:20:31 by a record: “sync erp ok”. Lasted 30 min, 6 times.',
      facts: [
        ['First seen', '2026-11-30 13:50:12 UTC+8'],
        ['Last seen', '14:15:09'],
      ],
      links: ['details'],
      sms: 'RESOLVED orders prod: Sync job erp failed 6 times, lasted 30 min. 14:20 id {id}',
      push: ['Resolved at 14:20:31 by a record: “sync erp ok”. Lasted 30 min, 6 times.', 'web-1 · 14:20'],
    },
    zh: {
      tag: '已恢复',
      names: 'orders prod',
      headline: '同步任务 erp 失败 6 次',
      lead: '14:20:31 收到恢复日志：sync erp ok。持续 30 分钟，共 6 次。',
      facts: [
        ['首次发生', '2026-11-30 13:50:12 UTC+8'],
        ['最近发生', '14:15:09'],
      ],
      links: ['details'],
      sms: '[已恢复] orders prod：同步任务 erp 失败 6 次，持续 30 分钟，14:20',
      push: ['14:20:31 收到恢复日志：sync erp ok。持续 30 分钟，共 6 次。', 'web-1 · 14:20'],
    },
  },
  {
    name: 'resolved by quiet',
    start: '2026-11-30 02:09:01',
    options: () => ({ service: 'mailer' }),
    async run({ logUntil, until }) {
      await logUntil(
        '02:31:05',
        counted(58).map(() => ({ msg: '421 too many connections' })),
      )
      await until('02:47:00')
    },
    en: {
      tag: 'RESOLVED',
      names: 'mailer prod',
      headline: '421 too many connections',
      times: '58',
      lead: 'Resolved: not seen for 15 min, last at 02:31:05. Lasted 22 min, 58 times.',
      facts: [
        ['First seen', '2026-11-30 02:09:01 UTC+8'],
        ['Last seen', '02:31:05'],
      ],
      links: ['details'],
      sms: 'RESOLVED mailer prod: 421 too many connections x58, lasted 22 min. 02:46 id {id}',
      push: ['Resolved: not seen for 15 min, last at 02:31:05. Lasted 22 min, 58 times.', 'web-1 · 02:46'],
    },
    zh: {
      tag: '已恢复',
      names: 'mailer prod',
      headline: '421 too many connections',
      times: '58',
      lead: '已 15 分钟未再发生，自动恢复（最近一次 02:31:05）。持续 22 分钟，共 58 次。',
      facts: [
        ['首次发生', '2026-11-30 02:09:01 UTC+8'],
        ['最近发生', '02:31:05'],
      ],
      links: ['details'],
      sms: '[已恢复] mailer prod：421 too many connections ×58，持续 22 分钟，02:46',
      push: ['已 15 分钟未再发生，自动恢复（最近一次 02:31:05）。持续 22 分钟，共 58 次。', 'web-1 · 02:46'],
    },
  },
  {
    name: 'absence',
    start: '2026-11-29 01:00:12',
    channel: { wait: 0 },
    runbook: 'https://wiki.example.com/backup',
    options: () => ({
      service: 'backup',
      rules: [
        {
          name: 'nightly-backup',
          match: { job: 'backup' },
          when: { absent: '25h' },
          severity: 'critical',
          runbook: 'https://wiki.example.com/backup',
        },
      ],
    }),
    async run({ log, until }) {
      log({ level: 30, job: 'backup', msg: 'backup done' })
      await until('2026-11-30 02:01:00')
    },
    en: {
      tag: 'CRITICAL',
      names: 'backup prod',
      headline: 'nightly-backup: no record for 25 h',
      lead: 'Expected at least every 25 h; last record 2026-11-29 01:00:12 UTC+8: “backup done”.',
      next: 'If it continues, next reminder at 02:05.',
      links: [...answering, 'runbook'],
      sms: 'CRITICAL backup prod: nightly-backup: no record for 25 h. 02:00 id {id}',
      push: ['Expected at least every 25 h; last record 2026-11-29 01:00:12 UTC+8: “backup done”.', '02:00'],
    },
    zh: {
      tag: '严重',
      names: 'backup prod',
      headline: 'nightly-backup 已 25 小时无日志',
      lead: '应至少每 25 小时一次；最近一条日志 2026-11-29 01:00:12 UTC+8：backup done',
      next: '若持续发生，02:05 再次提醒',
      links: [...answering, 'runbook'],
      sms: '[严重] backup prod：nightly-backup 已 25 小时无日志，02:00',
      push: ['应至少每 25 小时一次；最近一条日志 2026-11-29 01:00:12 UTC+8：backup done', '02:00'],
    },
  },
  {
    name: 'storm',
    start: '2026-11-30 21:05:00',
    isKept: true,
    isLarge: true,
    channel: { wait: '31s' },
    async run({ start, hubs, logUntil, until }) {
      for (const n of counted(10)) await start({ process: `web-${n}` })
      await until('21:05:12')
      const parts = counted(34).map((n) => [`part ${n} broke`, n < 8 ? 10 - n : n < 27 ? 2 : 1] as const)
      const kinds = [
        ['connect ECONNREFUSED redis-1:6379', 812],
        ['session lookup failed', 214],
        ['rate limiter unavailable', 90],
        ...parts,
      ] as const
      const lines = kinds.flatMap(([msg, count]) => counted(count).map(() => ({ msg, alert: { key: msg } })))
      await logUntil('21:05:42', lines, hubs)
      await until('21:05:50')
    },
    ...storms(),
  },
  {
    name: 'recurred, back in a release',
    start: '2026-11-30 10:30:00',
    isKept: true,
    channel: { wait: '5m' },
    options: () => ({ service: 'shop', process: 'shop-4', impact: ['userId'] }),
    async run({ start, close, log, logUntil, until }) {
      const coupon = (code: string, n: number, reqId: string) => {
        const message = `coupon ${code} cannot be redeemed`
        return {
          msg: message,
          userId: `u${n}`,
          reqId,
          req: { method: 'POST', url: '/api/coupons/1/redeem', route: { path: '/api/coupons/:id/redeem' } },
          res: { statusCode: 409 },
          err: {
            type: 'CouponError',
            message,
            code: 'COUPON_STATE',
            stack: stackOf('CouponError', message, 'redeem (/src/coupon.ts:31)'),
          },
          alert: { key: 'coupon' },
        }
      }
      const before = await start({ release: '3.0.4' })
      log(coupon('AUTUMN-1', 1, 'req-1'))
      await until('10:40:02')
      log({ level: 30, msg: 'coupon redeemed', alert: { key: 'coupon', resolve: true } })
      await until('10:50:00')
      await close(before)
      await start({ release: '3.2.0' })
      await until('11:20:00')
      const codes = counted(9).map((n) => (n === 9 ? 'SPRING-77' : `SUMMER-${n}`))
      await logUntil(
        '11:24:40',
        codes.map((code, index) => coupon(code, index, index === 8 ? 'req-c0ffee' : `req-${index}`)),
      )
      await until('11:25:30')
    },
    en: {
      tag: 'ERROR',
      names: 'shop prod',
      headline: 'coupon … cannot be redeemed',
      times: '9',
      suffix: '(back in 3.2.0)',
      lead: 'Recurred 40 min after it resolved at 10:40:02. Back in 3.2.0, last seen in 3.0.4; 9 times, 9 users.',
      text: ['Latest: coupon SPRING-77 cannot be redeemed'],
      facts: [
        ['Code', 'COUPON_STATE'],
        ['Location', 'redeem (src/coupon.ts:31)'],
        ['Request', 'POST /api/coupons/:id/redeem → 409'],
        ['Process', 'shop-4'],
        ['Release', '3.2.0'],
        ['First seen', '2026-11-30 11:20:00 UTC+8'],
        ['Last seen', '11:24:40'],
        ['First ever', '10:30:00'],
        ['requestId', 'req-c0ffee'],
      ],
      next: 'If it continues, next reminder at 11:30.',
      links: answering,
      sms: 'ERROR shop prod: coupon ... cannot be redeemed x9 (back in 3.2.0). 11:24 id {id}',
      push: [
        'Recurred 40 min after it resolved at 10:40:02. Back in 3.2.0, last seen in 3.0.4; 9 times, 9 users.',
        'shop-4 · 11:24',
      ],
    },
    zh: {
      tag: '错误',
      names: 'shop prod',
      headline: 'coupon … cannot be redeemed',
      times: '9',
      suffix: '（3.2.0 再次出现）',
      lead: '10:40:02 恢复，40 分钟后再次发生，共 9 次，影响用户 9 个。3.2.0 再次出现，上次见于 3.0.4。',
      text: ['最近一条：coupon SPRING-77 cannot be redeemed'],
      facts: [
        ['错误码', 'COUPON_STATE'],
        ['代码位置', 'redeem (src/coupon.ts:31)'],
        ['请求', 'POST /api/coupons/:id/redeem → 409'],
        ['实例', 'shop-4'],
        ['版本', '3.2.0'],
        ['首次发生', '2026-11-30 11:20:00 UTC+8'],
        ['最近发生', '11:24:40'],
        ['首次出现', '10:30:00'],
        ['requestId', 'req-c0ffee'],
      ],
      next: '若持续发生，11:30 再次提醒',
      links: answering,
      sms: '[错误] shop prod：coupon … cannot be redeemed ×9（3.2.0 再次出现），11:24',
      push: [
        '10:40:02 恢复，40 分钟后再次发生，共 9 次，影响用户 9 个。3.2.0 再次出现，上次见于 3.0.4。',
        'shop-4 · 11:24',
      ],
    },
  },
  {
    name: 'delivery failing',
    start: '2026-11-30 14:05:12',
    channel: { match: { rule: '@delivery' }, wait: '270s' },
    options: () => ({
      channels: {
        ops: {
          type: 'slack',
          url: 'https://hooks.slack.com/services/T/B/ops',
          match: { part: { exists: true } },
          wait: 0,
          interval: 0,
          fallback: 'backup',
        },
        backup: {
          type: 'email',
          host: '127.0.0.1',
          from: 'alerts@example.com',
          to: ['ops@example.com'],
          match: { rule: 'none' },
        },
      },
    }),
    answer: (channel) =>
      channel === 'ops'
        ? { status: 'failed', why: 'Slack answered 403: invalid_token', httpStatus: 403 }
        : { status: 'delivered' },
    async run({ logUntil, until }) {
      const lines = counted(3).map((part) => ({ msg: `part ${part} broke`, part, alert: { key: `${part}` } }))
      await logUntil('14:09:40', lines)
      await until('14:10:00')
    },
    en: {
      tag: 'ERROR',
      names: 'payments prod',
      headline: 'channel ops (Slack) is not delivering',
      lead: 'Slack answered 403 invalid_token at 14:05:12. 3 notifications were not delivered; they go to backup (email) instead.',
      text: [
        'Check the webhook address or token of this channel, then run: npx alert-transport send-test --config <file> --channel ops',
      ],
      facts: [
        ['First seen', '2026-11-30 14:05:12 UTC+8'],
        ['Last seen', '14:09:40'],
      ],
      next: 'If it continues, next reminder at 14:14.',
      links: answering,
      sms: 'ERROR payments prod: channel ops (Slack) is not delivering. 14:05 id {id}',
      push: [
        'Slack answered 403 invalid_token at 14:05:12. 3 notifications were not delivered; they go to backup (email) instead.',
        '14:05',
      ],
    },
    zh: {
      tag: '错误',
      names: 'payments prod',
      headline: '通道 ops（Slack）发送失败',
      lead: '14:05:12 Slack 返回 403 invalid_token，3 条通知未送达，已改由 backup（邮件）发送',
      text: [
        '请检查该通道的 Webhook 地址或 Token，然后执行：npx alert-transport send-test --config <file> --channel ops',
      ],
      facts: [
        ['首次发生', '2026-11-30 14:05:12 UTC+8'],
        ['最近发生', '14:09:40'],
      ],
      next: '若持续发生，14:14 再次提醒',
      links: answering,
      sms: '[错误] payments prod：通道 ops（Slack）发送失败，14:05',
      push: ['14:05:12 Slack 返回 403 invalid_token，3 条通知未送达，已改由 backup（邮件）发送', '14:05'],
    },
  },
  {
    name: 'digest',
    start: '2026-11-28 21:05:00',
    channel: { digest: { at: '09:00' } },
    options: () => ({ rules: [{ name: 'ledger', match: { job: 'ledger' }, resolveAfter: false }] }),
    async run({ hub, log, logUntil, until }) {
      const ledger = { job: 'ledger', msg: 'ledger is behind' }
      const day = '2026-11-29'
      log(ledger)
      await until(`${day} 08:50:00`)
      await logUntil(
        `${day} 09:12:00`,
        counted(12).map(() => ({ msg: '421 too many connections' })),
      )
      await until(`${day} 12:00:00`)
      log(ledger)
      const disk = { level: 60, msg: 'disk full', alert: { key: 'disk' } }
      await logUntil(
        `${day} 12:10:00`,
        counted(14).map(() => disk),
      )
      log({ level: 30, msg: 'disk has room', alert: { key: 'disk', resolve: true } })
      hub().silence({ match: { code: 'NOISE' }, for: '24h', by: 'alice' })
      await logUntil(
        `${day} 13:00:00`,
        counted(1204).map(() => ({ msg: 'cache miss', alert: { code: 'NOISE' } })),
      )
      await until('2026-11-30 08:50:00')
      const coupon = (n: number) => ({ msg: `coupon ${n} cannot be redeemed`, alert: { key: 'coupon' } })
      await logUntil('2026-11-30 08:58:00', counted(9).map(coupon))
      await until('2026-11-30 09:01:00')
    },
    en: {
      tag: 'DIGEST',
      names: 'payments prod',
      headline: '3 new, 1 still firing, 1 resolved (24 h)',
      lead: '2026-11-29 09:00 – 2026-11-30 09:00 UTC+8: 1,235 records in 5 alerts, 45 notifications.',
      list: [
        'Still firing: [ERROR] ledger is behind, since 11-28 21:05 ({id})',
        'New: [CRITICAL] disk full ×14, resolved ({id}); [ERROR] cache miss ×1,204, resolved ({id}); [ERROR] coupon … cannot be redeemed ×9 ({id})',
        'Resolved: 1, longest 421 too many connections, 22 min',
        'Most frequent: 1,204× cache miss; 14× disk full; 9× coupon … cannot be redeemed; 7× 421 too many connections; 1× ledger is behind',
        'Not sent: 1,204 records in silences',
      ],
    },
    zh: {
      tag: '汇总',
      names: 'payments prod',
      headline: '新增 3、未恢复 1、已恢复 1（24 小时）',
      lead: '2026-11-29 09:00 – 2026-11-30 09:00 UTC+8：5 个告警，共 1,235 条日志，发送通知 45 条',
      list: [
        '未恢复：[错误] ledger is behind，始于 11-28 21:05（{id}）',
        '新增：[严重] disk full ×14，已恢复（{id}）；[错误] cache miss ×1,204，已恢复（{id}）；[错误] coupon … cannot be redeemed ×9（{id}）',
        '已恢复：1 个，最长 421 too many connections，22 分钟',
        '次数最多：1,204 次 cache miss；14 次 disk full；9 次 coupon … cannot be redeemed；7 次 421 too many connections；1 次 ledger is behind',
        '未发送：静默期间 1,204 条日志',
      ],
    },
  },
]

function storms(): Pick<Whole, 'en' | 'zh'> {
  const lines = [
    [812, 'connect ECONNREFUSED redis-1:6379'],
    [214, 'session lookup failed'],
    [90, 'rate limiter unavailable'],
    ...counted(7).map((n) => [10 - n, `part ${n} broke`] as const),
  ]
  return {
    en: {
      tag: 'ERROR',
      names: 'payments prod',
      headline: '37 kinds of errors in 30 s',
      lead: 'Alert storm: 37 new alerts, 1,204 records in 30 s. The 10 most frequent:',
      list: [...lines.map(([count, text]) => `${count}× ${text}`), 'and 27 more kinds'],
      facts: [
        ['Process', 'all 10 processes'],
        ['First seen', '2026-11-30 21:05:12 UTC+8'],
        ['Last seen', '21:05:42'],
      ],
      next: 'If it continues, next reminder at 21:10.',
      links: answering,
      sms: 'ERROR payments prod: 37 kinds of errors in 30 s, top: connect ECONNREFUSED redis-1:6379 x812. 21:05 id {id}',
    },
    zh: {
      tag: '错误',
      names: 'payments prod',
      headline: '30 秒内出现 37 种错误',
      lead: '告警风暴：30 秒内新增 37 个告警，共 1,204 条日志，次数最多的 10 个：',
      list: [...lines.map(([count, text]) => `${count} 次 ${text}`), '其余 27 种未列出'],
      facts: [
        ['实例', '全部 10 个实例'],
        ['首次发生', '2026-11-30 21:05:12 UTC+8'],
        ['最近发生', '21:05:42'],
      ],
      next: '若持续发生，21:10 再次提醒',
      links: answering,
      sms: '[错误] payments prod：30 秒内出现 37 种错误，最多：connect ECONNREFUSED…，21:05',
    },
  }
}
