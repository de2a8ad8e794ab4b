/**
 * What a '{field}' placeholder of a user's template stands for: what the description knows, 'labels.x',
 * 'err.x', or any field of the record.
 */
import type { LogRecord, NotificationItem } from '../model.ts'
import { getPath } from '../text/get-path.ts'
import { formatDuration, type Zone } from '../time/time-text.ts'
import { type Locale, words } from './phrases.ts'
import type { Scrub } from './scrub.ts'

/** The value at a path, safe to show; '' for nothing. */
export type Placeholders = (path: string) => string

interface PlaceholdersOptions {
  readonly item: NotificationItem
  /** The record that is shown. */
  readonly record: LogRecord
  /** What the description says. */
  readonly known: Readonly<Record<string, string>>
  readonly scrub: Scrub
  readonly zone: Zone
  readonly locale: Locale
}

const longest = { message: 1000, value: 500 }

/** Makes the placeholders of one alert. */
export function createPlaceholders(options: PlaceholdersOptions): Placeholders {
  const { item, record, known, scrub, zone, locale } = options
  const { alert, reason, added } = item
  const values: Readonly<Record<string, string>> = {
    ...known,
    msg: scrub.line(record.msg, longest.message),
    severity: alert.severity,
    state: alert.state,
    reason,
    id: alert.id,
    count: String(alert.count),
    times: words[locale].times(alert.count),
    added: String(added),
    time: zone.full(record.time),
    duration: formatDuration(alert.lastSeen - alert.firstSeen, locale),
  }
  const sources: readonly unknown[] = [{ labels: alert.labels, err: record.err }, record.fields, alert.labels]

  return (path) => {
    const value = Object.hasOwn(values, path) ? values[path] : undefined
    if (value !== undefined && value !== '') return value
    for (const source of sources) {
      const found = getPath(source, path)
      if (found !== undefined && found !== null) return scrub.value(found, path, longest.value)
    }
    return ''
  }
}
