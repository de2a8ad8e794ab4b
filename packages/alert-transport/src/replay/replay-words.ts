/**
 * Everything that the result of a replay says to people, in both languages. Reasons for which a notification
 * was suppressed keep their names: the documentation explains them by these.
 */

export type Locale = 'en' | 'zh-CN'

const en = {
  title: 'What would have been notified',
  summary: (lines: string, records: string, messages: string, from: string, to: string) =>
    `${lines} from ${from} to ${to}: ${records} matched, ${messages} would have been sent.`,
  lines: (count: string, isOne: boolean) => `${count} line${isOne ? '' : 's'}`,
  records: (count: string, isOne: boolean) => `${count} record${isOne ? '' : 's'}`,
  messages: (count: string, isOne: boolean) => `${count} message${isOne ? '' : 's'}`,
  timeline: 'Timeline',
  timelineOf: 'Messages by channel over time',
  byChannel: 'By channel',
  byRule: 'By rule',
  notNotified: 'Not notified',
  keptBack: 'Kept back by conditions',
  keptBackNote:
    'Records that no alert counts, because the condition of their rule was not met: how near they came, and when.',
  failures: (list: string) => `Lines that are not records: ${list}`,
  top: 'Top alerts',
  all: 'Messages',
  hidden: (count: string) => `… and ${count} more: --html shows them, and --json.`,
  first2000: 'Only the first 2,000 messages are shown.',
  none: 'none',
  closest: (count: string, of: string, at: string) => `${count} of ${of}, ${at}`,
  columns: {
    channel: 'channel',
    messages: 'messages',
    reasons: 'reasons',
    rule: 'rule',
    records: 'records',
    off: 'off',
    notified: 'notified',
    suppressed: 'suppressed',
    reason: 'reason',
    times: 'times',
    severity: 'severity',
    alert: 'alert',
    when: 'when',
    subject: 'subject',
    condition: 'condition',
    keptBack: 'kept back',
    closest: 'closest',
  },
  reasons: {
    first: 'first',
    repeat: 'repeat',
    escalated: 'escalated',
    regression: 'regression',
    resolved: 'resolved',
    storm: 'storm',
    digest: 'digest',
  } as Readonly<Record<string, string>>,
  severities: { critical: 'critical', error: 'error', warning: 'warning', info: 'info' } as Readonly<
    Record<string, string>
  >,
}

export type ReplayWords = typeof en

const zh: ReplayWords = {
  title: '回放：本会发送的通知',
  summary: (lines, records, messages, from, to) =>
    `${from} 至 ${to}，共 ${lines}：${records}命中规则，本会发送 ${messages}。`,
  lines: (count) => `${count} 行日志`,
  records: (count) => `${count} 条`,
  messages: (count) => `${count} 条消息`,
  timeline: '时间线',
  timelineOf: '各通道的消息时间线',
  byChannel: '按通道',
  byRule: '按规则',
  notNotified: '未通知',
  keptBack: '未满足条件',
  keptBackNote: '规则的条件没有满足，所以这些日志没有计入任何告警；最接近触发的一次见最后一列。',
  failures: (list) => `无法解析的行：${list}`,
  top: '最频繁的告警',
  all: '消息',
  hidden: (count) => `… 另有 ${count} 条，见 --html 或 --json。`,
  first2000: '只显示前 2,000 条消息。',
  none: '无',
  closest: (count, of, at) => `${count}/${of}，${at}`,
  columns: {
    channel: '通道',
    messages: '消息',
    reasons: '原因',
    rule: '规则',
    records: '日志',
    off: '关闭',
    notified: '已通知',
    suppressed: '未通知',
    reason: '原因',
    times: '次数',
    severity: '级别',
    alert: '告警',
    when: '时间',
    subject: '标题',
    condition: '条件',
    keptBack: '未计入',
    closest: '最接近',
  },
  reasons: {
    first: '首次',
    repeat: '重复',
    escalated: '升级',
    regression: '复发',
    resolved: '已恢复',
    storm: '告警风暴',
    digest: '摘要',
  },
  severities: { critical: '严重', error: '错误', warning: '警告', info: '提示' },
}

export function wordsOf(locale: Locale): ReplayWords {
  return locale === 'zh-CN' ? zh : en
}
