/**
 * The wording of messages, one table a language. Times and durations come in already written.
 */
import type { Reason, Severity, SuppressedReason } from '../model.ts'

/** The languages that messages can be written in. */
export type Locale = 'en' | 'zh-CN'

/** Everything that a message says beside the data. */
export interface Words {
  readonly severity: Readonly<Record<Severity, string>>
  /** Stands where the severity stands once the trouble is over. */
  readonly resolved: string
  readonly fact: Readonly<Record<FactName, string>>
  /** What the reason says about the alert; '' where the rest of the message says it. */
  readonly status: Readonly<Record<Reason, string>>
  /** Begun and ended before this channel could be told of either. */
  readonly endedUnnotified: string
  readonly trace: string
  readonly runbook: string
  several(alerts: number, top: string): string
  storm(kinds: number, span: string): string
  more(alerts: number): string
  sinceNotified(added: number, time: string): string
  next(time: string): string
  late(decidedAt: string, delay: string): string
  /** Told for another channel; `alerts` where only so many of the message are. */
  instead(channel: string, reason: SuppressedReason, alerts?: number): string
}

/** The facts that carry a translated name; requestId and traceId are called so everywhere. */
export type FactName =
  | 'code'
  | 'frame'
  | 'status'
  | 'since'
  | 'last'
  | 'lasted'
  | 'time'
  | 'count'
  | 'service'
  | 'env'

const englishWhy: Partial<Record<SuppressedReason, string>> = {
  failed: 'which refused',
  breaker: 'which refused before',
  expired: 'which did not take it in time',
  quota: 'whose quota is used up',
  'queue-limit': 'for which too much waits',
}

const english: Words = {
  severity: { info: 'INFO', warning: 'WARNING', error: 'ERROR', critical: 'CRITICAL' },
  resolved: 'RESOLVED',
  fact: {
    code: 'code',
    frame: 'in',
    status: 'status',
    since: 'since',
    last: 'last',
    lasted: 'lasted',
    time: 'at',
    count: 'count',
    service: 'service',
    env: 'env',
  },
  status: {
    first: '',
    repeat: 'still firing',
    escalated: 'more severe than before',
    regression: 'firing again after it had ended',
    resolved: 'over',
    storm: '',
  },
  endedUnnotified: 'began and ended before it could be told',
  trace: 'Open trace',
  runbook: 'Runbook',
  several: (alerts, top) => `${alerts} alerts: ${top}`,
  storm: (kinds, span) => `${kinds} kinds of errors in ${span}`,
  more: (alerts) => `and ${alerts} more`,
  sinceNotified: (added, time) => `+${added} since ${time}`,
  next: (time) => `Next reminder at ${time}, if it goes on.`,
  late: (decidedAt, delay) => `Told late: happened at ${decidedAt}, told ${delay} after that.`,
  instead(channel, reason, alerts) {
    const why = englishWhy[reason] ?? 'which could not tell it'
    return `${alerts === undefined ? 'In' : `${alerts} of these in`} place of ${channel}, ${why}.`
  },
}

const chineseWhy: Partial<Record<SuppressedReason, string>> = {
  failed: '该通道拒绝了通知',
  breaker: '该通道此前拒绝了通知',
  expired: '该通道未能及时送达',
  quota: '该通道的限额已用完',
  'queue-limit': '该通道积压过多',
}

const chinese: Words = {
  severity: { info: '提示', warning: '警告', error: '错误', critical: '严重' },
  resolved: '已恢复',
  fact: {
    code: '代码',
    frame: '位置',
    status: '状态',
    since: '开始',
    last: '最近',
    lasted: '持续',
    time: '时间',
    count: '次数',
    service: '服务',
    env: '环境',
  },
  status: {
    first: '',
    repeat: '仍在发生',
    escalated: '级别升高',
    regression: '恢复后再次发生',
    resolved: '已结束',
    storm: '',
  },
  endedUnnotified: '通知发出之前已发生并结束',
  trace: '查看链路',
  runbook: '处理手册',
  several: (alerts, top) => `${alerts} 个告警：${top}`,
  storm: (kinds, span) => `${span}内出现 ${kinds} 种错误`,
  more: (alerts) => `还有 ${alerts} 个`,
  sinceNotified: (added, time) => `${time} 以来 +${added}`,
  next: (time) => `若持续发生，下次提醒：${time}`,
  late: (decidedAt, delay) => `迟到的通知：发生于 ${decidedAt}，延迟 ${delay}`,
  instead(channel, reason, alerts) {
    const why = chineseWhy[reason] ?? '该通道无法通知'
    return `${alerts === undefined ? '' : `其中 ${alerts} 个`}代替 ${channel} 发送（${why}）。`
  },
}

/** The wording by language. */
export const words: Readonly<Record<Locale, Words>> = { en: english, 'zh-CN': chinese }
