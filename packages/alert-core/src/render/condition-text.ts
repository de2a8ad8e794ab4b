/** What a rule's condition adds to the lead of an alert: what was counted, and what the rule asks for. */
import type { Alert, FiredBy } from '../model.ts'
import { formatCount, formatDuration, type Zone } from '../time/time-text.ts'
import { impactText, numberOf } from './impact-text.ts'
import type { Locale } from './phrases.ts'

/** The words of one language. Durations and times are text; `impact` is '' or begins with its comma. */
interface ConditionWords {
  count(count: number, span: string, threshold: number, within: string, impact: string): string
  distinct(values: string, field: string, within: string, threshold: number, records: number): string
  /** `lastSuccess` is '' if it is not known. */
  consecutive(count: number, threshold: number, lastSuccess: string): string
  lasting(duration: string, after: string): string
}

const words: Readonly<Record<Locale, ConditionWords>> = {
  en: {
    count: (count, span, threshold, within, impact) =>
      `${formatCount(count)} times in ${span} (threshold ${formatCount(threshold)} in ${within})${impact}`,
    distinct: (values, field, within, threshold, records) =>
      `${values} different ${field} in ${within} (threshold ${formatCount(threshold)}), ${formatCount(records)} ${records === 1 ? 'record' : 'records'}`,
    consecutive: (count, threshold, lastSuccess) =>
      `${formatCount(count)} in a row (threshold ${formatCount(threshold)})${lastSuccess && `, last success ${lastSuccess}`}`,
    lasting: (duration, after) => `Has lasted ${duration} (alerts after ${after})`,
  },
  'zh-CN': {
    count: (count, span, threshold, within, impact) =>
      `${span}内 ${formatCount(count)} 次（阈值 ${within}内 ${formatCount(threshold)} 次）${impact}`,
    distinct: (values, field, within, threshold, records) =>
      `${within}内出现 ${values} 个不同的 ${field}（阈值 ${formatCount(threshold)} 个），共 ${formatCount(records)} 条日志`,
    consecutive: (count, threshold, lastSuccess) =>
      `连续 ${formatCount(count)} 次（阈值 ${formatCount(threshold)} 次）${lastSuccess && `，最近一次成功 ${lastSuccess}`}`,
    lasting: (duration, after) => `已持续 ${duration}（阈值 ${after}）`,
  },
}

/** How many came together, in place of how often it happened; '' if the condition counts nothing. */
export function countedText(alert: Alert, locale: Locale, zone: Zone): string {
  const { condition, count, firstSeen, lastSeen } = alert
  const { type, threshold = 0, withinMs = 0, field = '', value = count, isMore } = condition ?? {}
  const word = words[locale]
  const spanMs = Math.max(1000, lastSeen - firstSeen)
  const span = formatDuration(spanMs, locale)
  switch (type) {
    case 'count':
      return word.count(
        value,
        span,
        threshold,
        formatDuration(withinMs, locale),
        impactText(alert.impact, locale),
      )
    case 'distinct': {
      // Since then more may have come than one window holds.
      const within = spanMs > withinMs ? span : formatDuration(withinMs, locale)
      return word.distinct(numberOf(value, isMore), field, within, threshold, count)
    }
    case 'consecutive':
      return word.consecutive(value, threshold, lastSuccess(condition, firstSeen, zone))
    default:
      return ''
  }
}

function lastSuccess(condition: FiredBy | undefined, firstSeen: number, zone: Zone): string {
  const at = condition?.lastSuccessAt
  return at === undefined ? '' : zone.near(at, firstSeen)
}

/** How long it has lasted, if the rule has `for`; '' otherwise. `now` is the time of the message. */
export function lastingText({ condition, firstSeen }: Alert, locale: Locale, now: number): string {
  const forMs = condition?.forMs
  if (forMs === undefined) return ''
  const lastedMs = Math.max(forMs, now - firstSeen)
  return words[locale].lasting(formatDuration(lastedMs, locale), formatDuration(forMs, locale))
}
