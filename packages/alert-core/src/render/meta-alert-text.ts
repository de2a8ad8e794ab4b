/**
 * The alerts about ourselves in other languages than English, in which they are noted: a channel that refuses, a quota
 * that is used up, a state directory that fails, more kinds of errors than fit.
 */

import type { Alert, LogRecord } from '../model.ts'
import { formatDuration } from '../time/duration.ts'
import type { Zone } from '../time/zone.ts'
import type { Locale } from './phrases.ts'

type Writer = (field: (name: string) => string, time: (name: string) => string) => string

const chinese: Readonly<Record<string, Writer>> = {
  '@delivery': (field) =>
    `通道 ${field('channel')} 发送失败（${field('reason')}）：${field('why')}；${instead(field, '未配置备用通道')}`,
  '@quota': (field, time) =>
    `通道 ${field('channel')} 已达限额，推迟 ${field('deferred')} 条，${instead(field, `${time('until')} 恢复`)}`,
  '@state': (field) => `状态目录出现问题（${field('code')}）：${field('why')}`,
  '@too-many-kinds': () => '错误种类过多',
}

const instead = (field: (name: string) => string, otherwise: string) =>
  field('next') === '' ? otherwise : `改由 ${field('next')} 通知`

/** What an alert about ourselves says in a language; `undefined` for any other alert, and where its own words do. */
export function ownWords({ rule, latest }: Alert, locale: Locale, zone: Zone): string | undefined {
  if (locale === 'en' || !Object.hasOwn(chinese, rule)) return undefined
  const { fields } = latest
  return chinese[rule]!(
    (name) => String(fields[name] ?? ''),
    (name) => zone.full(Number(fields[name])),
  )
}

/**
 * What a record of our own making says, that nothing was logged for so long, in a language and with the key as it may be seen; any other as
 * it is.
 */
export function absentWords(
  record: LogRecord,
  key: string,
  locale: Locale,
  shownKey: (key: string) => string,
): LogRecord {
  const { absentMs } = record.fields
  if (typeof absentMs !== 'number') return record
  const english = `: nothing for ${formatDuration(absentMs, 'en')}`
  if (!record.msg.endsWith(english)) return record
  const what = record.msg.slice(0, -english.length).replace(key, () => shownKey(key))
  const rest = locale === 'en' ? english : `：已有${formatDuration(absentMs, locale)}没有日志`
  return { ...record, msg: `${what}${rest}` }
}
