/**
 * Translates the alerts that the library itself raises, whose records are in English: meta-alerts (a channel
 * that fails, a quota that is exhausted, a state directory that fails, too many kinds of errors).
 */

import type { Alert } from '../model.ts'
import type { Zone } from '../time/time-text.ts'
import type { Locale } from './phrases.ts'

type Writer = (field: (name: string) => string, time: (name: string) => string) => string

const chinese: Readonly<Record<string, Writer>> = {
  '@delivery': (field) =>
    `通道 ${field('channel')} 发送失败：${field('why')}，${field('next') === '' ? '且未配置备用通道' : `已改由 ${field('next')} 发送`}`,
  '@quota': (field, time) =>
    field('next') === ''
      ? `通道 ${field('channel')} 已达限额，${field('deferred')} 个告警等待发送，${time('until')} 恢复`
      : `通道 ${field('channel')} 已达限额，${time('until')} 前改由 ${field('next')} 发送`,
  '@state': (field) => `状态目录出现问题（${field('code')}）：${field('why')}`,
  '@too-many-kinds': () => '错误种类过多，超出部分合并统计',
}

/** The text of a meta-alert in a language; `undefined` for other alerts, and in English. */
export function metaAlertText({ rule, latest }: Alert, locale: Locale, zone: Zone): string | undefined {
  if (locale === 'en' || !Object.hasOwn(chinese, rule)) return undefined
  const { fields } = latest
  return chinese[rule]!(
    (name) => String(fields[name] ?? ''),
    (name) => zone.full(Number(fields[name])),
  )
}
