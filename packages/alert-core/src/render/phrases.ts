/**
 * The wording of messages, one table for each language. Times and durations are passed in as text.
 */
import type { Reason, Severity, SuppressedReason } from '../model.ts'
import { formatCount } from '../time/time-text.ts'

export type Locale = 'en' | 'zh-CN'

/** All words of a message except the data. */
export interface Words {
  readonly severity: Readonly<Record<Severity, string>>
  /** Replaces the severity of a resolved alert. */
  readonly resolved: string
  readonly fact: Readonly<Record<FactName, string>>
  /** The `status` fact; '' for a reason that the subject or another fact already says. */
  readonly status: Readonly<Record<Reason, string>>
  /** The `status` of an alert that was resolved before this channel was notified of it. */
  readonly resolvedUnnotified: string
  readonly trace: string
  readonly runbook: string
  several(alerts: number, top: string): string
  storm(kinds: number, span: string): string
  more(alerts: number): string
  countSince(count: number, added: number, time: string): string
  nextReminder(time: string): string
  /** The record was too large to be kept whole; `chars` is the length of its line, 0 if unknown. */
  cut(chars: number): string
  delayed(dueAt: string, delay: string, cause: DelayCause): string
  dryRun(channel: string, provider: string): string
  /**
   * Sent on behalf of another channel; `alerts` is the number of such alerts if the message has others too.
   */
  fellBack(channel: string, reason: SuppressedReason, alerts?: number): string
}

/** Why a message is sent late: the process was not running, or the channel could not send. */
export type DelayCause = 'process' | 'channel'

/** The facts whose names are translated; requestId and traceId are not. */
export type FactName =
  | 'code'
  | 'type'
  | 'frame'
  | 'status'
  | 'since'
  | 'last'
  | 'lasted'
  | 'time'
  | 'count'
  | 'variants'
  | 'service'
  | 'env'
  | 'record'

const englishCause: Partial<Record<SuppressedReason, string>> = {
  expired: 'did not accept it in time',
  quota: 'reached its limit',
  'queue-limit': 'has too much waiting',
}

const english: Words = {
  severity: { info: 'INFO', warning: 'WARNING', error: 'ERROR', critical: 'CRITICAL' },
  resolved: 'RESOLVED',
  fact: {
    code: 'Code',
    type: 'Type',
    frame: 'Location',
    status: 'Status',
    since: 'First seen',
    last: 'Last seen',
    lasted: 'Duration',
    time: 'Time',
    count: 'Count',
    variants: 'Values',
    service: 'Service',
    env: 'Environment',
    record: 'Record',
  },
  status: {
    first: '',
    repeat: 'still firing',
    escalated: 'escalated',
    regression: 'recurred after it was resolved',
    resolved: '',
    storm: '',
  },
  resolvedUnnotified: 'fired and resolved before it could be notified',
  trace: 'Open trace',
  runbook: 'Runbook',
  several: (alerts, top) => `${alerts} alerts: ${top}`,
  storm: (kinds, span) => `${kinds} kinds of errors in ${span}`,
  more: (alerts) => `and ${formatCount(alerts)} more`,
  countSince: (count, added, time) => `${formatCount(count)} (+${formatCount(added)} since ${time})`,
  cut: (chars) => (chars === 0 ? 'cut, as it is too large' : `cut, as it has ${formatCount(chars)} characters`),
  nextReminder: (time) => `If it continues, next reminder at ${time}.`,
  delayed(dueAt, delay, cause) {
    const why = cause === 'process' ? 'the process had stopped' : 'the channel was not available'
    return `Delayed: due at ${dueAt}, sent ${delay} later because ${why}.`
  },
  fellBack(channel, reason, alerts) {
    const cause = englishCause[reason] ?? 'failed'
    const sent = alerts === undefined ? 'Sent' : `${alerts} of these sent`
    return `${sent} here because channel ${channel} ${cause}.`
  },
  dryRun: (channel, provider) => `DRY RUN, not sent: ${channel} (${provider})`,
}

const chineseCause: Partial<Record<SuppressedReason, string>> = {
  expired: '未及时送达',
  quota: '已达限额',
  'queue-limit': '积压过多',
}

const chinese: Words = {
  severity: { info: '提示', warning: '警告', error: '错误', critical: '严重' },
  resolved: '已恢复',
  fact: {
    code: '错误码',
    type: '错误类型',
    frame: '代码位置',
    status: '状态',
    since: '首次发生',
    last: '最近发生',
    lasted: '持续时间',
    time: '发生时间',
    count: '次数',
    variants: '取值',
    service: '服务',
    env: '环境',
    record: '记录',
  },
  status: {
    first: '',
    repeat: '仍在发生',
    escalated: '级别升高',
    regression: '恢复后再次发生',
    resolved: '',
    storm: '',
  },
  resolvedUnnotified: '通知发出前已恢复',
  trace: '查看链路',
  runbook: '处理手册',
  several: (alerts, top) => `${alerts} 个告警：${top}`,
  storm: (kinds, span) => `${span}内出现 ${kinds} 种错误`,
  more: (alerts) => `其余 ${formatCount(alerts)} 个未列出`,
  countSince: (count, added, time) => `${formatCount(count)}（${time} 以来新增 ${formatCount(added)} 次）`,
  cut: (chars) => (chars === 0 ? '过长，已截断' : `共 ${formatCount(chars)} 个字符，已截断`),
  nextReminder: (time) => `若持续发生，${time} 再次提醒`,
  delayed(dueAt, delay, cause) {
    const why = cause === 'process' ? '进程重启' : '通道不可用'
    return `延迟送达：应于 ${dueAt} 发送，因${why}延迟 ${delay}`
  },
  fellBack(channel, reason, alerts) {
    const cause = chineseCause[reason] ?? '发送失败'
    const sent = alerts === undefined ? '改由本通道发送' : `其中 ${alerts} 个改由本通道发送`
    return `通道 ${channel} ${cause}，${sent}`
  },
  dryRun: (channel, provider) => `试运行，未发送：${channel}（${provider}）`,
}

export const words: Readonly<Record<Locale, Words>> = { en: english, 'zh-CN': chinese }
