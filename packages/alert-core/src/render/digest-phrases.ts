/**
 * The wording of digests, one table for each language.
 */
import type { SuppressedReason } from '../model.ts'
import { formatCount } from '../time/time-text.ts'
import type { Locale } from './phrases.ts'

export interface DigestWords {
  readonly tag: string
  subject(fresh: number, firing: number, resolved: number, span: string): string
  nothing(span: string): string
  lead(from: string, to: string, records: number, alerts: number, notifications: number): string
  /** `last` is '' if there never was an alert. */
  nothingLead(last: string): string
  readonly firing: string
  readonly fresh: string
  readonly resolved: string
  readonly frequent: string
  readonly unsent: string
  readonly between: string
  readonly comma: string
  readonly ended: string
  count(records: number): string
  id(short: string): string
  since(at: string): string
  /** `lasted` is '' if none lasted a second. */
  longest(alerts: number, headline: string, lasted: string): string
  frequently(records: number, headline: string, impact: string): string
  andMore(alerts: number): string
  suppressed(reason: SuppressedReason, records: number): string
}

const plural = (count: number, one: string, many = `${one}s`) =>
  `${formatCount(count)} ${count === 1 ? one : many}`

/** '2 new', '5 resolved': without what there is none of. */
function countsOf(parts: readonly (readonly [count: number, word: string])[]): string[] {
  return parts.flatMap(([count, word]) => (count > 0 ? [`${formatCount(count)} ${word}`] : []))
}

const english: DigestWords = {
  tag: 'DIGEST',
  subject: (fresh, firing, resolved, span) =>
    `${countsOf([
      [fresh, 'new'],
      [firing, 'still firing'],
      [resolved, 'resolved'],
    ]).join(', ')} (${span})`,
  nothing: (span) => `no alerts in ${span}`,
  lead: (from, to, records, alerts, notifications) =>
    `${from} – ${to}: ${plural(records, 'record')} in ${plural(alerts, 'alert')}, ${plural(notifications, 'notification')}.`,
  nothingLead: (last) => `All channels worked.${last && ` Last alert ${last}.`}`,
  firing: 'Still firing: ',
  fresh: 'New: ',
  resolved: 'Resolved: ',
  frequent: 'Most frequent: ',
  unsent: 'Not sent: ',
  between: '; ',
  comma: ', ',
  ended: ', resolved',
  count: formatCount,
  id: (short) => ` (${short})`,
  since: (at) => `, since ${at}`,
  longest(alerts, headline, lasted) {
    if (lasted === '') return alerts === 1 ? `1, ${headline}` : formatCount(alerts)
    return `${formatCount(alerts)}, longest ${headline}, ${lasted}`
  },
  frequently: (records, headline, impact) => `${formatCount(records)}× ${headline}${impact}`,
  andMore: (alerts) => ` and ${formatCount(alerts)} more`,
  suppressed(reason, records) {
    const said = formatCount(records)
    switch (reason) {
      case 'silenced':
        return `${plural(records, 'record')} in silences`
      case 'inhibited':
        return `${said} inhibited`
      case 'acknowledged':
        return `${said} acknowledged`
      case 'schedule':
        return `${said} outside the schedule`
      case 'ended':
        return `${said} resolved before they were due`
      case 'quota':
        return `${said} over quota`
      case 'alert-limit':
      case 'queue-limit':
        return `${said} over a limit`
      case 'failed':
      case 'expired':
      case 'breaker':
        return `${said} not delivered`
      default:
        return `${said} for another reason`
    }
  },
}

const chinese: DigestWords = {
  tag: '汇总',
  subject(fresh, firing, resolved, span) {
    const parts = [fresh && `新增 ${formatCount(fresh)}`, firing && `未恢复 ${formatCount(firing)}`]
    return `${[...parts, resolved && `已恢复 ${formatCount(resolved)}`].filter(Boolean).join('、')}（${span}）`
  },
  nothing: (span) => `${span}内无告警`,
  lead: (from, to, records, alerts, notifications) =>
    `${from} – ${to}：${formatCount(alerts)} 个告警，共 ${formatCount(records)} 条日志，发送通知 ${formatCount(notifications)} 条`,
  nothingLead: (last) => `各通道正常${last && `，最近一次告警 ${last}`}`,
  firing: '未恢复：',
  fresh: '新增：',
  resolved: '已恢复：',
  frequent: '次数最多：',
  unsent: '未发送：',
  between: '；',
  comma: '，',
  ended: '，已恢复',
  count: formatCount,
  id: (short) => `（${short}）`,
  since: (at) => `，始于 ${at}`,
  longest(alerts, headline, lasted) {
    const count = `${formatCount(alerts)} 个`
    if (lasted === '') return alerts === 1 ? `${count}，${headline}` : count
    return `${count}，最长 ${headline}，${lasted}`
  },
  frequently: (records, headline, impact) => `${formatCount(records)} 次 ${headline}${impact}`,
  andMore: (alerts) => `，其余 ${formatCount(alerts)} 个未列出`,
  suppressed(reason, records) {
    const said = `${formatCount(records)} 条`
    switch (reason) {
      case 'silenced':
        return `静默期间 ${said}日志`
      case 'inhibited':
        return `被抑制 ${said}`
      case 'acknowledged':
        return `认领后 ${said}`
      case 'schedule':
        return `非通知时段 ${said}`
      case 'ended':
        return `发送前已恢复 ${said}`
      case 'quota':
        return `超出限额 ${said}`
      case 'alert-limit':
      case 'queue-limit':
        return `超出上限 ${said}`
      case 'failed':
      case 'expired':
      case 'breaker':
        return `未送达 ${said}`
      default:
        return `其他原因 ${said}`
    }
  },
}

export const digestWords: Readonly<Record<Locale, DigestWords>> = { en: english, 'zh-CN': chinese }
