/**
 * Durations, parsed from options ('5m', '1.5h', 250) and written for messages ('3 hr 5 min').
 */

/** Milliseconds, or a number with its unit: `250`, `'30s'`, `'1.5h'`. */
export type Duration = number | `${number}${'ms' | 's' | 'm' | 'h' | 'd'}`

const unitMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const
const written = /^(\d{1,16}(?:\.\d{1,9})?)(ms|s|m|h|d)$/

/**
 * A {@link Duration} in whole milliseconds; `undefined` for any other value (negative, NaN, without a unit).
 */
export function parseDuration(value: unknown): number | undefined {
  const ms = typeof value === 'string' ? parseText(value) : value
  if (typeof ms !== 'number' || !(ms >= 0)) return undefined
  const rounded = Math.round(ms)
  return Number.isSafeInteger(rounded) ? rounded : undefined
}

function parseText(text: string): number | undefined {
  const [, amount, unit] = written.exec(text) ?? []
  if (amount === undefined) return undefined
  return Number(amount) * unitMs[unit as keyof typeof unitMs]
}

type Unit = 'millisecond' | 'second' | 'minute' | 'hour' | 'day'

const formats = new Map<string, Intl.NumberFormat>()

function inUnit(amount: number, unit: Unit, locale: string): string {
  const key = `${locale} ${unit}`
  const known =
    formats.get(key) ?? new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'short' })
  formats.set(key, known)
  return known.format(amount)
}

/** A duration by its two largest units: '45 sec', '2 min 30 sec', '3 hr 5 min', '1 day 4 hr'; '3小时5分钟'. */
export function formatDuration(ms: number, locale: 'en' | 'zh-CN'): string {
  if (ms === Number.POSITIVE_INFINITY) return '∞'
  const wholeMs = ms > 0 ? Math.round(ms) : 0
  if (wholeMs > 0 && wholeMs < 1000) return inUnit(wholeMs, 'millisecond', locale)
  const seconds = Math.round(wholeMs / 1000)
  if (seconds < 60) return inUnit(seconds, 'second', locale)
  if (seconds < 3600) return pair(seconds, 60, ['minute', 'second'], locale)
  const minutes = Math.round(seconds / 60)
  if (minutes < 1440) return pair(minutes, 60, ['hour', 'minute'], locale)
  return pair(Math.round(minutes / 60), 24, ['day', 'hour'], locale)
}

function pair(amount: number, size: number, [large, small]: readonly [Unit, Unit], locale: string): string {
  const rest = amount % size
  const head = inUnit(Math.floor(amount / size), large, locale)
  return rest === 0 ? head : `${head}${locale === 'en' ? ' ' : ''}${inUnit(rest, small, locale)}`
}
