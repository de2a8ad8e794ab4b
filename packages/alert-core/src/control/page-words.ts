/** The words of the control page, one table for each language. */
import type { Severity } from '../model.ts'
import { formatCount } from '../time/time-text.ts'

export type PageLocale = 'en' | 'zh-CN'

export interface PageWords {
  readonly severity: Readonly<Record<Severity, string>>
  readonly acknowledge: string
  readonly undoAcknowledge: string
  readonly silence: string
  readonly oneHour: string
  readonly oneDay: string
  readonly nextRelease: string
  readonly undoSilence: string
  readonly name: string
  readonly acknowledgedBy: (who: string, at: string) => string
  readonly noReminders: string
  readonly silencedUntil: (who: string, until: string) => string
  readonly untilRelease: (who: string) => string
  readonly somebody: string
  readonly id: string
  readonly rule: string
  readonly count: string
  readonly firstSeen: string
  readonly lastSeen: string
  readonly code: string
  readonly service: string
  readonly over: string
  readonly overAt: (at: string) => string
  readonly overview: string
  readonly firing: (alerts: number) => string
  readonly nothingFires: string
  readonly more: (alerts: number) => string
  readonly day: string
  readonly dayOf: (alerts: number) => string
  readonly noDay: string
  readonly silences: string
  readonly noSilences: string
  readonly channels: string
  readonly waiting: (count: number) => string
  readonly outcome: Readonly<Record<'delivered' | 'retrying' | 'failed', (at: string) => string>>
  readonly unused: string
  readonly alert: string
  readonly most: string
  readonly times: (count: number) => string
  readonly forbidden: string
  readonly misdirected: string
  readonly limited: string
  readonly unknown: string
  readonly noButton: string
  readonly failed: string
  readonly asOf: (at: string) => string
}

const english: PageWords = {
  severity: { info: 'INFO', warning: 'WARNING', error: 'ERROR', critical: 'CRITICAL' },
  acknowledge: 'Acknowledge',
  undoAcknowledge: 'Undo acknowledgement',
  silence: 'Silence',
  oneHour: '1 h',
  oneDay: '1 d',
  nextRelease: 'until next release',
  undoSilence: 'End silence',
  name: 'Your name (optional)',
  acknowledgedBy: (who, at) => `Acknowledged by ${who} at ${at}.`,
  noReminders: 'No reminders until it resolves or gets worse.',
  silencedUntil: (who, until) => `Silenced by ${who} until ${until}.`,
  untilRelease: (who) => `Silenced by ${who} until the next release.`,
  somebody: 'somebody',
  id: 'ID',
  rule: 'Rule',
  count: 'Count',
  firstSeen: 'First seen',
  lastSeen: 'Last seen',
  code: 'Code',
  service: 'Service',
  over: 'This alert does not fire any more.',
  overAt: (at) => `This alert ended at ${at} and does not fire any more.`,
  overview: 'All alerts',
  firing: (alerts) => `Firing: ${formatCount(alerts)}`,
  nothingFires: 'No alert fires.',
  more: (alerts) => `and ${formatCount(alerts)} more`,
  day: 'Last 24 h',
  dayOf: (alerts) => `Alerts of the last 24 h: ${formatCount(alerts)}`,
  noDay: 'No alert fired.',
  silences: 'Silences',
  noSilences: 'None.',
  channels: 'Channels',
  waiting: (count) => `${formatCount(count)} waiting`,
  outcome: {
    delivered: (at) => `delivered at ${at}`,
    retrying: (at) => `tried in vain at ${at}, tries again`,
    failed: (at) => `failed at ${at}`,
  },
  unused: 'nothing sent yet',
  alert: 'Alert',
  most: 'Most frequent',
  times: (count) => (count === 1 ? '1 time' : `${formatCount(count)} times`),
  forbidden: 'This link is not valid, or it has expired. A later message about the alert has a new one.',
  misdirected:
    'The host name of this request is not the one in `control.url`. Open the page at that address, or let the reverse proxy pass the header `Host` on.',
  limited: 'Too many requests. Try again in a minute.',
  unknown: 'There is nothing at this address.',
  noButton: 'This page has no such button: nothing was changed. Open the link again and use its buttons.',
  failed: 'That did not work: no process answers for these alerts now.',
  asOf: (at) => `As of ${at}`,
}

const chinese: PageWords = {
  severity: { info: '提示', warning: '警告', error: '错误', critical: '严重' },
  acknowledge: '认领',
  undoAcknowledge: '取消认领',
  silence: '静默',
  oneHour: '1 小时',
  oneDay: '1 天',
  nextRelease: '至下个版本',
  undoSilence: '结束静默',
  name: '您的姓名（选填）',
  acknowledgedBy: (who, at) => `${who} 于 ${at} 认领。`,
  noReminders: '恢复或级别升高前不再提醒。',
  silencedUntil: (who, until) => `${who} 已静默至 ${until}。`,
  untilRelease: (who) => `${who} 已静默至下个版本。`,
  somebody: '有人',
  id: '编号',
  rule: '规则',
  count: '次数',
  firstSeen: '首次发生',
  lastSeen: '最近发生',
  code: '错误码',
  service: '服务',
  over: '该告警已恢复。',
  overAt: (at) => `该告警已于 ${at} 恢复。`,
  overview: '全部告警',
  firing: (alerts) => `未恢复：${formatCount(alerts)} 个`,
  nothingFires: '没有未恢复的告警',
  more: (alerts) => `其余 ${formatCount(alerts)} 个未列出`,
  day: '最近 24 小时',
  dayOf: (alerts) => `最近 24 小时的告警：${formatCount(alerts)} 个`,
  noDay: '没有告警',
  silences: '静默',
  noSilences: '无',
  channels: '通道',
  waiting: (count) => `${formatCount(count)} 条等待发送`,
  outcome: {
    delivered: (at) => `${at} 已送达`,
    retrying: (at) => `${at} 发送未成功，将重试`,
    failed: (at) => `${at} 发送失败`,
  },
  unused: '尚未发送',
  alert: '告警',
  most: '次数最多',
  times: (count) => `${formatCount(count)} 次`,
  forbidden: '链接无效或已过期。该告警之后的消息中有新的链接。',
  misdirected:
    '请求中的主机名与 `control.url` 中的不一致。请使用该地址打开页面，或让反向代理传递请求头 `Host`。',
  limited: '请求过多，请一分钟后再试',
  unknown: '该地址没有内容',
  noButton: '页面没有该操作，未做任何更改。请重新打开链接并使用页面上的按钮。',
  failed: '操作未成功：目前没有进程处理这些告警',
  asOf: (at) => `截至 ${at}`,
}

export const pageWords: Readonly<Record<PageLocale, PageWords>> = { en: english, 'zh-CN': chinese }

/** The language that the browser asks for first, if it is one of ours. */
export function pageLocale(acceptLanguage: string | undefined): PageLocale {
  return /^\s*zh\b/i.test(acceptLanguage ?? '') ? 'zh-CN' : 'en'
}
